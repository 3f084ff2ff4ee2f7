//! Power cuts: the daemon is killed at random moments, and nothing that was acknowledged is lost or answered twice.
//!
//! `FIELDRAY_POWER_CUTS` says how often [25]; `FIELDRAY_SEED` repeats a run. A kill keeps what the system has in memory, so this shows
//! that every order of steps is right, not that the disk keeps what was synced.

use std::collections::BTreeSet;
use std::io::Write;
use std::thread;
use std::time::Duration;

use rand::{RngExt, SeedableRng, seq::IndexedRandom};
use rand_pcg::Pcg64Mcg;
use rusqlite::Connection;

use fieldray_appliance::archive::{Archive, Identity, Limits};

use super::clients::{dcmtk, send};
use super::{Clinic, Starting, sop_instance};

pub fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn nothing_acknowledged_is_lost() {
    let cuts = number("FIELDRAY_POWER_CUTS", 25);
    let seed = number("FIELDRAY_SEED", std::process::id().into());
    println!("{cuts} power cuts, FIELDRAY_SEED={seed}");
    let mut chance = Pcg64Mcg::seed_from_u64(seed);
    let clinic = Clinic::new();
    let films = clinic.films(40 + 4 * cuts as usize, 200);
    let mut acknowledged = BTreeSet::new();
    for _ in 0..cuts {
        let starting = Starting::of(clinic.command());
        if chance.random_ratio(1, 5) {
            // While it starts, and clears away what the last cut left.
            thread::sleep(Duration::from_millis(chance.random_range(0..400)));
            let mut child = starting.child;
            child.kill().unwrap();
            child.wait().unwrap();
            continue;
        }
        let daemon = starting.wait();
        if dcmtk("storescu", daemon.address).is_none() {
            return;
        }
        let sending: Vec<_> = (0..3)
            .map(|_| {
                let some: Vec<_> = films.sample(&mut chance, 6).cloned().collect();
                send(daemon.address, &some, &[]).unwrap()
            })
            .collect();
        thread::sleep(Duration::from_millis(chance.random_range(0..1500)));
        daemon.cut();
        for sending in sending {
            acknowledged.extend(sending.acknowledged().0.iter().map(|film| sop_instance(film)));
        }
    }

    let wanted = acknowledged.iter().map(String::as_str).collect();
    finds_everything(&clinic, &wanted);
}

/// A box that starts from what a power cut left: it has one answer for each of these, and its records agree with each other.
pub fn finds_everything(clinic: &Clinic, acknowledged: &BTreeSet<&str>) {
    let daemon = clinic.start();
    clinic.history_of(acknowledged.len());
    // What was kept but never acknowledged is answered, too.
    let waits = || {
        Connection::open(clinic.archive().join("archive.sqlite")).unwrap().query_row(
            "SELECT COUNT(*) FROM images WHERE id NOT IN (SELECT image FROM screenings)",
            [],
            |row| row.get::<_, i64>(0),
        )
    };
    while waits().unwrap() > 0 {
        thread::sleep(Duration::from_millis(100));
    }
    let answers = clinic.answers();
    for uid in acknowledged {
        assert_eq!(answers.get(*uid), Some(&1), "{uid}");
    }
    assert!(answers.values().all(|count| *count == 1), "{answers:?}");
    assert_eq!(daemon.terminate(), Some(0));
    println!("{} films acknowledged, {} answered", acknowledged.len(), answers.len());
    let database = Connection::open(clinic.archive().join("archive.sqlite")).unwrap();
    let integrity: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(integrity, "ok");
    println!("{}", clinic.verified_log().unwrap());
    // Every image and every answer is in the log, once.
    let log = std::fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    for what in ["received", "screened"] {
        let lines = log.lines().filter(|line| line.contains(&format!(r#""what":"{what}""#))).count();
        assert_eq!(lines, answers.len(), "{what}");
    }
}

#[test]
fn a_film_over_which_the_program_ended_again_and_again_is_referred() {
    let clinic = Clinic::new();
    let film = std::fs::read(&clinic.films(1, 200)[0]).unwrap();
    let limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 0 };
    let archive = Archive::open(&clinic.archive(), limits).unwrap();
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(&film).unwrap();
    let image = archive.admit(incoming, &Identity::default(), "a test").unwrap().image;
    for _ in 0..6 {
        archive.begin(image).unwrap();
    }
    drop(archive);
    let _daemon = clinic.start();
    let history = clinic.history_of(1);
    assert_eq!(history[0]["decision"], "refer");
    assert!(history[0]["reason"].as_str().unwrap().contains("again and again"), "{}", history[0]);
}
