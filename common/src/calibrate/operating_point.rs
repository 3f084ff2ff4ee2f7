//! Where on the scale of probability a decision changes.

use serde::{Deserialize, Serialize};

/// The two thresholds of a decision.
///
/// Between the two thresholds the film is referred to a person. Invariant: `0 <= normal_below <= abnormal_from <= 1`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "RawOperatingPoint", deny_unknown_fields)]
pub struct OperatingPoint {
    normal_below: f64,
    abnormal_from: f64,
}

/// What a calibrated probability means at an operating point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Below both thresholds.
    Normal,
    /// Between them: too close to call.
    Between,
    /// At or above both.
    Abnormal,
}

/// Thresholds out of order or out of range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("an operating point needs 0 <= normal_below <= abnormal_from <= 1, not {normal_below} and {abnormal_from}")]
pub struct OperatingPointError {
    normal_below: f64,
    abnormal_from: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOperatingPoint {
    normal_below: f64,
    abnormal_from: f64,
}

impl TryFrom<RawOperatingPoint> for OperatingPoint {
    type Error = OperatingPointError;

    fn try_from(raw: RawOperatingPoint) -> Result<Self, OperatingPointError> {
        Self::new(raw.normal_below, raw.abnormal_from)
    }
}

impl OperatingPoint {
    /// An operating point with its two thresholds.
    pub fn new(normal_below: f64, abnormal_from: f64) -> Result<Self, OperatingPointError> {
        if 0.0 <= normal_below && normal_below <= abnormal_from && abnormal_from <= 1.0 {
            Ok(Self { normal_below, abnormal_from })
        } else {
            Err(OperatingPointError { normal_below, abnormal_from })
        }
    }

    /// Probabilities below this are normal.
    pub fn normal_below(&self) -> f64 {
        self.normal_below
    }

    /// Probabilities from here on are abnormal.
    pub fn abnormal_from(&self) -> f64 {
        self.abnormal_from
    }

    /// Where a probability lies.
    pub fn side(&self, probability: f64) -> Side {
        if probability >= self.abnormal_from {
            Side::Abnormal
        } else if probability < self.normal_below {
            Side::Normal
        } else {
            // NaN falls through both comparisons and ends here, where a person looks at the film.
            Side::Between
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_belong_to_the_side_above_them() {
        let point = OperatingPoint::new(0.2, 0.6).unwrap();
        let sides = [0.1999, 0.2, 0.5999, 0.6, f64::NAN].map(|p| point.side(p));
        assert_eq!(sides, [Side::Normal, Side::Between, Side::Between, Side::Abnormal, Side::Between]);
    }

    #[test]
    fn thresholds_out_of_order_are_refused() {
        for (low, high) in [(0.7, 0.6), (-0.1, 0.5), (0.5, 1.1), (f64::NAN, 0.5)] {
            assert!(OperatingPoint::new(low, high).is_err());
        }
        assert!(serde_json::from_str::<OperatingPoint>(r#"{"normal_below":0.9,"abnormal_from":0.1}"#).is_err());
    }
}
