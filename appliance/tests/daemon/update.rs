//! A new model on a stick, taken at the display; and a box that went back by itself, until somebody has seen it.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_appliance::models::Change;
use fieldray_appliance::screen::{Again, Phase, Screen, UpdateFault, UpdateState, UpdateView};
use fieldray_common::bundle::archive;
use minisign::KeyPair;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::display::Person;
use super::models::Box;
use super::sealed::sealed;
use super::stick::{Plugged, wait_until};
use super::{Clinic, PATIENCE};

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

/// Gives a box its first model, and sticks: where they are mounted, what is on them, and the settings.
fn taking_sticks(this: &Box) -> (PathBuf, PathBuf, String) {
    let (media, content) = (this.path("media"), this.path("content"));
    fs::create_dir_all(&content).unwrap();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    let settings = format!("{}\n[sticks]\nfolder = \"{}\"", this.settings(), media.display());
    (media, content, settings)
}

#[test]
fn a_model_on_a_stick_is_offered_taken_and_in_use() {
    let this = Box(Clinic::new());
    let (media, content, settings) = taking_sticks(&this);
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

/// The writing end of a pipe that somebody reads.
fn opened_once_it_is_read(pipe: &Path) -> File {
    let begun = Instant::now();
    loop {
        // With nobody at the other end this fails, where it would wait for ever.
        let tried = File::options().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(pipe);
        if let Ok(_until_the_other_is_open) = tried {
            return File::options().write(true).open(pipe).unwrap();
        }
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_stick_that_is_pulled_out_while_it_is_read_leaves_the_old_model_and_says_so() {
    let this = Box(Clinic::new());
    let (media, content, settings) = taking_sticks(&this);
    let (mut person, daemon) = Person::at(&this.0, &settings);
    let (bundle, on_stick) = (this.bundle("2.0.0", |_| {}), content.join("clinic.frb"));
    fs::copy(&bundle, &on_stick).unwrap();
    let changes = model("1.0.0", "2.0.0");
    let offered = update(&changes, Some("demo"), UpdateState::Offered);
    let Some(stick) = Plugged::mount(&content, media.join("STICK")) else { return };
    person.sees("offered", &offered);
    wait_until(|| daemon.said().contains("the stick is read"));

    // From here on it is as slow as this test wants.
    fs::remove_file(&on_stick).unwrap();
    mkfifo(&on_stick, Mode::S_IRWXU).unwrap();
    settle();
    person.presses([1]);
    let bytes = fs::read(&bundle).unwrap();
    let (piece, whole) = (1 << 20, bytes.len() as f64);
    let mut slow = opened_once_it_is_read(&on_stick);
    slow.write_all(&bytes[..3 * piece]).unwrap();
    let running = UpdateState::Running(Phase::Check, 3.0 * piece as f64 / whole);
    person.sees("half-read", &update(&changes, Some("demo"), running));
    drop(stick);
    drop(slow);
    person.sees("pulled", &update(&[], None, UpdateState::Failed(UpdateFault::Pulled, Again::Impossible)));
    assert_eq!(this.active().0, "fracatlas-all@1.0.0");
    let log = fs::read_to_string(this.0.archive().join("audit.jsonl")).unwrap();
    assert!(log.contains("clinic.frb") && log.contains("the stick was pulled out before the bundle was read"), "{log}");

    // Put in again, it is offered again.
    fs::remove_file(&on_stick).unwrap();
    fs::copy(&bundle, &on_stick).unwrap();
    let Some(_stick) = Plugged::mount(&content, media.join("STICK")) else { return };
    person.sees("offered-again", &offered);
    assert_eq!(daemon.terminate(), Some(0));
}

#[test]
fn that_the_box_went_back_by_itself_stays_on_the_display_until_it_was_seen() {
    let this = Box::new();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    this.0.start().terminate();
    assert!(this.install(&this.bundle("2.0.0", |_| {})).status.success());
    (0..3).for_each(|_| this.fails_to_start());
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
