//! Deeds that are done, and not yet in the audit log. The log has one writer, the daemon: others leave here what they did, in the same
//! database that says it is done, and the daemon writes it down; at its next start where none runs.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, params};

use super::{Archive, ArchiveError, BUSY, DATABASE, schema};
use crate::log::Deed;

/// A deed that is not yet in the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlogged {
    id: i64,
    /// Who did it.
    pub who: String,
    /// What was done.
    pub deed: Deed,
}

impl Archive {
    /// The deeds that are not yet in the audit log, in the order in which they were done.
    pub fn unlogged(&self) -> rusqlite::Result<Vec<Unlogged>> {
        let state = self.state();
        let mut found = state.database.prepare("SELECT id, who, deed FROM unlogged ORDER BY id")?;
        let deeds = found.query_map([], |row| {
            let deed: String = row.get(2)?;
            let deed = serde_json::from_str(&deed).map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Text, Box::new(error))
            })?;
            Ok(Unlogged { id: row.get(0)?, who: row.get(1)?, deed })
        })?;
        deeds.collect()
    }

    /// A deed is in the audit log now.
    pub fn logged(&self, deed: &Unlogged) -> rusqlite::Result<()> {
        self.state().database.execute("DELETE FROM unlogged WHERE id = ?1", [deed.id])?;
        Ok(())
    }
}

/// Leaves deeds for the audit log of the archive in `folder`, which another program may have open. All of them or none.
pub fn log_later(folder: &Path, who: &str, deeds: &[Deed]) -> Result<(), ArchiveError> {
    let mut database = Connection::open_with_flags(folder.join(DATABASE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.busy_timeout(BUSY)?;
    database.pragma_update(None, "synchronous", "FULL")?;
    schema::check(&database)?;
    let change = database.transaction()?;
    for deed in deeds {
        add(&change, who, deed)?;
    }
    Ok(change.commit()?)
}

pub(super) fn add(change: &Connection, who: &str, deed: &Deed) -> rusqlite::Result<()> {
    let text = serde_json::to_string(deed).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    change.execute("INSERT INTO unlogged (who, deed) VALUES (?1, ?2)", params![who, text])?;
    Ok(())
}
