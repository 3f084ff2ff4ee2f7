//! A new model over a serial cable: the real daemon at one end, the real `fieldray flash` at the other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_appliance::archive::BoxId;
use fieldray_appliance::fleet::{Outcome, Receipt};
use fieldray_common::bundle::{CARD, archive};
use fieldray_common::link::Message;
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use super::cable::{Cable, Faults};
use super::models::Box;
use super::sealed::{demo_signature, sealed};
use super::stick::wait_until;
use super::{Clinic, PATIENCE};

pub const DEFAULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bundle/default.frb");

/// A box with version 1.0.0 in its store, that listens to a cable and takes films from a folder.
pub fn ward() -> Box {
    let this = Box(Clinic::new());
    this.0.settle(&format!("{}\n{}", this.settings(), serial(&this.0)));
    let installed = this.install(&this.bundle("1.0.0", |_| {}));
    assert!(installed.status.success(), "{}", stderr(&installed));
    this
}

pub fn serial(clinic: &Clinic) -> String {
    let films = clinic.path("incoming");
    fs::create_dir_all(&films).unwrap();
    let (port, films) = (clinic.path("tty-box"), films.display().to_string());
    format!("[serial]\nport = \"{}\"\n[watch]\nfolder = \"{films}\"\nevery_s = 1", port.display())
}

/// `fieldray flash` at the other end.
pub fn flash(clinic: &Clinic, bundle: &Path, options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
    command.env("XDG_CONFIG_HOME", clinic.path("config")).arg("flash").arg(bundle).args(options);
    command.arg("--receipt").arg(clinic.path("receipt.txt")).stdin(Stdio::null());
    command.arg("--port").arg(clinic.path("tty-laptop"));
    command
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The one sentence that a technician is told where it fails.
pub fn refusal(output: &Output) -> String {
    let said = stderr(output);
    assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}{}", stdout(output));
    said
}

/// The built-in bundle with a model card of so many bytes that nothing shortens.
pub fn with_long_card(clinic: &Clinic, version: &str, bytes: usize) -> PathBuf {
    let mut card = vec![0; bytes];
    Pcg64Mcg::seed_from_u64(2).fill_bytes(&mut card);
    let path = clinic.path("long.frb");
    let mut files = archive::unpack(&fs::read(DEFAULT).unwrap()).unwrap();
    let entry = serde_json::to_value(archive::describe(&card)).unwrap();
    files.insert(CARD.into(), card);
    let change = |manifest: &mut Value| {
        manifest["version"] = version.into();
        manifest["files"][CARD] = entry;
    };
    fs::write(&path, sealed(files, change, demo_signature)).unwrap();
    path
}

fn put_film(clinic: &Clinic, film: &Path) {
    fs::copy(film, clinic.path("incoming").join(film.file_name().unwrap())).unwrap();
}

#[test]
fn over_a_bad_cable_that_is_pulled_ten_times_a_model_arrives_whole_and_takes_over_while_films_are_answered() {
    let this = ward();
    let faults = Faults { corrupted: 0.01, dropped: 0.01, cuts: (60_000, 10), seed: 6 };
    let cable = Cable::new(&this.0, faults);
    let daemon = this.0.start();
    let bundle = with_long_card(&this.0, "2.0.0", 250_000);
    let films = this.0.films(2, 300);
    let mut flashing = flash(&this.0, &bundle, &["--yes"]);
    let flashing = flashing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| cable.passed(|passed| passed.cuts) >= 1);
    put_film(&this.0, &films[0]);
    assert_eq!(this.0.history_of(1)[0]["bundle"], "fracatlas-all@1.0.0");
    let flashed = flashing.wait_with_output().unwrap();
    let said = stdout(&flashed);
    assert!(flashed.status.success(), "{said}{}\n{}", stderr(&flashed), daemon.said());
    assert_eq!(cable.passed(|passed| passed.cuts), 10);
    println!(
        "{} bytes of the cable for a bundle of {}",
        cable.passed(|passed| passed.bytes),
        fs::metadata(&bundle).unwrap().len()
    );
    for told in [
        "fracatlas-all@2.0.0 takes the place of fracatlas-all@1.0.0",
        "slot a (active): fracatlas-all@1.0.0",
        "signed by 'demo', a key that the box trusts",
        "MB, 96 % saved",
        "  send      100 %",
        "  verify    100 %",
        "  self-test 100 %",
        "  activate  100 %",
        "the box works with fracatlas-all@2.0.0",
    ] {
        assert!(said.contains(told), "'{told}' is not said: {said}");
    }
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), false));
    put_film(&this.0, &films[1]);
    let mut bundles: Vec<Value> = this.0.history_of(2).iter().map(|line| line["bundle"].clone()).collect();
    bundles.sort_by_key(ToString::to_string);
    assert_eq!(bundles, ["fracatlas-all@1.0.0", "fracatlas-all@2.0.0"]);
    assert_eq!(fs::read_dir(this.0.archive().join("partial")).unwrap().count(), 0);

    let receipt: Receipt = fs::read_to_string(this.path("receipt.txt")).unwrap().parse().unwrap();
    assert_eq!(receipt.box_id, BoxId::of(&this.0.archive()).ok());
    let sha256 = archive::describe(&fs::read(&bundle).unwrap()).sha256;
    assert_eq!((receipt.new.bundle.as_str(), receipt.new.sha256), ("fracatlas-all@2.0.0", sha256));
    assert_eq!((receipt.old.unwrap().bundle.as_str(), receipt.signed_by.as_str()), ("fracatlas-all@1.0.0", "demo"));
    assert!(receipt.outcome == Outcome::Installed && receipt.self_test.unwrap() < 1e-3);
    assert_eq!(daemon.terminate(), Some(0));
    this.0.verified_log().unwrap();
}

#[test]
fn a_box_that_is_up_to_date_is_left_alone_and_its_port_is_remembered() {
    let this = ward();
    let cable = Cable::new(&this.0, Faults::default());
    let _daemon = this.0.start();
    let same = flash(&this.0, &this.path("1.0.0.frb"), &["--yes"]).output().unwrap();
    assert!(same.status.success() && stdout(&same).contains("the box is up to date"), "{}", stderr(&same));
    assert!(!cable.passed(|passed| passed.messages.iter().any(|message| matches!(message, Message::Put { .. }))));
    let mut again = Command::new(env!("CARGO_BIN_EXE_fieldray"));
    again.env("XDG_CONFIG_HOME", this.path("config")).arg("flash").arg(this.path("1.0.0.frb"));
    let again = again.output().unwrap();
    assert!(stdout(&again).contains("the box is up to date"), "{}", stderr(&again));
    // What would change is said, and nothing changed.
    let dry = flash(&this.0, &this.bundle("2.0.0", |_| {}), &["--dry-run"]).output().unwrap();
    let said = stdout(&dry);
    assert!(
        dry.status.success()
            && said.contains("2.0.0 takes the place of")
            && said.contains("dry run: nothing was changed"),
        "{said}"
    );
    assert_eq!((this.active().0.as_str(), this.path("receipt.txt").exists()), ("fracatlas-all@1.0.0", false));
    let unasked = flash(&this.0, &this.path("2.0.0.frb"), &[]).output().unwrap();
    assert!(refusal(&unasked).contains("say --yes"));
}

#[test]
fn after_a_power_cut_a_model_goes_on_where_it_was() {
    let this = ward();
    let cable = Cable::new(&this.0, Faults::default());
    let bundle = this.bundle("2.0.0", |_| {});
    let bytes = fs::metadata(&bundle).unwrap().len();
    let daemon = this.0.start();
    let mut flashing = flash(&this.0, &bundle, &["--yes", "--whole", "--patience", "2"]);
    let flashing = flashing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while cable.passed(|passed| passed.bytes) < bytes / 2 {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(1));
    }
    daemon.cut();
    let said = refusal(&flashing.wait_with_output().unwrap());
    assert!(said.contains("run the same command again: it goes on at "), "{said}");
    assert!(!this.path("receipt.txt").exists());
    let _daemon = this.0.start();
    assert_eq!(this.active().0, "fracatlas-all@1.0.0");
    cable.passed(|passed| (passed.messages.clear(), passed.bytes = 0));
    let flashed = flash(&this.0, &bundle, &["--yes", "--whole"]).output().unwrap();
    assert!(flashed.status.success(), "{}", stderr(&flashed));
    assert_eq!(stdout(&flashed).matches("  send      goes on at ").count(), 1, "{}", stdout(&flashed));
    let again = cable.passed(|passed| passed.bytes);
    assert!(again < bytes * 3 / 4, "{again} of {bytes} bytes went over the cable again");
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), false));
}
