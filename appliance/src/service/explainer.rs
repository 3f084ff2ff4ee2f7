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
use super::screener::LIME_SAMPLES;
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
    /// It could not be had.
    Failed(ImageId),
}

/// The thread, as others see it.
pub(super) struct Explainer {
    asked: Sender<Wish>,
    gate: Arc<Gate>,
}

/// What is asked for, and the number of the request: the same may be asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wish {
    image: ImageId,
    number: u64,
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
    /// What is asked for; anything else that is being explained ends.
    wanted: Option<Wish>,
    /// How often something was.
    asked: u64,
}

impl Explainer {
    /// Starts the thread; `tell` is told what becomes of what it is asked.
    pub fn start(
        model: Arc<Model>,
        results: Arc<Results>,
        tell: impl Fn(Explaining) + Send + Sync + 'static,
    ) -> Result<Self> {
        let (asked, to_explain) = mpsc::channel::<Wish>();
        let gate = Arc::new(Gate::default());
        thread::Builder::new().name("explaining".into()).spawn({
            let gate = Arc::clone(&gate);
            move || {
                for wish in to_explain {
                    // Strangers' films pass through it: should it fall over one, only this explanation is lost.
                    let explained = catch_unwind(AssertUnwindSafe(|| explain(wish, &model, &results, &gate, &tell)));
                    match explained {
                        Ok(Ok(())) => tell(Explaining::Done(wish.image)),
                        // Whoever ended it knows.
                        _ if !gate.wants(wish) => {}
                        Ok(Err(failed)) => {
                            error!(image = %wish.image, error = format!("{failed:#}"), "an answer cannot be explained");
                            tell(Explaining::Failed(wish.image));
                        }
                        Err(_) => tell(Explaining::Failed(wish.image)),
                    }
                }
            }
        })?;
        Ok(Self { asked, gate })
    }

    /// Explains an answer, in place of any other.
    pub fn explain(&self, image: ImageId) {
        let wish = self.gate.change(|way| {
            way.asked += 1;
            *way.wanted.insert(Wish { image, number: way.asked })
        });
        // Nobody is there any more only when the program ends.
        let _ = self.asked.send(wish);
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
    fn change<T>(&self, change: impl FnOnce(&mut Way) -> T) -> T {
        let changed = change(&mut self.way.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
        changed
    }

    fn wants(&self, wish: Wish) -> bool {
        self.way.lock().unwrap_or_else(PoisonError::into_inner).wanted == Some(wish)
    }

    /// Waits as long as explaining is held up; says whether this is still wanted.
    fn pass(&self, wish: Wish) -> ControlFlow<()> {
        let way = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        let way = self.changed.wait_while(way, |way| way.held && way.wanted == Some(wish));
        match way.unwrap_or_else(PoisonError::into_inner).wanted == Some(wish) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}

fn explain(
    wish: Wish,
    model: &Model,
    results: &Results,
    gate: &Gate,
    tell: &(impl Fn(Explaining) + Sync),
) -> Result<()> {
    let image = wish.image;
    let shown = results.get(image).context("it has no answer")?;
    let path = shown.kept.film.clone().context("its film was removed to make room")?;
    let screened = &shown.kept.screened;
    let named = screened.region.as_ref().filter(|_| screened.region_source == Some(RegionSource::Given));
    let head = named.and_then(|name| model.heads().iter().position(|head| head.name == *name));
    ensure!(gate.pass(wish).is_continue(), "it is not wanted any more");
    let mut act = Act::on_file(model, &path, head)?;
    let steps = AtomicU32::new(0);
    let before_each = || {
        let done = steps.fetch_add(1, Ordering::Relaxed);
        if done.is_multiple_of(STEPS) {
            tell(Explaining::Came(image, done));
        }
        gate.pass(wish)
    };
    let threads = thread::available_parallelism().map_or(1, Into::into);
    act.explain_by_lime(model, Effort { samples: LIME_SAMPLES as usize, threads, before_each: &before_each })?;
    let peak = act.screening.heatmap.as_ref().and_then(Heatmap::peak_share);
    let heated = FilmPictures::of(&act).and_then(|pictures| pictures.heated).context("no classifier ran")?;
    results.explain(shown, heated, peak);
    info!(%image, "explained");
    Ok(())
}
