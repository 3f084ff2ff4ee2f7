//! USB sticks: one that is mounted below a folder is read once, as soon as it is there.
//!
//! Nothing on it is written, deleted or marked. Which of its films were taken in is known by their SHA-256, so a stick that is pulled out
//! in the middle is read to its end when it comes back.

mod content;
mod mounts;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tracing::{debug, info, warn};

use super::file::{Film, NO_ROOM, Taken};
use super::lookout::Lookout;
use super::{Intake, TOO_LARGE};
use mounts::Mount;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(2);

/// A file that could not be read so often is passed over.
const TRIES: u32 = 3;

/// Reads every stick that is mounted below `folder`; films may have `most_bytes`.
pub fn watch(folder: PathBuf, most_bytes: u64, intake: Intake) -> io::Result<Lookout> {
    info!(folder = %folder.display(), "waiting for sticks");
    let mut sticks = Sticks { intake, most_bytes, there: Vec::new() };
    Lookout::start("sticks", EVERY, move |now| match mounts::below(&folder) {
        Ok(mounts) => sticks.look(&mounts, now),
        Err(error) => warn!(%error, "what is mounted cannot be read"),
    })
}

/// The sticks that are there.
struct Sticks {
    intake: Intake,
    most_bytes: u64,
    there: Vec<Stick>,
}

/// A stick, and what is left to read of it.
struct Stick {
    mount: Mount,
    /// `None` before it could be looked through.
    left: Option<VecDeque<PathBuf>>,
    /// How often the first of them could not be read.
    tries: u32,
    not_before: Instant,
}

impl Sticks {
    /// Reads what is mounted and was not read yet.
    fn look(&mut self, mounts: &[Mount], now: Instant) {
        self.there.retain(|stick| {
            let is_there = mounts.contains(&stick.mount);
            if !is_there {
                info!(stick = %stick.mount.at.display(), left = stick.left(), "the stick is gone");
            }
            is_there
        });
        for mount in mounts {
            if !self.there.iter().any(|stick| stick.mount == *mount) {
                info!(stick = %mount.at.display(), "a stick is here");
                self.there.push(Stick { mount: mount.clone(), left: None, tries: 0, not_before: now });
            }
        }
        for stick in self.there.iter_mut().filter(|stick| now >= stick.not_before) {
            stick.read(&self.intake, self.most_bytes, now);
        }
    }
}

impl Stick {
    /// How many files are left to read.
    fn left(&self) -> usize {
        self.left.as_ref().map_or(0, VecDeque::len)
    }

    /// Reads on, until nothing is left or something is in the way.
    fn read(&mut self, intake: &Intake, most_bytes: u64, now: Instant) {
        let left = match &mut self.left {
            Some(left) => left,
            None => match content::films(&self.mount.at) {
                Ok(films) => self.left.insert(films.into()),
                Err(error) => return debug!(stick = %self.mount.at.display(), %error, "the stick cannot be read yet"),
            },
        };
        while let Some(path) = left.front() {
            let sender = format!("stick {}", path.display());
            match take(path, &sender, intake, most_bytes) {
                Ok(Taken::Done) => {}
                Ok(Taken::NoRoom | Taken::Later) => {
                    self.not_before = now + NO_ROOM;
                    return;
                }
                Err(error) => {
                    self.tries += 1;
                    // One that was pulled out has nothing to read any more.
                    if self.tries < TRIES || fs::read_dir(&self.mount.at).is_err() {
                        return;
                    }
                    intake.refuse(&sender, &format!("the file cannot be read ({error})"));
                }
            }
            self.tries = 0;
            left.pop_front();
            if left.is_empty() {
                info!(stick = %self.mount.at.display(), "the stick is read");
            }
        }
    }
}

/// Takes in the film in a file.
fn take(path: &Path, sender: &str, intake: &Intake, most_bytes: u64) -> io::Result<Taken> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() > most_bytes {
        intake.refuse(sender, &TOO_LARGE);
        return Ok(Taken::Done);
    }
    match Film::read(&mut file, most_bytes)? {
        Some(film) => Ok(film.take_in(intake, sender)),
        None => {
            debug!(path = %path.display(), "passed over: no film");
            Ok(Taken::Done)
        }
    }
}
