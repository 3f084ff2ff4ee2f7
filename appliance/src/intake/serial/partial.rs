//! Parts of films and bundles, kept until the rest comes: after a cut, after a restart, days later.
//!
//! A part is a file named by the SHA-256 of the whole. Nothing is synced: what a power cut takes of it is sent again, and the hash
//! of the whole decides in the end.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tracing::info;

const FOLDER: &str = "partial";

/// A part that has not grown for so long is given up.
const OLD: Duration = Duration::from_secs(7 * 24 * 3600);

/// The folder of parts. It never holds more than it may.
#[derive(Debug)]
pub(super) struct Partials {
    folder: PathBuf,
    most_bytes: u64,
}

/// A part.
#[derive(Debug)]
pub(super) struct Partial {
    path: PathBuf,
    file: File,
    bytes: u64,
}

impl Partials {
    /// The parts in the archive's `folder`, all together of at most so many bytes.
    pub fn open(archive: &Path, most_bytes: u64) -> io::Result<Self> {
        let folder = archive.join(FOLDER);
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, most_bytes })
    }

    /// What there is of a whole of so many bytes, or the beginning of it. Older parts make room for it.
    pub fn resume(&self, sha256: &str, bytes: u64) -> io::Result<Partial> {
        let path = self.folder.join(sha256);
        self.make_room(&path, bytes)?;
        let file = File::options().create(true).append(true).open(&path)?;
        let there = file.metadata()?.len();
        if there > bytes {
            file.set_len(0)?;
        }
        Ok(Partial { path, file, bytes: if there > bytes { 0 } else { there } })
    }

    /// Deletes the part of that SHA-256, when it is called.
    pub fn forgetting(&self, sha256: &str) -> impl FnOnce() + Send + use<> {
        let path = self.folder.join(sha256);
        // Should that fail, it is given up when it is old.
        move || drop(fs::remove_file(path))
    }

    /// Deletes parts that are old, and then the oldest, until `bytes` fit beside the others.
    fn make_room(&self, wanted: &Path, bytes: u64) -> io::Result<()> {
        let mut others = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let (path, facts) = entry.and_then(|entry| Ok((entry.path(), entry.metadata()?)))?;
            if path != wanted {
                others.push((facts.modified().unwrap_or(SystemTime::UNIX_EPOCH), facts.len(), path));
            }
        }
        others.sort();
        let mut used: u64 = others.iter().map(|(_, bytes, _)| bytes).sum();
        for (modified, length, path) in others {
            // A clock that was set back makes nothing old.
            let is_old = modified.elapsed().is_ok_and(|age| age > OLD);
            if is_old || used + bytes > self.most_bytes {
                info!(path = %path.display(), bytes = length, "a part is given up");
                fs::remove_file(&path)?;
                used -= length;
            }
        }
        Ok(())
    }
}

impl Partial {
    /// How much there is.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds what follows.
    pub fn add(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// What there is, to be read from the beginning.
    pub fn content(&self) -> io::Result<File> {
        File::open(&self.path)
    }

    /// Deletes it. Should that fail, it is given up when it is old.
    pub fn forget(self) {
        let _ = fs::remove_file(self.path);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn content(partial: &Partial) -> Vec<u8> {
        let mut content = Vec::new();
        partial.content().unwrap().read_to_end(&mut content).unwrap();
        content
    }

    #[test]
    fn a_part_goes_on_where_it_ended() {
        let place = tempfile::tempdir().unwrap();
        let mut partial = Partials::open(place.path(), 100).unwrap().resume("aa", 10).unwrap();
        partial.add(b"123").unwrap();
        drop(partial);
        let mut partial = Partials::open(place.path(), 100).unwrap().resume("aa", 10).unwrap();
        assert_eq!(partial.bytes(), 3);
        partial.add(b"45").unwrap();
        assert_eq!((partial.bytes(), content(&partial)), (5, b"12345".to_vec()));
        // What is longer than the whole film is no part of it.
        assert_eq!(Partials::open(place.path(), 100).unwrap().resume("aa", 4).unwrap().bytes(), 0);
    }

    #[test]
    fn old_parts_and_then_the_oldest_make_room() {
        let place = tempfile::tempdir().unwrap();
        let partials = Partials::open(place.path(), 100).unwrap();
        for (name, hours) in [("old", 8 * 24), ("older", 5), ("newer", 4), ("newest", 3)] {
            let mut partial = partials.resume(name, 30).unwrap();
            partial.add(&[7; 30]).unwrap();
            partial.file.set_modified(SystemTime::now() - Duration::from_secs(hours * 3600)).unwrap();
        }
        partials.resume("new", 60).unwrap();
        let mut left: Vec<_> = fs::read_dir(place.path().join(FOLDER))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["new", "newest"]);
    }
}
