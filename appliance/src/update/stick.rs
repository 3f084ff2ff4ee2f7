//! Bundles on sticks: the newest that this box would take is offered to whoever is at the display.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use fieldray_common::bundle::archive::{self, MAX_BYTES};
use fieldray_common::bundle::manifest::FileEntry;
use fieldray_common::bundle::{ArchiveError, BundleError};
use tracing::info;
use walkdir::WalkDir;

use super::installer::{Installer, Package};
use super::news::{News, Proposal};
use crate::models::Refusal;

/// What the file of a bundle, or of a delta on one, ends with.
const ENDINGS: [&str; 2] = ["frb", "frd"];

/// Bundles lie in a stick's own folder or in one below it.
const DEEPEST: usize = 2;

/// Of more bundles than these, the rest is not looked at.
const MOST: usize = 8;

/// So much is read at a time.
const PIECE_BYTES: u64 = 1 << 20;

/// A bundle on a stick that is in the box.
pub(super) struct OnStick {
    root: PathBuf,
    path: PathBuf,
    sha256: String,
    bytes: u64,
}

/// What a look at a bundle has told.
struct Looked {
    path: PathBuf,
    sha256: String,
    bytes: u64,
    offer: Result<Proposal, Refusal>,
}

impl Installer {
    /// A stick is mounted at `root`: looks for bundles on it, and tells of the one that would be taken, or else of why none is. Nothing is
    /// told of what is installed already.
    pub fn stick_is_here(&self, root: &Path) {
        let looked: Vec<Looked> = bundles(root).into_iter().map(|path| self.look(path)).collect();
        let version = |proposal: &Proposal| {
            let (name, version) = proposal.model.split_once('@').unwrap_or((&proposal.model, ""));
            (name.to_owned(), semver::Version::parse(version).ok())
        };
        let rank = |looked: &Looked| match &looked.offer {
            Ok(proposal) => Some((true, version(proposal))),
            Err(Refusal::UpToDate(_)) => None,
            Err(_) => Some((false, (String::new(), None))),
        };
        let best = looked.into_iter().filter(|looked| rank(looked).is_some()).max_by_key(rank);
        let Some(Looked { path, sha256, bytes, offer }) = best else { return };
        info!(path = %path.display(), taken = offer.is_ok(), "a bundle on a stick");
        let on_stick = OnStick { root: root.to_owned(), path, sha256, bytes };
        *self.on_stick.lock().unwrap_or_else(PoisonError::into_inner) = Some(on_stick);
        self.tell(match offer {
            Ok(proposal) => News::Offered(proposal),
            Err(refusal) => News::Declined((&refusal).into()),
        });
    }

    /// The stick that was mounted at `root` is gone.
    pub fn stick_is_gone(&self, root: &Path) {
        let mut on_stick = self.on_stick.lock().unwrap_or_else(PoisonError::into_inner);
        if on_stick.take_if(|on_stick| on_stick.root == root).is_some() {
            self.tell(News::Withdrawn);
        }
    }

    /// The person at the display wants what the stick brings.
    pub fn take_from_stick(self: &Arc<Self>) {
        let on_stick = self.on_stick.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = match &*on_stick {
            Some(OnStick { path, sha256, bytes, .. }) => {
                let (path, bytes, who) = (path.clone(), *bytes, format!("stick {}", path.display()));
                let read = move |told: &mut dyn FnMut(u64, u64)| read(&path, bytes, told);
                self.begin(Package { sha256: sha256.clone(), who, read: Box::new(read), over: Box::new(|| {}) })
            }
            None => Err(Refusal::Pulled),
        };
        if let Err(refusal) = begun {
            self.tell(News::Failed((&refusal).into()));
        }
    }

    fn look(&self, path: PathBuf) -> Looked {
        match length(&path).and_then(|bytes| read(&path, bytes, &mut |_, _| {})) {
            Ok(content) => {
                let FileEntry { sha256, bytes } = archive::describe(&content);
                Looked { path, sha256, bytes, offer: self.examine(&content) }
            }
            Err(refusal) => Looked { path, sha256: String::new(), bytes: 0, offer: Err(refusal) },
        }
    }
}

/// The bundles on a stick, by their names.
fn bundles(root: &Path) -> Vec<PathBuf> {
    let walk = WalkDir::new(root).min_depth(1).max_depth(DEEPEST).sort_by_file_name().into_iter().flatten();
    let is_bundle = |path: &Path| {
        path.extension().is_some_and(|found| ENDINGS.iter().any(|ending| found.eq_ignore_ascii_case(ending)))
    };
    // What other systems leave behind for their own use begins with a dot.
    let is_hidden = |path: &Path| path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    walk.filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| is_bundle(path) && !is_hidden(path))
        .take(MOST)
        .collect()
}

/// How long the file of a bundle is.
fn length(path: &Path) -> Result<u64, Refusal> {
    match fs::metadata(path).map_err(|error| pulled(path, &error))?.len() {
        bytes if bytes > MAX_BYTES as u64 => Err(BundleError::from(ArchiveError::TooLarge(bytes as usize)).into()),
        bytes => Ok(bytes),
    }
}

/// Reads a file of so many bytes on a stick, which may be pulled out at any moment.
pub(super) fn read(path: &Path, whole: u64, told: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, Refusal> {
    let pulled = |error: io::Error| pulled(path, &error);
    let (mut file, mut bytes) = (File::open(path).map_err(pulled)?.take(whole), Vec::new());
    while (&mut file).take(PIECE_BYTES).read_to_end(&mut bytes).map_err(pulled)? > 0 {
        told(bytes.len() as u64, whole);
    }
    if (bytes.len() as u64) < whole {
        return Err(pulled(io::ErrorKind::UnexpectedEof.into()));
    }
    Ok(bytes)
}

fn pulled(path: &Path, error: &io::Error) -> Refusal {
    info!(path = %path.display(), %error, "the stick cannot be read");
    Refusal::Pulled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bundles_are_found_and_one_on_a_stick_that_is_gone_is_not_read() {
        let stick = tempfile::tempdir().unwrap();
        for name in ["film.dcm", "b/new.FRD", "a.frb", ".left-behind.frb", "b/c/deep.frb"] {
            let path = stick.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "bundle").unwrap();
        }
        let found = bundles(stick.path());
        assert_eq!(found, ["a.frb", "b/new.FRD"].map(|name| stick.path().join(name)));
        let mut told = Vec::new();
        assert_eq!(read(&found[0], 6, &mut |done, of| told.push((done, of))).unwrap(), b"bundle");
        assert_eq!(told, [(6, 6)]);
        assert!(matches!(read(&found[0], 7, &mut |_, _| {}), Err(Refusal::Pulled)));
        drop(stick);
        let gone = read(&found[0], 6, &mut |_, _| {}).unwrap_err();
        assert!(gone.to_string().contains("pulled out") && gone.to_string().contains("put it in again"), "{gone}");
    }
}
