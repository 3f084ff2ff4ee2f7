//! Keys and signatures by the command line, held against the stock minisign tool.

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../appliance/bundle/default.frb");

fn train(folder: &Path, password: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray-train"));
    command.current_dir(folder).args(arguments).env_remove("FIELDRAY_KEY_PASSWORD").stdin(Stdio::null());
    command.envs(password.map(|password| ("FIELDRAY_KEY_PASSWORD", password))).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    said(output)
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", said(output));
    said(output)
}

#[test]
fn a_bundle_signed_anew_is_trusted_by_who_trusts_the_key_and_by_nobody_else() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    succeeded(&train(at, Some("a secret"), &["keygen", "clinic"]));
    let mode = fs::metadata(at.join("clinic.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others may read the secret key");
    assert!(refused(&train(at, Some("x"), &["keygen", "clinic"])).contains("is there already"));

    let sign = ["sign", BUNDLE, "--with", "clinic.key", "--out", "own.frb"];
    assert!(refused(&train(at, Some("wrong"), &sign)).contains("no usable minisign secret key"));
    assert!(refused(&train(at, None, &sign)).contains("give it in $FIELDRAY_KEY_PASSWORD"));
    assert!(!at.join("own.frb").exists());
    succeeded(&train(at, Some("a secret"), &sign));

    let told = succeeded(&train(at, None, &["verify", "own.frb", "--key", "clinic.pub"]));
    assert!(told.contains("own.frb is fracatlas-all@") && told.contains("  weights.safetensors"), "{told}");
    assert!(refused(&train(at, None, &["verify", "own.frb"])).contains("signed with a trusted key"));
    // Only the signature is another.
    let digests = |told: &str| told.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(digests(&told), digests(&succeeded(&train(at, None, &["verify", BUNDLE]))));
}

#[test]
fn a_key_without_a_password_is_made_only_where_that_is_asked_for() {
    let folder = TempDir::new().unwrap();
    let refusal = refused(&train(folder.path(), None, &["keygen", "clinic"]));
    assert!(refusal.contains("--no-password") && !folder.path().join("clinic.pub").exists(), "{refusal}");
    succeeded(&train(folder.path(), None, &["keygen", "--no-password", "clinic"]));
    succeeded(&train(folder.path(), None, &["sign", BUNDLE, "--with", "clinic.key", "--out", "own.frb"]));
}

#[test]
fn a_bundle_hands_over_from_one_key_to_the_next() {
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    for name in ["old", "next"] {
        succeeded(&train(at, None, &["keygen", "--no-password", name]));
    }
    let id = |name: &str| {
        let text = fs::read_to_string(at.join(format!("{name}.pub"))).unwrap();
        text.lines().next().unwrap().rsplit_once(' ').unwrap().1.to_owned()
    };
    let (old, next) = (id("old"), id("next"));
    let sign = ["sign", BUNDLE, "--with", "old.key", "--out", "last.frb", "--revokes", &old];
    assert!(refused(&train(at, None, &sign)).contains("brings no other"));
    assert!(!at.join("last.frb").exists());
    succeeded(&train(at, None, &[&sign[..], &["--trusts", "next.pub"]].concat()));
    let told = succeeded(&train(at, None, &["verify", "last.frb", "--key", "old.pub"]));
    assert!(told.contains(&format!("brings the key {next} as 'next'\nrevokes the key {old}\n")), "{told}");
    let wrong = train(at, None, &["sign", BUNDLE, "--with", "old.key", "--out", "last.frb", "--revokes", "next.pub"]);
    assert!(refused(&wrong).contains("16 hexadecimal digits"), "{}", said(&wrong));
}

#[test]
fn minisign_takes_our_keys_and_our_signatures() {
    if Command::new("minisign").arg("-v").output().is_err() {
        println!("skipped: our keys against minisign (it is not installed)");
        return;
    }
    let folder = TempDir::new().unwrap();
    let at = folder.path();
    succeeded(&train(at, Some("a secret"), &["keygen", "clinic"]));
    succeeded(&train(at, Some("a secret"), &["sign", BUNDLE, "--with", "clinic.key", "--out", "own.frb"]));
    let minisign = |arguments: &[&str], typed: &str| {
        let mut command = Command::new("minisign");
        command.current_dir(at).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(typed.as_bytes()).unwrap();
        succeeded(&child.wait_with_output().unwrap())
    };
    assert!(Command::new("tar").current_dir(at).args(["-xf", "own.frb"]).status().unwrap().success());
    let told = minisign(&["-V", "-p", "clinic.pub", "-m", "manifest.json"], "");
    assert!(told.contains("Fieldray bundle fracatlas-all@"), "{told}");
    // And the secret key signs there, under its password.
    fs::write(at.join("note.txt"), "signed by the stock tool").unwrap();
    minisign(&["-S", "-s", "clinic.key", "-m", "note.txt"], "a secret\n");
    minisign(&["-V", "-p", "clinic.pub", "-m", "note.txt"], "");
}
