//! What is read of sticks that come, go and lie, with the list of mounts and the clock in the test's hand.

use std::os::unix::fs::symlink;
use std::process::Command;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};

use fieldray_common::phantom::{self, samples};
use tempfile::TempDir;

use super::*;
use crate::archive::{Archive, Limits};
use crate::intake::Arrival;
use crate::log::AuditLog;

/// A box that reads sticks, and a folder that is one.
struct Ward {
    place: TempDir,
    sticks: Sticks,
    arrivals: Receiver<Arrival>,
    now: Instant,
}

fn ward() -> Ward {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir(place.path().join("stick")).unwrap();
    let kept = place.path().join("archive");
    let limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 1 << 20 };
    let archive = Arc::new(Archive::open(&kept, limits).unwrap());
    let log = Arc::new(AuditLog::open(&kept, "b0").unwrap());
    let (told, arrivals) = mpsc::channel();
    let installer = Arc::new(Installer::new(None, Arc::clone(&archive), Arc::clone(&log), |_| {}));
    let intake = Intake::new(archive, log, move |arrival| told.send(arrival).unwrap());
    let sticks = Sticks { intake, installer, most_bytes: 1 << 24, there: Vec::new() };
    Ward { place, sticks, arrivals, now: Instant::now() }
}

/// What came of a look: how many films were kept, known and refused.
#[derive(Debug, PartialEq)]
struct Told {
    kept: usize,
    known: usize,
    refused: usize,
}

impl Ward {
    fn stick(&self) -> PathBuf {
        self.place.path().join("stick")
    }

    fn write(&self, name: &str, content: &[u8]) {
        let path = self.stick().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Looks while the stick is mounted with this number, or not.
    fn look(&mut self, mounted: Option<u64>) -> Told {
        let mounts: Vec<Mount> = mounted.into_iter().map(|id| Mount { id, at: self.stick() }).collect();
        self.now += EVERY;
        self.sticks.look(&mounts, self.now);
        let told: Vec<Arrival> = self.arrivals.try_iter().collect();
        let count = |wanted: fn(&Arrival) -> bool| told.iter().filter(|arrival| wanted(arrival)).count();
        Told {
            kept: count(|arrival| matches!(arrival, Arrival::Kept(_))),
            known: count(|arrival| matches!(arrival, Arrival::Again(_))),
            refused: count(|arrival| matches!(arrival, Arrival::Refused)),
        }
    }

    /// Makes a DICOMDIR of these files on the stick, as dcmtk does; `false` where that is not installed.
    fn index(&self, names: &[&str]) -> bool {
        let made = Command::new("dcmmkdir")
            .args(["--invent", "--no-xfer-check", "--no-encoding-check", "--no-resolution-check", "+id"])
            .arg(self.stick())
            .arg("+D")
            .arg(self.stick().join("DICOMDIR"))
            .args(names)
            .output();
        let Ok(made) = made else {
            println!("skipped: reading a DICOMDIR (dcmmkdir is not installed; tests/run installs dcmtk)");
            return false;
        };
        assert!(self.stick().join("DICOMDIR").is_file(), "{}", String::from_utf8_lossy(&made.stderr));
        true
    }
}

fn film(number: usize) -> Vec<u8> {
    phantom::dicom(&phantom::simulate(&samples()[number].request))
}

const NOTHING: Told = Told { kept: 0, known: 0, refused: 0 };

#[test]
fn a_stick_is_read_once_and_left_as_it_is() {
    let mut ward = ward();
    ward.write("A/film", &film(0));
    ward.write("letter.txt", b"Dear colleague");
    File::create(ward.stick().join("large.png")).unwrap().set_len((1 << 24) + 1).unwrap();
    symlink("/etc/passwd", ward.stick().join("link.dcm")).unwrap();
    assert_eq!(ward.look(None), NOTHING);
    let before: Vec<_> = files_of(&ward.stick());
    assert_eq!(ward.look(Some(1)), Told { kept: 1, known: 0, refused: 1 });
    ward.write("later.dcm", &film(1));
    assert_eq!(ward.look(Some(1)), NOTHING);
    fs::remove_file(ward.stick().join("later.dcm")).unwrap();
    assert_eq!(files_of(&ward.stick()), before);
    // It comes back as another file system.
    assert_eq!(ward.look(None), NOTHING);
    assert_eq!(ward.look(Some(2)), Told { kept: 0, known: 1, refused: 1 });
}

/// Everything on the stick, with its content.
fn files_of(stick: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = walkdir::WalkDir::new(stick).sort_by_file_name().into_iter().map(|entry| entry.unwrap().into_path());
    files.filter(|path| path.is_file()).map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_stick_that_is_pulled_out_is_read_to_its_end_when_it_comes_back() {
    let mut ward = ward();
    ward.write("A", &film(0));
    ward.write("B", &film(1));
    // It is gone after the first film: the second cannot be read, nor anything else.
    let mut stick = Stick { mount: Mount { id: 1, at: ward.stick() }, left: None, tries: 0, not_before: ward.now };
    stick.left = Some([ward.stick().join("A"), ward.place.path().join("gone")].into());
    ward.sticks.there.push(stick);
    let elsewhere = ward.place.path().join("elsewhere");
    assert_eq!(ward.look(Some(1)), Told { kept: 1, known: 0, refused: 0 });
    fs::rename(ward.stick(), &elsewhere).unwrap();
    for _ in 0..2 * TRIES {
        assert_eq!(ward.look(Some(1)), NOTHING);
    }
    assert_eq!(ward.look(None), NOTHING);
    fs::rename(&elsewhere, ward.stick()).unwrap();
    assert_eq!(ward.look(Some(2)), Told { kept: 1, known: 1, refused: 0 });
}

#[test]
fn a_file_that_cannot_be_read_does_not_hold_up_the_others() {
    let mut ward = ward();
    ward.write("B", &film(1));
    let mut stick = Stick { mount: Mount { id: 1, at: ward.stick() }, left: None, tries: 0, not_before: ward.now };
    stick.left = Some([ward.stick().join("A"), ward.stick().join("B")].into());
    ward.sticks.there.push(stick);
    assert_eq!(ward.look(Some(1)), NOTHING);
    assert_eq!(ward.look(Some(1)), NOTHING);
    assert_eq!(ward.look(Some(1)), Told { kept: 1, known: 0, refused: 1 });
}

#[test]
fn what_the_dicomdir_lists_is_read() {
    let mut ward = ward();
    for (name, number) in [("DICOM/IM000001", 0), ("DICOM/IM000002", 1), ("DICOM/IM000003", 2)] {
        ward.write(name, &film(number));
    }
    if !ward.index(&["DICOM/IM000001", "DICOM/IM000003"]) {
        return;
    }
    assert_eq!(ward.look(Some(1)), Told { kept: 2, known: 0, refused: 0 });
}

#[test]
fn a_dicomdir_that_lies_does_no_harm() {
    let mut ward = ward();
    for (name, number) in [("DICOM/IM000001", 0), ("DICOM/IM000002", 1), ("OUT/IM000003", 2)] {
        ward.write(name, &film(number));
    }
    if !ward.index(&["DICOM/IM000001", "DICOM/IM000002", "OUT/IM000003"]) {
        return;
    }
    // One is missing, one is there in small letters, and a link leads to the third.
    let stick = ward.stick();
    fs::remove_file(stick.join("DICOM/IM000001")).unwrap();
    fs::rename(stick.join("DICOM"), stick.join("dicom")).unwrap();
    fs::rename(stick.join("OUT"), ward.place.path().join("elsewhere")).unwrap();
    symlink(ward.place.path().join("elsewhere"), stick.join("OUT")).unwrap();
    assert_eq!(ward.look(Some(1)), Told { kept: 1, known: 0, refused: 0 });
    // Where it lists nothing that is there, or is none, the stick is looked through.
    fs::rename(stick.join("dicom"), stick.join("films")).unwrap();
    assert_eq!(ward.look(Some(2)), Told { kept: 0, known: 1, refused: 0 });
    ward.write("DICOMDIR", b"an index");
    assert_eq!(ward.look(Some(3)), Told { kept: 0, known: 1, refused: 0 });
}
