//! How unlike the training films a film is.

use ndarray::Array1;

use crate::fusion::Fusion;

/// A Gaussian over the standardised features: its own variance along each fused component, one shared variance for the rest.
///
/// The distance is the Mahalanobis distance of probabilistic principal component analysis (Tipping and Bishop 1999), divided by
/// the number of features: about 1 for a film like the training films.
#[derive(Debug, Clone, PartialEq)]
pub struct Novelty {
    /// Variance along each component (K), above 0.
    pub variance: Array1<f64>,
    /// Variance along every direction that the fusion drops, above 0.
    pub residual_variance: f64,
    /// Films farther away than this are referred.
    pub limit: f64,
}

impl Novelty {
    /// The distance of a film with these standardised features (D) and their components (K).
    pub fn distance(&self, fusion: &Fusion, standardised: &Array1<f64>, fused: &Array1<f64>) -> f64 {
        let inside: f64 = fused.iter().zip(&self.variance).map(|(value, variance)| value * value / variance).sum();
        let outside = fusion.residual(standardised, fused) / self.residual_variance;
        (inside + outside) / standardised.len() as f64
    }
}
