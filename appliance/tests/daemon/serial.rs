//! Films over a serial cable: the real daemon at one end, the real `fieldray send` at the other.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_common::link::{Message, PIECE_BYTES};
use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::cable::{Cable, Faults, TAKEN_BYTES};
use super::{Clinic, PATIENCE, sop_instance};

/// A clinic whose box listens to one end of a cable.
fn ward(settings: &str) -> Clinic {
    let clinic = Clinic::new();
    let port = clinic.path("tty-box");
    clinic.settle(&format!("[serial]\nport = \"{}\"\n{settings}", port.display()));
    clinic
}

/// The command that sends films from the other end.
fn send(clinic: &Clinic, films: &[PathBuf], options: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
    command.args(["send", "--port"]).arg(clinic.path("tty-laptop")).args(options).args(films);
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// What a sender is told of each film.
fn told(output: &Output, films: &[PathBuf]) -> Vec<String> {
    let said = stdout(output);
    let of = |film: &PathBuf| {
        let start = format!("{}: ", film.display());
        let mut lines = said.lines().filter_map(|line| line.strip_prefix(&start));
        lines
            .next()
            .unwrap_or_else(|| panic!("nothing is told of {}: {said} {}", film.display(), stderr(output)))
            .to_owned()
    };
    films.iter().map(of).collect()
}

/// How many files are left of films that did not become images.
fn left_over(clinic: &Clinic) -> usize {
    ["incoming", "partial"].map(|name| fs::read_dir(clinic.archive().join(name)).unwrap().count()).iter().sum()
}

#[test]
fn films_are_kept_once_and_answered() {
    let clinic = ward("");
    let _cable = Cable::new(&clinic, Faults::default());
    let mut films = clinic.films(3, 300);
    let picture = image::GrayImage::from_fn(300, 300, |x, y| image::Luma([(x / 2 + y / 3) as u8]));
    films.push(clinic.path("picture.png"));
    picture.save(&films[3]).unwrap();
    let daemon = clinic.start();
    let sent = send(&clinic, &films, &["--wait"]).output().unwrap();
    assert!(sent.status.success(), "{}", stderr(&sent));
    assert_eq!(told(&sent, &films), ["kept"; 4]);
    assert!(stdout(&sent).starts_with("Fieldray at "), "{}", stdout(&sent));
    let history = clinic.history_of(4);
    assert_eq!(history.len(), 4);
    for line in &history {
        let decision = line["decision"].as_str().unwrap();
        assert!(stdout(&sent).contains(&format!(": {decision}")), "{decision}: {}", stdout(&sent));
        assert!(line["sender"].as_str().unwrap().starts_with("serial "), "{line}");
    }
    // A second time.
    let again = send(&clinic, &films[..2], &[]).output().unwrap();
    assert_eq!(told(&again, &films[..2]), ["known, it was in the box before"; 2]);
    assert_eq!((clinic.history().len(), left_over(&clinic)), (4, 0));
    assert_eq!(daemon.terminate(), Some(0));
    assert!(clinic.verified_log().unwrap().contains("whole"));
}

#[test]
fn over_a_bad_cable_that_is_pulled_ten_times_every_film_arrives_once() {
    let clinic = ward("");
    let faults = Faults { corrupted: 0.01, dropped: 0.01, cuts: (40_000, 10), seed: 5 };
    let cable = Cable::new(&clinic, faults);
    let films = clinic.films(5, 200);
    let daemon = clinic.start();
    let sent = send(&clinic, &films, &[]).output().unwrap();
    assert!(sent.status.success(), "{}\n{}", stderr(&sent), daemon.said());
    let told = told(&sent, &films);
    assert!(told.iter().all(|told| told == "kept" || told.starts_with("known")), "{told:?}");
    assert_eq!(cable.passed(|passed| passed.cuts), 10);
    let bytes: u64 = films.iter().map(|film| fs::metadata(film).unwrap().len()).sum();
    println!("{bytes} bytes of films took {} bytes of the cable", cable.passed(|passed| passed.bytes));
    clinic.history_of(films.len());
    let uids = films.iter().map(|film| (sop_instance(film), 1)).collect();
    assert_eq!(clinic.answers(), uids);
    assert_eq!(left_over(&clinic), 0);
    assert_eq!(daemon.terminate(), Some(0));
    clinic.verified_log().unwrap();
}

#[test]
fn after_a_power_cut_what_had_come_is_not_sent_again() {
    let clinic = ward("");
    let cable = Cable::new(&clinic, Faults::default());
    let film = clinic.films(1, 1200);
    let bytes = fs::metadata(&film[0]).unwrap().len();
    let daemon = clinic.start();
    let mut sending = send(&clinic, &film, &["--patience", "2"]);
    let sending = sending.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while cable.passed(|passed| passed.bytes) < bytes / 2 {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(1));
    }
    daemon.cut();
    let failed = sending.wait_with_output().unwrap();
    let said = stderr(&failed);
    assert_eq!(failed.status.code(), Some(1), "{said}");
    assert!(
        said.contains("run the same command again") && said.contains(" goes on at ") && said.lines().count() == 1,
        "{said}"
    );

    let partial: Vec<PathBuf> =
        fs::read_dir(clinic.archive().join("partial")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(partial.len(), 1);
    let had = fs::metadata(&partial[0]).unwrap().len();
    assert!(had > bytes / 3 && had < bytes, "{had} of {bytes}");
    let daemon = clinic.start();
    cable.passed(|passed| {
        passed.messages.clear();
        passed.overruns = 0;
    });
    let begun = Instant::now();
    let sent = send(&clinic, &film, &[]).output().unwrap();
    let took = begun.elapsed();
    assert_eq!(told(&sent, &film), ["kept"]);
    let (from, pieces_bytes, overruns) = cable.passed(|passed| {
        let mut pieces: Vec<(u64, u64)> = Vec::new();
        let went_on = passed.messages.iter().position(|message| matches!(message, Message::GoOn { .. })).unwrap();
        for message in &passed.messages[went_on..] {
            if let Message::Piece { at, bytes, .. } = message {
                pieces.push((*at, bytes.len() as u64));
            }
        }
        (
            pieces.iter().map(|(at, _)| *at).min().unwrap(),
            pieces.iter().map(|(_, bytes)| bytes).sum::<u64>(),
            passed.overruns,
        )
    });
    println!("{had} of {bytes} bytes had come; {pieces_bytes} came afterwards in {took:?}, with {overruns} overruns");
    assert_eq!(from, had);
    // A box that says nothing for a while is sent what is on its way again: at most a window of pieces, and never sooner than after 50 ms.
    let windows = 1 + took.as_millis() as u64 / 50;
    // One that does not take what comes loses that much, and the pieces that begin and end there.
    let lost_bytes = overruns * (TAKEN_BYTES + 2 * PIECE_BYTES) as u64;
    let most_bytes = bytes - had + windows * 32 * PIECE_BYTES as u64 + lost_bytes;
    assert!(pieces_bytes <= most_bytes, "{pieces_bytes} of at most {most_bytes}");
    clinic.history_of(1);
    assert_eq!(left_over(&clinic), 0);
    assert_eq!(daemon.terminate(), Some(0));
    clinic.verified_log().unwrap();
}

#[test]
fn what_the_box_does_not_take_is_refused_with_the_reason() {
    let clinic = ward("[archive]\nstorage_mb = 1\nfilm_mb = 1");
    let _cable = Cable::new(&clinic, Faults::default());
    let films = clinic.films(4, 500);
    let others = ["letter.txt", "empty.dcm", "large.dcm"].map(|name| clinic.path(name));
    fs::write(&others[0], "Dear colleague").unwrap();
    fs::write(&others[1], "").unwrap();
    fs::write(&others[2], vec![1; (1 << 20) + 1]).unwrap();
    let _daemon = clinic.start();
    let sent = send(&clinic, &others, &[]).output().unwrap();
    assert_eq!(sent.status.code(), Some(2), "{}", stderr(&sent));
    for (told, reason) in told(&sent, &others).iter().zip(["neither DICOM, JPEG nor PNG", "empty", "film_mb"]) {
        assert!(told.starts_with("refused: ") && told.contains(reason), "{told}");
    }
    let sent = send(&clinic, &films, &[]).output().unwrap();
    assert_eq!(sent.status.code(), Some(2), "{}", stderr(&sent));
    let told = told(&sent, &films);
    assert_eq!(told[0], "kept");
    assert_eq!(told[3], "refused: the archive is full; review studies so that the oldest can be removed");
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    assert!(log.contains(r#""what":"refused""#) && log.contains("the archive is full"));
}

#[test]
fn after_garbage_and_pulled_plugs_the_box_still_listens() {
    let clinic = ward("");
    let faults = Faults { cuts: (30_000, 3), ..Faults::default() };
    let cable = Cable::new(&clinic, faults);
    let films = clinic.films(1, 200);
    let daemon = clinic.start();
    let mut chance = Pcg64Mcg::seed_from_u64(3);
    let mut garbage = vec![0; 10_000];
    let begun = Instant::now();
    while cable.passed(|passed| passed.cuts) < 3 {
        assert!(begun.elapsed() < PATIENCE);
        chance.fill_bytes(&mut garbage);
        // The plug may be pulled at any moment.
        if let Ok(mut port) = fs::File::options().write(true).open(clinic.path("tty-laptop")) {
            let _ = port.write_all(&garbage);
        }
    }
    let sent = send(&clinic, &films, &[]).output().unwrap();
    assert_eq!(told(&sent, &films), ["kept"], "{}", daemon.said());
}
