//! That a person has judged an answer: what was judged may be removed when room is needed.

use rusqlite::params;

use super::{Archive, ImageId};
use crate::clock::Timestamp;
use crate::log::Image;

/// What came of a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reviewed {
    /// The answer of this image is reviewed from now on.
    Now(Image),
    /// It was before.
    Before,
    /// The image has no answer yet.
    NoAnswer,
}

impl Archive {
    /// Writes down that a person has judged the answer of an image. Once all images of its study are judged, the study may be removed when
    /// room is needed; until another image of it comes.
    pub fn review(&self, image: ImageId) -> rusqlite::Result<Reviewed> {
        let now = Timestamp::now().unix_ms();
        let mut state = self.state();
        let change = state.database.transaction()?;
        let judged = change.execute(
            "UPDATE screenings SET reviewed_ms = ?2 WHERE image = ?1 AND reviewed_ms IS NULL",
            params![image.0, now],
        )?;
        if judged == 0 {
            let answered = change.prepare("SELECT 1 FROM screenings WHERE image = ?1")?.exists([image.0])?;
            return Ok(if answered { Reviewed::Before } else { Reviewed::NoAnswer });
        }
        change.execute(
            "UPDATE studies SET reviewed_ms = ?2 WHERE id = (SELECT study FROM images WHERE id = ?1) AND NOT EXISTS (
                 SELECT 1 FROM images LEFT JOIN screenings ON image = images.id
                 WHERE study = studies.id AND screenings.reviewed_ms IS NULL)",
            params![image.0, now],
        )?;
        let named =
            change.query_row("SELECT sop_instance_uid, sha256 FROM images WHERE id = ?1", [image.0], |row| {
                Ok(Image { sop_instance: row.get(0)?, sha256: row.get(1)? })
            })?;
        change.commit()?;
        Ok(Reviewed::Now(named))
    }
}
