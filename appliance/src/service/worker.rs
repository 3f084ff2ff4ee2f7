//! The one thread that screens: an image in, its answer into the archive, and what can be shown of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;
use fieldray_common::input_kind::InputKind;
use fieldray_common::screening::{Decision, Model, Screening};
use tracing::{error, info};

use super::WHO;
use super::face::Shown;
use crate::archive::{Answer, AnswerError, Archive, ImageId, Records, StagesMs, Waiting};
use crate::clock::Timestamp;
use crate::log::{AuditLog, Deed, Image};
use crate::output::Document;
use crate::screening::{Act, Effort, ElapsedMs, FilmPictures, png};

/// A film whose screening was begun so often and never ended is not tried again: it may be what ends the program. Power cuts count too.
const MOST_ATTEMPTS: u32 = 6;

/// How often LIME screens a film whose classifier has no gradient.
const LIME_SAMPLES: usize = 500;

/// Whoever screens.
pub(super) struct Worker {
    pub archive: Arc<Archive>,
    pub records: Records,
    pub log: Arc<AuditLog>,
    pub model: Arc<Model>,
    pub bundle_sha256: String,
    /// Whether the model passed its last self-check.
    pub trusted: Arc<AtomicBool>,
    /// What of every answer is sent on.
    pub send: Vec<Document>,
}

impl Worker {
    /// Screens an image and keeps its answer; `None` where it has one already.
    ///
    /// # Errors
    /// In one sentence, where the answer could not be kept.
    pub fn screen(&self, image: ImageId) -> Result<Option<Arc<Shown>>, String> {
        let said = |error: rusqlite::Error| format!("the archive's database fails ({error}); check the disk");
        let Some(waiting) = self.archive.begin(image).map_err(said)? else { return Ok(None) };
        let wait_ms = Timestamp::now().unix_ms().saturating_sub(waiting.received.unix_ms()).max(0) as f64;
        let mut act = self.act(&waiting);
        let input_kind = act.film.as_ref().map(|film| InputKind::of(film.facts()));
        if let (Some(kind), Some(region)) = (input_kind, &act.screening.region)
            && let Some(point) = self.records.point(&region.name, kind, &self.bundle_sha256).map_err(said)?
        {
            act.screening.decide_at(point);
        }
        let pictures = FilmPictures::of(&act);
        let Act { screening, elapsed_ms, .. } = &act;
        let answer = Answer {
            decision: screening.decision,
            probability: screening.probability,
            reason: screening.reason.to_string(),
            region: screening.region.as_ref().map(|choice| (choice.name.clone(), choice.source)),
            input_kind,
            operating_point: screening.operating_point,
            heatmap_png: pictures.as_ref().and_then(|pictures| png(pictures.heated.as_ref()?).ok()),
            send: self.to_send(&waiting, pictures.is_some()),
            bundle: self.model.manifest().id(),
            bundle_sha256: self.bundle_sha256.clone(),
            elapsed_ms: StagesMs { receive: waiting.receive_ms, wait: wait_ms, screening: *elapsed_ms },
        };
        match self.archive.answer(&waiting, &answer) {
            Ok(_) => {}
            Err(AnswerError::Answered) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        }
        self.tell(&waiting, &answer);
        Ok(Some(Arc::new(Shown::new(image, waiting.received, act, pictures))))
    }

    /// The screening itself. Whatever goes wrong with it is an answer, too: a person should look.
    fn act(&self, waiting: &Waiting) -> Act {
        if waiting.attempts >= MOST_ATTEMPTS {
            return declined("the program ended again and again over this film; a person should read it");
        }
        if !self.trusted.load(Ordering::Relaxed) {
            return declined("the box failed its self-check; a person should read this film");
        }
        match catch_unwind(AssertUnwindSafe(|| self.explained(waiting))) {
            Ok(Ok(act)) => act,
            Ok(Err(error)) => {
                error!(sha256 = waiting.sha256, error = format!("{error:#}"), "the model failed");
                declined("the model failed on this film; a person should read it")
            }
            Err(_) => declined("the program failed on this film; a person should read it"),
        }
    }

    fn explained(&self, waiting: &Waiting) -> Result<Act> {
        let mut act = Act::on_file(&self.model, &waiting.path, None)?;
        if act.lacks_heatmap() {
            let threads = thread::available_parallelism().map_or(1, Into::into);
            act.explain_by_lime(&self.model, Effort { samples: LIME_SAMPLES, threads, done: &|| {} })?;
        }
        Ok(act)
    }

    /// What is to be sent on of an answer: nothing of a film that belongs to no study, no picture where there is none.
    fn to_send(&self, waiting: &Waiting, pictured: bool) -> Vec<Document> {
        let possible = |document: &Document| match document {
            Document::Sr => waiting.sop_instance_uid.is_some(),
            Document::Sc => waiting.sop_instance_uid.is_some() && pictured,
        };
        self.send.iter().copied().filter(possible).collect()
    }

    fn tell(&self, waiting: &Waiting, answer: &Answer) {
        let image = Image { sop_instance: waiting.sop_instance_uid.clone(), sha256: waiting.sha256.clone() };
        info!(
            sop_instance = image.sop_instance,
            sha256 = image.sha256,
            decision = %answer.decision,
            probability = answer.probability,
            reason = answer.reason,
            "screened"
        );
        // The answer is kept; the next start writes this line where it could not be.
        if let Err(error) = self.log.add(WHO, Deed::Screened { image, decision: answer.decision.to_string() }) {
            error!(%error, "the audit log cannot be written");
        }
    }
}

/// The act of a film that was not screened, and is referred to a person.
fn declined(cause: &str) -> Act {
    let screening = Screening { decision: Decision::Refer, ..Screening::unreadable(cause) };
    Act { film: None, refusal: None, screening, lime: None, elapsed_ms: ElapsedMs::default() }
}
