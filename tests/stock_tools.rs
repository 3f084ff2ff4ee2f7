//! A technician with stock tools alone (tar, minisign, sha256sum) can check a bundle.

use std::{fs, path::Path, process::Command};

use fieldray_tests::repository;

fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<std::process::Output> {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(_) => {
            println!("skipped: checking a bundle with {program} (not installed)");
            None
        }
    }
}

#[test]
fn tar_minisign_and_sha256sum_check_the_default_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let bundle = repository().join("appliance/bundle/default.frb");
    let key = repository().join("appliance/keys/demo.pub");
    let (bundle, key) = (bundle.to_str().unwrap(), key.to_str().unwrap());
    let Some(unpacked) = run("tar", &["-xf", bundle], folder.path()) else { return };
    assert!(unpacked.status.success());

    let verify = ["-V", "-p", key, "-m", "manifest.json"];
    let Some(verified) = run("minisign", &verify, folder.path()) else { return };
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    assert!(String::from_utf8_lossy(&verified.stdout).contains("Fieldray bundle"));

    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("manifest.json")).unwrap()).unwrap();
    let sums: String = manifest["files"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, entry)| format!("{}  {name}\n", entry["sha256"].as_str().unwrap()))
        .collect();
    fs::write(folder.path().join("sums"), sums).unwrap();
    let Some(summed) = run("sha256sum", &["-c", "--strict", "sums"], folder.path()) else { return };
    assert!(summed.status.success(), "{}", String::from_utf8_lossy(&summed.stdout));

    let manifest = folder.path().join("manifest.json");
    let mut changed = fs::read(&manifest).unwrap();
    let place = changed.len() / 2;
    changed[place] ^= 1;
    fs::write(&manifest, changed).unwrap();
    assert!(!run("minisign", &verify, folder.path()).unwrap().status.success());
}
