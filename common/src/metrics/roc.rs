//! The receiver operating characteristic.

use super::{Case, threshold::steps};

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct RocPoint {
    /// Cases at or above it are called abnormal; infinite at the first point.
    pub threshold: f64,
    /// Share of normal cases called abnormal (1 - specificity).
    pub false_positive_rate: f64,
    /// Share of abnormal cases called abnormal.
    pub sensitivity: f64,
}

/// The receiver operating characteristic from (0, 0) to (1, 1), one point for each distinct probability from the highest down.
/// `None` unless both kinds of case are there.
pub fn roc_curve<C: Case>(cases: &[C]) -> Option<Vec<RocPoint>> {
    let steps = steps(cases);
    let (abnormal, normal) = both_kinds(cases)?;
    let start = RocPoint { threshold: f64::INFINITY, false_positive_rate: 0.0, sensitivity: 0.0 };
    let points = steps.iter().map(|step| RocPoint {
        threshold: step.threshold,
        false_positive_rate: step.false_positive as f64 / normal as f64,
        sensitivity: step.true_positive as f64 / abnormal as f64,
    });
    Some(std::iter::once(start).chain(points).collect())
}

/// Area under the receiver operating characteristic: the chance that an abnormal case scores above a normal one, ties counting
/// one half (Hanley and McNeil 1982). `None` unless both kinds are there.
pub fn auroc<C: Case>(cases: &[C]) -> Option<f64> {
    let (abnormal, normal) = both_kinds(cases)?;
    // Twice the wins, so that ties stay whole numbers.
    let (mut doubled_wins, mut found, mut alarms) = (0, 0, 0);
    for step in steps(cases) {
        let (tied_abnormal, tied_normal) = (step.true_positive - found, step.false_positive - alarms);
        (found, alarms) = (step.true_positive, step.false_positive);
        doubled_wins += tied_abnormal * (2 * (normal - alarms) + tied_normal);
    }
    Some(doubled_wins as f64 / 2.0 / (abnormal as f64 * normal as f64))
}

/// How many cases are abnormal and how many normal, unless one of the two is missing.
fn both_kinds<C: Case>(cases: &[C]) -> Option<(usize, usize)> {
    let abnormal = cases.iter().filter(|case| case.abnormal()).count();
    let normal = cases.len() - abnormal;
    (abnormal > 0 && normal > 0).then_some((abnormal, normal))
}

/// The standard error of an area under the curve (0 to 1) found on so many `abnormal` and `normal` cases, both above 0
/// (Hanley and McNeil 1982).
pub fn auroc_standard_error(area: f64, abnormal: usize, normal: usize) -> f64 {
    let (abnormal, normal) = (abnormal as f64, normal as f64);
    let two_abnormal_above = area / (2.0 - area);
    let one_above_two_normal = 2.0 * area * area / (1.0 + area);
    let variance = area * (1.0 - area)
        + (abnormal - 1.0) * (two_abnormal_above - area * area)
        + (normal - 1.0) * (one_above_two_normal - area * area);
    (variance.max(0.0) / (abnormal * normal)).sqrt()
}

/// The highest threshold that still finds at least `sensitivity` (0 to 1) of the abnormal cases. `None` without abnormal cases.
pub fn operating_threshold<C: Case>(cases: &[C], sensitivity: f64) -> Option<f64> {
    let mut found: Vec<f64> = cases.iter().filter(|case| case.abnormal()).map(Case::probability).collect();
    found.sort_by(|a, b| b.total_cmp(a));
    let wanted = (sensitivity * found.len() as f64).ceil() as usize;
    found.get(wanted.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Scored;
    use proptest::prelude::*;

    fn pairwise(films: &[Scored]) -> Option<f64> {
        let (mut wins, mut pairs) = (0.0, 0.0);
        for a in films.iter().filter(|film| film.abnormal) {
            for b in films.iter().filter(|film| !film.abnormal) {
                pairs += 1.0;
                wins += match a.probability.total_cmp(&b.probability) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        (pairs > 0.0).then_some(wins / pairs)
    }

    /// Where nothing is told apart, it is that of the Wilcoxon statistic under the null hypothesis.
    #[test]
    fn the_standard_error_at_chance_is_wilcoxons() {
        let (abnormal, normal) = (51, 58);
        let wilcoxon = ((abnormal + normal + 1) as f64 / (12 * abnormal * normal) as f64).sqrt();
        assert!((auroc_standard_error(0.5, abnormal, normal) - wilcoxon).abs() < 1e-12);
        assert_eq!(auroc_standard_error(1.0, 10, 10), 0.0);
    }

    proptest! {
        #[test]
        fn the_area_is_that_of_all_pairs(films in prop::collection::vec((any::<bool>(), 0_u8..12), 0..60)) {
            let films: Vec<Scored> = films
                .into_iter()
                .map(|(abnormal, tenth)| Scored { abnormal, probability: f64::from(tenth) / 11.0 })
                .collect();
            match (auroc(&films), pairwise(&films)) {
                (Some(fast), Some(slow)) => prop_assert!((fast - slow).abs() < 1e-12),
                (fast, slow) => prop_assert_eq!(fast, slow),
            }
        }

        #[test]
        fn the_threshold_reaches_the_sensitivity(
            films in prop::collection::vec((any::<bool>(), 0.0..1.0_f64), 1..60), sensitivity in 0.01..1.0_f64,
        ) {
            let films: Vec<Scored> =
                films.into_iter().map(|(abnormal, probability)| Scored { abnormal, probability }).collect();
            if let Some(threshold) = operating_threshold(&films, sensitivity) {
                let abnormal: Vec<_> = films.iter().filter(|film| film.abnormal).collect();
                let found = abnormal.iter().filter(|film| film.probability >= threshold).count();
                prop_assert!(found as f64 >= sensitivity * abnormal.len() as f64);
            }
        }
    }
}
