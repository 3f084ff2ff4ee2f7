//! A model that no longer does what its bundle promises.

use std::fs;
use std::process::Command;

use super::sealed::with_manifest;
use super::{Clinic, Starting};

#[test]
fn films_are_referred_while_the_self_check_fails() {
    let clinic = Clinic::new();
    let watched = clinic.path("watched");
    fs::create_dir(&watched).unwrap();
    fs::copy(&clinic.hands(1, 320)[0], watched.join("film.dcm")).unwrap();
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1", watched.display()));
    let whole = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/bundle/default.frb")).unwrap();
    let bundle = clinic.path("drifted.frb");
    let drifted = with_manifest(&whole, |manifest| {
        let promised = manifest["references"][0]["probability"].as_f64().unwrap();
        manifest["references"][0]["probability"] = (promised - 0.002).abs().into();
    });
    fs::write(&bundle, drifted).unwrap();

    let mut command = clinic.command();
    command.arg("--bundle").arg(&bundle);
    let daemon = Starting::of(command).wait();
    let answer = &clinic.history_of(1)[0];
    assert_eq!((&answer["decision"], answer["probability"].is_null()), (&"refer".into(), true), "{answer}");
    assert!(answer["reason"].as_str().unwrap().contains("failed its self-check"), "{answer}");
    assert!(daemon.said().contains("self-check fails"), "{}", daemon.said());

    let doctor =
        Command::new(env!("CARGO_BIN_EXE_fieldray")).args(["doctor", "--archive"]).arg(clinic.archive()).output();
    let said = String::from_utf8(doctor.unwrap().stdout).unwrap();
    let line = said.lines().find(|line| line.contains("self-check")).unwrap();
    assert!(line.starts_with("ATTENTION") && line.contains("2.0e-3"), "{said}");
    drop(daemon);

    // Another bundle, and it screens again.
    let daemon = clinic.start();
    fs::copy(&clinic.hands(2, 320)[1], watched.join("another.dcm")).unwrap();
    let history = clinic.history_of(2);
    assert!(history.iter().any(|line| !line["probability"].is_null()), "{history:?}");
    assert!(daemon.said().contains("self-check holds"));
}
