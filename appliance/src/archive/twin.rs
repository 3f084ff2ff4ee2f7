//! Whether an image is here already.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fieldray_common::radiograph::Facts;
use fieldray_common::read::read;
use rusqlite::{OptionalExtension, Row};
use sha2::{Digest, Sha256};

use super::admit::{Identity, Refusal};
use super::incoming::Whole;
use super::{Archive, ImageId, State};

impl Archive {
    /// The image that is this one, if it is here: with the same bytes, or the same film in other bytes, as when it comes once over the
    /// network and once on a stick.
    ///
    /// # Errors
    /// [`Refusal::Conflict`] where another film has its SOP Instance UID.
    pub(super) fn twin(&self, state: &State, whole: &Whole, identity: &Identity) -> Result<Option<ImageId>, Refusal> {
        let found = |row: &Row<'_>| Ok((ImageId(row.get(0)?), row.get::<_, Option<String>>(1)?.map(PathBuf::from)));
        let find = |by: &str, value: &str| {
            let query = format!("SELECT id, file FROM images WHERE {by} = ?1");
            state.database.query_row(&query, [value], found).optional()
        };
        if let Some((image, _)) = find("sha256", &whole.sha256)? {
            return Ok(Some(image));
        }
        let Some(uid) = &identity.sop_instance_uid else { return Ok(None) };
        match find("sop_instance_uid", uid)? {
            None => Ok(None),
            Some((image, Some(file))) if is_same_film(&self.folder.join(&file), &whole.path) => Ok(Some(image)),
            Some(_) => Err(Refusal::Conflict(uid.clone())),
        }
    }
}

fn is_same_film(one: &Path, other: &Path) -> bool {
    content(one).is_some_and(|content| self::content(other) == Some(content))
}

/// What a film shows and says, however it is encoded; `None` where it cannot be read.
fn content(film: &Path) -> Option<(Vec<u8>, Facts)> {
    let bytes = fs::read(film).ok()?;
    // Strangers' bytes pass through decoders that are not ours: should one fall over, the film is like no other.
    let film = catch_unwind(AssertUnwindSafe(|| read(&bytes).ok())).ok()??;
    let mut pixels = Sha256::new();
    film.pixels().iter().for_each(|pixel| pixels.update(pixel.to_le_bytes()));
    Some((pixels.finalize().to_vec(), film.facts().clone()))
}
