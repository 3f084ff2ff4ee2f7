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
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use tracing::{debug, info, warn};

use super::file::{Film, NO_ROOM, Taken, files};
use super::lookout::Lookout;
use super::{Intake, TOO_LARGE};

/// A file that ends early is taken as it is when it has not changed for so long.
const UNFINISHED: Duration = Duration::from_secs(60);

/// Watches `folder`, looking every so often; films may have `most_bytes`.
pub fn watch(folder: PathBuf, every: Duration, most_bytes: u64, intake: Intake) -> io::Result<Lookout> {
    info!(folder = %folder.display(), "watching");
    let mut watched = Watched::new(folder, most_bytes, intake);
    Lookout::start("folder", every, move |now| watched.look(now))
}

/// What is known of the folder from the looks so far.
struct Watched {
    folder: PathBuf,
    most_bytes: u64,
    intake: Intake,
    files: HashMap<PathBuf, Seen>,
    is_there: bool,
    /// Nothing is taken before this moment.
    not_before: Option<Instant>,
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

    /// How long ago the file changed, by its own word; nothing where a clock is wrong.
    fn age(self) -> Duration {
        self.modified.and_then(|moment| moment.elapsed().ok()).unwrap_or_default()
    }
}

impl Watched {
    fn new(folder: PathBuf, most_bytes: u64, intake: Intake) -> Self {
        Self { folder, most_bytes, intake, files: HashMap::new(), is_there: true, not_before: None }
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
        for (path, facts) in files(&self.folder) {
            let stamp = Stamp::of(&facts);
            let seen = match before.get(&path) {
                Some(seen) if seen.stamp == stamp => {
                    let done = seen.done || self.take(&path, stamp, seen.since, now) == Taken::Done;
                    Seen { done, ..*seen }
                }
                _ => Seen { stamp, since: now, done: false },
            };
            self.files.insert(path, seen);
        }
    }

    fn take(&mut self, path: &Path, stamp: Stamp, since: Instant, now: Instant) -> Taken {
        if self.not_before.is_some_and(|moment| now < moment) {
            return Taken::Later;
        }
        self.not_before = None;
        match self.try_to_take(path, stamp, now - since) {
            Ok(taken) => {
                // The others would be refused as well.
                self.not_before = (taken == Taken::NoRoom).then(|| now + NO_ROOM);
                taken
            }
            Err(error) => {
                warn!(path = %path.display(), %error, "the file cannot be read");
                Taken::Later
            }
        }
    }

    fn try_to_take(&self, path: &Path, stamp: Stamp, unchanged: Duration) -> io::Result<Taken> {
        let sender = format!("folder {}", path.display());
        if stamp.bytes > self.most_bytes {
            self.intake.refuse(&sender, &TOO_LARGE);
            return Ok(Taken::Done);
        }
        let mut file = File::open(path)?;
        let Some(film) = Film::read(&mut file, self.most_bytes)? else {
            debug!(path = %path.display(), "passed over: no film");
            return Ok(Taken::Done);
        };
        // Before this start, too: a film that ends the program when it is read must not be read here at every start.
        let unchanged = unchanged.max(stamp.age());
        if Stamp::of(&file.metadata()?) != stamp || unchanged < UNFINISHED && film.ends_early() {
            return Ok(Taken::Later);
        }
        Ok(film.take_in(&self.intake, &sender))
    }
}

#[cfg(test)]
mod tests;
