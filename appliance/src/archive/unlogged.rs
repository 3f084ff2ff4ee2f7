//! Deeds that are done, and not yet in the audit log: committed together with what says that they are done, so that a power cut
//! before the line is written costs the log nothing.

use rusqlite::{Connection, params};

use super::Archive;
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

/// A deed that is done with this change, and not yet in the audit log.
pub(super) fn add(change: &Connection, who: &str, deed: &Deed) -> rusqlite::Result<()> {
    let text = serde_json::to_string(deed).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    change.execute("INSERT INTO unlogged (who, deed) VALUES (?1, ?2)", params![who, text])?;
    Ok(())
}
