//! Films as classifiers see them.

use fieldray_common::metrics::Scored;
use ndarray::{Array1, Array2, Axis};

/// Rows of features with what is known of each film.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// Concatenated features, not yet fused (n x D).
    pub features: Array2<f64>,
    /// Whether each film is abnormal.
    pub abnormal: Vec<bool>,
    /// Each film's head, by index.
    pub heads: Vec<usize>,
    /// Each film's family: films that belong together.
    pub families: Vec<usize>,
    /// Whether each film counts when classifiers are compared; a phantom does not where there are real films.
    pub counts: Vec<bool>,
}

impl Labelled {
    /// How many films there are.
    pub fn count(&self) -> usize {
        self.abnormal.len()
    }

    /// The films at these places.
    pub fn at(&self, places: &[usize]) -> Self {
        Self {
            features: self.features.select(Axis(0), places),
            abnormal: places.iter().map(|at| self.abnormal[*at]).collect(),
            heads: places.iter().map(|at| self.heads[*at]).collect(),
            families: places.iter().map(|at| self.families[*at]).collect(),
            counts: places.iter().map(|at| self.counts[*at]).collect(),
        }
    }

    /// The places of the films of a head, or of all.
    pub(super) fn places_of(&self, head: Option<usize>) -> Vec<usize> {
        (0..self.count()).filter(|at| head.is_none_or(|head| self.heads[*at] == head)).collect()
    }

    /// What classifiers are spread evenly over: head, label, and whether the film counts.
    pub(super) fn strata(&self) -> Vec<usize> {
        let stratum =
            |at: usize| 4 * self.heads[at] + 2 * usize::from(self.abnormal[at]) + usize::from(self.counts[at]);
        (0..self.count()).map(stratum).collect()
    }
}

/// How many are abnormal.
pub(super) fn abnormal_among(labels: &[bool]) -> usize {
    labels.iter().filter(|abnormal| **abnormal).count()
}

/// Labels with what a model says of each film.
pub(super) fn scored(labels: &[bool], said: &[f64]) -> Vec<Scored> {
    labels.iter().zip(said).map(|(&abnormal, &probability)| Scored { abnormal, probability }).collect()
}

/// What `score` makes of each row.
pub(super) fn each(rows: &Array2<f64>, score: impl Fn(&Array1<f64>) -> f64) -> Vec<f64> {
    rows.rows().into_iter().map(|row| score(&row.to_owned())).collect()
}
