//! Mistakes: one plain sentence with the way out, exit status 1, and no panic.

use minisign::KeyPair;
use tempfile::TempDir;

use super::sealed::with_manifest;
use super::{BUNDLE, fieldray, file, status, stderr, stdout, ward};

/// Runs `fieldray` and gives the one sentence it says.
fn mistake(folder: &TempDir, arguments: &[&str]) -> String {
    let output = fieldray(folder.path(), arguments);
    let said = stderr(&output);
    assert_eq!((status(&output), stdout(&output).as_str()), (1, ""), "{arguments:?} {said}");
    assert!(said.starts_with("error: ") && said.lines().count() == 1, "{arguments:?} {said}");
    said
}

#[test]
fn wrong_arguments() {
    let ward = ward();
    std::fs::create_dir(ward.path().join("empty")).unwrap();
    file(&ward, "wrong.toml", "[dicom]\n\nprot = 104\n");
    for (arguments, way_out) in [
        (&["scren"][..], "'screen'"),
        (&["screen"], "'fieldray screen --help'"),
        (&["screen", "--jsn", "a.png"], "'--json'"),
        (&["screen", "no-such-file.dcm"], "check the path"),
        (&["screen", "empty"], "no film in the folder 'empty'"),
        (&["screen", "--region", "spine", "a.png"], "hand"),
        (&["screen", "--region", "", "a.png"], "hand"),
        (&["screen", "--out", "a.png", "a.png"], "choose another with --out"),
        (&["screen", "--bundle", "none.frb", "a.png"], "check the path"),
        (&["screen", "--bundle", ".", "a.png"], "give the .frb file"),
        (&["screen", "--key", "none.pub", "a.png"], "--bundle"),
        (&["bench", "--rounds", "0"], "'fieldray bench --help'"),
        (&["bench", "none.dcm"], "none.dcm"),
        (&["run", "--config", "none.toml"], "check the path"),
        (&["run", "--config", "wrong.toml"], "line 3: unknown field `prot`"),
        (&["run", "--archive", "a.png"], "check the disk"),
        (&["run", "--display", "hdmi"], "png:FOLDER"),
        (&["run", "--key", "none.pub"], "--bundle"),
        (&["history", "--archive", "none"], "there is no archive in 'none'"),
        (&["verify-log", "--archive", "none"], "check the folder"),
        (&["send"], "'fieldray send --help'"),
        (&["send", "none.dcm"], "check the path"),
        (&["send", "--port", "/dev/no-such-port", "a.png"], "check the cable"),
        (&["send", "--port", "/dev/no-such-port", "--baud", "0", "a.png"], "--baud"),
        (&["phantom", "--out", "films", "--region", "spine"], "shoulder"),
    ] {
        let said = mistake(&ward, arguments);
        assert!(said.contains(way_out), "{arguments:?} {said}");
    }
}

#[test]
fn refused_bundles() {
    let ward = ward();
    let whole = std::fs::read(BUNDLE).unwrap();
    let mut damaged = whole.clone();
    let middle = whole.len() / 2;
    damaged[middle] ^= 1;
    file(&ward, "damaged.frb", damaged);
    file(&ward, "short.frb", &whole[..middle]);
    file(&ward, "text.frb", "not a bundle");
    file(&ward, "later.frb", with_manifest(&whole, |manifest| manifest["format"] = 999.into()));
    file(&ward, "other.pub", KeyPair::generate_unencrypted_keypair().unwrap().pk.to_box().unwrap().into_string());
    for (arguments, way_out) in [
        (&["--bundle", "damaged.frb"][..], "copy"),
        (&["--bundle", "short.frb"], "damaged"),
        (&["--bundle", "text.frb"], "not a"),
        (&["--bundle", "later.frb"], "update the appliance"),
        (&["--bundle", BUNDLE, "--key", "other.pub"], "trusted key"),
        (&["--bundle", BUNDLE, "--key", "a.png"], "check the path"),
        (&["--bundle", BUNDLE, "--key", "text.frb"], "not a minisign public key"),
    ] {
        let said = mistake(&ward, &[&["screen", "a.png"], arguments].concat());
        assert!(said.contains(way_out), "{arguments:?} {said}");
    }
}

#[test]
fn help_is_given() {
    let ward = ward();
    for command in [
        &["--help"][..],
        &["demo", "--help"],
        &["screen", "--help"],
        &["bench", "-h"],
        &["doctor", "--help"],
        &["run", "--help"],
        &["send", "--help"],
        &["history", "--help"],
        &["calibrate", "--help"],
        &["models", "--help"],
        &["support-bundle", "--help"],
        &["verify-log", "--help"],
        &["phantom", "--help"],
    ] {
        let output = fieldray(ward.path(), command);
        let said = stdout(&output);
        assert_eq!((status(&output), stderr(&output).as_str()), (0, ""), "{command:?}");
        assert!(said.contains("Usage: fieldray") && said.contains("  fieldray "), "{command:?} {said}");
        assert!(said.lines().all(|line| line.chars().count() <= 100), "{command:?} {said}");
    }
}
