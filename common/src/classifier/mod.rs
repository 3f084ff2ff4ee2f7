//! Classifiers on the fused features: a score, and its gradient in closed form.

mod linear;
mod svm;

pub use linear::Linear;
pub use svm::{RbfSvm, SvmError};

use ndarray::Array1;

/// A fitted two-class classifier; its score grows with the evidence for `abnormal`.
#[derive(Debug, Clone, PartialEq)]
pub enum Classifier {
    /// Logistic regression: the score is the log-odds.
    Logistic(Linear),
    /// A support vector machine with a radial basis function kernel: the score is the signed margin.
    SvmRbf(RbfSvm),
}

impl Classifier {
    /// The score of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        match self {
            Classifier::Logistic(linear) => linear.score(fused),
            Classifier::SvmRbf(svm) => svm.score(fused),
        }
    }

    /// The score's gradient with respect to the fused features (K).
    pub fn gradient(&self, fused: &Array1<f64>) -> Array1<f64> {
        match self {
            Classifier::Logistic(linear) => linear.weights.clone(),
            Classifier::SvmRbf(svm) => svm.gradient(fused),
        }
    }

    /// K, the number of fused features it wants.
    pub fn width(&self) -> usize {
        match self {
            Classifier::Logistic(linear) => linear.weights.len(),
            Classifier::SvmRbf(svm) => svm.support().ncols(),
        }
    }
}
