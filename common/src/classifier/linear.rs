//! A linear score.

use ndarray::Array1;

/// `weights . x + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct Linear {
    /// One weight a feature (K).
    pub weights: Array1<f64>,
    /// The score where every feature is zero.
    pub bias: f64,
}

impl Linear {
    /// The score of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        self.weights.dot(fused) + self.bias
    }
}
