//! The thread that screens: an image in, and what it is to be answered. [`Keeper`](super::keeper::Keeper) keeps that, while the next is
//! screened.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::Result;
use fieldray_common::input_kind::InputKind;
use fieldray_common::read::ReadError;
use fieldray_common::screening::{Decision, Model, Reason, Screening, Stage};
use image::RgbImage;
use tracing::error;

use super::results::{BeingRead, Results};
use super::state::Task;
use crate::archive::{Account, Archive, Records, Waiting};
use crate::clock::Timestamp;
use crate::screening::{Act, Effort, ElapsedMs, picture};

/// A film whose screening was begun so often and never ended is not tried again: it may be what ends the program. Power cuts count too.
const MOST_ATTEMPTS: u32 = 6;

/// How often LIME screens a film.
pub(super) const LIME_SAMPLES: u32 = 500;

/// What an image is to be answered. The film itself is left behind, so that one at a time is in memory.
pub(super) struct Decided {
    /// What was asked for.
    pub task: Task,
    /// Which image.
    pub waiting: Waiting,
    /// From its last byte to the beginning of its screening.
    pub wait_ms: f64,
    /// What was decided.
    pub screening: Screening,
    /// Why it is no film that can be read, where it is none.
    pub refusal: Option<ReadError>,
    /// How long each stage took.
    pub elapsed_ms: ElapsedMs,
    /// The film's picture, where it could be read.
    pub plain: Option<Arc<RgbImage>>,
    /// What kind of image it came as, where it could be read.
    pub input_kind: Option<InputKind>,
    /// What shows the answer again.
    pub account: Account,
}

/// Whoever screens.
pub(super) struct Screener {
    pub archive: Arc<Archive>,
    pub records: Records,
    pub model: Arc<Model>,
    pub bundle_sha256: String,
    /// Whether the model passed its last self-check.
    pub trusted: Arc<AtomicBool>,
    pub results: Arc<Results>,
}

impl Screener {
    /// Screens an image; `None` where it has its answer already. `reached` is told of the stages that take time.
    ///
    /// # Errors
    /// In one sentence, where the archive fails.
    pub fn screen(&self, task: Task, reached: &dyn Fn(Stage)) -> Result<Option<Decided>, String> {
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
        let account = Account {
            point_chosen: chosen.map(|chosen| format!("{}, {}", chosen.by, chosen.at.day())),
            ..Self::account(&act)
        };
        let Act { screening, refusal, elapsed_ms, .. } = act;
        Ok(Some(Decided { task, waiting, wait_ms, screening, refusal, elapsed_ms, plain, input_kind, account }))
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
}

/// The act of a film that was not screened, and is referred to a person; without a picture.
fn declined(cause: &str) -> (Act, Option<Arc<RgbImage>>) {
    let screening = Screening { decision: Decision::Refer, ..Screening::unreadable(cause) };
    (Act { film: None, refusal: None, screening, lime: None, elapsed_ms: ElapsedMs::default() }, None)
}
