//! Disks that are full, and the storage limit.

use std::path::Path;
use std::process::Command;

use fieldray_appliance::screen::{Fault, FaultView, Screen};

use super::clients::send;
use super::display::Person;
use super::{Clinic, Daemon, sop_instance};

/// Sends films until one is refused; the films that were acknowledged.
fn fill(clinic: &Clinic, daemon: &Daemon, count: usize) -> Option<Vec<std::path::PathBuf>> {
    let films = clinic.films(count, 700);
    let (acknowledged, said) = send(daemon.address, &films, &[])?.acknowledged();
    assert!(acknowledged.len() < films.len() && said.contains("OutOfResources"), "{said}");
    Some(acknowledged)
}

#[test]
fn when_the_limit_is_reached_senders_are_refused_until_answers_are_judged_at_the_display() {
    let clinic = Clinic::new();
    let (mut person, daemon) = Person::at(&clinic, "[archive]\nstorage_mb = 8");
    let Some(mut kept) = fill(&clinic, &daemon, 20) else { return };
    // What is set aside for answers to come is free again when they are there: full is full when nothing waits.
    let left = loop {
        clinic.history_of(kept.len());
        let mut left = super::files(&clinic.path("films"), "dcm");
        left.retain(|film| !kept.contains(film));
        let (more, _) = send(daemon.address, &left, &[]).unwrap().acknowledged();
        if more.is_empty() {
            break left;
        }
        kept.extend(more);
    };
    person.sees("full", &Screen::Fault(FaultView { fault: Fault::StorageFull, code: "STORAGE FULL" }));
    // The history, and the first two answers of it: more is set aside for the heatmap to come than one film takes.
    person.presses([2, 3, 3, 4, 2, 3, 3]);
    let reviewed =
        || std::fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap().matches("\"reviewed\"").count();
    while reviewed() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(send(daemon.address, &left[..1], &[]).unwrap().acknowledged().0.len(), 1);
    let history = clinic.history_of(kept.len() + 1);
    // What was removed is still told of.
    assert!(kept.iter().all(|film| history.iter().any(|line| line["sop_instance"] == sop_instance(film).as_str())));
}

/// A file system of its own, unmounted when this goes.
pub struct Small<'a>(&'a Path);

impl<'a> Small<'a> {
    pub fn mount(at: &'a Path, size: &str) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let options = format!("size={size}");
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs"]).arg(at).output();
        if !mount.is_ok_and(|mount| mount.status.success()) {
            println!("skipped: a full disk (mounting a small file system needs root)");
            return None;
        }
        Some(Self(at))
    }
}

impl Drop for Small<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.0).status();
    }
}

#[test]
fn on_a_full_disk_senders_are_refused_and_every_acknowledged_film_is_answered() {
    let clinic = Clinic::new();
    let place = clinic.archive();
    let Some(_small) = Small::mount(&place, "16m") else { return };
    let daemon = clinic.start();
    let Some(kept) = fill(&clinic, &daemon, 32) else { return };
    assert!(!kept.is_empty());
    clinic.history_of(kept.len());
    for film in &kept {
        assert_eq!(clinic.answers().get(&sop_instance(film)), Some(&1));
    }
    assert_eq!(daemon.terminate(), Some(0));
    clinic.verified_log().unwrap();
}
