//! How much there is of everything, for whoever looks after the box.

use std::collections::BTreeMap;

use super::{ArchiveError, Records, room};
use crate::clock::Timestamp;

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Census {
    /// Images that were ever taken in.
    pub films: u64,
    /// Those that wait for their answer.
    pub waiting: u64,
    /// Studies with films that no person has reviewed: they are never removed to make room.
    pub unreviewed_studies: u64,
    /// Bytes of all films and heatmaps.
    pub used_bytes: u64,
}

impl Records {
    /// Counts everything.
    pub fn census(&self) -> Result<Census, ArchiveError> {
        let count = |of: &str| -> rusqlite::Result<u64> {
            Ok(self.database.query_row(&format!("SELECT COUNT(*) FROM {of}"), [], |row| row.get::<_, u32>(0))?.into())
        };
        Ok(Census {
            films: count("images")?,
            waiting: room::waiting(&self.database)?,
            unreviewed_studies: count("studies WHERE reviewed_ms IS NULL")?,
            used_bytes: room::used_bytes(&self.database)?,
        })
    }

    /// How often each decision was made since a moment.
    pub fn decisions_since(&self, moment: Timestamp) -> Result<BTreeMap<String, u64>, ArchiveError> {
        let mut found = self
            .database
            .prepare("SELECT decision, COUNT(*) FROM screenings WHERE screened_ms >= ?1 GROUP BY decision")?;
        let counts = found.query_map([moment.unix_ms()], |row| Ok((row.get(0)?, row.get::<_, u32>(1)?.into())))?;
        Ok(counts.collect::<Result<_, _>>()?)
    }
}
