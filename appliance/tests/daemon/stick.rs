//! A USB stick with real films and a DICOMDIR by dcmtk; mounted read-only, pulled out, and put in again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::clients::real_films;
use super::{Clinic, PATIENCE, sop_instance};

/// A stick that is put in; pulled out when this goes.
pub struct Plugged(PathBuf);

impl Plugged {
    pub fn mount(content: &Path, at: PathBuf) -> Option<Self> {
        fs::create_dir_all(&at).unwrap();
        let mount = Command::new("mount").args(["--bind", "--read-only"]).args([content, &at]).output();
        if !mount.is_ok_and(|mount| mount.status.success()) {
            println!("skipped: a stick that is mounted (mounting needs root)");
            return None;
        }
        Some(Self(at))
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Puts films on a stick, with an index of them.
fn burn(stick: &Path, films: &[PathBuf]) -> Option<()> {
    fs::create_dir_all(stick.join("DICOM")).unwrap();
    let names: Vec<String> = (1..=films.len()).map(|number| format!("DICOM/IM{number:06}")).collect();
    for (film, name) in films.iter().zip(&names) {
        fs::copy(film, stick.join(name)).unwrap();
    }
    let made = Command::new("dcmmkdir")
        .args(["--invent", "--no-xfer-check", "--no-encoding-check", "--no-resolution-check", "+id"])
        .arg(stick)
        .arg("+D")
        .arg(stick.join("DICOMDIR"))
        .args(&names)
        .output();
    let Ok(made) = made else {
        println!("skipped: a stick with a DICOMDIR (dcmmkdir is not installed; tests/run installs dcmtk)");
        return None;
    };
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    // What the index does not list is not read.
    fs::copy(&films[0], stick.join("DICOM/OTHER")).unwrap();
    Some(())
}

#[test]
fn the_films_on_a_stick_are_answered_once() {
    let Some(folder) = real_films() else { return };
    let clinic = Clinic::new();
    let (media, content) = (clinic.path("media"), clinic.path("content"));
    clinic.settle(&format!("[sticks]\nfolder = \"{}\"", media.display()));
    let films = ["RG2_UNC.dcm", "RG2_RLE.dcm", "RG3_RLE.dcm"].map(|name| folder.join(name));
    let Some(()) = burn(&content, &films) else { return };
    let daemon = clinic.start();
    let Some(stick) = Plugged::mount(&content, media.join("USB STICK")) else { return };
    clinic.history_of(films.len());
    drop(stick);
    wait_until(|| daemon.said().contains("the stick is gone"));
    let Some(_stick) = Plugged::mount(&content, media.join("USB STICK")) else { return };
    wait_until(|| daemon.said().matches("copy=Again").count() == films.len());
    assert_eq!(clinic.answers(), films.iter().map(|film| (sop_instance(film), 1)).collect());
    let said = daemon.said();
    assert_eq!(said.matches("the stick is read").count(), 2, "{said}");
    assert_eq!(daemon.terminate(), Some(0));
    clinic.verified_log().unwrap();
}

pub fn wait_until(happened: impl Fn() -> bool) {
    let begun = Instant::now();
    while !happened() {
        assert!(begun.elapsed() < PATIENCE);
        thread::sleep(Duration::from_millis(50));
    }
}
