//! Bundles on sticks: the newest that this box would take is offered to whoever is at the display.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::thread;

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
    /// Missing where it could not be read.
    file: Option<FileEntry>,
}

/// What a look at a bundle has told.
struct Looked {
    path: PathBuf,
    file: Option<FileEntry>,
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
        if let Some(best) = best {
            self.offer(&mut self.on_stick(), root, best);
        }
    }

    /// The stick that was mounted at `root` is gone.
    pub fn stick_is_gone(&self, root: &Path) {
        let mut on_stick = self.on_stick();
        if on_stick.take_if(|on_stick| on_stick.root == root).is_some() {
            self.tell(News::Withdrawn);
        }
    }

    /// The person at the display wants what the stick brings. What could not be read is looked at again first.
    pub fn take_from_stick(self: &Arc<Self>) {
        let begun = match &*self.on_stick() {
            Some(OnStick { path, file: Some(FileEntry { sha256, bytes }), .. }) => {
                let (path, bytes, who) = (path.clone(), *bytes, format!("stick {}", path.display()));
                let read = move |told: &mut dyn FnMut(u64, u64)| read(&path, bytes, told);
                self.begin(Package { sha256: sha256.clone(), who, read: Box::new(read), over: Box::new(|| {}) })
            }
            Some(OnStick { root, path, file: None }) => {
                let (this, root, path) = (Arc::clone(self), root.clone(), path.clone());
                let begun = thread::Builder::new().name("look".into()).spawn(move || this.look_again(&root, path));
                begun.map(drop).map_err(Refusal::from)
            }
            None => Err(Refusal::Pulled),
        };
        if let Err(refusal) = begun {
            self.tell(News::Failed((&refusal).into()));
        }
    }

    fn look(&self, path: PathBuf) -> Looked {
        match length(&path).and_then(|bytes| read(&path, bytes, &mut |_, _| {})) {
            Ok(content) => Looked { path, file: Some(archive::describe(&content)), offer: self.examine(&content) },
            Err(refusal) => Looked { path, file: None, offer: Err(refusal) },
        }
    }

    fn look_again(&self, root: &Path, path: PathBuf) {
        let looked = self.look(path);
        let mut on_stick = self.on_stick();
        // It may have been pulled out meanwhile, and that was told.
        if on_stick.as_ref().is_some_and(|on_stick| on_stick.root == root) {
            self.offer(&mut on_stick, root, looked);
        }
    }

    fn offer(&self, on_stick: &mut Option<OnStick>, root: &Path, looked: Looked) {
        let Looked { path, file, offer } = looked;
        info!(path = %path.display(), taken = offer.is_ok(), "a bundle on a stick");
        *on_stick = Some(OnStick { root: root.to_owned(), path, file });
        self.tell(match offer {
            Ok(proposal) => News::Offered(proposal),
            Err(refusal) => News::Declined((&refusal).into()),
        });
    }

    fn on_stick(&self) -> MutexGuard<'_, Option<OnStick>> {
        self.on_stick.lock().unwrap_or_else(PoisonError::into_inner)
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
    use std::sync::mpsc;
    use std::time::Duration;

    use super::super::tests::with_a_store;
    use super::*;
    use crate::models::tests::of;
    use crate::screen::UpdateFault;

    #[test]
    fn what_could_not_be_read_is_looked_at_again_and_offered() {
        let (place, stick) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (told, news) = mpsc::channel();
        let installer = Arc::new(with_a_store(place.path(), move |news| drop(told.send(news))));
        let heard = || news.recv_timeout(Duration::from_secs(60)).unwrap();
        let path = stick.path().join("new.frb");
        File::create(&path).unwrap().set_len(MAX_BYTES as u64 + 1).unwrap();
        installer.stick_is_here(stick.path());
        assert_eq!(heard(), News::Declined(UpdateFault::Damaged));
        // And once more in vain.
        fs::remove_file(&path).unwrap();
        installer.take_from_stick();
        assert_eq!(heard(), News::Declined(UpdateFault::Pulled));

        let bundle = of("2.0.0");
        fs::write(&path, &bundle).unwrap();
        installer.take_from_stick();
        let offered = heard();
        assert!(matches!(&offered, News::Offered(proposal) if proposal.model.ends_with("@2.0.0")), "{offered:?}");
        // Now a person has seen what it changes, and it is taken as it is. It holds no model that can be tried.
        installer.take_from_stick();
        let ended = news.iter().find(|news| !matches!(news, News::Running(..)));
        assert_eq!(ended, Some(News::Failed(UpdateFault::Unfit)));
        assert!(installer.progress(&archive::describe(&bundle).sha256).is_some());
    }

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
