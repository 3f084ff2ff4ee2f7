//! The thread that keeps answers: into the archive, into memory for the display, into the audit log.

use std::sync::Arc;

use fieldray_common::screening::Model;
use tracing::{error, info};

use super::results::{Results, Seen};
use super::screener::Decided;
use super::state::Task;
use super::{AT_DISPLAY, WHO};
use crate::archive::{Answer, AnswerError, Archive, ImageId, StagesMs, Waiting};
use crate::log::{AuditLog, Deed, Image};
use crate::output::Document;
use crate::screening::{FilmPictures, png};

/// An image has its answer, and it is kept; the audit log does not know of it yet.
pub(super) struct Done {
    /// Which image.
    pub image: ImageId,
    named: Option<Deed>,
    screened: Deed,
}

/// Whoever keeps answers.
pub(super) struct Keeper {
    pub archive: Arc<Archive>,
    pub log: Arc<AuditLog>,
    pub model: Arc<Model>,
    pub bundle_sha256: String,
    /// What of every answer is sent on.
    pub send: Vec<Document>,
    pub results: Arc<Results>,
}

impl Keeper {
    /// Keeps an answer; `None` where the image has one already. What was done is to be given to [`log`](Self::log), which need not be waited
    /// for before the answer is shown.
    ///
    /// # Errors
    /// In one sentence, where the answer could not be kept.
    pub fn keep(&self, decided: Decided) -> Result<Option<Done>, String> {
        let Decided { task, waiting, wait_ms, screening, refusal, elapsed_ms, plain, input_kind, account } = decided;
        let pictures = plain.map(|plain| FilmPictures::over(plain, screening.heatmap.as_ref()));
        let answer = Answer {
            decision: screening.decision,
            probability: screening.probability,
            reason: screening.reason.to_string(),
            region: screening.region.map(|choice| (choice.name, choice.source)),
            input_kind,
            operating_point: screening.operating_point,
            heatmap_png: pictures.as_ref().and_then(|pictures| png(pictures.heated.as_ref()?).ok()),
            send: self.to_send(&waiting, pictures.is_some()),
            bundle: self.model.manifest().id(),
            bundle_sha256: self.bundle_sha256.clone(),
            elapsed_ms: StagesMs { receive: waiting.receive_ms, wait: wait_ms, screening: elapsed_ms },
            account,
        };
        let kept = match task.region {
            None => self.archive.answer(&waiting, &answer),
            Some(_) => self.archive.answer_again(&waiting, &answer),
        };
        match kept {
            Ok(_) => {}
            Err(AnswerError::Answered) => return Ok(None),
            Err(error) => return Err(error.to_string()),
        }
        self.results.put(task.image, Seen { refusal, pictures });
        Ok(Some(self.done(task, waiting, &answer)))
    }

    /// What is to be sent on of an answer: nothing of a film that belongs to no study, no picture where there is none.
    fn to_send(&self, waiting: &Waiting, pictured: bool) -> Vec<Document> {
        let possible = |document: &Document| match document {
            Document::Sr => waiting.sop_instance_uid.is_some(),
            Document::Sc => waiting.sop_instance_uid.is_some() && pictured,
        };
        self.send.iter().copied().filter(possible).collect()
    }

    fn done(&self, task: Task, waiting: Waiting, answer: &Answer) -> Done {
        let image = Image { sop_instance: waiting.sop_instance_uid, sha256: waiting.sha256 };
        info!(
            sop_instance = image.sop_instance,
            sha256 = image.sha256,
            decision = %answer.decision,
            probability = answer.probability,
            reason = answer.reason,
            "screened"
        );
        let region = |head: usize| self.model.heads()[head].name.clone();
        let named = task.region.map(|head| Deed::RegionNamed { image: image.clone(), region: region(head) });
        Done { image: task.image, named, screened: Deed::Screened { image, decision: answer.decision.to_string() } }
    }

    /// Writes down in the audit log what was done. The answer is kept: the next start writes the lines that could not be written.
    pub fn log(&self, done: Done) {
        for (who, deed) in done.named.map(|named| (AT_DISPLAY, named)).into_iter().chain([(WHO, done.screened)]) {
            if let Err(error) = self.log.add(who, deed) {
                error!(%error, "the audit log cannot be written");
            }
        }
    }
}
