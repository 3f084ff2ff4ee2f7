//! A folder that is watched, such as the place where USB sticks appear: DICOM, JPEG and PNG films in it are taken in.
//!
//! The folder is looked through again and again; nothing asks the system to tell of changes. Sticks are pulled and come back as another
//! file system, network shares and vfat tell of nothing, and queues of notifications overflow: a look always sees what is there.
//!
//! Whoever copies a film gives no sign that it is whole. So a file is taken when two looks saw the same size and time of change; one
//! that then still ends early is left until it has not changed for a while. What was taken stays where it is, because a stick may be
//! read-only, and is not taken again until it changes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use fieldray_common::read::{self, ReadError};
use tracing::{debug, info, warn};
use walkdir::WalkDir;

use super::{Intake, identity};
use crate::archive::Refusal;
use crate::screening::is_left_out;

/// Folders nested deeper than this are not looked into.
const DEEPEST: usize = 12;

/// A file that ends early is taken as it is when it has not changed for so long.
const UNFINISHED: Duration = Duration::from_secs(60);

/// A folder that is being watched.
#[derive(Debug)]
pub struct FolderWatch {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

impl FolderWatch {
    /// Watches `folder`, looking every so often; films may have `most_bytes`.
    pub fn start(folder: PathBuf, every: Duration, most_bytes: u64, intake: Intake) -> io::Result<Self> {
        let (stop, stopped) = mpsc::channel();
        info!(folder = %folder.display(), "watching");
        let mut watched = Watched::new(folder, most_bytes, intake);
        let thread = thread::Builder::new().name("folder".into()).spawn(move || {
            loop {
                watched.look(Instant::now());
                match stopped.recv_timeout(every) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { stop, thread })
    }

    /// Ends when the film that is being read is taken.
    pub fn stop(self) {
        drop(self.stop);
        // A panic in it has been told of.
        let _ = self.thread.join();
    }
}

/// What is known of the folder from the looks so far.
struct Watched {
    folder: PathBuf,
    most_bytes: u64,
    intake: Intake,
    files: HashMap<PathBuf, Seen>,
    is_there: bool,
}

/// A file as the last look saw it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Seen {
    stamp: Stamp,
    /// When it was first seen so.
    since: Instant,
    done: bool,
}

/// What changes when a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    fn of(facts: &fs::Metadata) -> Self {
        Self { bytes: facts.len(), modified: facts.modified().ok() }
    }
}

/// What became of a file.
#[derive(Debug, PartialEq)]
enum Taken {
    /// It was answered for, one way or the other.
    Done,
    /// It is tried again at the next look.
    Later,
}

impl Watched {
    fn new(folder: PathBuf, most_bytes: u64, intake: Intake) -> Self {
        Self { folder, most_bytes, intake, files: HashMap::new(), is_there: true }
    }

    /// Looks through the folder once, and takes what has not changed since the last look.
    fn look(&mut self, now: Instant) {
        let is_there = self.folder.is_dir();
        match (self.is_there, is_there) {
            (true, false) => warn!(folder = %self.folder.display(), "the watched folder is gone"),
            (false, true) => info!(folder = %self.folder.display(), "the watched folder is back"),
            _ => {}
        }
        self.is_there = is_there;
        let before = std::mem::take(&mut self.files);
        for (path, stamp) in files(&self.folder) {
            let seen = match before.get(&path) {
                Some(seen) if seen.stamp == stamp => {
                    let done = seen.done || self.take(&path, stamp, now - seen.since) == Taken::Done;
                    Seen { done, ..*seen }
                }
                _ => Seen { stamp, since: now, done: false },
            };
            self.files.insert(path, seen);
        }
    }

    fn take(&self, path: &Path, stamp: Stamp, unchanged: Duration) -> Taken {
        match self.try_to_take(path, stamp, unchanged) {
            Ok(taken) => taken,
            Err(error) => {
                warn!(path = %path.display(), %error, "the file cannot be read");
                Taken::Later
            }
        }
    }

    fn try_to_take(&self, path: &Path, stamp: Stamp, unchanged: Duration) -> io::Result<Taken> {
        let sender = format!("folder {}", path.display());
        if stamp.bytes > self.most_bytes {
            self.intake.refuse(&sender, &"the film is larger than is allowed; see film_mb in the settings");
            return Ok(Taken::Done);
        }
        let mut file = File::open(path)?;
        let mut bytes = Vec::with_capacity(stamp.bytes as usize);
        (&mut file).take(self.most_bytes).read_to_end(&mut bytes)?;
        let Some(identity) = identity(&bytes) else {
            debug!(path = %path.display(), "passed over: no film");
            return Ok(Taken::Done);
        };
        if Stamp::of(&file.metadata()?) != stamp || unchanged < UNFINISHED && ends_early(&bytes) {
            return Ok(Taken::Later);
        }
        let taken = self.intake.begin(&sender).and_then(|mut incoming| {
            incoming.write_all(&bytes)?;
            self.intake.take(incoming, &identity, &sender)
        });
        Ok(match taken {
            Ok(_) | Err(Refusal::Conflict(_)) => Taken::Done,
            Err(Refusal::Full | Refusal::Disk(_) | Refusal::Database(_)) => Taken::Later,
        })
    }
}

/// Whether a film stops before its image does.
fn ends_early(bytes: &[u8]) -> bool {
    // A decoder that falls over strangers' bytes says nothing of their end.
    let read = catch_unwind(AssertUnwindSafe(|| read::read(bytes).map(|_| ())));
    matches!(read, Ok(Err(ReadError::Truncated(_))))
}

/// The files below `folder` that may be films, in the order of their names.
fn files(folder: &Path) -> Vec<(PathBuf, Stamp)> {
    let walk = WalkDir::new(folder).min_depth(1).max_depth(DEEPEST).sort_by_file_name();
    // What cannot be looked at now may be at the next look.
    let entries =
        walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry.file_name())).flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some((entry.path().to_owned(), Stamp::of(&entry.metadata().ok()?))))
        .collect()
}

#[cfg(test)]
mod tests;
