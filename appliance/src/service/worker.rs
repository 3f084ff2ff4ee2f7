//! The one thread that screens: an image in, its answer into the archive, and what can be shown of it.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;
use fieldray_common::input_kind::InputKind;
use fieldray_common::screening::{Decision, Model, Reason, Screening, Stage};
use image::RgbImage;
use tracing::{error, info};

use super::results::{BeingRead, Results, Seen};
use super::state::Task;
use super::{AT_DISPLAY, WHO};
use crate::archive::{Account, Answer, AnswerError, Archive, ImageId, Records, StagesMs, Waiting};
use crate::clock::Timestamp;
use crate::log::{AuditLog, Deed, Image};
use crate::output::Document;
use crate::screening::{Act, Effort, ElapsedMs, FilmPictures, picture, png};

/// A film whose screening was begun so often and never ended is not tried again: it may be what ends the program. Power cuts count too.
const MOST_ATTEMPTS: u32 = 6;

/// How often LIME screens a film.
pub(super) const LIME_SAMPLES: u32 = 500;

/// An image has its answer, and it is kept; the audit log does not know of it yet.
pub(super) struct Done {
    /// Which image.
    pub image: ImageId,
    named: Option<Deed>,
    screened: Deed,
}

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
    pub results: Arc<Results>,
}

impl Worker {
    /// Screens an image and keeps its answer; `None` where it has one already. `reached` is told of the stages that take time.
    /// What was done is to be given to [`log`](Self::log), which need not be waited for before the answer is shown.
    ///
    /// # Errors
    /// In one sentence, where the answer could not be kept.
    pub fn screen(&self, task: Task, reached: &dyn Fn(Stage)) -> Result<Option<Done>, String> {
        let said = |error: rusqlite::Error| format!("the archive's database fails ({error}); check the disk");
        let waiting = match task.region {
            None => self.archive.begin(task.image),
            Some(_) => self.archive.begin_again(task.image),
        };
        let Some(waiting) = waiting.map_err(said)? else { return Ok(None) };
        let wait_ms = match task.region {
            None => Timestamp::now().unix_ms().saturating_sub(waiting.received.unix_ms()).max(0) as f64,
            Some(_) => 0.0,
        };
        let (mut act, plain) = self.act(&waiting, task.region, reached);
        self.results.reads(None);
        let input_kind = act.film.as_ref().map(|film| InputKind::of(film.facts()));
        let chosen = match (input_kind, &act.screening.region) {
            (Some(kind), Some(region)) => self.records.active(&region.name, kind, &self.bundle_sha256).map_err(said)?,
            _ => None,
        };
        if let Some(point) = chosen.as_ref().and_then(|chosen| chosen.point) {
            act.screening.decide_at(point);
        }
        let pictures = plain.map(|plain| FilmPictures::over(plain, &act));
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
            account: Account {
                point_chosen: chosen.map(|chosen| format!("{}, {}", chosen.by, chosen.at.day())),
                ..Self::account(&act)
            },
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
        self.results.put(task.image, Seen { refusal: act.refusal, pictures });
        Ok(Some(self.done(task, waiting, &answer)))
    }

    /// The screening itself. Whatever goes wrong with it is an answer, too: a person should look.
    fn act(&self, waiting: &Waiting, region: Option<usize>, reached: &dyn Fn(Stage)) -> (Act, Option<Arc<RgbImage>>) {
        if waiting.attempts >= MOST_ATTEMPTS {
            return declined("the program ended again and again over this film; a person should read it");
        }
        if !self.trusted.load(Ordering::Relaxed) {
            return declined("the box failed its self-check; a person should read this film");
        }
        match catch_unwind(AssertUnwindSafe(|| self.explained(waiting, region, reached))) {
            Ok(Ok(act_and_picture)) => act_and_picture,
            Ok(Err(error)) => {
                error!(sha256 = waiting.sha256, error = format!("{error:#}"), "the model failed");
                declined("the model failed on this film; a person should read it")
            }
            Err(_) => declined("the program failed on this film; a person should read it"),
        }
    }

    /// The act and the picture of its film.
    fn explained(
        &self,
        waiting: &Waiting,
        region: Option<usize>,
        reached: &dyn Fn(Stage),
    ) -> Result<(Act, Option<Arc<RgbImage>>)> {
        let mut pictured = None;
        let mut act =
            Act::on_file_watched(&self.model, &waiting.path, region, &mut |stage, film| match (stage, film) {
                (Stage::Read, Some(film)) => {
                    let plain = picture(film);
                    pictured = Some(Arc::clone(&plain));
                    let patient = film.facts().patient_id.clone();
                    self.results.reads(Some(BeingRead { image: waiting.image, patient, plain }));
                    reached(Stage::Prepare);
                }
                (Stage::Prepare, _) => reached(Stage::Network),
                // What follows takes less time than showing it.
                _ => {}
            })?;
        if act.lacks_heatmap() {
            reached(Stage::Explain);
            let threads = thread::available_parallelism().map_or(1, Into::into);
            let before_each = || ControlFlow::Continue(());
            act.explain_by_lime(
                &self.model,
                Effort { samples: LIME_SAMPLES as usize, threads, before_each: &before_each },
            )?;
        }
        Ok((act, pictured))
    }

    /// What is to be sent on of an answer: nothing of a film that belongs to no study, no picture where there is none.
    fn to_send(&self, waiting: &Waiting, pictured: bool) -> Vec<Document> {
        let possible = |document: &Document| match document {
            Document::Sr => waiting.sop_instance_uid.is_some(),
            Document::Sc => waiting.sop_instance_uid.is_some() && pictured,
        };
        self.send.iter().copied().filter(possible).collect()
    }

    /// What shows the answer of an act again.
    fn account(act: &Act) -> Account {
        let Screening { decision, reason, heatmap, .. } = &act.screening;
        let peak = heatmap.as_ref().and_then(|heatmap| heatmap.peak_share());
        let view = act.film.as_ref().map(|film| {
            let facts = film.facts();
            [&facts.view_position, &facts.laterality].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ")
        });
        Account {
            peak: peak.filter(|_| *decision == Decision::Abnormal),
            size_px: act.film.as_ref().map(|film| [film.width_px(), film.height_px()]),
            view: view.filter(|view| !view.is_empty()),
            times_limit: match reason {
                Reason::Unfamiliar { times_limit } => Some(*times_limit),
                _ => None,
            },
            heatmap_by: act.heatmap_by().map(str::to_owned),
            point_chosen: None,
        }
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

/// The act of a film that was not screened, and is referred to a person; without a picture.
fn declined(cause: &str) -> (Act, Option<Arc<RgbImage>>) {
    let screening = Screening { decision: Decision::Refer, ..Screening::unreadable(cause) };
    (Act { film: None, refusal: None, screening, lime: None, elapsed_ms: ElapsedMs::default() }, None)
}
