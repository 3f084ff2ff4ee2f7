//! What is known of one image.

use rusqlite::OptionalExtension;

use super::{Archive, ImageId};
use crate::log::Image;

/// What an image was answered.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    /// There is no such image.
    NoImage,
    /// It waits for its answer.
    Waiting,
    /// It has its answer.
    Given {
        /// What the box says.
        decision: String,
        /// Calibrated probability of `abnormal`, where a classifier ran.
        probability: Option<f64>,
        /// Why.
        reason: String,
    },
}

impl Archive {
    /// The image whose file has this SHA-256, if it was ever taken in.
    pub fn find(&self, sha256: &str) -> rusqlite::Result<Option<(ImageId, Image)>> {
        let state = self.state();
        let query = "SELECT id, sop_instance_uid FROM images WHERE sha256 = ?1";
        let found = |id, sop_instance| (ImageId(id), Image { sop_instance, sha256: sha256.to_owned() });
        state.database.query_row(query, [sha256], |row| Ok(found(row.get(0)?, row.get(1)?))).optional()
    }

    /// What the image with this [`ImageId::number`] was answered.
    pub fn answered(&self, number: u64) -> rusqlite::Result<Answered> {
        let Ok(id) = i64::try_from(number) else { return Ok(Answered::NoImage) };
        let state = self.state();
        let query = "SELECT decision, probability, reason FROM images LEFT JOIN screenings ON image = id WHERE id = ?1";
        let answered = state
            .database
            .query_row(query, [id], |row| {
                let Some(decision) = row.get(0)? else { return Ok(Answered::Waiting) };
                Ok(Answered::Given { decision, probability: row.get(1)?, reason: row.get(2)? })
            })
            .optional()?;
        Ok(answered.unwrap_or(Answered::NoImage))
    }
}
