//! How good a classifier is: the one set of metrics for training, evaluation and the box.

mod agreement;
mod interval;
mod roc;

pub use agreement::Confusion;
pub use interval::{Interval, bootstrap};
pub use roc::{auroc, operating_threshold};

use crate::calibrate::probability as sigmoid;

/// A film's true label with the probability the model gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Whether the film is abnormal.
    pub abnormal: bool,
    /// What the model says, 0 to 1.
    pub probability: f64,
}

/// Mean squared difference of probability and truth (Brier 1950); 0 is best. `None` without films.
pub fn brier(films: &[Scored]) -> Option<f64> {
    mean(films.iter().map(|film| (film.probability - f64::from(u8::from(film.abnormal))).powi(2)))
}

/// Mean negative log-likelihood of the truth under log-odds; finite for every finite log-odds. `None` without films.
pub fn log_loss(log_odds: impl Iterator<Item = (bool, f64)>) -> Option<f64> {
    mean(log_odds.map(|(abnormal, odds)| {
        let toward_truth = if abnormal { odds } else { -odds };
        // ln(1 + exp(-x)), without overflow for large negative x.
        if toward_truth > 0.0 { -sigmoid(toward_truth).ln() } else { -toward_truth - sigmoid(-toward_truth).ln() }
    }))
}

/// Expected calibration error over ten equal bins of probability (Naeini et al. 2015); 0 is best. `None` without films.
pub fn expected_calibration_error(films: &[Scored]) -> Option<f64> {
    let mut bins = [(0.0, 0.0); 10];
    for film in films {
        let (said, happened) = &mut bins[((film.probability * 10.0) as usize).min(9)];
        *said += film.probability;
        *happened += f64::from(u8::from(film.abnormal));
    }
    let gaps: f64 = bins.iter().map(|(said, happened)| (said - happened).abs()).sum();
    (!films.is_empty()).then(|| gaps / films.len() as f64)
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut count, mut sum) = (0_usize, 0.0);
    for value in values {
        count += 1;
        sum += value;
    }
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_perfectly_calibrated_coin_has_no_calibration_error() {
        let films = [0, 1, 0, 1].map(|label| Scored { abnormal: label == 1, probability: 0.5 });
        assert_eq!(expected_calibration_error(&films), Some(0.0));
        assert_eq!(brier(&films), Some(0.25));
        assert_eq!(brier(&[]), None);
    }

    #[test]
    fn the_log_loss_of_even_odds_is_one_bit() {
        let loss = log_loss([(true, 0.0), (false, 0.0)].into_iter()).unwrap();
        assert!((loss - std::f64::consts::LN_2).abs() < 1e-12);
        assert!(log_loss([(true, -800.0)].into_iter()).unwrap().is_finite());
    }
}
