//! A bundle that comes over the line: its head first, which says whether the rest is wanted, then all of it, into the folder of parts and
//! from there to the [`Installer`](crate::update::Installer).

use std::io::{self, Read};

use fieldray_common::link::{Installation, Offer, Outcome, Start};
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use super::desk::{Coming, Desk, said};
use super::partial::Partial;
use crate::hex::hex;
use crate::models::Refusal;
use crate::update::{Package, Progress};

/// A longer head is none.
const HEAD_BYTES: u64 = 1 << 20;

/// So much is read at a time.
const PIECE_BYTES: usize = 1 << 20;

/// The disk is asked for room whenever so much more has come.
const LOOK_BYTES: u64 = 1 << 20;

/// A bundle that is on its way.
pub(super) struct BundleComing {
    sha256: String,
    partial: Partial,
    /// How much is sent of it in all.
    sent_bytes: u64,
    /// How long it is, as far as is known before it is there.
    bundle_bytes: u64,
}

/// A head that is on its way.
pub(super) struct HeadComing {
    sha256: [u8; 32],
    bytes: Vec<u8>,
}

impl HeadComing {
    pub fn take(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        self.bytes.extend(bytes);
        Ok(())
    }
}

impl Desk {
    /// # Errors
    /// With the outcome, where the bundle need not come, or may not.
    pub fn begin_bundle(&mut self, offer: &Offer) -> Result<Start, Outcome> {
        let sha256 = hex(&offer.sha256);
        if let Some(Progress::Running(..) | Progress::Installed(..)) = self.installer.progress(&sha256) {
            return Err(Outcome::Installing);
        }
        self.installer.expect(&sha256).map_err(|refusal| said(&refusal))?;
        let partial = self.partials.resume(&sha256, offer.bytes).map_err(|error| said(&Refusal::from(error)))?;
        let at = partial.bytes();
        let bundle_bytes = self.foreseen_bytes.max(offer.bytes);
        let coming = BundleComing { sha256, partial, sent_bytes: offer.bytes, bundle_bytes };
        let coming = self.with_room(coming)?;
        info!(sender = self.sender, sha256 = coming.sha256, bytes = offer.bytes, at, "a bundle comes");
        self.coming = Some(Coming::Bundle(coming));
        Ok(Start::At(at))
    }

    pub fn take_bundle(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        let Some(Coming::Bundle(mut coming)) = self.coming.take() else { return Err(Outcome::Damaged) };
        let looked = coming.partial.bytes() / LOOK_BYTES;
        coming.partial.add(bytes).map_err(|error| said(&Refusal::from(error)))?;
        if coming.partial.bytes() / LOOK_BYTES > looked {
            coming = self.with_room(coming)?;
        }
        self.coming = Some(Coming::Bundle(coming));
        Ok(())
    }

    /// What is coming, where there is room for the rest of it; what is there of it is given up where there is none. Reviewed studies
    /// make place for what comes next only: who announces much has not sent it yet.
    fn with_room(&self, coming: BundleComing) -> Result<BundleComing, Outcome> {
        let to_come = coming.sent_bytes.saturating_sub(coming.partial.bytes());
        let room = self.installer.has_room_for(coming.bundle_bytes, to_come);
        match room.and_then(|()| self.installer.make_room_for(to_come.min(LOOK_BYTES))) {
            Ok(()) => Ok(coming),
            Err(refusal) => {
                coming.partial.forget();
                Err(said(&refusal))
            }
        }
    }

    pub fn whole_bundle(&mut self, coming: BundleComing) -> Outcome {
        let BundleComing { sha256, partial, .. } = coming;
        let whole = partial.bytes();
        let content = match partial.content() {
            Ok(content) => content,
            Err(error) => return said(&Refusal::from(error)),
        };
        match hash(&content) {
            Ok(found) if found == sha256 => {}
            Ok(_) => {
                warn!(sender = self.sender, sha256, "what came is not what was announced");
                partial.forget();
                return Outcome::Damaged;
            }
            Err(error) => return said(&Refusal::from(error)),
        }
        let read = move |told: &mut dyn FnMut(u64, u64)| {
            let (mut content, mut bytes) = (partial.content()?, Vec::new());
            while content.by_ref().take(PIECE_BYTES as u64).read_to_end(&mut bytes)? > 0 {
                told(bytes.len() as u64, whole);
            }
            Ok(bytes)
        };
        let over = self.partials.forgetting(&sha256);
        let package = Package { sha256, who: self.sender.clone(), read: Box::new(read), over: Box::new(over) };
        match self.installer.begin(package) {
            Ok(()) => Outcome::Installing,
            Err(refusal) => said(&refusal),
        }
    }

    /// # Errors
    /// With the outcome, where it is none.
    pub fn begin_head(&mut self, offer: &Offer) -> Result<Start, Outcome> {
        if offer.bytes > HEAD_BYTES {
            return Err(said(&"the head of the bundle is longer than any; ask who made it"));
        }
        self.foreseen.clear();
        self.foreseen_bytes = 0;
        self.coming = Some(Coming::Head(HeadComing { sha256: offer.sha256, bytes: Vec::new() }));
        Ok(Start::At(0))
    }

    pub fn whole_head(&mut self, coming: &HeadComing) -> Outcome {
        if Sha256::digest(&coming.bytes)[..] != coming.sha256 {
            return Outcome::Damaged;
        }
        match self.installer.foresee(&coming.bytes) {
            Ok((proposal, bundle_bytes)) => {
                (self.foreseen, self.foreseen_bytes) = (proposal.changes, bundle_bytes);
                self.files = self.installer.files();
                let changes = u16::try_from(self.foreseen.len()).unwrap_or(u16::MAX);
                Outcome::Welcome { changes, signer: proposal.signer.as_str().into() }
            }
            Err(refusal) => said(&refusal),
        }
    }

    pub fn installation_of(&self, sha256: &str) -> Installation {
        match self.installer.progress(sha256) {
            None => Installation::Unknown,
            Some(Progress::Running(phase, done, of)) => Installation::Running { phase, done, of },
            Some(Progress::Installed(slot, agreement)) => Installation::Installed {
                slot: slot.name().into(),
                films: u32::try_from(agreement.films).unwrap_or(u32::MAX),
                largest_difference: agreement.largest_difference,
            },
            Some(Progress::Refused(reason)) => Installation::Refused { reason: reason.as_str().into() },
        }
    }
}

/// The SHA-256 of a file, in hexadecimal.
fn hash(mut content: impl Read) -> io::Result<String> {
    let (mut hash, mut piece) = (Sha256::new(), vec![0; PIECE_BYTES]);
    loop {
        let length = content.read(&mut piece)?;
        let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
        hash.update(bytes);
    }
    Ok(hex(&hash.finalize()))
}
