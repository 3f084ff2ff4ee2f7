//! A new model over a serial cable that does not come to be: each end in one sentence with the next step, and the old model stays.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use fieldray_appliance::fleet::{Outcome, Receipt};
use fieldray_appliance::models::STARTS;
use fieldray_common::bundle::archive;
use fieldray_common::link::Message;
use minisign::KeyPair;
use serde_json::Value;

use super::cable::{Cable, Faults};
use super::flash::{flash, refusal, serial, ward, with_long_card};
use super::models::Box;
use super::sealed::sealed;
use super::{Clinic, Starting};

fn receipt(this: &Box) -> Receipt {
    fs::read_to_string(this.path("receipt.txt")).unwrap().parse().unwrap()
}

#[test]
fn what_is_wrong_is_told_in_one_sentence_and_the_old_model_stays() {
    let this = ward();
    let cable = Cable::new(&this.0, Faults::default());
    let daemon = this.0.start();
    let refused = |bundle: &Path, options: &[&str]| refusal(&flash(&this.0, bundle, options).output().unwrap());
    let put = || cable.passed(|passed| passed.messages.iter().any(|message| matches!(message, Message::Put { .. })));

    // On the laptop, before anything is sent.
    let good = this.bundle("2.0.0", |_| {});
    let mut damaged = fs::read(&good).unwrap();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(this.path("damaged.frb"), damaged).unwrap();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    fs::write(this.path("stranger.pub"), stranger.pk.to_box().unwrap().to_string()).unwrap();
    let format = this.bundle("2.0.1", |manifest| manifest["format"] = 99.into());
    let key = this.path("stranger.pub").display().to_string();
    for (bundle, options, said) in [
        (this.path("damaged.frb"), vec!["--yes"], "in the bundle is damaged"),
        (format, vec!["--yes"], "update the appliance first"),
        (good.clone(), vec!["--yes", "--key", &key], "not by a key this box trusts"),
        (this.path("nothing.frb"), vec!["--yes"], "cannot be read"),
    ] {
        let told = refused(&bundle, &options);
        assert!(told.contains(said), "{told}");
    }
    assert!(!put());

    // By the box, by the head alone.
    let sign = |manifest: &[u8]| minisign::sign(None, &stranger.sk, manifest, None, None).unwrap().into_string();
    let foreign = sealed(archive::unpack(&fs::read(&good).unwrap()).unwrap(), |_| {}, sign);
    fs::write(this.path("foreign.frb"), foreign).unwrap();
    let told = refused(&this.path("foreign.frb"), &["--yes"]);
    assert!(told.contains("not by a key this box trusts"), "{told}");
    let told = refused(&this.bundle("0.9.0", |_| {}), &["--yes"]);
    assert!(told.contains("is older than fracatlas-all@1.0.0, which is installed"), "{told}");
    assert!(!this.path("receipt.txt").exists());
    // And by what it tries.
    let drifted = this.bundle("3.0.0", |manifest| manifest["references"][0]["probability"] = 0.123.into());
    let told = refused(&drifted, &["--yes"]);
    assert!(told.contains("1 of 8 reference films differ, by up to 0."), "{told}");
    let receipt = receipt(&this);
    assert!(receipt.outcome == Outcome::Refused && receipt.result.contains("reference films differ"));
    let unproved = this.bundle("3.0.1", |manifest| manifest["references"] = Value::Array(vec![]));
    assert!(refused(&unproved, &["--yes"]).contains("has no reference films"));
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));

    // While another one is on trial.
    assert!(this.install(&this.bundle("1.5.0", |_| {})).status.success());
    let told = refused(&good, &["--yes"]);
    assert!(told.contains("has not proved itself yet"), "{told}");
    drop(daemon);

    // And where there is no box.
    let told = refused(&good, &["--yes", "--patience", "1"]);
    assert!(told.contains("has said nothing for 1 seconds"), "{told}");
    drop(cable);
    fs::remove_file(this.path("tty-laptop")).unwrap();
    assert!(refused(&good, &["--yes"]).contains("cannot be opened"));
}

#[test]
fn a_box_without_a_store_says_what_it_lacks() {
    let clinic = Clinic::new();
    clinic.settle(&serial(&clinic));
    let _cable = Cable::new(&clinic, Faults::default());
    let _daemon = clinic.start();
    let bundle = with_long_card(&clinic, "2.0.0", 10);
    let told = refusal(&flash(&clinic, &bundle, &["--yes"]).output().unwrap());
    assert!(told.contains("this box has no store of models; name one in its settings"), "{told}");
}

#[test]
fn a_model_that_does_not_come_up_is_gone_back_from_and_the_laptop_hears_so() {
    let this = ward();
    let _cable = Cable::new(&this.0, Faults::default());
    let mut old = this.0.start();
    // It passes every test, and then something else on the box is in its way.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let (settings, port) = (this.path("fieldray.toml"), format!("port = {}", taken.local_addr().unwrap().port()));
    fs::write(&settings, fs::read_to_string(&settings).unwrap().replacen("port = 0", &port, 1)).unwrap();
    let mut flashing = flash(&this.0, &this.bundle("2.0.0", |_| {}), &["--yes"]);
    let flashing = flashing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Whoever looks after the daemon starts it again each time.
    assert!(!old.child.wait().unwrap().success(), "{}", old.said());
    for _ in 1..STARTS {
        assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), true));
        assert!(Starting::of(this.0.command()).said_at_its_end().contains("cannot be had"));
    }
    drop(taken);
    let daemon = this.0.start();
    let told = refusal(&flashing.wait_with_output().unwrap());
    assert!(
        told.contains(
            "the box went back to fracatlas-all@1.0.0 by itself, because fracatlas-all@2.0.0 did not come up well on it; keep the old \
             model and report this"
        ),
        "{told}"
    );
    let receipt = receipt(&this);
    assert!(receipt.outcome == Outcome::Refused && told.contains(&receipt.result), "{}", receipt.result);
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));
    assert_eq!(daemon.terminate(), Some(0));
    this.0.verified_log().unwrap();
}
