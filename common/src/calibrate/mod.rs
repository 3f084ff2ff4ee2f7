//! From a score to a probability, and from a probability to a decision.

mod isotonic;
mod operating_point;

pub use isotonic::{Isotonic, IsotonicError};
pub use operating_point::{OperatingPoint, OperatingPointError, Side};

use serde::{Deserialize, Serialize};

/// From a score to log-odds. In a manifest the names of its numbers say which one it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Calibration {
    /// A line.
    Platt(Platt),
    /// A line through the origin.
    Temperature(Temperature),
    /// A rising curve of any shape.
    Isotonic(Isotonic),
}

/// Platt's calibration: the log-odds are `slope * score + offset` (Platt 1999, "Probabilistic outputs for support vector machines").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Platt {
    /// Log-odds a unit of score.
    pub slope: f64,
    /// Log-odds at score 0.
    pub offset: f64,
}

/// Temperature scaling: the log-odds are `score / temperature` (Guo et al. 2017, "On calibration of modern neural networks").
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temperature {
    /// Score a unit of log-odds, above 0: the larger, the less the score is believed.
    pub temperature: f64,
}

impl Calibration {
    /// Log-odds as they are.
    pub const NONE: Self = Self::Platt(Platt { slope: 1.0, offset: 0.0 });

    /// The log-odds of `abnormal`.
    pub fn log_odds(&self, score: f64) -> f64 {
        match self {
            Calibration::Platt(Platt { slope, offset }) => slope * score + offset,
            Calibration::Temperature(Temperature { temperature }) => score / temperature,
            Calibration::Isotonic(isotonic) => isotonic.log_odds(score),
        }
    }

    /// Log-odds a unit of score; of a curve, over its whole range. By it a score's gradient becomes that of the log-odds.
    pub fn slope(&self) -> f64 {
        match self {
            Calibration::Platt(Platt { slope, .. }) => *slope,
            Calibration::Temperature(Temperature { temperature }) => 1.0 / temperature,
            Calibration::Isotonic(isotonic) => isotonic.mean_slope(),
        }
    }

    /// The name of its kind.
    pub fn name(&self) -> &'static str {
        match self {
            Calibration::Platt(_) => "Platt",
            Calibration::Temperature(_) => "temperature",
            Calibration::Isotonic(_) => "isotonic",
        }
    }
}

/// The probability (0 to 1) of log-odds.
pub fn probability(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_says_by_names_which_it_is() {
        let isotonic = Isotonic::new(vec![-1.0, 0.5], vec![-2.0, 1.5]).unwrap();
        for (calibration, text) in [
            (Calibration::Platt(Platt { slope: 2.0, offset: -0.5 }), r#"{"slope":2.0,"offset":-0.5}"#),
            (Calibration::Temperature(Temperature { temperature: 1.5 }), r#"{"temperature":1.5}"#),
            (Calibration::Isotonic(isotonic), r#"{"scores":[-1.0,0.5],"log_odds":[-2.0,1.5]}"#),
        ] {
            assert_eq!(serde_json::to_string(&calibration).unwrap(), text);
            assert_eq!(serde_json::from_str::<Calibration>(text).unwrap(), calibration);
        }
        for text in [
            r#"{"slope":2.0}"#,
            r#"{"slope":2.0,"offset":0.0,"temperature":1.0}"#,
            r#"{"scores":[1.0,0.0],"log_odds":[0.0,1.0]}"#,
        ] {
            assert!(serde_json::from_str::<Calibration>(text).is_err(), "{text}");
        }
    }
}
