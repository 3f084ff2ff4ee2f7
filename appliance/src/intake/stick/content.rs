//! Which films lie on a stick.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use fieldray_common::read::directory;
use tracing::{info, warn};

use crate::intake::file::files;

/// A longer DICOMDIR is not read.
const DICOMDIR_BYTES: u64 = 16 << 20;

/// Of more files than these, the rest is not looked at.
const MOST_FILES: usize = 20_000;

/// The films on the stick that is mounted at `root`: those that its DICOMDIR lists, or where that is missing or lists none that is
/// there, all files that may be films.
///
/// # Errors
/// Where the stick cannot be read at all.
pub(super) fn films(root: &Path) -> io::Result<Vec<PathBuf>> {
    let Some(index) = find(root, "DICOMDIR")? else { return Ok(all(root)) };
    let listed = match listed(&index) {
        Ok(listed) => listed,
        Err(reason) => {
            warn!(stick = %root.display(), reason, "its DICOMDIR is passed over");
            return Ok(all(root));
        }
    };
    let films = listed.iter().collect::<BTreeSet<_>>().into_iter().filter_map(|film| resolve(root, film));
    let films: Vec<PathBuf> = films.collect();
    info!(stick = %root.display(), listed = listed.len(), there = films.len(), "its DICOMDIR is read");
    Ok(if films.is_empty() { all(root) } else { films })
}

fn all(root: &Path) -> Vec<PathBuf> {
    files(root).take(MOST_FILES).map(|(path, _)| path).collect()
}

fn listed(index: &Path) -> Result<Vec<PathBuf>, String> {
    let mut bytes = Vec::new();
    let read = File::open(index).and_then(|file| file.take(DICOMDIR_BYTES).read_to_end(&mut bytes));
    read.map_err(|error| error.to_string())?;
    directory(&bytes).map_err(|error| error.to_string())
}

/// The file that is listed as `film`; `None` where there is none, or a link leads to it.
fn resolve(root: &Path, film: &Path) -> Option<PathBuf> {
    let mut path = root.to_owned();
    for part in film.components() {
        path = find(&path, part.as_os_str().to_str()?).ok()??;
    }
    // Each part was found in its folder, and is no link.
    fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file()).then_some(path)
}

/// What is called `name` in a folder; file systems differ in whether they tell capital letters from small ones. Links are passed over.
fn find(folder: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    if fs::symlink_metadata(folder)?.is_symlink() {
        return Ok(None);
    }
    let is_no_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|facts| !facts.is_symlink());
    let exact = folder.join(name);
    if is_no_link(&exact) {
        return Ok(Some(exact));
    }
    let mut entries = fs::read_dir(folder)?.flatten();
    let found = entries.find(|entry| entry.file_name().eq_ignore_ascii_case(name) && is_no_link(&entry.path()));
    Ok(found.map(|entry| entry.path()))
}
