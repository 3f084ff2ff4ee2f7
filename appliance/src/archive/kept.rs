//! Screenings with what their outputs are made from.

use std::path::{Path, PathBuf};

use rusqlite::{OptionalExtension, Row, params};

use super::history::{SCREENED, SCREENINGS, screened};
use super::look::json;
use super::{Account, Archive, ArchiveError, ImageId, Screened, open_to_read};
use crate::clock::Timestamp;

/// A screening with all that is kept of it, and where its film and heatmap lie.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Which image.
    pub image: ImageId,
    /// The patient's number, if the film tells it.
    pub patient: Option<String>,
    /// The screening as programs are told of it.
    pub screened: Screened,
    /// Whether a person has judged it.
    pub reviewed: bool,
    /// What it was given by.
    pub account: Account,
    /// The version of the program that screened, where it is known.
    pub program: Option<String>,
    /// The received file; `None` once it was removed to make room.
    pub film: Option<PathBuf>,
    /// The film with its heatmap as PNG, where there is one.
    pub heatmap: Option<PathBuf>,
}

/// Which screenings: those that all of these hold for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// Of the study with this Study Instance UID.
    pub study: Option<String>,
    /// Of the patient with this Patient ID.
    pub patient: Option<String>,
    /// Screened at this moment or later.
    pub since: Option<Timestamp>,
}

impl Archive {
    /// The screening of an image, if it has one.
    pub fn kept(&self, image: ImageId) -> rusqlite::Result<Option<Kept>> {
        let query = format!("SELECT {SCREENED}, {REST} FROM {SCREENINGS} WHERE image = ?1");
        self.state().database.query_row(&query, [image.0], |row| read(row, &self.folder)).optional()
    }
}

/// The screenings that `selection` names in the archive in `folder`, in the order in which they were made. Another program may write the
/// archive meanwhile.
pub fn kept(folder: &Path, selection: &Selection) -> Result<Vec<Kept>, ArchiveError> {
    let database = open_to_read(folder)?;
    let mut found = database.prepare(&format!(
        "SELECT {SCREENED}, {REST} FROM {SCREENINGS}
         WHERE (?1 IS NULL OR study_instance_uid = ?1) AND (?2 IS NULL OR images.patient_id = ?2)
             AND (?3 IS NULL OR screened_ms >= ?3)
         ORDER BY screened_ms, image"
    ))?;
    let Selection { study, patient, since } = selection;
    let kept = found.query_map(params![study, patient, since.map(Timestamp::unix_ms)], |row| read(row, folder))?;
    Ok(kept.collect::<Result<_, _>>()?)
}

/// The columns that [`read`] reads behind those of [`screened`].
const REST: &str = "images.id, images.patient_id, screenings.reviewed_ms IS NOT NULL, file, heatmap, program, account";

fn read(row: &Row<'_>, folder: &Path) -> rusqlite::Result<Kept> {
    const FIRST: usize = 17;
    let path = |column| row.get::<_, Option<String>>(column).map(|file| file.map(|file| folder.join(file)));
    Ok(Kept {
        screened: screened(row)?,
        image: ImageId(row.get(FIRST)?),
        patient: row.get(FIRST + 1)?,
        reviewed: row.get(FIRST + 2)?,
        film: path(FIRST + 3)?,
        heatmap: path(FIRST + 4)?,
        program: row.get(FIRST + 5)?,
        account: json(row, FIRST + 6)?,
    })
}
