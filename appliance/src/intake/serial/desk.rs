//! What the box does with what a line brings: its part of the link's protocol.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use fieldray_common::link::{
    Answer, Installation, Introduction, Kind, Models, Offer, Outcome, PROTOCOL, Reception, Start, Text,
};
use sha2::{Digest, Sha256};
use tracing::{info, warn};

use super::Nameplate;
use super::bundle::{BundleComing, HeadComing};
use super::partial::{Partial, Partials};
use crate::archive::{Answered, BoxId, Copy, Incoming, Refusal};
use crate::hex::hex;
use crate::intake::{HEADER_BYTES, Intake, TOO_LARGE, identity};
use crate::models::Change;
use crate::update::Installer;

/// While a film comes, that is told again so often.
const TELL: Duration = Duration::from_secs(5);

/// After so long the models are looked at again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// The disk is asked for room whenever so much more has come.
const LOOK_BYTES: u64 = 1 << 18;

/// The desk at which one line ends.
pub(super) struct Desk {
    pub intake: Intake,
    pub installer: Arc<Installer>,
    pub nameplate: Nameplate,
    pub partials: Partials,
    /// Largest film.
    pub most_bytes: u64,
    /// What the audit log calls the line.
    pub sender: String,
    pub coming: Option<Coming>,
    /// What the bundle changes whose head was taken last.
    pub foreseen: Vec<Change>,
    /// How long that bundle is; 0 where none was taken.
    pub foreseen_bytes: u64,
    /// The files of the bundle that was active then.
    pub files: Vec<[u8; 32]>,
    /// What was told of the models, and when: a question that comes again is not worth another look at all of them.
    pub told_models: Option<(Instant, Models)>,
}

/// What is on its way.
pub(super) enum Coming {
    Film(Box<FilmComing>),
    Bundle(BundleComing),
    Head(HeadComing),
}

/// A film that is on its way.
pub(super) struct FilmComing {
    sha256: String,
    partial: Partial,
    /// Where it is put together when it is whole; begun with it, so that the time it took is known.
    incoming: Incoming,
    told: Instant,
}

/// Why a film that came whole was not taken in.
enum Ending {
    Damaged,
    NoFilm,
    Disk(io::Error),
    /// Told already.
    Refused(Refusal),
}

impl From<io::Error> for Ending {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl Reception for Desk {
    fn introduction(&mut self) -> Introduction {
        let Nameplate { name, bundle, bundle_sha256 } = &self.nameplate;
        Introduction {
            protocol: PROTOCOL,
            name: name.as_str().into(),
            software: env!("CARGO_PKG_VERSION").into(),
            bundle: bundle.as_str().into(),
            bundle_sha256: *bundle_sha256,
            free_bytes: self.intake.archive.free_bytes(),
        }
    }

    fn offered(&mut self, offer: &Offer) -> Start {
        self.coming = None;
        match (offer.kind, offer.bytes) {
            (_, 0) => Start::Over(self.refuse(&"the file is empty")),
            (Kind::Film, bytes) if bytes > self.most_bytes => Start::Over(self.refuse(&TOO_LARGE)),
            (Kind::Film, _) => self.begin(offer).unwrap_or_else(|refusal| Start::Over(said(&refusal))),
            (Kind::Bundle, _) => self.begin_bundle(offer).unwrap_or_else(Start::Over),
            (Kind::Head, _) => self.begin_head(offer).unwrap_or_else(Start::Over),
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        match &mut self.coming {
            Some(Coming::Film(_)) => self.take_film(bytes),
            Some(Coming::Bundle(_)) => self.take_bundle(bytes),
            Some(Coming::Head(coming)) => coming.take(bytes),
            None => Err(Outcome::Damaged),
        }
    }

    fn whole(&mut self) -> Outcome {
        match self.coming.take() {
            Some(Coming::Film(coming)) => self.whole_film(*coming),
            Some(Coming::Bundle(coming)) => self.whole_bundle(coming),
            Some(Coming::Head(coming)) => self.whole_head(&coming),
            None => Outcome::Damaged,
        }
    }

    fn answer(&mut self, image: u64) -> Answer {
        match self.intake.archive.answered(image) {
            Ok(Answered::NoImage) => Answer::NoImage,
            Ok(Answered::Given { decision, probability, reason }) => {
                Answer::Given { decision: decision.as_str().into(), probability, reason: reason.as_str().into() }
            }
            Ok(Answered::Waiting) => Answer::Waiting,
            Err(error) => {
                warn!(%error, "the archive cannot be read");
                Answer::Waiting
            }
        }
    }

    fn models(&mut self) -> Models {
        match &self.told_models {
            Some((when, models)) if when.elapsed() < LOOK_AGAIN => models.clone(),
            _ => {
                let models = self.installer.models();
                self.told_models = Some((Instant::now(), models.clone()));
                models
            }
        }
    }

    fn change(&mut self, number: u16) -> Text {
        let change = self.foreseen.get(usize::from(number)).map(ToString::to_string);
        change.unwrap_or_default().as_str().into()
    }

    fn installation(&mut self, sha256: &[u8; 32]) -> Installation {
        self.installation_of(&hex(sha256))
    }

    fn files(&mut self) -> Vec<[u8; 32]> {
        self.files.clone()
    }

    fn identity(&mut self) -> Text {
        let id = self.intake.archive.secret().map(|secret| BoxId::from(secret).to_string());
        // A laptop that hears none goes by the name.
        id.unwrap_or_default().as_str().into()
    }
}

impl Desk {
    fn begin(&mut self, offer: &Offer) -> Result<Start, Refusal> {
        let sha256 = hex(&offer.sha256);
        if let Some(image) = self.intake.known(&sha256, &self.sender)? {
            return Ok(Start::Over(Outcome::Known { image: image.number() }));
        }
        if !self.intake.archive.has_room_for(offer.bytes) {
            self.intake.refuse(&self.sender, &Refusal::Full);
            return Err(Refusal::Full);
        }
        let incoming = self.intake.begin(&self.sender)?;
        let resumed = self.partials.resume(&sha256, offer.bytes).map_err(Refusal::from);
        let partial = resumed.inspect_err(|refusal| self.intake.refuse(&self.sender, refusal))?;
        let at = partial.bytes();
        info!(sender = self.sender, sha256, bytes = offer.bytes, at, "a film comes");
        self.coming = Some(Coming::Film(Box::new(FilmComing { sha256, partial, incoming, told: Instant::now() })));
        Ok(Start::At(at))
    }

    fn take_film(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        let Some(Coming::Film(coming)) = &mut self.coming else { return Err(Outcome::Damaged) };
        let looked = coming.partial.bytes() / LOOK_BYTES;
        let added = coming.partial.add(bytes).map_err(Refusal::from).and_then(|()| {
            let looks = coming.partial.bytes() / LOOK_BYTES > looked;
            if looks && !self.intake.archive.has_room() { Err(Refusal::Full) } else { Ok(()) }
        });
        if coming.told.elapsed() > TELL {
            coming.told = Instant::now();
            self.intake.goes_on(&self.sender);
        }
        added.map_err(|refusal| {
            if let Some(Coming::Film(coming)) = self.coming.take() {
                coming.partial.forget();
            }
            self.refuse(&refusal)
        })
    }

    fn whole_film(&mut self, coming: FilmComing) -> Outcome {
        let FilmComing { sha256, partial, incoming, .. } = coming;
        let outcome = match self.admit(&sha256, &partial, incoming) {
            Ok(outcome) => outcome,
            Err(Ending::Damaged) => {
                warn!(sender = self.sender, sha256, "what came is not what was announced");
                Outcome::Damaged
            }
            Err(Ending::NoFilm) => self.refuse(&"it is neither DICOM, JPEG nor PNG"),
            Err(Ending::Refused(conflict @ Refusal::Conflict(_))) => said(&conflict),
            // It is tried again another time, without being sent again.
            Err(Ending::Refused(refusal)) => return said(&refusal),
            Err(Ending::Disk(error)) => return self.refuse(&Refusal::from(error)),
        };
        partial.forget();
        outcome
    }

    /// Puts the film together and takes it in by the one door.
    fn admit(&self, sha256: &str, partial: &Partial, mut incoming: Incoming) -> Result<Outcome, Ending> {
        let (mut content, mut hash) = (partial.content()?, Sha256::new());
        let mut piece = vec![0; 1 << 16];
        loop {
            let length = content.read(&mut piece)?;
            let Some(bytes) = piece.get(..length).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            incoming.write_all(bytes)?;
        }
        if hex(&hash.finalize()) != sha256 {
            return Err(Ending::Damaged);
        }
        let identity = identity(&incoming.start(HEADER_BYTES)?).ok_or(Ending::NoFilm)?;
        let admission = self.intake.take(incoming, &identity, &self.sender).map_err(Ending::Refused)?;
        let image = admission.image.number();
        Ok(match admission.copy {
            Copy::First => Outcome::Kept { image },
            Copy::Again => Outcome::Known { image },
        })
    }

    fn refuse(&self, reason: &impl ToString) -> Outcome {
        self.intake.refuse(&self.sender, reason);
        said(reason)
    }
}

pub(super) fn said(reason: &impl ToString) -> Outcome {
    Outcome::Refused { reason: Text::from(reason.to_string().as_str()) }
}
