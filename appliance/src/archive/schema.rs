//! The tables of the archive, and how those of earlier versions become today's.

use rusqlite::{Connection, TransactionBehavior};

use super::ArchiveError;

/// Each step takes the tables from the version of its index to the next. Steps that were ever shipped are never changed.
const STEPS: [&str; 4] = [FIRST, READINGS, SENDING, DISPLAY];

/// An image without a row in `screenings` waits for its answer; a row is the one answer it gets.
const FIRST: &str = "
CREATE TABLE studies (
    id                 INTEGER PRIMARY KEY,
    study_instance_uid TEXT NOT NULL UNIQUE, -- of JPEG and PNG: 'file:' and the SHA-256
    patient_id         TEXT,
    received_ms        INTEGER NOT NULL,
    reviewed_ms        INTEGER               -- when a person had seen its answers
) STRICT;
CREATE TABLE images (
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    study              INTEGER NOT NULL REFERENCES studies,
    sop_instance_uid   TEXT UNIQUE,
    sha256             TEXT NOT NULL UNIQUE,
    bytes              INTEGER NOT NULL,
    file               TEXT,                 -- below the archive; NULL once it was removed to make room
    sender             TEXT NOT NULL,
    receive_ms         REAL NOT NULL,
    received_ms        INTEGER NOT NULL,
    attempts           INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX images_of_study ON images (study);
CREATE TABLE screenings (
    image              INTEGER PRIMARY KEY REFERENCES images,
    decision           TEXT NOT NULL,
    probability        REAL,
    reason             TEXT NOT NULL,
    region             TEXT,
    region_source      TEXT,
    heatmap            TEXT,                 -- below the archive
    heatmap_bytes      INTEGER NOT NULL,
    bundle             TEXT NOT NULL,
    bundle_sha256      TEXT NOT NULL,
    elapsed_ms         TEXT NOT NULL,        -- JSON, a number a stage
    screened_ms        INTEGER NOT NULL
) STRICT;
";

/// What people say of films, what follows for the thresholds, and how the box checks itself.
const READINGS: &str = "
ALTER TABLE screenings ADD COLUMN input_kind TEXT;        -- of a film that could be read
ALTER TABLE screenings ADD COLUMN normal_below REAL;      -- the operating point, where the decision was made at one
ALTER TABLE screenings ADD COLUMN abnormal_from REAL;
CREATE TABLE readings (
    image              INTEGER PRIMARY KEY REFERENCES images,
    abnormal           INTEGER NOT NULL,
    reader             TEXT NOT NULL,
    entered_ms         INTEGER NOT NULL
) STRICT;
CREATE TABLE operating_points (              -- the last row of a region and a kind of image counts
    id                 INTEGER PRIMARY KEY,
    region             TEXT NOT NULL,
    input_kind         TEXT NOT NULL,
    bundle             TEXT NOT NULL,
    bundle_sha256      TEXT NOT NULL,
    normal_below       REAL,                 -- NULL: the bundle's own again
    abnormal_from      REAL,
    chosen_by          TEXT NOT NULL,
    chosen_ms          INTEGER NOT NULL
) STRICT;
CREATE TABLE self_checks (
    id                 INTEGER PRIMARY KEY,
    bundle             TEXT NOT NULL,
    bundle_sha256      TEXT NOT NULL,
    films              INTEGER NOT NULL,
    agreeing           INTEGER NOT NULL,
    largest_difference REAL NOT NULL,
    checked_ms         INTEGER NOT NULL
) STRICT;
";

/// What answers are passed on with. A delivery without a row was sent, given up, or never wanted.
const SENDING: &str = "
ALTER TABLE screenings ADD COLUMN program TEXT;        -- the version of the program that screened
CREATE TABLE deliveries (
    image              INTEGER NOT NULL REFERENCES images,
    document           TEXT NOT NULL,
    refusals           INTEGER NOT NULL DEFAULT 0,
    next_ms            INTEGER NOT NULL,     -- not before this moment
    PRIMARY KEY (image, document)
) STRICT;
CREATE TABLE unlogged (                      -- done, and not yet in the audit log
    id                 INTEGER PRIMARY KEY AUTOINCREMENT,
    who                TEXT NOT NULL,
    deed               TEXT NOT NULL         -- JSON
) STRICT;
CREATE TABLE secrets (
    name               TEXT PRIMARY KEY,
    value              BLOB NOT NULL
) STRICT;
";

/// Each answer is reviewed by itself, and a study once all of its answers are; an answer can be shown again, with the number of the patient
/// whom its own film names.
const DISPLAY: &str = "
ALTER TABLE images ADD COLUMN patient_id TEXT;
UPDATE images SET patient_id = (SELECT patient_id FROM studies WHERE studies.id = study);
ALTER TABLE screenings ADD COLUMN reviewed_ms INTEGER; -- when a person had judged it
ALTER TABLE screenings ADD COLUMN account TEXT NOT NULL DEFAULT '{}'; -- JSON, what it was given by
UPDATE screenings SET reviewed_ms =
    (SELECT studies.reviewed_ms FROM images JOIN studies ON study = studies.id WHERE images.id = image);
CREATE INDEX screenings_to_review ON screenings (image) WHERE reviewed_ms IS NULL;
";

/// Brings the tables to today's version.
pub(super) fn migrate(database: &mut Connection) -> Result<(), ArchiveError> {
    migrate_by(&STEPS, database)
}

/// Whether the tables are today's, for those who only read.
pub(super) fn check(database: &Connection) -> Result<(), ArchiveError> {
    match version(database)? {
        today if today == STEPS.len() => Ok(()),
        later if later > STEPS.len() => Err(ArchiveError::Later),
        _ => Err(ArchiveError::Earlier),
    }
}

fn migrate_by(steps: &[&str], database: &mut Connection) -> Result<(), ArchiveError> {
    let done = version(database)?;
    let left = steps.get(done..).ok_or(ArchiveError::Later)?;
    for (step, number) in left.iter().zip(done + 1..) {
        // Each step whole or not at all, whenever the power is cut.
        let change = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        change.execute_batch(step)?;
        change.pragma_update(None, "user_version", number as u32)?;
        change.commit()?;
    }
    Ok(())
}

fn version(database: &Connection) -> rusqlite::Result<usize> {
    database.query_row("PRAGMA user_version", [], |row| row.get::<_, u32>(0)).map(|version| version as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_is_taken_once_and_the_content_stays() {
        let mut database = Connection::open_in_memory().unwrap();
        let second = "ALTER TABLE films ADD COLUMN side TEXT NOT NULL DEFAULT 'left'";
        let steps = ["CREATE TABLE films (id INTEGER PRIMARY KEY); INSERT INTO films VALUES (7);", second];
        migrate_by(&steps[..1], &mut database).unwrap();
        migrate_by(&steps, &mut database).unwrap();
        migrate_by(&steps, &mut database).unwrap();
        let film = database
            .query_row("SELECT id, side FROM films", [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)));
        assert_eq!(film.unwrap(), (7, "left".to_owned()));
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let mut database = Connection::open_in_memory().unwrap();
        let steps = ["CREATE TABLE films (id INTEGER PRIMARY KEY); INSERT INTO nowhere VALUES (1);"];
        assert!(migrate_by(&steps, &mut database).is_err());
        assert_eq!(version(&database).unwrap(), 0);
        assert!(database.prepare("SELECT * FROM films").is_err());
    }

    #[test]
    fn tables_of_a_later_version_are_left_alone() {
        let mut database = Connection::open_in_memory().unwrap();
        database.pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(migrate(&mut database), Err(ArchiveError::Later)));
        assert!(matches!(check(&database), Err(ArchiveError::Later)));
    }
}
