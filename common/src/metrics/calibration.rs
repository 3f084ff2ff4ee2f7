//! Whether probabilities mean what they say.

use super::{Case, mean};
use crate::calibrate::probability as sigmoid;

/// Bins of the reliability curve.
const BINS: usize = 10;

/// The cases whose probability lies in one bin.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ReliabilityBin {
    /// How many they are, at least 1.
    pub count: usize,
    /// The mean of their probabilities.
    pub mean_probability: f64,
    /// The share of them that is abnormal.
    pub abnormal: f64,
}

/// The reliability curve over ten equal bins of probability, each open below and closed above; empty bins are left out.
pub fn reliability_curve<C: Case>(cases: &[C]) -> Vec<ReliabilityBin> {
    let mut bins = [(0_usize, 0.0, 0_usize); BINS];
    for case in cases {
        let bin = (1..BINS).take_while(|edge| case.probability() > *edge as f64 * (1.0 / BINS as f64)).count();
        let (count, said, happened) = &mut bins[bin];
        *count += 1;
        *said += case.probability();
        *happened += usize::from(case.abnormal());
    }
    let filled = bins.into_iter().filter(|(count, ..)| *count > 0);
    filled
        .map(|(count, said, happened)| ReliabilityBin {
            count,
            mean_probability: said / count as f64,
            abnormal: happened as f64 / count as f64,
        })
        .collect()
}

/// Expected calibration error: the mean gap of the reliability curve, weighed by the cases in each bin (Naeini et al. 2015);
/// 0 is best. `None` without cases.
pub fn expected_calibration_error<C: Case>(cases: &[C]) -> Option<f64> {
    let gap = |bin: &ReliabilityBin| bin.count as f64 * (bin.mean_probability - bin.abnormal).abs();
    let gaps: f64 = reliability_curve(cases).iter().map(gap).sum();
    (!cases.is_empty()).then(|| gaps / cases.len() as f64)
}

/// Mean squared difference of probability and truth (Brier 1950); 0 is best. `None` without cases.
pub fn brier<C: Case>(cases: &[C]) -> Option<f64> {
    mean(cases.iter().map(|case| (case.probability() - f64::from(u8::from(case.abnormal()))).powi(2)))
}

/// Mean negative log-likelihood of the truth under log-odds; finite for every finite log-odds. `None` without cases.
pub fn log_loss(log_odds: impl Iterator<Item = (bool, f64)>) -> Option<f64> {
    mean(log_odds.map(|(abnormal, odds)| {
        let toward_truth = if abnormal { odds } else { -odds };
        // ln(1 + exp(-x)), without overflow for large negative x.
        if toward_truth > 0.0 { -sigmoid(toward_truth).ln() } else { -toward_truth - sigmoid(-toward_truth).ln() }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Scored;

    #[test]
    fn a_perfectly_calibrated_coin_has_no_calibration_error() {
        let films = [0, 1, 0, 1].map(|label| Scored { abnormal: label == 1, probability: 0.5 });
        assert_eq!(expected_calibration_error(&films), Some(0.0));
        assert_eq!(brier(&films), Some(0.25));
        assert_eq!(brier::<Scored>(&[]), None);
    }

    #[test]
    fn the_log_loss_of_even_odds_is_one_bit() {
        let loss = log_loss([(true, 0.0), (false, 0.0)].into_iter()).unwrap();
        assert!((loss - std::f64::consts::LN_2).abs() < 1e-12);
        assert!(log_loss([(true, -800.0)].into_iter()).unwrap().is_finite());
    }
}
