//! The command line as a person or another program meets it: the real binary, real files.

#[path = "cli/bench.rs"]
mod bench;
#[path = "cli/competence.rs"]
mod competence;
#[path = "cli/demo.rs"]
mod demo;
#[path = "cli/doctor.rs"]
mod doctor;
#[path = "cli/gallery.rs"]
mod gallery;
#[path = "cli/images.rs"]
mod images;
#[path = "cli/mistakes.rs"]
mod mistakes;
#[path = "cli/screen.rs"]
mod screen;
mod sealed;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{GrayImage, Luma};
use tempfile::TempDir;

/// The built-in bundle's file.
const BUNDLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bundle/default.frb");

/// Runs `fieldray` with these arguments inside `folder`.
fn fieldray(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fieldray")).current_dir(folder).args(arguments).output().unwrap()
}

fn status(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A folder of films: `a.png`, `b/a.png`, `b/c.jpg`, and things in it that are no films.
fn ward() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("b/.trash")).unwrap();
    for (name, width) in
        [("a.png", 300), ("b/a.png", 240), ("b/c.jpg", 200), ("b/.trash/old.png", 100), (".a.png", 100)]
    {
        film(width, 320).save(folder.path().join(name)).unwrap();
    }
    std::fs::write(folder.path().join("DICOMDIR"), b"an index").unwrap();
    folder
}

/// Something like two bones.
fn film(width: u32, height: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let (x, y) = (f64::from(x) / f64::from(width), f64::from(y) / f64::from(height));
        let bone = [0.35, 0.65].map(|middle| (1.0 - ((x - middle) / (0.06 + 0.03 * y)).powi(2)).max(0.0));
        let flesh = (1.0 - ((x - 0.5) / 0.45).powi(2)).max(0.0);
        Luma([(60.0 * flesh + 150.0 * bone[0].max(bone[1])) as u8])
    })
}

/// Writes a file into a folder of its own.
fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}
