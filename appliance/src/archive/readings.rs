//! Reference readings: what a person says that a film shows, to hold the box's probabilities against.

use fieldray_common::input_kind::InputKind;
use fieldray_common::metrics::Scored;
use rusqlite::{OptionalExtension, Row, params};

use super::{ArchiveError, Records};
use crate::clock::Timestamp;

/// A film that waits for a person's reading.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sheet {
    /// SHA-256 of its file.
    pub sha256: String,
    /// SOP Instance UID; JPEG and PNG have none.
    pub sop_instance: Option<String>,
    /// Patient number.
    pub patient: Option<String>,
    /// When its last byte came.
    pub received: Timestamp,
    /// The region it was screened as.
    pub region: String,
    /// What kind of image it came as.
    pub input_kind: String,
}

/// One reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// SHA-256 of the film's file.
    pub sha256: String,
    /// Whether the person sees something abnormal.
    pub abnormal: bool,
}

/// Why readings are not taken.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// A film that is not in the archive, or has no answer.
    #[error("no film with SHA-256 {0} was screened here; take the sheet of this archive")]
    Unknown(String),
    /// The database fails.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

impl From<rusqlite::Error> for ReadingError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Archive(error.into())
    }
}

/// Films that a threshold decides: the probability of one that is unlike the training films decides nothing.
const DECIDED: &str =
    "FROM screenings JOIN images ON screenings.image = images.id JOIN studies ON images.study = studies.id
     LEFT JOIN readings ON readings.image = images.id
     WHERE normal_below IS NOT NULL AND probability IS NOT NULL";

impl Records {
    /// The films without a reading that a threshold decides, the oldest first. What the box said of them is not told, so that
    /// whoever reads them is not led by it.
    pub fn unread(&self) -> Result<Vec<Sheet>, ArchiveError> {
        let mut found = self.database.prepare(&format!(
            "SELECT sha256, sop_instance_uid, images.patient_id, images.received_ms, region, input_kind {DECIDED}
                 AND readings.image IS NULL ORDER BY images.id"
        ))?;
        let sheet = |row: &Row<'_>| {
            Ok(Sheet {
                sha256: row.get(0)?,
                sop_instance: row.get(1)?,
                patient: row.get(2)?,
                received: Timestamp::from_unix_ms(row.get(3)?),
                region: row.get(4)?,
                input_kind: row.get(5)?,
            })
        };
        let unread = found.query_map([], sheet)?.collect::<Result<_, _>>()?;
        Ok(unread)
    }

    /// Keeps readings, all or none; a later reading of a film takes the place of an earlier one.
    pub fn enter(&mut self, readings: &[Read], reader: &str) -> Result<(), ReadingError> {
        let change = self.database.transaction()?;
        for Read { sha256, abnormal } in readings {
            let image: Option<i64> = change
                .query_row("SELECT id FROM images JOIN screenings ON image = id WHERE sha256 = ?1", [sha256], |row| {
                    row.get(0)
                })
                .optional()?;
            let Some(image) = image else { return Err(ReadingError::Unknown(sha256.clone())) };
            change.execute(
                "INSERT OR REPLACE INTO readings (image, abnormal, reader, entered_ms) VALUES (?1, ?2, ?3, ?4)",
                params![image, abnormal, reader, Timestamp::now().unix_ms()],
            )?;
        }
        change.commit()?;
        Ok(())
    }

    /// The readings of films of a region and a kind that the bundle with this hash screened, each with the probability it gave.
    pub fn read(&self, region: &str, kind: InputKind, bundle_sha256: &str) -> Result<Vec<Scored>, ArchiveError> {
        let mut found = self.database.prepare(&format!(
            "SELECT abnormal, probability {DECIDED} AND readings.image IS NOT NULL
                 AND region = ?1 AND input_kind = ?2 AND bundle_sha256 = ?3"
        ))?;
        let scored = |row: &Row<'_>| Ok(Scored { abnormal: row.get(0)?, probability: row.get(1)? });
        let read = found.query_map([region, kind.name(), bundle_sha256], scored)?.collect::<Result<_, _>>()?;
        Ok(read)
    }

    /// The regions and kinds of images of which there are readings.
    pub fn read_of(&self, bundle_sha256: &str) -> Result<Vec<(String, InputKind)>, ArchiveError> {
        let mut found = self.database.prepare(&format!(
            "SELECT DISTINCT region, input_kind {DECIDED} AND readings.image IS NOT NULL AND bundle_sha256 = ?1
                 ORDER BY region, input_kind"
        ))?;
        let pairs = found.query_map([bundle_sha256], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let pairs: Vec<(String, String)> = pairs.collect::<Result<_, _>>()?;
        Ok(pairs.into_iter().filter_map(|(region, kind)| Some((region, kind.parse().ok()?))).collect())
    }
}
