//! What is written down beside films and answers: readings, operating points, self-checks.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};

use super::{ArchiveError, BUSY, DATABASE, schema};

/// The database of an archive, to add to what stands beside its films. It needs no lock: a command may add while the daemon runs.
#[derive(Debug)]
pub struct Records {
    pub(super) database: Connection,
}

/// A model by its name and by the hash of its bundle's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleId {
    /// `name@version`.
    pub name: String,
    /// SHA-256 of the file.
    pub sha256: String,
}

impl Records {
    /// Those of the archive in `folder`.
    pub fn open(folder: &Path) -> Result<Self, ArchiveError> {
        let path = folder.join(DATABASE);
        if !path.is_file() {
            return Err(ArchiveError::None(folder.to_owned()));
        }
        let database = Connection::open(path)?;
        database.busy_timeout(BUSY)?;
        database.pragma_update(None, "synchronous", "FULL")?;
        database.pragma_update(None, "foreign_keys", true)?;
        schema::check(&database)?;
        Ok(Self { database })
    }

    /// The bundle that screened last; `None` where nothing was screened.
    pub fn last_bundle(&self) -> Result<Option<BundleId>, ArchiveError> {
        let last = self.database.query_row(
            "SELECT bundle, bundle_sha256 FROM screenings ORDER BY screened_ms DESC, image DESC LIMIT 1",
            [],
            |row| Ok(BundleId { name: row.get(0)?, sha256: row.get(1)? }),
        );
        Ok(last.optional()?)
    }
}
