//! A technician with stock tools alone (tar, minisign, sha256sum) can check a bundle.

use std::{fs, path::Path, process::Command};

use fieldray_common::bundle::{Bundle, MANIFEST, SIGNATURE, TrustedKey, archive};
use fieldray_tests::repository;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// So many changed heads are shown to both.
const CHANGES: usize = 600;

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

/// Of a bundle whose manifest or signature was changed anywhere, the box takes nothing that minisign does not.
#[test]
fn minisign_agrees_on_changed_bundles() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let key = fs::read_to_string(repository().join("appliance/keys/demo.pub")).unwrap();
    fs::write(at.join("demo.pub"), &key).unwrap();
    let key = TrustedKey::parse("demo", &key).unwrap();
    let whole = archive::unpack(&fs::read(repository().join("appliance/bundle/default.frb")).unwrap()).unwrap();
    let (mut random, mut taken) = (Pcg64Mcg::seed_from_u64(9), 0);
    for _ in 0..CHANGES {
        let mut head = [MANIFEST, SIGNATURE].map(|name| whole[name].clone());
        let changed = &mut head[random.random_range(0..2)];
        let place = random.random_range(0..changed.len());
        changed[place] ^= 1 << random.random_range(0..8);
        let [manifest, signature] = &head;
        fs::write(at.join("manifest.json"), manifest).unwrap();
        fs::write(at.join("manifest.json.minisig"), signature).unwrap();
        let Some(verified) = run("minisign", &["-V", "-p", "demo.pub", "-m", "manifest.json"], at) else { return };
        let rest = whole.iter().filter(|(name, _)| ![MANIFEST, SIGNATURE].contains(&name.as_str()));
        let rest = rest.map(|(name, content)| (name.as_str(), content.as_slice()));
        let packed = archive::pack([(MANIFEST, manifest.as_slice()), (SIGNATURE, signature)].into_iter().chain(rest));
        let opened = Bundle::open(&packed.unwrap(), std::slice::from_ref(&key));
        assert!(opened.is_err() || verified.status.success(), "byte {place}: minisign refuses what the box takes");
        taken += usize::from(opened.is_ok());
    }
    // The first line of a signature is a comment that it does not cover.
    println!("{taken} of {CHANGES} changes were to that comment");
    assert!(taken < CHANGES / 3);
}
