//! Isotonic calibration.

use serde::{Deserialize, Serialize};

/// A rising curve through knots, straight between them and level beyond them.
///
/// Isotonic regression (Zadrozny and Elkan 2002, "Transforming classifier scores into accurate multiclass probability estimates")
/// gives steps. Each step is drawn together to its middle, and the middles are joined (Oron and Flournoy 2017, "Centered isotonic
/// regression"), so that films the score tells apart stay apart.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Knots", deny_unknown_fields)]
pub struct Isotonic {
    scores: Vec<f64>,
    log_odds: Vec<f64>,
}

/// Knots that make no rising curve.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an isotonic calibration needs knots of rising scores whose log-odds do not fall")]
pub struct IsotonicError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Knots {
    scores: Vec<f64>,
    log_odds: Vec<f64>,
}

impl TryFrom<Knots> for Isotonic {
    type Error = IsotonicError;

    fn try_from(knots: Knots) -> Result<Self, IsotonicError> {
        Self::new(knots.scores, knots.log_odds)
    }
}

impl Isotonic {
    /// A curve through at least one knot: its rising scores, and the log-odds there.
    pub fn new(scores: Vec<f64>, log_odds: Vec<f64>) -> Result<Self, IsotonicError> {
        let rises = !scores.is_empty()
            && scores.len() == log_odds.len()
            && scores.windows(2).all(|pair| pair[0] < pair[1])
            && log_odds.windows(2).all(|pair| pair[0] <= pair[1])
            && scores.iter().chain(&log_odds).all(|value| value.is_finite());
        if rises { Ok(Self { scores, log_odds }) } else { Err(IsotonicError) }
    }

    pub(super) fn log_odds(&self, score: f64) -> f64 {
        let after = self.scores.partition_point(|knot| *knot <= score);
        let last = self.scores.len() - 1;
        if score.is_nan() {
            f64::NAN
        } else if after == 0 {
            self.log_odds[0]
        } else if after > last {
            self.log_odds[last]
        } else {
            let share = (score - self.scores[after - 1]) / (self.scores[after] - self.scores[after - 1]);
            self.log_odds[after - 1] * (1.0 - share) + self.log_odds[after] * share
        }
    }

    pub(super) fn mean_slope(&self) -> f64 {
        let last = self.scores.len() - 1;
        if last == 0 { 0.0 } else { (self.log_odds[last] - self.log_odds[0]) / (self.scores[last] - self.scores[0]) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn straight_between_knots_and_level_beyond() {
        let curve = Isotonic::new(vec![0.0, 1.0, 3.0], vec![-1.0, 0.0, 4.0]).unwrap();
        for (score, log_odds) in
            [(-5.0, -1.0), (0.0, -1.0), (0.25, -0.75), (1.0, 0.0), (2.0, 2.0), (3.0, 4.0), (9.0, 4.0)]
        {
            assert!((curve.log_odds(score) - log_odds).abs() < 1e-12, "{score}");
        }
        assert!(curve.log_odds(f64::NAN).is_nan());
        assert!((curve.mean_slope() - 5.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn knots_that_fall_are_refused() {
        assert!(Isotonic::new(vec![], vec![]).is_err());
        assert!(Isotonic::new(vec![0.0, 0.0], vec![0.0, 1.0]).is_err());
        assert!(Isotonic::new(vec![0.0, 1.0], vec![0.0, -1.0]).is_err());
        assert!(Isotonic::new(vec![0.0, 1.0], vec![0.0, f64::INFINITY]).is_err());
    }
}
