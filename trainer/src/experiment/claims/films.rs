//! The films of a target over all folds, and figures of what models say of them.

use fieldray_common::metrics::{Interval, Scored, auroc, bootstrap};

use super::super::Measured;
use crate::{
    data::folds::FOLDS,
    evaluate::{
        FilmResult,
        figures::{RESAMPLES, SEED},
    },
};

/// More than there are families in a fold.
const FAMILIES: u64 = 1 << 32;

/// Every film of a target once, in the fold that held it out. Runs over the same folds have the same films.
#[derive(Debug)]
pub(super) struct Films {
    /// The family of each film, and its place.
    families: Vec<(u64, usize)>,
    fold: Vec<usize>,
    abnormal: Vec<bool>,
}

/// What a model says of each of them.
pub(super) type Said = Vec<f64>;

impl Films {
    /// The films of these runs, one a fold.
    pub fn of(folds: &[Measured]) -> Self {
        let films = each(folds);
        Self {
            families: films.iter().enumerate().map(|(at, (_, family, _))| (*family, at)).collect(),
            fold: films.iter().map(|(fold, ..)| *fold).collect(),
            abnormal: films.iter().map(|(.., film)| film.abnormal).collect(),
        }
    }

    /// The AUROC of each fold, where both classes are among these films of it.
    pub fn folds(&self, places: &[usize], said: &Said) -> Vec<Option<f64>> {
        let mut scored: [Vec<Scored>; FOLDS] = Default::default();
        for &at in places {
            scored[self.fold[at]].push(Scored { abnormal: self.abnormal[at], probability: said[at] });
        }
        scored.iter().map(|films| auroc(films)).collect()
    }

    /// The mean of the folds that have a figure.
    pub fn auroc(&self, places: &[usize], said: &Said) -> Option<f64> {
        let there: Vec<f64> = self.folds(places, said).into_iter().flatten().collect();
        (!there.is_empty()).then(|| there.iter().sum::<f64>() / there.len() as f64)
    }

    /// A figure with its interval, by a bootstrap over families.
    pub fn interval(&self, figure: impl Fn(&[usize]) -> Option<f64>) -> Option<Interval> {
        bootstrap(&self.families, RESAMPLES, SEED, figure)
    }

    /// The places of all films.
    pub fn all(&self) -> Vec<usize> {
        (0..self.fold.len()).collect()
    }

    /// The places of the films of each fold.
    pub fn by_fold(&self) -> impl Iterator<Item = Vec<usize>> + '_ {
        (0..FOLDS).map(|fold| self.all().into_iter().filter(|at| self.fold[*at] == fold).collect())
    }
}

/// Each film with its fold and a family of its own number over all folds, in the order of places.
pub(super) fn each(folds: &[Measured]) -> Vec<(usize, u64, &FilmResult)> {
    (folds.iter().enumerate())
        .flat_map(|(fold, run)| run.films.iter().map(move |film| (fold, film.family + fold as u64 * FAMILIES, film)))
        .collect()
}

/// What is said of all films, from what is said of each fold's.
pub(super) fn said(folds: &[Measured], of: impl Fn(&Measured) -> Said) -> Said {
    folds.iter().flat_map(of).collect()
}

/// What a model says of one fold's films.
pub(super) fn by(model: &str) -> impl Fn(&Measured) -> Said + '_ {
    move |run| match run.others.get(model) {
        Some(others) => others.clone(),
        // A film that got no probability would be lost to the figures: it counts as undecided.
        None => run.films.iter().map(|film| film.probability.unwrap_or(0.5)).collect(),
    }
}
