//! Feature fusion: the pooled vectors of all backbones side by side, standardised and, where wanted, projected.
//!
//! The fusion is linear in the features, so that a classifier's gradient passes back through it in closed form.

use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};

/// A fitted fusion of `D` concatenated features into a vector of `K`.
#[derive(Debug, Clone, PartialEq)]
pub struct Fusion {
    mean: Array1<f64>,
    deviation: Array1<f64>,
    projection: Projection,
}

/// What becomes of standardised features.
#[derive(Debug, Clone, PartialEq)]
pub enum Projection {
    /// They are the fused vector as they are: K is D.
    None,
    /// Orthonormal rows (K x D) whose products with them are the fused vector.
    Components(Array2<f64>),
}

/// Parts that do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the fusion does not fit: {0}")]
pub struct FusionError(String);

impl Fusion {
    /// A fusion from the features' `mean` and `deviation` (both D) and the `projection` of what they standardise to.
    pub fn new(mean: Array1<f64>, deviation: Array1<f64>, projection: Projection) -> Result<Self, FusionError> {
        let width = mean.len();
        if deviation.len() != width {
            return Err(FusionError(format!("{width} means for {} deviations", deviation.len())));
        }
        if let Projection::Components(components) = &projection
            && components.ncols() != width
        {
            return Err(FusionError(format!("{width} means for components of {} features", components.ncols())));
        }
        if deviation.iter().any(|value| value.is_nan() || *value <= 0.0) {
            return Err(FusionError("a feature's deviation is not positive".to_owned()));
        }
        Ok(Self { mean, deviation, projection })
    }

    /// The features' means (D).
    pub fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// The features' deviations (D).
    pub fn deviation(&self) -> &Array1<f64> {
        &self.deviation
    }

    /// What becomes of the standardised features.
    pub fn projection(&self) -> &Projection {
        &self.projection
    }

    /// D, the number of features that go in.
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// K, the length of the fused vector.
    pub fn fused_width(&self) -> usize {
        match &self.projection {
            Projection::None => self.width(),
            Projection::Components(components) => components.nrows(),
        }
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

    /// The fused vector (K) of standardised features (D).
    pub fn project(&self, standardised: &Array1<f64>) -> Array1<f64> {
        match &self.projection {
            Projection::None => standardised.clone(),
            Projection::Components(components) => components.dot(standardised),
        }
    }

    /// The gradient with respect to the concatenated features (D) of a function whose gradient in the fused vector (K) is given.
    pub fn pull_back(&self, gradient: &Array1<f64>) -> Array1<f64> {
        match &self.projection {
            Projection::None => gradient / &self.deviation,
            Projection::Components(components) => components.t().dot(gradient) / &self.deviation,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn fusion() -> Fusion {
        let components = array![[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]];
        Fusion::new(array![1.0, 2.0, 3.0], array![2.0, 4.0, 0.5], Projection::Components(components)).unwrap()
    }

    fn unprojected() -> Fusion {
        Fusion { projection: Projection::None, ..fusion() }
    }

    #[test]
    fn the_pulled_back_gradient_is_that_of_finite_differences() {
        for (fusion, inside) in [(fusion(), array![0.3, -1.7]), (unprojected(), array![0.3, -1.7, 0.4])] {
            assert_eq!(fusion.fused_width(), inside.len());
            let value = |features: &Array1<f64>| inside.dot(&fusion.project(&fusion.standardise(features)));
            let at = array![0.2, 5.0, -1.0];
            let gradient = fusion.pull_back(&inside);
            for k in 0..3 {
                let mut moved = at.clone();
                moved[k] += 1e-3;
                assert!(((value(&moved) - value(&at)) / 1e-3 - gradient[k]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn parts_of_different_width_are_refused() {
        let one = || Projection::Components(array![[1.0]]);
        assert!(Fusion::new(array![0.0, 0.0], array![1.0, 1.0], one()).is_err());
        assert!(Fusion::new(array![0.0], array![1.0, 1.0], one()).is_err());
        assert!(Fusion::new(array![0.0], array![0.0], one()).is_err());
        assert!(fusion().concatenate([&array![1.0_f32, 2.0]]).is_err());
    }
}
