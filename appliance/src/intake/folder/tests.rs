//! What comes of files as they appear, with a clock turned by hand.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use fieldray_common::phantom::{self, samples};
use tempfile::TempDir;

use super::*;
use crate::archive::{Archive, Limits};
use crate::intake::Arrival;
use crate::log::AuditLog;

/// A watched folder beside an archive, and a clock turned by hand.
struct Ward {
    place: TempDir,
    watched: Watched,
    arrivals: Receiver<Arrival>,
    now: Instant,
}

fn ward() -> Ward {
    ward_of(1 << 30)
}

/// One whose archive holds so many bytes.
fn ward_of(storage_bytes: u64) -> Ward {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("stick");
    fs::create_dir(&folder).unwrap();
    let kept = place.path().join("archive");
    let limits = Limits { storage_bytes, object_bytes: 1 << 24, heatmap_bytes: 1 << 20 };
    let archive = Arc::new(Archive::open(&kept, limits).unwrap());
    let log = Arc::new(AuditLog::open(&kept, "b0").unwrap());
    let (told, arrivals) = mpsc::channel();
    let watched = Watched::new(folder, 1 << 24, Intake::new(archive, log, move |arrival| told.send(arrival).unwrap()));
    Ward { place, watched, arrivals, now: Instant::now() }
}

impl Ward {
    fn write(&self, name: &str, content: &[u8]) {
        let path = self.place.path().join("stick").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Looks after so many seconds; how many films were kept, and how many had come before.
    fn look(&mut self, seconds: u64) -> (usize, usize) {
        self.now += Duration::from_secs(seconds);
        self.watched.look(self.now);
        let told: Vec<Arrival> = self.arrivals.try_iter().collect();
        let count = |wanted: fn(&Arrival) -> bool| told.iter().filter(|arrival| wanted(arrival)).count();
        (count(|arrival| matches!(arrival, Arrival::Kept(_))), count(|arrival| matches!(arrival, Arrival::Again(_))))
    }
}

fn film(number: usize) -> Vec<u8> {
    phantom::dicom(&phantom::simulate(&samples()[number].request))
}

#[test]
fn films_are_taken_once_and_the_rest_is_passed_over() {
    let mut ward = ward();
    ward.write("DICOM/A/IM0001", &film(0));
    ward.write("DICOM/A/IM0002", &film(1));
    ward.write("DICOMDIR", &film(2));
    ward.write(".hidden.dcm", &film(2));
    ward.write("letter.txt", b"Dear colleague");
    assert_eq!(ward.look(0), (0, 0));
    assert_eq!(ward.look(2), (2, 0));
    assert_eq!(ward.look(2), (0, 0));
    ward.write("copy.dcm", &film(0));
    ward.look(2);
    assert_eq!(ward.look(2), (0, 1));
}

#[test]
fn a_full_archive_refuses_one_film_a_minute_and_not_all_at_every_look() {
    let mut ward = ward_of(1);
    for number in 0..4 {
        ward.write(&format!("{number}.dcm"), &film(number));
    }
    let mut refused = Vec::new();
    for second in 0..=61 {
        ward.now += Duration::from_secs(1);
        ward.watched.look(ward.now);
        refused.extend(ward.arrivals.try_iter().filter(|arrival| *arrival == Arrival::Full).map(|_| second));
    }
    assert_eq!(refused, [1, 61]);
}

#[test]
fn a_film_that_is_still_being_copied_is_left_alone() {
    let mut ward = ward();
    let whole = film(0);
    ward.write("film.dcm", &whole[..whole.len() / 3]);
    ward.look(0);
    ward.write("film.dcm", &whole[..whole.len() / 2]);
    ward.look(2);
    // The copy pauses; what is there is no whole film.
    assert_eq!(ward.look(2), (0, 0));
    ward.write("film.dcm", &whole);
    assert_eq!(ward.look(2), (0, 0));
    assert_eq!(ward.look(2), (1, 0));
}

#[test]
fn a_film_that_stays_half_is_answered_in_the_end() {
    let mut ward = ward();
    let whole = film(0);
    ward.write("film.dcm", &whole[..whole.len() / 2]);
    ward.look(0);
    assert_eq!(ward.look(2), (0, 0));
    assert_eq!(ward.look(60), (1, 0));
}

#[test]
fn a_stick_may_be_pulled_and_come_back() {
    let mut ward = ward();
    ward.write("film.dcm", &film(0));
    ward.look(0);
    ward.look(2);
    let (stick, elsewhere) = (ward.place.path().join("stick"), ward.place.path().join("elsewhere"));
    fs::rename(&stick, &elsewhere).unwrap();
    assert_eq!(ward.look(2), (0, 0));
    fs::rename(&elsewhere, &stick).unwrap();
    ward.look(2);
    assert_eq!(ward.look(2), (0, 1));
}

#[test]
fn a_film_that_has_long_been_there_is_taken_as_it_is() {
    let mut ward = ward();
    let half = &film(0)[..40_000];
    for (name, age) in [("new.dcm", Duration::ZERO), ("old.dcm", 2 * UNFINISHED)] {
        ward.write(name, half);
        let file = File::options().write(true).open(ward.place.path().join("stick").join(name)).unwrap();
        file.set_modified(SystemTime::now() - age).unwrap();
    }
    ward.look(0);
    assert_eq!(ward.look(2), (1, 0));
}
