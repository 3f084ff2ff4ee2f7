//! What is still to be sent on: a row for each DICOM object, from the moment its answer is kept until it was taken or given up.

use rusqlite::{Connection, params};

use super::{Archive, ImageId, unlogged};
use crate::clock::Timestamp;
use crate::log::Deed;
use crate::output::Document;

/// An object that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// The image it answers.
    pub image: ImageId,
    /// What kind of object.
    pub document: Document,
    /// How often it was refused.
    pub refusals: u32,
}

impl Archive {
    /// What may be sent at this moment, at most `most` of it, the oldest first.
    pub fn due(&self, now: Timestamp, most: u32) -> rusqlite::Result<Vec<Delivery>> {
        let state = self.state();
        let mut found = state.database.prepare(
            "SELECT image, document, refusals FROM deliveries WHERE next_ms <= ?1 ORDER BY image, document LIMIT ?2",
        )?;
        let due = found.query_map(params![now.unix_ms(), most], |row| {
            Ok(Delivery { image: ImageId(row.get(0)?), document: row.get(1)?, refusals: row.get(2)? })
        })?;
        due.collect()
    }

    /// An object is sent, or given up: it is not sent again, and `deed` will be in the audit log.
    pub fn settle(&self, delivery: &Delivery, who: &str, deed: &Deed) -> rusqlite::Result<()> {
        let mut state = self.state();
        let change = state.database.transaction()?;
        change.execute(
            "DELETE FROM deliveries WHERE image = ?1 AND document = ?2",
            params![delivery.image.0, delivery.document],
        )?;
        unlogged::add(&change, who, deed)?;
        change.commit()
    }

    /// An object that was refused so often by now is offered again from `next` on.
    pub fn put_off(&self, delivery: &Delivery, refusals: u32, next: Timestamp) -> rusqlite::Result<()> {
        self.state().database.execute(
            "UPDATE deliveries SET refusals = ?3, next_ms = ?4 WHERE image = ?1 AND document = ?2",
            params![delivery.image.0, delivery.document, refusals, next.unix_ms()],
        )?;
        Ok(())
    }
}

/// Adds what is to be sent of an image's answer, from `now` on; each document once.
pub(super) fn queue(
    change: &Connection,
    image: ImageId,
    documents: &[Document],
    now: Timestamp,
) -> rusqlite::Result<()> {
    for document in documents {
        change.execute(
            "INSERT OR IGNORE INTO deliveries (image, document, next_ms) VALUES (?1, ?2, ?3)",
            params![image.0, document, now.unix_ms()],
        )?;
    }
    Ok(())
}
