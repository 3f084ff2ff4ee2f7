//! The support bundle leaves the clinic, so nothing of a patient may be in it.

use std::fs;
use std::process::Command;

use fieldray_appliance::archive::BoxId;
use fieldray_appliance::choice::demo_key;
use fieldray_appliance::models::{Folder, Store};
use serde_json::Value;

use super::sealed::with_manifest;
use super::{Clinic, sop_instance};

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bundle/default.frb");

#[test]
fn it_holds_what_a_technician_needs_and_nothing_of_a_patient() {
    let clinic = Clinic::new();
    let films = clinic.films(4, 320);
    let watched = clinic.path("Adebayo Grace");
    fs::create_dir(&watched).unwrap();
    for film in &films {
        fs::copy(film, watched.join(film.file_name().unwrap())).unwrap();
    }
    fs::write(watched.join("Adebayo-damaged.png"), b"\x89PNG\r\n\x1a\n damaged").unwrap();
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1\n[display]\nname = \"Ward 3\"", watched.display()));
    let _daemon = clinic.start();
    let history = clinic.history_of(5);
    // The model of the store that the settings name, which is not the built-in one.
    let store = clinic.path("models");
    let bundle = with_manifest(&fs::read(BUNDLE).unwrap(), |manifest| manifest["version"] = "7.0.0".into());
    fs::create_dir(&store).unwrap();
    let known = [demo_key()];
    Store::on(Folder(store.clone())).install(&bundle, &known, &mut |_| {}, |_| Ok(())).unwrap();
    clinic.settle(&format!(
        "[model]\nstore = \"{}\"\ntrust_demo_key = true\n[display]\nname = \"Ward 3\"",
        store.display()
    ));

    let out = clinic.path("support.tar");
    let made = Command::new(env!("CARGO_BIN_EXE_fieldray"))
        .args(["support-bundle", "--archive"])
        .arg(clinic.archive())
        .arg("--config")
        .arg(clinic.path("fieldray.toml"))
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let listed = Command::new("tar").arg("-tf").arg(&out).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    for name in
        ["box.json", "doctor.txt", "screenings.jsonl", "self-checks.jsonl", "operating-points.jsonl", "audit.jsonl"]
    {
        assert!(listed.lines().any(|line| line == name), "{listed}");
    }

    let told =
        Command::new(env!("CARGO_BIN_EXE_fieldray")).args(["fleet-report", "--json"]).arg(&out).output().unwrap();
    let told: Value = serde_json::from_slice(&told.stdout).unwrap();
    assert_eq!((&told["box"], &told["bundle"]), (&"Ward 3".into(), &"fracatlas-all@7.0.0".into()));
    assert_eq!((&told["on_trial"], &told["signing_key"]), (&true.into(), &known[0].key.id().to_string().into()));
    assert_eq!(told["thresholds"].as_array().unwrap().len(), 4);
    let id = told["box_id"].as_str().unwrap();
    assert_eq!(id, BoxId::of(&clinic.archive()).unwrap().to_string());

    let packed = String::from_utf8_lossy(&fs::read(&out).unwrap()).into_owned();
    assert!(packed.contains(r#""name":"Ward 3""#) && packed.contains(r#""what":"screened""#), "{packed}");
    assert_eq!(packed.matches(r#""what":"received""#).count(), 5);
    let identifiers = films.iter().map(|film| sop_instance(film));
    let hashes = history.iter().map(|line| line["sha256"].as_str().unwrap().to_owned());
    for secret in identifiers.chain(hashes).chain(["PHANTOM".to_owned(), "Adebayo".to_owned()]) {
        assert!(!packed.contains(&secret), "{secret}");
    }
    let received = history[0]["received"].as_str().unwrap();
    assert!(!packed.contains(&received[..16]), "a time finer than a day: {received}");
}
