//! LIME on the box: one film screened again and again with parts of it hidden, over worker threads.

use std::ops::ControlFlow;
use std::thread;

use anyhow::Result;
use fieldray_common::explain::{Heatmap, Lime, Stability};
use fieldray_common::prepare::Prepared;
use fieldray_common::screening::Model;
use serde::Serialize;

use super::join;

/// Decides which parts are hidden: always the same, so that a film always gets the same answer.
const SEED: u64 = 0;

/// How much work one explanation may be.
#[derive(Clone, Copy)]
pub struct Effort<'a> {
    /// How often the film is screened, at least 2.
    pub samples: usize,
    /// Over how many threads, at least 1.
    pub threads: usize,
    /// Called on each thread before each of them: it may wait as long as it likes, and end the whole of it.
    pub before_each: &'a (dyn Fn() -> ControlFlow<()> + Sync),
}

/// It was ended before it had its answer.
#[derive(Debug, thiserror::Error)]
#[error("explaining was ended")]
struct Ended;

/// How LIME came to its heatmap, as it is written down. The field names are a contract with other programs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LimeAccount {
    /// How often the film was screened with parts of it hidden.
    samples: usize,
    /// Parts that the film was cut into.
    superpixels: usize,
    /// How much of the probability's variation the heatmap explains: weighted R squared, at most 1.
    score: f64,
    /// How far the answer depends on the samples.
    stability: Stability,
}

impl LimeAccount {
    /// Rank correlation of the answers from two halves of the samples; 1 is best.
    pub fn stability(&self) -> f64 {
        self.stability.rank_correlation
    }
}

/// The heatmap of what raises the probability that a head gives this film.
///
/// # Errors
/// Where the model fails, or the explaining was ended.
pub(super) fn explain(
    model: &Model,
    head: usize,
    film: &Prepared,
    effort: Effort<'_>,
) -> Result<(Heatmap, LimeAccount)> {
    let lime = Lime::plan(film, effort.samples, SEED);
    // One sample at a time on each thread: the engine is slower, not faster, on several at once.
    let share = |first: usize| {
        let mine = (first..lime.samples()).step_by(effort.threads);
        mine.map(|at| match (effort.before_each)() {
            ControlFlow::Continue(()) => Ok(model.probability(head, &lime.sample(at))?),
            ControlFlow::Break(()) => Err(Ended.into()),
        })
        .collect::<Result<Vec<_>>>()
    };
    let shares = thread::scope(|scope| {
        let workers: Vec<_> = (0..effort.threads).map(|first| scope.spawn(move || share(first))).collect();
        workers.into_iter().map(join).collect::<Result<Vec<_>, _>>()
    })?;
    let probabilities: Vec<f64> =
        (0..lime.samples()).map(|at| shares[at % effort.threads][at / effort.threads]).collect();
    let explanation = lime.explain(&probabilities)?;
    let account = LimeAccount {
        samples: lime.samples(),
        superpixels: lime.superpixels().count(),
        score: explanation.score,
        stability: explanation.stability,
    };
    Ok((Heatmap::of(explanation.evidence, film.placement), account))
}
