//! Comparing settings by cross-validation inside the training films.

use anyhow::{Context, Result, ensure};
use fieldray_common::metrics;
use indicatif::ProgressBar;
use ndarray::{Array2, Axis};

use super::labelled::{Labelled, each, scored};
use crate::{
    data::folds::{FOLDS, Fold, Folds},
    fuse::{
        fit::{Examples, Setting},
        fusion,
    },
    parallel,
    recipe::ClassifierKind,
};

/// Which films a classifier is fitted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pool {
    /// Those of all heads.
    All,
    /// Those of one head, by index.
    Own(usize),
}

impl Pool {
    /// The head whose films they are.
    pub fn head(self) -> Option<usize> {
        match self {
            Pool::All => None,
            Pool::Own(head) => Some(head),
        }
    }
}

/// A setting with the pool it is fitted to, and what it says of films it was not fitted to.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub kind: ClassifierKind,
    pub setting: Setting,
    pub pool: Pool,
    /// Its score of every training film of the pool, by a classifier that was fitted to other families; `NaN` elsewhere.
    scores: Vec<f64>,
}

impl Candidate {
    /// How well it ranks the training films at these places that count and that it scored.
    pub fn auroc(&self, training: &Labelled, places: &[usize]) -> Option<f64> {
        let judged: Vec<usize> =
            places.iter().copied().filter(|at| training.counts[*at] && !self.scores[*at].is_nan()).collect();
        let labels: Vec<bool> = judged.iter().map(|at| training.abnormal[*at]).collect();
        let scores: Vec<f64> = judged.iter().map(|at| self.scores[*at]).collect();
        metrics::auroc(&scored(&labels, &scores))
    }
}

/// The training films with a fusion fitted to each fold's share of them alone.
struct Fused {
    fold: Fold,
    rows: Array2<f64>,
}

/// Scores the training films by every setting of every kind, fitted to all of them and to those of each of the `own` heads. In each
/// fold everything is fitted anew to the fold's share: standardisation, components and classifier.
///
/// # Errors
/// Where the films are too few for the folds, or a fit fails.
pub(super) fn candidates(
    kinds: &[ClassifierKind],
    training: &Labelled,
    own: &[usize],
    components: Option<usize>,
    seed: u64,
    threads: usize,
) -> Result<Vec<Candidate>> {
    let folds = Folds::deal(&training.families, &training.strata());
    ensure!(
        folds.leave_both_classes(&training.abnormal),
        "{} training films cannot be cross-validated in {FOLDS} folds: a class has too few families; add films",
        training.count()
    );
    let hidden = ProgressBar::hidden();
    let every: Vec<Fold> = folds.each().collect();
    let fused = parallel::each(&every, threads, &hidden, |fold| {
        let fusion = fusion::fit(&training.features.select(Axis(0), &fold.fitted), components)?;
        Ok(Fused { fold: fold.clone(), rows: fusion::fuse(&fusion, &training.features) })
    })?;

    let has_enough = |head: &usize| {
        let places = training.places_of(Some(*head));
        let labels: Vec<bool> = places.iter().map(|at| training.abnormal[*at]).collect();
        folds.of(&places).leave_both_classes(&labels)
    };
    let pools = || [Pool::All].into_iter().chain(own.iter().copied().filter(has_enough).map(Pool::Own));
    let settings = kinds.iter().flat_map(|&kind| Setting::grid(kind).into_iter().map(move |setting| (kind, setting)));
    let wanted: Vec<(ClassifierKind, Setting, Pool)> =
        settings.flat_map(|(kind, setting)| pools().map(move |pool| (kind, setting, pool))).collect();
    parallel::each(&wanted, threads, &hidden, |&(kind, setting, pool)| {
        let scores = out_of_fold(&setting, pool, training, &fused, seed)
            .with_context(|| format!("{} with {setting}", kind.name()))?;
        Ok(Candidate { kind, setting, pool, scores })
    })
}

fn out_of_fold(setting: &Setting, pool: Pool, training: &Labelled, fused: &[Fused], seed: u64) -> Result<Vec<f64>> {
    let belongs = |at: &usize| pool.head().is_none_or(|head| training.heads[*at] == head);
    let mut scores = vec![f64::NAN; training.count()];
    for Fused { fold, rows } in fused {
        let fitted: Vec<usize> = fold.fitted.iter().copied().filter(belongs).collect();
        let labels = fitted.iter().map(|at| training.abnormal[*at]).collect();
        let classifier = setting.fit(&Examples::new(rows.select(Axis(0), &fitted), labels)?, seed)?;
        let judged: Vec<usize> = fold.judged.iter().copied().filter(belongs).collect();
        let said = each(&rows.select(Axis(0), &judged), |row| classifier.score(row));
        judged.iter().zip(said).for_each(|(at, score)| scores[*at] = score);
    }
    Ok(scores)
}
