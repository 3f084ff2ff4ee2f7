//! How good a classifier is: the one set of metrics for training, evaluation and the box.

mod case;
mod threshold;

mod precision_recall;
mod roc;

mod agreement;
mod at_threshold;
mod calibration;
mod paired;
mod rank;

mod interval;

pub use agreement::Confusion;
pub use at_threshold::{AtThreshold, wilson};
pub use calibration::{ReliabilityBin, brier, expected_calibration_error, log_loss, reliability_curve};
pub use case::{Case, Scored, ScoredStudy, studies};
pub use interval::{Interval, bootstrap, bootstrap_each};
pub use paired::{DeLong, McNemar, Paired, delong};
pub use precision_recall::{PrecisionRecallPoint, average_precision, precision_recall_curve};
pub use rank::rank_correlation;
pub use roc::{RocPoint, auroc, auroc_standard_error, operating_threshold, roc_curve};

/// The mean; `None` of nothing.
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut count, mut sum) = (0_usize, 0.0);
    for value in values {
        count += 1;
        sum += value;
    }
    (count > 0).then(|| sum / count as f64)
}
