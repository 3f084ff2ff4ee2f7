//! What every threshold would call abnormal.

use super::Case;

/// Counts of the cases whose probability is at or above a threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// The threshold: one of the probabilities.
    pub threshold: f64,
    /// Abnormal cases at or above it.
    pub true_positive: usize,
    /// Normal cases at or above it.
    pub false_positive: usize,
}

/// One step for each distinct probability, from the highest down; the last has all cases at or above it.
pub(super) fn steps<C: Case>(cases: &[C]) -> Vec<Step> {
    let mut order: Vec<(f64, bool)> = cases.iter().map(|case| (case.probability(), case.abnormal())).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let (mut true_positive, mut false_positive) = (0, 0);
    let tied = order.chunk_by(|a, b| a.0 == b.0);
    tied.map(|tied| {
        let abnormal = tied.iter().filter(|(_, abnormal)| *abnormal).count();
        true_positive += abnormal;
        false_positive += tied.len() - abnormal;
        Step { threshold: tied[0].0, true_positive, false_positive }
    })
    .collect()
}
