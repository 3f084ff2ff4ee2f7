//! Power cuts that lose what was not flushed: QEMU writes down every write to the disk while films come in; disks as a cut at any moment
//! would have left them are made of that, and each must hold a box that starts and has every acknowledged film.
//!
//! `FIELDRAY_DISK_CUTS` says how many [12]; the first that has such a film is started on the board in QEMU, the others here, after the
//! same replay of the file system's journal. `FIELDRAY_SEED` repeats the choice.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::super::clients::send;
use super::super::models::Box;
use super::super::power_cut::{finds_everything, number};
use super::super::{Clinic, sop_instance};
use super::machine::{Machine, PATIENCE};
use super::system::System;
use super::write_log::{Moment, WriteLog};
use super::{SETTINGS, answered, listens, start};

/// The disk that the archive lies on.
const DISK_BYTES: u64 = 128 << 20;

/// How many films are sent.
const FILMS: usize = 3;

/// The model, which lies on the disk: as the built-in one, but checked on a single film at the start.
const MODEL: &str = "1.0.0.frb";

/// A film that was acknowledged, and until when.
struct Acknowledged {
    uid: String,
    at: Moment,
}

#[test]
fn a_disk_that_loses_what_was_not_flushed_keeps_every_acknowledged_film() {
    let cuts = number("FIELDRAY_DISK_CUTS", 12);
    let seed = number("FIELDRAY_SEED", std::process::id().into());
    let this = Box(Clinic::new());
    let [disk, log] = ["disk", "log"].map(|name| this.path(name));
    let quick = this.bundle("1.0.0", |manifest| manifest["references"].as_array_mut().unwrap().truncate(1));
    let content = this.path("content");
    fs::create_dir(&content).unwrap();
    fs::rename(quick, content.join(MODEL)).unwrap();
    let Some(()) = formatted(&disk, &content) else { return };
    let before = fs::read(&disk).unwrap();
    let Some(acknowledged) = record(&this.0, &disk, &log) else { return };
    let log = WriteLog::read(&log);
    let [writes, flushes] = log.counts();
    println!("{writes} writes and {flushes} flushes; {cuts} power cuts, FIELDRAY_SEED={seed}");
    assert!(flushes > 2 * FILMS, "only {flushes} flushes");

    let (mut chance, mut kept, mut is_booted) = (Pcg64Mcg::seed_from_u64(seed), 0, false);
    for cut in 0..cuts {
        let mut left = before.clone();
        let moment = log.cut(&mut left, &mut chance);
        fs::write(&disk, left).unwrap();
        let wanted: BTreeSet<&str> =
            acknowledged.iter().filter(|film| film.at <= moment).map(|film| film.uid.as_str()).collect();
        kept += wanted.len();
        println!("cut {cut} at {moment:?}: {} films were acknowledged", wanted.len());
        match is_booted || wanted.is_empty() {
            true => starts_here(&disk, &wanted),
            false => starts_on_the_board(&disk, &wanted),
        }
        is_booted |= !wanted.is_empty();
    }
    println!("{kept} acknowledged films were looked for, and found");
}

/// A file system in a file, with what lies in a folder.
fn formatted(disk: &Path, content: &Path) -> Option<()> {
    File::create(disk).unwrap().set_len(DISK_BYTES).unwrap();
    for tool in ["mkfs.ext4", "e2fsck", "debugfs"] {
        if e2fsprogs(tool).arg("-V").output().is_err() {
            println!("skipped: power cuts of a disk ({tool} is not installed; tests/run installs e2fsprogs)");
            return None;
        }
    }
    let made = e2fsprogs("mkfs.ext4").args(["-q", "-F", "-d"]).args([content, disk]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    Some(())
}

/// One of its tools, which lie where only root looks for programs.
fn e2fsprogs(tool: &str) -> Command {
    let there = PathBuf::from("/usr/sbin").join(tool);
    Command::new(if there.exists() { there } else { tool.into() })
}

/// Sends films to the board in QEMU while its disk's writes are written down.
fn record(clinic: &Clinic, disk: &Path, log: &Path) -> Option<Vec<Acknowledged>> {
    File::create(log).unwrap();
    let file = |name: &str, path: &Path| format!("driver=file,node-name={name},filename={}", path.display());
    let logged = "driver=blklogwrites,node-name=logged,file=disk,log=log".to_owned();
    let disk = with_disk(&[file("disk", disk), file("log", log), logged], "logged");
    let mut board = Machine::boot(&System::InMemory(&disk))?;
    assert_eq!(board.shell("mount -t ext4 /dev/vda /data"), "");
    start(&mut board, &settings());
    listens(&mut board);
    let address = ([127, 0, 0, 1], board.dicom_port).into();
    let mut acknowledged = Vec::new();
    for film in clinic.films(FILMS, 200) {
        let (taken, said) = send(address, std::slice::from_ref(&film), &[])?.acknowledged();
        assert_eq!(taken.len(), 1, "{said}");
        acknowledged.push(Acknowledged { uid: sop_instance(&film), at: Moment::now(log) });
    }
    answered(&mut board, FILMS);
    board.shell("sync");
    Some(acknowledged)
}

fn settings() -> String {
    format!("{SETTINGS}[model]\nbundle = \"/data/{MODEL}\"\n")
}

/// The options of QEMU for a disk that is one of these nodes.
fn with_disk(nodes: &[String], of: &str) -> Vec<String> {
    let nodes = nodes.iter().flat_map(|node| ["-blockdev".to_owned(), node.clone()]);
    nodes.chain(["-device".to_owned(), format!("virtio-blk-pci,drive={of}")]).collect()
}

/// The board starts from the disk, and has answered these.
fn starts_on_the_board(disk: &Path, wanted: &BTreeSet<&str>) {
    let disk = with_disk(&[format!("driver=file,node-name=disk,filename={}", disk.display())], "disk");
    let mut board = Machine::boot(&System::InMemory(&disk)).unwrap();
    assert_eq!(board.shell("mount -t ext4 /dev/vda /data"), "");
    start(&mut board, &settings());
    listens(&mut board);
    let begun = Instant::now();
    // A film that nobody was told of may be there, too, and be answered first.
    let answers = loop {
        let history = answered(&mut board, wanted.len());
        let of = |uid: &&str| history.iter().filter(|line| line["sop_instance"] == **uid).count();
        let answers: Vec<usize> = wanted.iter().map(of).collect();
        if !answers.contains(&0) {
            break answers;
        }
        assert!(begun.elapsed() < PATIENCE, "{wanted:?} are answered {answers:?} times");
    };
    assert!(answers.iter().all(|answers| *answers == 1), "{wanted:?} are answered {answers:?} times");
}

/// The same with the program for this computer, on what lies on the disk.
fn starts_here(disk: &Path, wanted: &BTreeSet<&str>) {
    // Its journal is replayed; 0 and 1 mean that nothing else was wrong.
    let checked = e2fsprogs("e2fsck").args(["-f", "-p"]).arg(disk).output().unwrap();
    assert!(matches!(checked.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&checked.stdout));
    let clinic = Clinic::new();
    fs::create_dir(clinic.archive()).unwrap();
    let copy = format!("rdump / \"{}\"", clinic.archive().display());
    let copied = e2fsprogs("debugfs").args(["-R", &copy]).arg(disk).output().unwrap();
    assert!(copied.status.success(), "{}", String::from_utf8_lossy(&copied.stderr));
    finds_everything(&clinic, wanted);
}
