//! A new model on a stick, taken at the display; and a box that went back by itself, until somebody has seen it.

use std::fs;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use fieldray_appliance::models::Change;
use fieldray_appliance::screen::{Again, Screen, UpdateFault, UpdateState, UpdateView};
use minisign::KeyPair;

use fieldray_common::bundle::archive;

use super::display::Person;
use super::models::Box;
use super::sealed::sealed;
use super::stick::{Plugged, wait_until};
use super::{Clinic, Starting};

/// A change from one version of the built-in model to another.
pub fn model(from: &str, to: &str) -> [Change; 1] {
    [Change::Model { from: format!("fracatlas-all@{from}"), to: format!("fracatlas-all@{to}") }]
}

pub fn update<'a>(changes: &'a [Change], signer: Option<&'a str>, state: UpdateState) -> Screen<'a> {
    Screen::Update(UpdateView { changes, signer, state })
}

/// A screen that has just come up is not answered by a key.
fn settle() {
    thread::sleep(Duration::from_millis(700));
}

#[test]
fn a_model_on_a_stick_is_offered_taken_and_in_use() {
    let this = Box(Clinic::new());
    let (media, content) = (this.path("media"), this.path("content"));
    fs::create_dir_all(&content).unwrap();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    let settings = format!("{}\n[sticks]\nfolder = \"{}\"", this.settings(), media.display());
    let (mut person, daemon) = Person::at(&this.0, &settings);

    // One that nobody vouches for.
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap();
    let good = this.bundle("2.0.0", |_| {});
    let sign = |manifest: &[u8]| minisign::sign(None, &stranger.sk, manifest, None, None).unwrap().into_string();
    let foreign = sealed(archive::unpack(&fs::read(&good).unwrap()).unwrap(), |_| {}, sign);
    fs::write(content.join("foreign.frb"), foreign).unwrap();
    let Some(stick) = Plugged::mount(&content, media.join("STICK")) else { return };
    let refused = |again| update(&[], None, UpdateState::Failed(UpdateFault::Signature, again));
    person.sees("refused", &refused(Again::Possible));
    drop(stick);
    person.sees("refused-and-gone", &refused(Again::Impossible));
    person.presses([4]);

    // The newest that the box takes; not now, and then after all.
    fs::copy(this.path("1.0.0.frb"), content.join("old.frb")).unwrap();
    fs::copy(this.bundle("1.5.0", |_| {}), content.join("a.frb")).unwrap();
    fs::copy(&good, content.join("b.FRB")).unwrap();
    let changes = model("1.0.0", "2.0.0");
    let offered = update(&changes, Some("demo"), UpdateState::Offered);
    let Some(stick) = Plugged::mount(&content, media.join("STICK")) else { return };
    person.sees("offered", &offered);
    settle();
    person.presses([4, 3]);
    person.sees("offered-again", &offered);
    person.presses([1]);
    person.sees("done", &update(&changes, None, UpdateState::Done));
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), false));
    assert!(daemon.said().contains("starting anew with the new model"), "{}", daemon.said());
    drop(stick);
    assert_eq!(daemon.terminate(), Some(0));
    let log = fs::read_to_string(this.0.archive().join("audit.jsonl")).unwrap();
    let installed = log.lines().find(|line| line.contains(r#""what":"model-installed""#)).unwrap();
    assert!(installed.contains("b.FRB") && installed.contains("fracatlas-all@2.0.0"), "{installed}");
    this.0.verified_log().unwrap();
}

#[test]
fn that_the_box_went_back_by_itself_stays_on_the_display_until_it_was_seen() {
    let this = Box::new();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    this.0.start().terminate();
    assert!(this.install(&this.bundle("2.0.0", |_| {})).status.success());
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    for _ in 0..3 {
        let mut command = this.0.command();
        command.arg("--dicom-port").arg(taken.local_addr().unwrap().port().to_string());
        Starting::of(command).said_at_its_end();
    }
    let (_, daemon) = Person::at(&this.0, &this.settings());
    // Nobody looks before the power goes.
    daemon.cut();
    let (mut person, daemon) = Person::at(&this.0, &this.settings());
    person.presses([3]);
    let changes = model("2.0.0", "1.0.0");
    person.sees("went-back", &update(&changes, None, UpdateState::WentBack));
    let notice = this.0.archive().join("went-back.json");
    assert!(notice.exists());
    person.presses([4]);
    wait_until(|| !notice.exists());
    assert_eq!(daemon.terminate(), Some(0));
}
