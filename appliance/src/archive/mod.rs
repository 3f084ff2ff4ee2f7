//! The archive: every image that was ever acknowledged, and the one answer it got.
//!
//! On disk it is a folder:
//!
//! | name | what |
//! |---|---|
//! | `archive.sqlite` | studies, images and screenings; what is still to be sent on; the key of pseudonyms |
//! | `films/ab/ab12….dcm` | what was received, by its SHA-256 |
//! | `heatmaps/ab/ab12….png` | the film with its heatmap |
//! | `incoming/` | what is being received; emptied at start |
//! | `partial/` | parts of films that a serial line has brought so far (see [`crate::intake::serial`]) |
//! | `audit.jsonl` | the audit log (see [`crate::log`]) |
//! | `display.toml` | what was set at the display |
//! | `lock` | held by the program that writes |
//!
//! Nothing acknowledged is lost: a file is written, synced and renamed, and its row committed and synced, before
//! [`Archive::admit`] returns. Whatever the moment of a power cut, an image is either wholly here, and waits for its answer or has it,
//! or it is not, and its sender was told nothing. A file without a row was never acknowledged; the next start deletes it.

mod account;
mod admit;
mod answer;
mod box_id;
mod census;
mod deliveries;
pub(crate) mod durable;
mod history;
mod incoming;
mod kept;
mod look;
mod look_up;
mod points;
mod readings;
mod records;
mod review;
mod room;
mod schema;
mod secret;
mod self_checks;
#[cfg(test)]
mod tests;
mod twin;
mod unlogged;

pub use account::Account;
pub use admit::{Admission, Copy, Identity, Refusal};
pub use answer::{Answer, AnswerError, Known, StagesMs, Waiting};
pub use box_id::{BoxId, NoBoxId};
pub use census::Census;
pub use deliveries::Delivery;
pub use history::{Screened, screenings};
pub use incoming::Incoming;
pub use kept::{Kept, Selection, kept};
pub use look::{Line, Page};
pub use look_up::Answered;
pub use points::{Chosen, SitePoint, Standing};
pub use readings::{Read, ReadingError, Sheet};
pub use records::{BundleId, Records};
pub use review::Reviewed;
pub use secret::{Secret, secret};
pub use self_checks::SelfCheck;
pub use unlogged::Unlogged;

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::cli::plain;

const DATABASE: &str = "archive.sqlite";
const FILMS: &str = "films";
const HEATMAPS: &str = "heatmaps";
const INCOMING: &str = "incoming";
const LOCK: &str = "lock";

/// The write-ahead log is moved into the database when it has so many pages of 4 KB, so that it fits into what a full disk spares.
const WAL_PAGES: u32 = 128;

/// Longest wait for another program that reads the database at the same moment.
const BUSY: Duration = Duration::from_secs(10);

/// How much the archive may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// All files together.
    pub storage_bytes: u64,
    /// One image.
    pub object_bytes: u64,
    /// So much is set aside for the heatmap of each image that waits for its answer.
    pub heatmap_bytes: u64,
}

/// An archive that this program alone writes. Shared between threads by reference.
#[derive(Debug)]
pub struct Archive {
    folder: PathBuf,
    limits: Limits,
    state: Mutex<State>,
    incoming: AtomicU64,
    /// Locked as long as it is open.
    _lock: File,
}

/// What one thread at a time changes.
#[derive(Debug)]
struct State {
    database: Connection,
    /// All films and heatmaps.
    used_bytes: u64,
    /// How many images wait for their answer.
    waiting: u64,
    /// The size of the last image that came, taken in or not.
    last_bytes: u64,
}

/// The number of an image in its archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ImageId(i64);

impl ImageId {
    /// The number.
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }

    /// The number of an image that is in no archive.
    #[cfg(test)]
    pub(crate) fn for_test(number: i64) -> Self {
        Self(number)
    }
}

impl fmt::Display for ImageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why an archive cannot be used; shown to people as it is.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// A file or folder in it.
    #[error("'{}' cannot be used ({}); check the disk and who may write there", .path.display(), plain(.source))]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Its database.
    #[error("the archive's database fails ({0}); check the disk")]
    Database(#[from] rusqlite::Error),
    /// Another program has it open.
    #[error("the archive '{}' is in use; end the other 'fieldray run' first", .0.display())]
    InUse(PathBuf),
    /// There is none.
    #[error("there is no archive in '{}'; check the folder", .0.display())]
    None(PathBuf),
    /// It was written by a later version.
    #[error("the archive was written by a later version of fieldray; update this one")]
    Later,
    /// It was written by an earlier version, and nobody has brought it up to date.
    #[error("the archive was written by an earlier version of fieldray; start 'fieldray run' with it once")]
    Earlier,
}

impl Archive {
    /// Opens the archive in `folder`, or makes one there; what a power cut left half done is cleared away.
    pub fn open(folder: &Path, limits: Limits) -> Result<Self, ArchiveError> {
        let closed = |path: &Path| {
            let path = path.to_owned();
            move |source| ArchiveError::File { path, source }
        };
        fs::create_dir_all(folder).map_err(closed(folder))?;
        let lock = lock(folder)?;
        for name in [FILMS, HEATMAPS, INCOMING] {
            let inner = folder.join(name);
            durable::make_folder(&inner).map_err(closed(&inner))?;
        }
        let mut database = Connection::open(folder.join(DATABASE))?;
        database.busy_timeout(BUSY)?;
        // A commit is on the disk when it returns.
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        database.pragma_update(None, "wal_autocheckpoint", WAL_PAGES)?;
        database.pragma_update(None, "foreign_keys", true)?;
        schema::migrate(&mut database)?;
        secret::make(&database).map_err(|error| match error {
            secret::Unmade::Random(source) => ArchiveError::File { path: secret::RANDOM.into(), source },
            secret::Unmade::Database(error) => error.into(),
        })?;
        let (used_bytes, waiting) = (room::used_bytes(&database)?, room::waiting(&database)?);
        let archive = Self {
            folder: folder.to_owned(),
            limits,
            state: Mutex::new(State { database, used_bytes, waiting, last_bytes: 0 }),
            incoming: AtomicU64::new(0),
            _lock: lock,
        };
        archive.clear_what_was_not_acknowledged()?;
        Ok(archive)
    }

    /// The beginning of an image that arrives.
    pub fn receive(&self) -> io::Result<Incoming> {
        let number = self.incoming.fetch_add(1, Ordering::Relaxed);
        Incoming::create(self.folder.join(INCOMING).join(number.to_string()), self.limits.object_bytes)
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A change is committed whole or not at all, so a thread that panicked left nothing half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds the folder for this program alone. The system lets go of it when the program ends, however it ends.
fn lock(folder: &Path) -> Result<File, ArchiveError> {
    let path = folder.join(LOCK);
    let file = File::create(&path).map_err(|source| ArchiveError::File { path: path.clone(), source })?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ArchiveError::InUse(folder.to_owned())),
        Err(TryLockError::Error(source)) => Err(ArchiveError::File { path, source }),
    }
}

/// The database of the archive in `folder`, to read it while another program may write it.
fn open_to_read(folder: &Path) -> Result<Connection, ArchiveError> {
    let path = folder.join(DATABASE);
    if !path.is_file() {
        return Err(ArchiveError::None(folder.to_owned()));
    }
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    database.busy_timeout(BUSY)?;
    schema::check(&database)?;
    Ok(database)
}
