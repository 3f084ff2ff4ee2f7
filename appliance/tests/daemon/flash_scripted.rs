//! `fieldray flash` before boxes that behave as one seldom does: of an older version, at the far end of a bad adapter, switched off in the
//! middle. The box is played by a script, the program and the cable are real.

use std::fs;
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use fieldray_board::serial::Line;
use fieldray_common::bundle::{CARD, MANIFEST, archive};
use fieldray_common::link::frame::Deframer;
use fieldray_common::link::{
    Answer, Installation, Introduction, Kind, Message, Models, Offer, Outcome, PROTOCOL, Receiver, Reception, Sha256,
    Slot, Standing, Start, Text,
};

use serde_json::Value;

use super::Clinic;
use super::cable::{Cable, Faults};
use super::flash::{DEFAULT, flash, refusal, with_long_card};
use super::sealed::{demo_signature, sealed};
use super::stick::wait_until;

/// What is odd about a box.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Oddity {
    /// It does not know messages from this number on.
    KnowsNothingFrom(u8),
    /// What arrives of this kind is damaged.
    Damages(Kind),
    /// It takes a head for a film.
    KeepsHeads,
    /// It has everything, and then knows nothing of it.
    Forgets,
}

/// A box that plays its part.
struct Script {
    oddity: Oddity,
    kind: Kind,
}

impl Reception for Script {
    fn introduction(&mut self) -> Introduction {
        let (name, software, bundle) = ("Ward 3".into(), "0.1.0".into(), "fracatlas-all@1.0.0".into());
        Introduction { protocol: PROTOCOL, name, software, bundle, bundle_sha256: [7; 32], free_bytes: 1 << 30 }
    }

    fn offered(&mut self, offer: &Offer) -> Start {
        self.kind = offer.kind;
        Start::At(0)
    }

    fn take(&mut self, _: &[u8]) -> Result<(), Outcome> {
        Ok(())
    }

    fn whole(&mut self) -> Outcome {
        match (self.oddity, self.kind) {
            (Oddity::Damages(kind), came) if kind == came => Outcome::Damaged,
            (Oddity::KeepsHeads, Kind::Head) => Outcome::Kept { image: 1 },
            (_, Kind::Head) => Outcome::Welcome { changes: 0, signer: "demo".into() },
            _ => Outcome::Installing,
        }
    }

    fn answer(&mut self, _: u64) -> Answer {
        Answer::NoImage
    }

    fn models(&mut self) -> Models {
        let slot = |model: &str, standing| Slot { model: model.into(), standing };
        let slots = [slot("fracatlas-all@1.0.0", Standing::Active), slot("", Standing::Idle)];
        Models::Store { slots, keys: "demo".into(), free_bytes: 1 << 30 }
    }

    fn change(&mut self, _: u16) -> Text {
        Text::default()
    }

    fn installation(&mut self, _: &Sha256) -> Installation {
        Installation::Unknown
    }

    fn files(&mut self) -> Vec<Sha256> {
        Vec::new()
    }

    fn identity(&mut self) -> Text {
        Text::default()
    }
}

/// A played box at one end of a cable.
struct Played {
    cable: Cable,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Played {
    fn new(clinic: &Clinic, oddity: Oddity) -> Self {
        let cable = Cable::new(clinic, Faults::default());
        let stop = Arc::new(AtomicBool::new(false));
        let (port, stopped) = (clinic.path("tty-box").display().to_string(), Arc::clone(&stop));
        let thread = thread::spawn(move || {
            let mut line = Line::open(&port, 921_600, Duration::from_millis(50)).unwrap();
            let mut script = Script { oddity, kind: Kind::Film };
            let (mut deframer, mut receiver, mut bytes) = (Deframer::default(), Receiver::default(), [0; 4096]);
            while !stopped.load(Ordering::Relaxed) {
                let Some(length) = unless_over(line.read(&mut bytes)) else { return };
                for body in deframer.take(&bytes[..length]) {
                    let Ok(message) = Message::read(&body) else { continue };
                    let said = match oddity {
                        Oddity::KnowsNothingFrom(first) if message.number() >= first => {
                            Message::NotUnderstood { message: message.number() }.frame()
                        }
                        _ => receiver.hear(&message.frame(), &mut script),
                    };
                    if unless_over(line.write_all(&said).map(|()| 0)).is_none() {
                        return;
                    }
                }
            }
        });
        Self { cable, stop, thread: Some(thread) }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        let _ = self.thread.take().unwrap().join();
    }
}

/// How many bytes moved; `None` where the cable is gone.
fn unless_over(moved: io::Result<usize>) -> Option<usize> {
    match moved {
        Err(error) if error.kind() == ErrorKind::TimedOut => Some(0),
        moved => moved.ok(),
    }
}

/// A bundle with nothing in it but its card.
fn next_to_nothing(clinic: &Clinic) -> PathBuf {
    let path = clinic.path("2.0.0.frb");
    let mut files = archive::unpack(&fs::read(DEFAULT).unwrap()).unwrap();
    files.retain(|name, _| [MANIFEST, CARD].contains(&name.as_str()));
    let change = |manifest: &mut Value| manifest["files"].as_object_mut().unwrap().retain(|name, _| name == CARD);
    fs::write(&path, sealed(files, change, demo_signature)).unwrap();
    path
}

#[test]
fn what_is_odd_about_a_box_is_told_in_one_sentence() {
    let clinic = Clinic::new();
    let bundle = next_to_nothing(&clinic);
    for (oddity, said) in [
        (
            Oddity::KnowsNothingFrom(14),
            "the software of the box takes no models over the cable; update it, or install the bundle with 'fieldray models install' there",
        ),
        (Oddity::KnowsNothingFrom(18), "the box does not understand what it is asked; update its software"),
        (Oddity::KeepsHeads, "the box answers what it was not asked; update its software"),
        (Oddity::Damages(Kind::Head), "the bundle's head arrived damaged; check the cable, and run this again"),
        (
            Oddity::Damages(Kind::Bundle),
            "the bundle arrived damaged 3 times; check the cable, or lower its speed with --baud here and in the box's settings",
        ),
        (Oddity::Forgets, "the box was switched off before it had installed the bundle; run the same command again"),
    ] {
        let _played = Played::new(&clinic, oddity);
        let told = refusal(&flash(&clinic, &bundle, &["--yes", "--patience", "20"]).output().unwrap());
        assert_eq!(told.trim_end(), format!("error: {said}"), "{oddity:?}");
        assert!(!clinic.path("receipt.txt").exists(), "{oddity:?}");
    }
}

#[test]
fn a_cable_that_is_cut_says_where_it_goes_on() {
    let clinic = Clinic::new();
    let bundle = with_long_card(&clinic, "2.0.0", 10);
    let played = Played::new(&clinic, Oddity::Forgets);
    let mut flashing = flash(&clinic, &bundle, &["--yes", "--patience", "1"]);
    let flashing = flashing.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| played.cable.passed(|passed| passed.bytes) > 100_000);
    fs::remove_file(clinic.path("tty-laptop")).unwrap();
    drop(played);
    let told = refusal(&flashing.wait_with_output().unwrap());
    let parts = [
        "error: the port ",
        " is gone (",
        "); put the cable back in; then run the same command again: it goes on at ",
        " %",
    ];
    assert!(parts.iter().all(|part| told.contains(part)), "{told}");
}
