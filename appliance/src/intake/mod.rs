//! Intake: how films come in, whichever way they come.

pub mod dicom;
mod file;
pub mod folder;
mod lookout;
pub mod serial;
pub mod stick;

pub use lookout::Lookout;

use std::sync::Arc;

use fieldray_common::radiograph::Source;
use fieldray_common::read::{self, Accept, dicom_facts};
use tracing::{error, info, warn};

use crate::archive::{Admission, Archive, Copy, Identity, ImageId, Incoming, Refusal};
use crate::log::{AuditLog, Deed, Image};

/// So many bytes of a film hold all that says whose and what it is.
const HEADER_BYTES: u64 = 1 << 20;

/// What is said of a film that has more bytes than any may have.
const TOO_LARGE: &str = "the film is larger than is allowed; see film_mb in the settings";

/// What a film that begins with these bytes says of itself; `None` for what is no film.
fn identity(start: &[u8]) -> Option<Identity> {
    Some(match read::format(start)? {
        // One that does not say what it is gets its answer by its content.
        Source::Dicom => {
            dicom_facts(start, Accept::AnyModality).map(|facts| Identity::from(&facts)).unwrap_or_default()
        }
        source @ (Source::Jpeg | Source::Png) => Identity { source, ..Identity::default() },
    })
}

/// What comes in, told to whoever screens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrival {
    /// The first bytes of a film from this sender.
    Begun(String),
    /// A film that is kept and waits for its answer.
    Kept(ImageId),
    /// A film that was here before.
    Again(ImageId),
    /// A film that was not taken in, because the archive is full.
    Full,
    /// A film that was not taken in for another reason.
    Refused,
}

/// The one door: every film passes it, is kept, written into the audit log and told of, in this order.
#[derive(Clone)]
pub struct Intake {
    archive: Arc<Archive>,
    log: Arc<AuditLog>,
    tell: Arc<dyn Fn(Arrival) + Send + Sync>,
}

impl Intake {
    /// The door of an archive; `tell` is called with everything that comes.
    pub fn new(archive: Arc<Archive>, log: Arc<AuditLog>, tell: impl Fn(Arrival) + Send + Sync + 'static) -> Self {
        Self { archive, log, tell: Arc::new(tell) }
    }

    /// The beginning of a film.
    ///
    /// # Errors
    /// [`Refusal::Full`] where it would be received for nothing.
    pub fn begin(&self, sender: &str) -> Result<Incoming, Refusal> {
        (self.tell)(Arrival::Begun(sender.to_owned()));
        let begun = match self.archive.has_room() {
            true => self.archive.receive().map_err(Refusal::from),
            false => Err(Refusal::Full),
        };
        begun.inspect_err(|refusal| self.refuse(sender, refusal))
    }

    /// More of the film that was begun has come.
    fn goes_on(&self, sender: &str) {
        (self.tell)(Arrival::Begun(sender.to_owned()));
    }

    /// The film with this SHA-256, where it was taken in before: then it need not come again.
    fn known(&self, sha256: &str, sender: &str) -> Result<Option<ImageId>, Refusal> {
        let Some((known, image)) = self.archive.find(sha256)? else { return Ok(None) };
        info!(sender, sop_instance = image.sop_instance, sha256, copy = ?Copy::Again, "received");
        self.log.add(sender, Deed::ReceivedAgain(image))?;
        (self.tell)(Arrival::Again(known));
        Ok(Some(known))
    }

    /// Takes in a film that was received whole. When this returns an admission, the sender may be told so.
    pub fn take(&self, incoming: Incoming, identity: &Identity, sender: &str) -> Result<Admission, Refusal> {
        let admission =
            self.archive.admit(incoming, identity, sender).inspect_err(|refusal| self.refuse(sender, refusal))?;
        let image = Image { sop_instance: identity.sop_instance_uid.clone(), sha256: admission.sha256.clone() };
        info!(sender, sop_instance = image.sop_instance, sha256 = image.sha256, copy = ?admission.copy, "received");
        let (deed, arrival) = match admission.copy {
            Copy::First => (Deed::Received(image), Arrival::Kept(admission.image)),
            Copy::Again => (Deed::ReceivedAgain(image), Arrival::Again(admission.image)),
        };
        // The film is kept, and answered, whether or not this can be written; but its sender is told only of what was written down.
        let written = self.log.add(sender, deed);
        (self.tell)(arrival);
        written.map_err(Refusal::from)?;
        Ok(admission)
    }

    /// Writes down that a film was not taken in.
    pub fn refuse(&self, sender: &str, reason: &impl ToString) {
        let reason = reason.to_string();
        warn!(sender, reason, "refused");
        if let Err(error) = self.log.add(sender, Deed::Refused { reason }) {
            error!(%error, "the audit log cannot be written");
        }
        (self.tell)(if self.archive.is_full() { Arrival::Full } else { Arrival::Refused });
    }
}
