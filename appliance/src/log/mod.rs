//! The audit log: who did what and when, with which bundle; written once and never changed.
//!
//! `audit.jsonl` holds one JSON object a line. Each line carries the SHA-256 of the line before it, so that no line can be changed, taken
//! out or put in without a later one being wrong; `fieldray verify-log` says the first that is. Lines that are cut off at the end leave no
//! trace in what is left: for that, write down now and then what it says of the last line.
//!
//! A power cut may tear the last line. It is not repaired, because nothing in the log is ever changed: the next start adds a line that
//! says how many bytes are torn and gives their SHA-256, and the chain goes on from the last whole line to that one. Only what is no
//! line at all counts as torn, never a line with another content. A line that lacks only its line feed gets it.

mod chain;
mod deed;
mod happening;
mod verify;

pub use chain::{Broken, Verified, verify};
pub use deed::{Deed, Image, Object};
pub(crate) use happening::happenings;
pub use verify::{Arguments, run};

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Seek, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use crate::clock::Timestamp;
use chain::{Chain, Line};

/// Name of the log in the archive's folder.
pub const FILE: &str = "audit.jsonl";

/// The log, open to be added to. Shared between threads by reference, and between programs: a command may add a line while the daemon
/// runs.
#[derive(Debug)]
pub struct AuditLog {
    end: Mutex<End>,
    bundle_sha256: String,
}

/// Where the next line goes.
#[derive(Debug)]
struct End {
    file: File,
    /// What the next line follows; `None` where that must be looked up.
    chain: Option<Chain>,
    /// How long the log is by what is known here: another program may have added to it.
    bytes: u64,
}

impl AuditLog {
    /// Opens the log in the archive's `folder`, or begins one. Every line that is added names the bundle.
    ///
    /// # Errors
    /// Where it cannot be read or written. A broken chain is no error here: the log goes on behind it, and [`verify`] says where.
    pub fn open(folder: &Path, bundle_sha256: &str) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).read(true).open(folder.join(FILE))?;
        File::open(folder)?.sync_all()?;
        let log =
            Self { end: Mutex::new(End { file, chain: None, bytes: 0 }), bundle_sha256: bundle_sha256.to_owned() };
        log.alone(|log, end| log.find_end(end))?;
        Ok(log)
    }

    /// Adds a line. When this returns, it is on the disk.
    pub fn add(&self, who: &str, deed: Deed) -> io::Result<()> {
        self.alone(|log, end| {
            if end.chain.is_none() || end.file.metadata()?.len() != end.bytes {
                log.find_end(end)?;
            }
            log.write(end, who, deed)
        })
    }

    /// Gives every deed to `tell`, from the first to the last.
    pub fn read(&self, mut tell: impl FnMut(Deed)) -> io::Result<()> {
        let end = &mut *self.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.file.rewind()?;
        for line in chain::lines(BufReader::new(&end.file)) {
            if let Some(line) = Line::parse(&line?) {
                tell(line.deed);
            }
        }
        Ok(())
    }

    /// Does something while no other thread and no other program adds a line.
    fn alone<T>(&self, deed: impl FnOnce(&Self, &mut End) -> io::Result<T>) -> io::Result<T> {
        let end = &mut *self.end.lock().unwrap_or_else(PoisonError::into_inner);
        end.file.lock()?;
        let done = deed(self, end);
        // The system lets go of it when the program ends, however it ends.
        let _ = end.file.unlock();
        done
    }

    /// Looks where the log ends, and closes what is torn there.
    fn find_end(&self, end: &mut End) -> io::Result<()> {
        end.file.rewind()?;
        let (mut chain, mut tail) = (Chain::default(), chain::Tail::default());
        for line in chain::lines(BufReader::new(&end.file)) {
            let mut line = line?;
            if Line::lacks_only_its_end(&line) {
                (&end.file).write_all(b"\n")?;
                line.push(b'\n');
            }
            match Line::parse(&line) {
                Some(_) => (chain, tail) = (chain.after(&line), chain::Tail::default()),
                None => tail.add(&line),
            }
        }
        end.chain = Some(chain);
        end.bytes = end.file.metadata()?.len();
        if tail.bytes > 0 {
            if !tail.ended {
                end.file.write_all(b"\n")?;
                tail.add(b"\n");
            }
            self.write(end, "fieldray", tail.into_deed())?;
        }
        Ok(())
    }

    fn write(&self, end: &mut End, who: &str, deed: Deed) -> io::Result<()> {
        // Taken out until the line is on the disk: one that is half written is closed as torn before the next.
        let Some(chain) = end.chain.take() else { return Err(io::ErrorKind::InvalidData.into()) };
        let line = Line {
            previous: chain.last_sha256.clone(),
            at: Timestamp::now().to_string(),
            who: who.to_owned(),
            bundle_sha256: self.bundle_sha256.clone(),
            deed,
        };
        let mut text = serde_json::to_vec(&line).map_err(io::Error::from)?;
        text.push(b'\n');
        end.file.write_all(&text)?;
        end.file.sync_data()?;
        end.chain = Some(chain.after(&text));
        end.bytes = end.file.metadata()?.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
