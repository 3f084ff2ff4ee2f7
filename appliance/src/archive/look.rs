//! What was answered, for those who look back at the display: a page at a time.

use fieldray_common::screening::Decision;
use rusqlite::types::Type;
use rusqlite::{Row, params};

use super::history::SCREENINGS;
use super::{Archive, ImageId};
use crate::clock::Timestamp;

/// An answer in one line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Which image.
    pub image: ImageId,
    /// When its last byte came.
    pub received: Timestamp,
    /// The patient's number, if the film tells it.
    pub patient: Option<String>,
    /// The region it was screened as.
    pub region: Option<String>,
    /// What the box said.
    pub decision: Decision,
    /// Whether a person has judged it.
    pub reviewed: bool,
}

/// A page of answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// Those on this page, what came last first.
    pub lines: Vec<Line>,
    /// How many there are on all pages.
    pub whole: usize,
}

/// What [`line`] reads.
const LINE: &str =
    "images.id, images.received_ms, images.patient_id, region, decision, screenings.reviewed_ms IS NOT NULL";

/// The digits of a patient's number, without what is written between them.
const DIGITS: &str = "REPLACE(REPLACE(REPLACE(REPLACE(images.patient_id, '-', ''), ' ', ''), '/', ''), '.', '')";

impl Archive {
    /// The answers of patients whose number has these `digits` in it, whatever is written between them; of all films where there are none.
    /// At most `count` of them, after the first `before`, in the order in which the films came, the last first: the box's clock may be
    /// wrong.
    pub fn page(&self, digits: &str, before: usize, count: usize) -> rusqlite::Result<Page> {
        let state = self.state();
        let matching = format!("FROM {SCREENINGS} WHERE ?1 = '' OR instr({DIGITS}, ?1) > 0");
        let whole = state
            .database
            .prepare(&format!("SELECT COUNT(*) {matching}"))?
            .query_row([digits], |row| row.get::<_, i64>(0))?;
        let query = format!("SELECT {LINE} {matching} ORDER BY images.id DESC LIMIT ?2 OFFSET ?3");
        let mut found = state.database.prepare(&query)?;
        let lines = found.query_map(params![digits, count as i64, before as i64], line)?.collect::<Result<_, _>>()?;
        Ok(Page { lines, whole: usize::try_from(whole).unwrap_or(0) })
    }

    /// The answered images of the study that an image belongs to, in the order in which they came.
    pub fn study_of(&self, image: ImageId) -> rusqlite::Result<Vec<ImageId>> {
        let state = self.state();
        let mut found = state.database.prepare(
            "SELECT id FROM images JOIN screenings ON image = id
             WHERE study = (SELECT study FROM images WHERE id = ?1) ORDER BY id",
        )?;
        let images = found.query_map([image.0], |row| Ok(ImageId(row.get(0)?)))?;
        images.collect()
    }

    /// How many answers no person has judged.
    pub fn unreviewed(&self) -> rusqlite::Result<u64> {
        let state = self.state();
        let count: i64 = state
            .database
            .prepare("SELECT COUNT(*) FROM screenings WHERE reviewed_ms IS NULL")?
            .query_row([], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }
}

fn line(row: &Row<'_>) -> rusqlite::Result<Line> {
    Ok(Line {
        image: ImageId(row.get(0)?),
        received: Timestamp::from_unix_ms(row.get(1)?),
        patient: row.get(2)?,
        region: row.get(3)?,
        decision: named(row, 4, Decision::named)?,
        reviewed: row.get(5)?,
    })
}

/// What the word in a column names.
pub(super) fn named<T>(row: &Row<'_>, column: usize, name: impl Fn(&str) -> Option<T>) -> rusqlite::Result<T> {
    let word: String = row.get(column)?;
    let unknown = || format!("'{word}' is not known");
    name(&word).ok_or_else(|| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, unknown().into()))
}

/// The value in a column of JSON.
pub(super) fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}
