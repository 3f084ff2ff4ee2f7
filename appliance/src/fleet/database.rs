//! The fleet as an SQLite database, ready to be asked.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Result, anyhow};
use rusqlite::{Connection, params};

use super::state::{BoxState, Drift, Threshold, Update};

/// The columns are a contract with those who ask.
const TABLES: &str = "
CREATE TABLE boxes (
    box                 INTEGER PRIMARY KEY,
    id                  TEXT UNIQUE,           -- NULL where nothing that is newer than its ids tells of it
    name                TEXT NOT NULL,
    heard               TEXT NOT NULL,         -- the day of the last news
    software            TEXT NOT NULL,
    bundle              TEXT,
    bundle_sha256       TEXT,
    since               TEXT,                  -- a day
    on_trial            INTEGER NOT NULL,
    signing_key         TEXT
) STRICT;
CREATE TABLE updates (                         -- a receipt a row
    box                 INTEGER NOT NULL REFERENCES boxes,
    at                  TEXT NOT NULL,         -- RFC 3339, UTC
    old_bundle          TEXT,
    new_bundle          TEXT NOT NULL,
    new_bundle_sha256   TEXT NOT NULL,
    signing_key         TEXT NOT NULL,
    outcome             TEXT NOT NULL,         -- installed or refused
    largest_difference  REAL,                  -- of the self-test, where it came to one
    result              TEXT NOT NULL
) STRICT;
CREATE TABLE self_checks (                     -- of the bundle that the box runs, the oldest first
    box                 INTEGER NOT NULL REFERENCES boxes,
    day                 TEXT NOT NULL,
    largest_difference  REAL NOT NULL,
    failing             INTEGER NOT NULL       -- films that differ by more than is allowed
) STRICT;
CREATE TABLE thresholds (
    box                 INTEGER NOT NULL REFERENCES boxes,
    region              TEXT NOT NULL,
    input_kind          TEXT,                  -- NULL where they are the model's own
    normal_below        REAL NOT NULL,
    abnormal_from       REAL NOT NULL,
    chosen              TEXT,                  -- the day on which the site chose them
    suspended           INTEGER NOT NULL
) STRICT;
";

/// Writes the file, whole or not at all; one that is there is replaced.
pub(super) fn write(path: &Path, boxes: &[BoxState]) -> Result<()> {
    let unfinished = path.with_added_extension("part");
    let written = remove(&unfinished)
        .map_err(anyhow::Error::from)
        .and_then(|()| Ok(fill(Connection::open(&unfinished)?, boxes)?))
        .and_then(|()| Ok(fs::rename(&unfinished, path)?));
    written.map_err(|error| {
        // What is left of it is replaced the next time.
        let _ = remove(&unfinished);
        anyhow!("'{}' cannot be written ({error}); check the folder and its disk", path.display())
    })
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes the tables and fills them.
pub(super) fn fill(mut database: Connection, boxes: &[BoxState]) -> rusqlite::Result<()> {
    let change = database.transaction()?;
    change.execute_batch(TABLES)?;
    for (state, number) in boxes.iter().zip(1_i64..) {
        add(&change, number, state)?;
    }
    change.commit()
}

fn add(change: &Connection, number: i64, state: &BoxState) -> rusqlite::Result<()> {
    change.execute(
        "INSERT INTO boxes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            number,
            state.id.map(|id| id.to_string()),
            state.name,
            state.heard,
            state.software,
            state.bundle,
            state.bundle_sha256,
            state.since,
            state.on_trial,
            state.signing_key.map(|key| key.to_string())
        ],
    )?;
    for Update { at, old, new, key, outcome, self_test, result } in &state.updates {
        change.execute(
            "INSERT INTO updates VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                number,
                at.to_string(),
                old,
                new.bundle,
                new.sha256,
                key.to_string(),
                outcome.word(),
                self_test,
                result
            ],
        )?;
    }
    for Drift { day, largest_difference, failing } in &state.drift {
        let failing = i64::try_from(*failing).unwrap_or(i64::MAX);
        change.execute(
            "INSERT INTO self_checks VALUES (?1, ?2, ?3, ?4)",
            params![number, day, largest_difference, failing],
        )?;
    }
    for Threshold { region, input_kind, normal_below, abnormal_from, chosen, suspended } in &state.thresholds {
        change.execute(
            "INSERT INTO thresholds VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![number, region, input_kind, normal_below, abnormal_from, chosen, suspended],
        )?;
    }
    Ok(())
}
