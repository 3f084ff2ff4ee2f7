//! The thread that explains an answer by LIME when a person asks for it. Screening goes before: while a film is screened, explaining waits
//! between two of its steps; and it can be ended there, too.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, ensure};
use fieldray_common::explain::Heatmap;
use fieldray_common::screening::{Model, RegionSource};
use tracing::{error, info};

use super::results::Results;
use super::worker::LIME_SAMPLES;
use crate::archive::ImageId;
use crate::screening::{Act, Effort, FilmPictures};

/// It is told of so many steps together: drawing each would take longer than the step.
const STEPS: u32 = 10;

/// What becomes of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Explaining {
    /// The film was screened so often.
    Came(ImageId, u32),
    /// It is there.
    Done(ImageId),
    /// It was ended, or failed.
    Ended(ImageId),
}

/// The thread, as others see it.
pub(super) struct Explainer {
    asked: Sender<ImageId>,
    gate: Arc<Gate>,
}

/// Where the explaining threads pass between two steps.
#[derive(Debug, Default)]
struct Gate {
    way: Mutex<Way>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Way {
    held: bool,
    /// What is asked for; another number than the one that is being explained ends it.
    wanted: Option<ImageId>,
}

impl Explainer {
    /// Starts the thread; `tell` is told what becomes of what it is asked.
    pub fn start(
        model: Arc<Model>,
        results: Arc<Results>,
        tell: impl Fn(Explaining) + Send + Sync + 'static,
    ) -> Result<Self> {
        let (asked, to_explain) = mpsc::channel::<ImageId>();
        let gate = Arc::new(Gate::default());
        thread::Builder::new().name("explaining".into()).spawn({
            let gate = Arc::clone(&gate);
            move || {
                for image in to_explain {
                    // Strangers' films pass through it: should it fall over one, only this explanation is lost.
                    let explained = catch_unwind(AssertUnwindSafe(|| explain(image, &model, &results, &gate, &tell)));
                    tell(match explained {
                        Ok(Ok(())) => Explaining::Done(image),
                        Ok(Err(_)) if !gate.wants(image) => Explaining::Ended(image),
                        Ok(Err(failed)) => {
                            error!(%image, error = format!("{failed:#}"), "an answer cannot be explained");
                            Explaining::Ended(image)
                        }
                        Err(_) => Explaining::Ended(image),
                    });
                }
            }
        })?;
        Ok(Self { asked, gate })
    }

    /// Explains an answer, in place of any other.
    pub fn explain(&self, image: ImageId) {
        self.gate.change(|way| way.wanted = Some(image));
        // Nobody is there any more only when the program ends.
        let _ = self.asked.send(image);
    }

    /// Ends what is being explained.
    pub fn cancel(&self) {
        self.gate.change(|way| way.wanted = None);
    }

    /// Waits between two steps until [`go_on`](Self::go_on).
    pub fn wait(&self) {
        self.gate.change(|way| way.held = true);
    }

    /// Goes on.
    pub fn go_on(&self) {
        self.gate.change(|way| way.held = false);
    }
}

impl Gate {
    fn change(&self, change: impl FnOnce(&mut Way)) {
        change(&mut self.way.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }

    fn wants(&self, image: ImageId) -> bool {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).wanted == Some(image)
    }

    /// Waits as long as explaining is held up; says whether this image is still to be explained.
    fn pass(&self, image: ImageId) -> ControlFlow<()> {
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        let way = self.changed.wait_while(way, |way| way.held && way.wanted == Some(image));
        match way.unwrap_or_else(PoisonError::into_inner).wanted == Some(image) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}

fn explain(
    image: ImageId,
    model: &Model,
    results: &Results,
    gate: &Gate,
    tell: &(impl Fn(Explaining) + Sync),
) -> Result<()> {
    let shown = results.get(image).context("it has no answer")?;
    let path = shown.kept.film.clone().context("its film was removed to make room")?;
    let named = shown.kept.line.region.as_ref().filter(|_| shown.kept.region_source == Some(RegionSource::Given));
    let head = named.and_then(|name| model.heads().iter().position(|head| head.name == *name));
    ensure!(gate.pass(image).is_continue(), "it is not wanted any more");
    let mut act = Act::on_file(model, &path, head)?;
    let steps = AtomicU32::new(0);
    let before_each = || {
        let done = steps.fetch_add(1, Ordering::Relaxed);
        if done % STEPS == 0 {
            tell(Explaining::Came(image, done));
        }
        gate.pass(image)
    };
    let threads = thread::available_parallelism().map_or(1, Into::into);
    act.explain_by_lime(model, Effort { samples: LIME_SAMPLES as usize, threads, before_each: &before_each })?;
    let peak = act.screening.heatmap.as_ref().and_then(Heatmap::peak_share);
    let heated = FilmPictures::of(&act).and_then(|pictures| pictures.heated).context("no classifier ran")?;
    results.explain(shown, heated, peak);
    info!(%image, "explained");
    Ok(())
}
