//! Taking an image in: once this says so, it is kept.

use std::io;
use std::path::{Path, PathBuf};

use fieldray_common::radiograph::{Facts, Source};
use rusqlite::{ErrorCode, Transaction, params};

use super::incoming::{Incoming, Whole};
use super::{Archive, FILMS, ImageId, durable};
use crate::clock::Timestamp;

/// What an image says of itself, as far as the archive goes by it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// The kind of file.
    pub source: Source,
    /// SOP Instance UID; JPEG and PNG have none and are told apart by their SHA-256.
    pub sop_instance_uid: Option<String>,
    /// Study Instance UID; an image without one is a study of its own.
    pub study_instance_uid: Option<String>,
    /// Patient ID.
    pub patient_id: Option<String>,
}

/// What became of an image that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Which one it is.
    pub image: ImageId,
    /// SHA-256 of its file.
    pub sha256: String,
    /// Whether it was here before.
    pub copy: Copy,
}

/// How often an image has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copy {
    /// For the first time: it is kept and waits for its answer.
    First,
    /// Again: it has its answer, or will.
    Again,
}

/// Why an image was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No room, and nothing that may be removed.
    #[error("the archive is full; review studies so that the oldest can be removed")]
    Full,
    /// Another image with the same identifier is here.
    #[error("another image with the SOP Instance UID {0} is here already, with other content")]
    Conflict(String),
    /// The disk fails.
    #[error("the disk fails ({0}); check it")]
    Disk(io::Error),
    /// The database fails.
    #[error("the archive's database fails ({0}); check the disk")]
    Database(rusqlite::Error),
}

impl From<&Facts> for Identity {
    fn from(facts: &Facts) -> Self {
        Self {
            source: facts.source,
            sop_instance_uid: facts.sop_instance_uid.clone(),
            study_instance_uid: facts.study_instance_uid.clone(),
            patient_id: facts.patient_id.clone(),
        }
    }
}

impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Disk(error),
        }
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(error),
        }
    }
}

impl Archive {
    /// Takes in what was received from `sender`. When this returns an admission, the image is on the disk for good.
    pub fn admit(&self, incoming: Incoming, identity: &Identity, sender: &str) -> Result<Admission, Refusal> {
        let received = Timestamp::now();
        // The one slow step, and threads take it side by side.
        let whole = incoming.finish()?;
        let mut state = self.state();
        if let Some(image) = self.twin(&state, &whole, identity)? {
            return Ok(whole.admission(image, Copy::Again));
        }
        self.make_room(&mut state, whole.bytes)?;
        let file = name(&whole, identity.source);
        durable::rename(&whole.path, &self.folder.join(&file))?;
        let change = state.database.transaction()?;
        let image = insert(&change, &whole, identity, sender, &file, received)?;
        change.commit()?;
        state.used_bytes += whole.bytes;
        state.waiting += 1;
        Ok(whole.admission(image, Copy::First))
    }
}

impl Whole {
    fn admission(&self, image: ImageId, copy: Copy) -> Admission {
        Admission { image, sha256: self.sha256.clone(), copy }
    }
}

fn insert(
    change: &Transaction<'_>,
    whole: &Whole,
    identity: &Identity,
    sender: &str,
    file: &Path,
    received: Timestamp,
) -> rusqlite::Result<ImageId> {
    let study = identity.study_instance_uid.clone().unwrap_or_else(|| format!("file:{}", whole.sha256));
    // A study that gets another image is not reviewed any more.
    change.execute(
        "INSERT INTO studies (study_instance_uid, patient_id, received_ms) VALUES (?1, ?2, ?3)
         ON CONFLICT (study_instance_uid) DO UPDATE SET reviewed_ms = NULL",
        params![study, identity.patient_id, received.unix_ms()],
    )?;
    change.execute(
        "INSERT INTO images (study, sop_instance_uid, sha256, bytes, file, sender, receive_ms, received_ms, patient_id)
         VALUES ((SELECT id FROM studies WHERE study_instance_uid = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            study,
            identity.sop_instance_uid,
            whole.sha256,
            whole.bytes as i64,
            file.to_str(),
            sender,
            whole.receive_ms,
            received.unix_ms(),
            identity.patient_id
        ],
    )?;
    Ok(ImageId(change.last_insert_rowid()))
}

/// Where an image lies, below the archive.
fn name(whole: &Whole, source: Source) -> PathBuf {
    let ending = match source {
        Source::Dicom => "dcm",
        Source::Jpeg => "jpg",
        Source::Png => "png",
    };
    below(FILMS, &whole.sha256, ending)
}

/// Files are spread over folders by the beginning of their hash, so that no folder grows long.
pub(super) fn below(folder: &str, sha256: &str, ending: &str) -> PathBuf {
    Path::new(folder).join(&sha256[..2]).join(format!("{sha256}.{ending}"))
}
