//! Precision against recall.

use super::{Case, threshold::steps};

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct PrecisionRecallPoint {
    /// Cases at or above it are called abnormal.
    pub threshold: f64,
    /// Share of abnormal cases called abnormal (sensitivity).
    pub recall: f64,
    /// Share of the cases called abnormal that are.
    pub precision: f64,
}

/// Precision and recall for each distinct probability as threshold, from the highest down. `None` without abnormal cases.
pub fn precision_recall_curve<C: Case>(cases: &[C]) -> Option<Vec<PrecisionRecallPoint>> {
    let abnormal = cases.iter().filter(|case| case.abnormal()).count();
    let points = steps(cases).into_iter().map(|step| PrecisionRecallPoint {
        threshold: step.threshold,
        recall: step.true_positive as f64 / abnormal as f64,
        precision: step.true_positive as f64 / (step.true_positive + step.false_positive) as f64,
    });
    (abnormal > 0).then(|| points.collect())
}

/// Average precision, the area under the precision-recall curve without interpolation (AUPRC): precision at each threshold,
/// weighed by the recall gained there. A model that knows nothing has the share of abnormal cases. `None` without any.
pub fn average_precision<C: Case>(cases: &[C]) -> Option<f64> {
    let mut recall = 0.0;
    let mut area = 0.0;
    for point in precision_recall_curve(cases)? {
        area += (point.recall - recall) * point.precision;
        recall = point.recall;
    }
    Some(area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Scored;

    #[test]
    fn equal_probabilities_give_the_share_of_abnormal_cases() {
        let films = [true, false, false, false].map(|abnormal| Scored { abnormal, probability: 0.3 });
        assert_eq!(average_precision(&films), Some(0.25));
        assert_eq!(average_precision(&films[1..]), None);
    }
}
