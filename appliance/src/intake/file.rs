//! Films that lie in files, in a folder or on a stick.

use std::fs::{File, Metadata};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fieldray_common::read::{self, ReadError};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::{Intake, identity};
use crate::archive::{Identity, Refusal};
use crate::hex::hex;
use crate::screening::is_left_out;

/// Folders nested deeper than this are not looked into.
const DEEPEST: usize = 12;

/// After a film was refused because there is no room for it, or because the disk fails, the next is tried so much later.
pub(super) const NO_ROOM: Duration = Duration::from_secs(60);

/// What became of a file.
#[derive(Debug, PartialEq)]
pub(super) enum Taken {
    /// It was answered for, one way or the other.
    Done,
    /// It is tried again another time.
    Later,
    /// It was refused for something that holds for every film now.
    NoRoom,
}

/// A film as it was read.
pub(super) struct Film {
    bytes: Vec<u8>,
    identity: Identity,
}

impl Film {
    /// Reads a film of at most so many bytes; `None` for what is none.
    pub fn read(file: &mut File, most_bytes: u64) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        file.take(most_bytes).read_to_end(&mut bytes)?;
        Ok(identity(&bytes).map(|identity| Self { bytes, identity }))
    }

    /// Whether it stops before its image does.
    pub fn ends_early(&self) -> bool {
        // A decoder that falls over strangers' bytes says nothing of their end.
        let read = catch_unwind(AssertUnwindSafe(|| read::read(&self.bytes).map(|_| ())));
        matches!(read, Ok(Err(ReadError::Truncated(_))))
    }

    /// Takes it in.
    pub fn take_in(&self, intake: &Intake, sender: &str) -> Taken {
        let sha256 = hex(&Sha256::digest(&self.bytes));
        let taken = intake.known(&sha256, sender).and_then(|known| match known {
            Some(_) => Ok(()),
            None => intake.begin(sender).and_then(|mut incoming| {
                incoming.write_all(&self.bytes)?;
                intake.take(incoming, &self.identity, sender).map(drop)
            }),
        });
        match taken {
            Ok(()) | Err(Refusal::Conflict(_)) => Taken::Done,
            Err(Refusal::Full | Refusal::Disk(_) | Refusal::Database(_)) => Taken::NoRoom,
        }
    }
}

/// The files below `folder` that may be films, in the order of their names. Links are not followed.
pub(super) fn files(folder: &Path) -> impl Iterator<Item = (PathBuf, Metadata)> + use<> {
    let walk = WalkDir::new(folder).min_depth(1).max_depth(DEEPEST).sort_by_file_name();
    // What cannot be looked at now may be at the next look.
    let entries =
        walk.into_iter().filter_entry(|entry| entry.depth() == 0 || !is_left_out(entry.file_name())).flatten();
    entries
        .filter(|entry| entry.file_type().is_file())
        .filter_map(|entry| Some((entry.path().to_owned(), entry.metadata().ok()?)))
}
