//! The one answer that an image gets.

use std::io;
use std::path::PathBuf;

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::input_kind::InputKind;
use fieldray_common::screening::{Decision, RegionSource};
use rusqlite::{ErrorCode, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::admit::below;
use super::{Account, Archive, HEATMAPS, INCOMING, ImageId, deliveries, durable};
use crate::clock::Timestamp;
use crate::log::Image;
use crate::output::Document;
use crate::screening::ElapsedMs;

/// An image that waits for its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// Which one.
    pub image: ImageId,
    /// Its file.
    pub path: PathBuf,
    /// SOP Instance UID.
    pub sop_instance_uid: Option<String>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// When its last byte came.
    pub received: Timestamp,
    /// From its first byte to its last.
    pub receive_ms: f64,
    /// How often its screening was begun before.
    pub attempts: u32,
}

/// What an image is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What the box says: `unreadable` is a refusal, and says why.
    pub decision: Decision,
    /// Calibrated probability of `abnormal`, where a classifier ran.
    pub probability: Option<f64>,
    /// Why.
    pub reason: String,
    /// The region it was screened as, and how that is known.
    pub region: Option<(String, RegionSource)>,
    /// What kind of image the film came as, where it could be read.
    pub input_kind: Option<InputKind>,
    /// The operating point, where the decision was made at one.
    pub operating_point: Option<OperatingPoint>,
    /// The film with its heatmap, as PNG.
    pub heatmap_png: Option<Vec<u8>>,
    /// `name@version` of the model.
    pub bundle: String,
    /// SHA-256 of the bundle's file.
    pub bundle_sha256: String,
    /// How long each stage took.
    pub elapsed_ms: StagesMs,
    /// What is to be sent on of it.
    pub send: Vec<Document>,
    /// What it was given by.
    pub account: Account,
}

/// Milliseconds of every stage from an image's first byte to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct StagesMs {
    /// From the first byte to the last.
    pub receive: f64,
    /// From the last byte to the beginning of the screening.
    pub wait: f64,
    /// The screening itself.
    #[serde(flatten)]
    pub screening: ElapsedMs,
}

/// What became of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Which one.
    pub image: Image,
    /// What it was answered, if it was.
    pub decision: Option<String>,
    /// Whether a person has judged the answer.
    pub reviewed: bool,
}

/// Why an answer was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// It was answered before.
    #[error("the image has its answer already")]
    Answered,
    /// The disk fails, or is full.
    #[error("the answer cannot be kept ({0}); check the disk")]
    Disk(#[from] io::Error),
    /// The database fails.
    #[error("the answer cannot be kept ({0}); check the disk")]
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for AnswerError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Answered,
            _ => Self::Database(error),
        }
    }
}

impl Archive {
    /// The images that wait for their answer: those that were tried least often first, and of those the oldest.
    pub fn waiting(&self) -> rusqlite::Result<Vec<ImageId>> {
        let state = self.state();
        let mut found = state
            .database
            .prepare("SELECT id FROM images WHERE id NOT IN (SELECT image FROM screenings) ORDER BY attempts, id")?;
        let images = found.query_map([], |row| Ok(ImageId(row.get(0)?)))?;
        images.collect()
    }

    /// Every image, with what it was answered.
    pub fn images(&self) -> rusqlite::Result<Vec<Known>> {
        let state = self.state();
        let mut found = state.database.prepare(
            "SELECT sop_instance_uid, sha256, decision, reviewed_ms IS NOT NULL FROM images LEFT JOIN screenings ON image = id
             ORDER BY id",
        )?;
        let images = found.query_map([], |row| {
            let image = Image { sop_instance: row.get(0)?, sha256: row.get(1)? };
            Ok(Known { image, decision: row.get(2)?, reviewed: row.get(3)? })
        })?;
        images.collect()
    }

    /// Writes down that the screening of an image begins, so that one that ends the program is not begun for ever. `None` where it
    /// has its answer.
    pub fn begin(&self, image: ImageId) -> rusqlite::Result<Option<Waiting>> {
        self.begin_where("id NOT IN (SELECT image FROM screenings)", image)
    }

    /// The same for an image whose answer names no region, and a person does. `None` where it has another answer, or its film is gone.
    pub fn begin_again(&self, image: ImageId) -> rusqlite::Result<Option<Waiting>> {
        self.begin_where("file IS NOT NULL AND id IN (SELECT image FROM screenings WHERE region IS NULL)", image)
    }

    fn begin_where(&self, condition: &str, image: ImageId) -> rusqlite::Result<Option<Waiting>> {
        let query = format!(
            "UPDATE images SET attempts = attempts + 1 WHERE id = ?1 AND {condition}
             RETURNING file, sop_instance_uid, sha256, received_ms, receive_ms, attempts"
        );
        let state = self.state();
        let waiting = state.database.query_row(&query, [image.0], |row| {
            Ok(Waiting {
                image,
                path: self.folder.join(row.get::<_, Option<String>>(0)?.unwrap_or_default()),
                sop_instance_uid: row.get(1)?,
                sha256: row.get(2)?,
                received: Timestamp::from_unix_ms(row.get(3)?),
                receive_ms: row.get(4)?,
                attempts: row.get::<_, u32>(5)? - 1,
            })
        });
        waiting.optional()
    }

    /// Keeps the answer of an image, and with it what is to be sent on. When this returns, it is on the disk for good; on a full disk
    /// without its heatmap.
    pub fn answer(&self, waiting: &Waiting, answer: &Answer) -> Result<Timestamp, AnswerError> {
        self.keep("INSERT", waiting, answer)
    }

    /// Keeps an answer in place of the one that [`begin_again`](Self::begin_again) was asked for; it is to be judged anew.
    pub fn answer_again(&self, waiting: &Waiting, answer: &Answer) -> Result<Timestamp, AnswerError> {
        self.keep("REPLACE", waiting, answer)
    }

    fn keep(&self, verb: &str, waiting: &Waiting, answer: &Answer) -> Result<Timestamp, AnswerError> {
        let png = answer.heatmap_png.as_ref().filter(|png| self.spares(png.len() as u64));
        let heatmap = png.map(|png| self.keep_heatmap(waiting, png)).transpose()?;
        let heatmap_bytes = png.map_or(0, Vec::len) as u64;
        let elapsed_ms = serde_json::to_string(&answer.elapsed_ms).map_err(io::Error::from)?;
        let account = serde_json::to_string(&answer.account).map_err(io::Error::from)?;
        let screened = Timestamp::now();
        let mut state = self.state();
        let change = state.database.transaction()?;
        let before: Option<i64> = change
            .query_row("SELECT heatmap_bytes FROM screenings WHERE image = ?1", [waiting.image.0], |row| row.get(0))
            .optional()?;
        change.execute(
            &format!(
                "{verb} INTO screenings (image, decision, probability, reason, region, region_source, heatmap, heatmap_bytes,
                     bundle, bundle_sha256, elapsed_ms, screened_ms, input_kind, normal_below, abnormal_from, program, account)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            ),
            params![
                waiting.image.0,
                answer.decision.name(),
                answer.probability,
                answer.reason,
                answer.region.as_ref().map(|(name, _)| name),
                answer.region.as_ref().map(|(_, source)| source.name()),
                heatmap.as_ref().and_then(|path| path.to_str()),
                heatmap_bytes as i64,
                answer.bundle,
                answer.bundle_sha256,
                elapsed_ms,
                screened.unix_ms(),
                answer.input_kind.map(InputKind::name),
                answer.operating_point.map(|point| point.normal_below()),
                answer.operating_point.map(|point| point.abnormal_from()),
                env!("CARGO_PKG_VERSION"),
                account
            ],
        )?;
        if before.is_some() {
            // A study that gets another answer is not reviewed any more.
            change.execute(
                "UPDATE studies SET reviewed_ms = NULL WHERE id = (SELECT study FROM images WHERE id = ?1)",
                [waiting.image.0],
            )?;
        }
        deliveries::queue(&change, waiting.image, &answer.send, screened)?;
        change.commit()?;
        state.used_bytes = (state.used_bytes + heatmap_bytes).saturating_sub(before.unwrap_or(0).unsigned_abs());
        state.waiting = state.waiting.saturating_sub(u64::from(before.is_none()));
        Ok(screened)
    }

    fn keep_heatmap(&self, waiting: &Waiting, png: &[u8]) -> io::Result<PathBuf> {
        let file = below(HEATMAPS, &waiting.sha256, "png");
        let unfinished = self.folder.join(INCOMING).join(format!("heatmap-{}", waiting.image.0));
        durable::write(&self.folder.join(&file), &unfinished, png)?;
        Ok(file)
    }
}
