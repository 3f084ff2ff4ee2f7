//! Feature fusion: the pooled vectors of all backbones side by side, standardised and projected.
//!
//! The fusion is linear in the features, so that a classifier's gradient passes back through it in closed form.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

/// A fitted fusion of `D` concatenated features onto `K` components.
#[derive(Debug, Clone, PartialEq)]
pub struct Fusion {
    mean: Array1<f64>,
    deviation: Array1<f64>,
    components: Array2<f64>,
}

/// Parts that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fusion does not fit: {0}")]
pub struct FusionError(String);

impl Fusion {
    /// A fusion from the features' `mean` and `deviation` (both D) and the orthonormal `components` (K x D).
    pub fn new(mean: Array1<f64>, deviation: Array1<f64>, components: Array2<f64>) -> Result<Self, FusionError> {
        let width = mean.len();
        if deviation.len() != width || components.ncols() != width {
            return Err(FusionError(format!(
                "{width} means, {} deviations and components of {} features",
                deviation.len(),
                components.ncols()
            )));
        }
        if deviation.iter().any(|value| value.is_nan() || *value <= 0.0) {
            return Err(FusionError("a feature's deviation is not positive".to_owned()));
        }
        Ok(Self { mean, deviation, components })
    }

    /// The features' means (D).
    pub fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// The features' deviations (D).
    pub fn deviation(&self) -> &Array1<f64> {
        &self.deviation
    }

    /// The components as orthonormal rows (K x D).
    pub fn directions(&self) -> &Array2<f64> {
        &self.components
    }

    /// D, the number of features that go in.
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// K, the number of components that come out.
    pub fn components(&self) -> usize {
        self.components.nrows()
    }

    /// The pooled vectors side by side (D), as they enter the fusion.
    pub fn concatenate<'a>(
        &self,
        pooled: impl IntoIterator<Item = &'a Array1<f32>>,
    ) -> Result<Array1<f64>, FusionError> {
        let parts: Vec<ArrayView1<f32>> = pooled.into_iter().map(|part| part.view()).collect();
        let joined = concatenate(Axis(0), &parts).map_err(|error| FusionError(error.to_string()))?.mapv(f64::from);
        if joined.len() != self.width() {
            return Err(FusionError(format!("{} features came for {}", joined.len(), self.width())));
        }
        Ok(joined)
    }

    /// Every feature minus its mean, over its deviation (D).
    pub fn standardise(&self, features: &Array1<f64>) -> Array1<f64> {
        (features - &self.mean) / &self.deviation
    }

    /// The components of standardised features (K).
    pub fn project(&self, standardised: &Array1<f64>) -> Array1<f64> {
        self.components.dot(standardised)
    }

    /// What [`Fusion::project`] loses: the squared distance of standardised features from the components' subspace.
    pub fn residual(&self, standardised: &Array1<f64>, projected: &Array1<f64>) -> f64 {
        (standardised.dot(standardised) - projected.dot(projected)).max(0.0)
    }

    /// The gradient with respect to the concatenated features (D) of a function whose gradient in the components (K) is given.
    pub fn pull_back(&self, gradient: &Array1<f64>) -> Array1<f64> {
        self.components.t().dot(gradient) / &self.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn fusion() -> Fusion {
        let components = array![[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
        Fusion::new(array![1.0, 2.0, 3.0], array![2.0, 4.0, 0.5], components).unwrap()
    }

    #[test]
    fn the_pulled_back_gradient_is_that_of_finite_differences() {
        let fusion = fusion();
        let inside = array![0.3, -1.7];
        let value = |features: &Array1<f64>| inside.dot(&fusion.project(&fusion.standardise(features)));
        let at = array![0.2, 5.0, -1.0];
        let gradient = fusion.pull_back(&inside);
        for k in 0..3 {
            let mut moved = at.clone();
            moved[k] += 1e-3;
            assert!(((value(&moved) - value(&at)) / 1e-3 - gradient[k]).abs() < 1e-9);
        }
    }

    #[test]
    fn the_residual_is_what_the_components_miss() {
        let fusion = fusion();
        let standardised = array![0.8, -0.6, 2.0];
        let projected = fusion.project(&standardised);
        assert!((fusion.residual(&standardised, &projected) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn parts_of_different_width_are_refused() {
        assert!(Fusion::new(array![0.0], array![1.0, 1.0], array![[1.0]]).is_err());
        assert!(Fusion::new(array![0.0], array![0.0], array![[1.0]]).is_err());
        assert!(fusion().concatenate([&array![1.0_f32, 2.0]]).is_err());
    }
}
