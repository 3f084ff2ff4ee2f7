//! A film that ends the program, in a burst of others: it is referred to a person, and the others are answered as if it were not there.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ImageBuffer, Rgb};
use rusqlite::Connection;

use super::{Clinic, PATIENCE, Starting};

/// More than the program needs for the films around it, and less than the deadly one takes.
const MEMORY_MB: u64 = 400;

/// In colours of 16 bits each 384 MB of pixels, and hardly a file.
const SIDE_PX: u32 = 8000;

fn write_deadly(path: &Path) {
    let picture = ImageBuffer::<Rgb<u16>, _>::new(SIDE_PX, SIDE_PX);
    let file = fs::File::create(path).unwrap();
    picture
        .write_with_encoder(PngEncoder::new_with_quality(file, CompressionType::Fast, FilterType::NoFilter))
        .unwrap();
}

/// The same command, of a program that is ended when it asks for more memory than this.
fn with_memory(command: &Command, mb: u64) -> Command {
    let mut limited = Command::new("sh");
    limited.arg("-c").arg(format!("ulimit -d {}; exec \"$0\" \"$@\"", mb << 10));
    limited.arg(command.get_program()).args(command.get_args());
    limited
}

#[test]
fn a_film_that_ends_the_program_is_referred_and_those_about_it_are_answered() {
    let clinic = Clinic::new();
    let films = clinic.films(8, 300);
    let stick = clinic.path("stick");
    fs::create_dir(&stick).unwrap();
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1", stick.display()));
    write_deadly(&clinic.path("deadly.png"));

    let (begun, mut starts, mut running) = (Instant::now(), 0, None);
    loop {
        let daemon = running.get_or_insert_with(|| {
            starts += 1;
            Starting::of(with_memory(&clinic.command(), MEMORY_MB))
        });
        if starts == 1 && !stick.join("deadly.png").exists() {
            // All of them come while the program runs.
            for (film, name) in films.iter().zip("abcdefgh".chars()) {
                fs::copy(film, stick.join(format!("{name}.dcm"))).unwrap();
            }
            fs::rename(clinic.path("deadly.png"), stick.join("deadly.png")).unwrap();
        }
        if daemon.child.try_wait().unwrap().is_some() {
            running = None;
        } else if clinic.archive().join("archive.sqlite").exists() && clinic.history().len() == films.len() + 1 {
            break;
        }
        assert!(begun.elapsed() < PATIENCE, "{starts} starts, {:?}", clinic.history());
        thread::sleep(Duration::from_millis(100));
    }
    let mut daemon = running.unwrap();
    daemon.child.kill().unwrap();
    daemon.child.wait().unwrap();

    println!("{starts} starts");
    let (deadly, others): (Vec<_>, Vec<_>) =
        clinic.history().into_iter().partition(|line| line["sender"].as_str().unwrap().ends_with("deadly.png"));
    assert_eq!(deadly.len(), 1);
    assert_eq!(deadly[0]["decision"], "refer");
    let ended = |line: &serde_json::Value| line["reason"].as_str().unwrap().contains("again and again");
    assert!(ended(&deadly[0]), "{}", deadly[0]);
    assert!(!others.iter().any(ended), "{others:?}");
    // Of the others one at most was beside it, and that one once.
    let database = Connection::open(clinic.archive().join("archive.sqlite")).unwrap();
    let mut found = database.prepare("SELECT attempts FROM images").unwrap();
    let attempts: Vec<u32> = found.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(attempts.iter().filter(|begun| **begun == 1).count() >= films.len() - 1, "{attempts:?}");
    assert!(attempts.iter().filter(|begun| **begun > 2).count() == 1, "{attempts:?}");
}
