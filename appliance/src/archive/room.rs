//! Room for what comes: the oldest reviewed studies make place, the others never.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::{Archive, ArchiveError, FILMS, HEATMAPS, INCOMING, Refusal, State};
use crate::space::Space;

impl Archive {
    /// Whether anything can be taken in now, before it is received for nothing. Nothing is removed for it yet.
    pub fn has_room(&self) -> bool {
        self.has_room_for(1)
    }

    /// Whether a film of so many bytes can be taken in now.
    pub fn has_room_for(&self, bytes: u64) -> bool {
        let state = self.state();
        self.fits(&state, bytes) || matches!(oldest_reviewed(&state.database), Ok(Some(_)))
    }

    /// How many bytes of films fit without anything being removed.
    pub fn free_bytes(&self) -> u64 {
        let left = self.limits.storage_bytes.saturating_sub(self.used_bytes());
        left.min(self.disk().spare_bytes())
    }

    /// Whether an image as large as the last that came would be refused.
    pub fn is_full(&self) -> bool {
        let state = self.state();
        !self.fits(&state, state.last_bytes.max(1)) && !matches!(oldest_reviewed(&state.database), Ok(Some(_)))
    }

    /// The share of the storage that is free, 0 to 1: of what it may hold, or of the disk where that is less.
    pub fn free_share(&self) -> f64 {
        let (used, limit) = (self.used_bytes() as f64, self.limits.storage_bytes as f64);
        let left = (limit - used).max(0.0);
        (left.min(self.disk().spare_bytes() as f64) / (used + left).max(1.0)).clamp(0.0, 1.0)
    }

    /// How much all films and heatmaps take.
    pub fn used_bytes(&self) -> u64 {
        self.state().used_bytes
    }

    /// Its disk as it would be for something else, a model, if all reviewed studies made room. None is removed.
    pub fn space_to_be_had(&self) -> Result<Space, ArchiveError> {
        Ok(self.without_reviewed(&self.state())?)
    }

    /// Makes room on its disk for so many bytes of something else, a model. Gives how much is missing all the same; where that is
    /// anything, nothing was removed.
    pub fn give_way_to(&self, bytes: u64) -> Result<u64, ArchiveError> {
        let mut state = self.state();
        let missing_bytes = self.without_reviewed(&state)?.missing_bytes(bytes);
        if missing_bytes == 0 {
            self.remove_reviewed_until(&mut state, |_| self.disk().missing_bytes(bytes) == 0)?;
        }
        Ok(missing_bytes)
    }

    /// Makes room for an image of so many bytes.
    pub(super) fn make_room(&self, state: &mut State, bytes: u64) -> Result<(), Refusal> {
        state.last_bytes = bytes;
        match self.remove_reviewed_until(state, |state| self.fits(state, bytes))? {
            true => Ok(()),
            false => Err(Refusal::Full),
        }
    }

    /// Removes reviewed studies, the oldest first, until there is enough room; whether there is in the end.
    fn remove_reviewed_until(&self, state: &mut State, enough: impl Fn(&State) -> bool) -> rusqlite::Result<bool> {
        while !enough(state) {
            let Some(study) = oldest_reviewed(&state.database)? else { return Ok(false) };
            self.remove(state, study)?;
        }
        Ok(true)
    }

    fn without_reviewed(&self, state: &State) -> rusqlite::Result<Space> {
        let disk = self.disk();
        Ok(Space { free_bytes: disk.free_bytes.saturating_add(reviewed_bytes(&state.database)?), ..disk })
    }

    fn fits(&self, state: &State, bytes: u64) -> bool {
        let heatmaps = (state.waiting + 1).saturating_mul(self.limits.heatmap_bytes);
        let (all, disk) = (state.used_bytes.saturating_add(bytes).saturating_add(heatmaps), self.disk());
        all <= self.limits.storage_bytes && disk.free_bytes >= disk.reserve_bytes
    }

    /// Whether a heatmap may be kept. It may take half of the reserve; the rest is for answers and the audit log.
    pub(super) fn spares(&self, heatmap_bytes: u64) -> bool {
        let disk = self.disk();
        disk.free_bytes >= (disk.reserve_bytes / 2).saturating_add(heatmap_bytes)
    }

    fn disk(&self) -> Space {
        // A disk that does not tell is asked by writing to it.
        Space::of(&self.folder).unwrap_or(Space { free_bytes: u64::MAX, reserve_bytes: 0 })
    }

    /// Removes the files of a study. Its rows stay: its images are still known when they come again, and its answers are history.
    fn remove(&self, state: &mut State, study: i64) -> rusqlite::Result<()> {
        let files = files_of(&state.database, study)?;
        let change = state.database.transaction()?;
        change.execute(
            "UPDATE screenings SET heatmap = NULL, heatmap_bytes = 0 WHERE image IN (SELECT id FROM images WHERE study = ?1)",
            [study],
        )?;
        change.execute("UPDATE images SET file = NULL WHERE study = ?1", [study])?;
        change.commit()?;
        for file in files {
            // One that stays is deleted by the next start.
            let _ = fs::remove_file(self.folder.join(file));
        }
        state.used_bytes = used_bytes(&state.database)?;
        Ok(())
    }

    /// Deletes the files that no row names: their senders were told nothing.
    pub(super) fn clear_what_was_not_acknowledged(&self) -> Result<(), ArchiveError> {
        let state = self.state();
        let known: HashSet<PathBuf> = all_files(&state.database)?.into_iter().collect();
        for folder in [FILMS, HEATMAPS, INCOMING] {
            self.clear(Path::new(folder), &known)
                .map_err(|source| ArchiveError::File { path: self.folder.join(folder), source })?;
        }
        Ok(())
    }

    fn clear(&self, folder: &Path, known: &HashSet<PathBuf>) -> std::io::Result<()> {
        for entry in fs::read_dir(self.folder.join(folder))? {
            let (entry, name) = entry.map(|entry| (entry.file_type(), folder.join(entry.file_name())))?;
            if entry?.is_dir() {
                self.clear(&name, known)?;
            } else if !known.contains(&name) {
                fs::remove_file(self.folder.join(name))?;
            }
        }
        Ok(())
    }
}

/// How much the films and heatmaps take that are still there.
pub(super) fn used_bytes(database: &Connection) -> rusqlite::Result<u64> {
    let bytes: i64 = database.query_row(
        "SELECT (SELECT COALESCE(SUM(bytes), 0) FROM images WHERE file IS NOT NULL)
              + (SELECT COALESCE(SUM(heatmap_bytes), 0) FROM screenings)",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// How much of that reviewed studies take.
pub(super) fn reviewed_bytes(database: &Connection) -> rusqlite::Result<u64> {
    let bytes: i64 = database.query_row(
        "SELECT COALESCE(SUM(images.bytes + COALESCE(heatmap_bytes, 0)), 0)
         FROM images JOIN studies ON study = studies.id LEFT JOIN screenings ON image = images.id
         WHERE studies.reviewed_ms IS NOT NULL AND images.file IS NOT NULL",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// How many images wait for their answer.
pub(super) fn waiting(database: &Connection) -> rusqlite::Result<u64> {
    let count: i64 = database.query_row(
        "SELECT COUNT(*) FROM images WHERE id NOT IN (SELECT image FROM screenings)",
        [],
        |row| row.get(0),
    )?;
    Ok(u64::try_from(count).unwrap_or(0))
}

/// Of the reviewed studies the oldest; those with something still to be sent come last.
pub(super) fn oldest_reviewed(database: &Connection) -> rusqlite::Result<Option<i64>> {
    database
        .query_row(
            "SELECT id FROM studies WHERE reviewed_ms IS NOT NULL
                 AND EXISTS (SELECT 1 FROM images WHERE study = studies.id AND file IS NOT NULL)
             ORDER BY EXISTS (SELECT 1 FROM deliveries JOIN images ON image = images.id WHERE study = studies.id),
                 received_ms, id LIMIT 1",
            [],
            |row| row.get(0),
        )
        .optional()
}

fn files_of(database: &Connection, study: i64) -> rusqlite::Result<Vec<PathBuf>> {
    let mut found = database.prepare(
        "SELECT file FROM images WHERE study = ?1 AND file IS NOT NULL
         UNION ALL SELECT heatmap FROM screenings JOIN images ON image = id WHERE study = ?1 AND heatmap IS NOT NULL",
    )?;
    let files = found.query_map([study], |row| Ok(PathBuf::from(row.get::<_, String>(0)?)))?;
    files.collect()
}

fn all_files(database: &Connection) -> rusqlite::Result<Vec<PathBuf>> {
    let mut found = database.prepare(
        "SELECT file FROM images WHERE file IS NOT NULL UNION ALL SELECT heatmap FROM screenings WHERE heatmap IS NOT NULL",
    )?;
    let files = found.query_map([], |row| Ok(PathBuf::from(row.get::<_, String>(0)?)))?;
    files.collect()
}
