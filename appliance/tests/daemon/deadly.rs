//! A film that ends the program, in a burst of others: it is referred to a person, and the others are answered as if it were not there.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use dicom_core::{DataElement, PrimitiveValue, VR};
use dicom_dictionary_std::tags;
use rusqlite::Connection;

use super::clients::send;
use super::{Clinic, Starting, sop_instance};

/// Twice what the program has for the films about it, and less than the deadly one takes: its file and its pixels are 256 MB.
const MEMORY_MB: u64 = 300;

/// Of the deadly film, rows and columns.
const SIDE_PX: u16 = 8000;

/// Makes a film far larger than it was.
fn enlarge(film: &Path) {
    let mut object = dicom_object::open_file(film).unwrap();
    object.put(DataElement::new(tags::ROWS, VR::US, PrimitiveValue::from(SIDE_PX)));
    object.put(DataElement::new(tags::COLUMNS, VR::US, PrimitiveValue::from(SIDE_PX)));
    let pixels = vec![0_u16; usize::from(SIDE_PX).pow(2)];
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into())));
    object.write_to_file(film).unwrap();
}

/// The same command, of a program that ends where it asks for more memory than this.
fn with_memory(command: &Command, mb: u64) -> Command {
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -d {}; exec \"$0\" \"$@\"", mb << 10));
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

#[test]
fn a_film_that_ends_the_program_is_referred_and_those_about_it_are_answered() {
    let clinic = Clinic::new();
    let films = clinic.films(9, 300);
    enlarge(&films[4]);
    let others: Vec<PathBuf> = films.iter().filter(|film| **film != films[4]).cloned().collect();
    let deadly = sop_instance(&films[4]);

    let mut starts = 0;
    let daemon = loop {
        starts += 1;
        assert!(starts < 20);
        let mut daemon = Starting::of(with_memory(&clinic.command(), MEMORY_MB)).wait();
        // All of them come while the program runs; those that it did not live to take are sent again.
        let Some(sending) = send(daemon.address, if starts == 1 { &films } else { &others }, &[]) else { return };
        sending.acknowledged();
        let answered = format!("screened sop_instance=\"{deadly}\"");
        let lives = loop {
            if daemon.child.try_wait().unwrap().is_some() {
                break false;
            }
            if daemon.said().contains(&answered) {
                break true;
            }
            thread::sleep(Duration::from_millis(100));
        };
        if lives {
            break daemon;
        }
    };
    let history = clinic.history_of(films.len());
    drop(daemon);

    println!("{starts} starts");
    for line in history {
        let ended = line["reason"].as_str().unwrap().contains("again and again");
        assert_eq!(ended, line["sop_instance"] == deadly.as_str(), "{line}");
        assert!(!ended || line["decision"] == "refer", "{line}");
    }
    // Of the others one at most was in work beside it, and that one once.
    let database = Connection::open(clinic.archive().join("archive.sqlite")).unwrap();
    let mut found = database.prepare("SELECT attempts FROM images ORDER BY attempts").unwrap();
    let begun: Vec<u32> = found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(begun[..7].iter().all(|times| *times == 1) && begun[7] <= 2, "{begun:?}");
    println!("{begun:?}");
    assert!(fs::read_dir(clinic.archive().join("incoming")).unwrap().next().is_none());
}
