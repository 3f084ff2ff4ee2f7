//! A support vector machine with a radial basis function kernel.

use ndarray::{Array1, Array2};

use super::ClassifierError;

/// `sum_i coefficients[i] * exp(-gamma * |x - support[i]|^2) + bias`.
#[derive(Debug, Clone, PartialEq)]
pub struct RbfSvm {
    support: Array2<f64>,
    coefficients: Array1<f64>,
    bias: f64,
    gamma: f64,
}

impl RbfSvm {
    /// A machine of N `support` vectors (N x K), their signed `coefficients` (N), a `bias` and the kernel's `gamma` (above 0).
    pub fn new(
        support: Array2<f64>,
        coefficients: Array1<f64>,
        bias: f64,
        gamma: f64,
    ) -> Result<Self, ClassifierError> {
        let wrong = |cause: String| Err(ClassifierError { kind: "support vector machine", cause });
        if support.nrows() != coefficients.len() {
            return wrong(format!("{} vectors for {} coefficients", support.nrows(), coefficients.len()));
        }
        if gamma.is_nan() || gamma <= 0.0 {
            return wrong(format!("gamma is {gamma}"));
        }
        Ok(Self { support, coefficients, bias, gamma })
    }

    /// The support vectors, N x K.
    pub fn support(&self) -> &Array2<f64> {
        &self.support
    }

    /// One signed coefficient a support vector (N).
    pub fn coefficients(&self) -> &Array1<f64> {
        &self.coefficients
    }

    /// The score far from every support vector.
    pub fn bias(&self) -> f64 {
        self.bias
    }

    /// The kernel's inverse squared width.
    pub fn gamma(&self) -> f64 {
        self.gamma
    }

    /// The signed margin of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        self.terms(fused).sum::<f64>() + self.bias
    }

    /// The margin's gradient with respect to the fused features (K).
    pub fn gradient(&self, fused: &Array1<f64>) -> Array1<f64> {
        let mut gradient = Array1::zeros(fused.len());
        for (term, support) in self.terms(fused).zip(self.support.rows()) {
            gradient.scaled_add(-2.0 * self.gamma * term, &(fused - &support));
        }
        gradient
    }

    fn terms(&self, fused: &Array1<f64>) -> impl Iterator<Item = f64> {
        self.support.rows().into_iter().zip(&self.coefficients).map(move |(support, coefficient)| {
            let distance: f64 = support.iter().zip(fused).map(|(a, b)| (a - b) * (a - b)).sum();
            coefficient * (-self.gamma * distance).exp()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let support = array![[0.0, 1.0], [1.5, -0.5], [-1.0, 0.3]];
        let svm = RbfSvm::new(support, array![1.2, -0.7, 0.4], 0.1, 0.6).unwrap();
        let at = array![0.4, 0.2];
        let gradient = svm.gradient(&at);
        for k in 0..2 {
            let (mut above, mut below) = (at.clone(), at.clone());
            above[k] += 1e-5;
            below[k] -= 1e-5;
            assert!(((svm.score(&above) - svm.score(&below)) / 2e-5 - gradient[k]).abs() < 1e-8);
        }
    }

    #[test]
    fn far_away_only_the_bias_is_left() {
        let svm = RbfSvm::new(array![[0.0]], array![3.0], -0.25, 1.0).unwrap();
        assert_eq!(svm.score(&array![100.0]), -0.25);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(RbfSvm::new(array![[0.0]], array![1.0, 2.0], 0.0, 1.0).is_err());
        assert!(RbfSvm::new(array![[0.0]], array![1.0], 0.0, f64::NAN).is_err());
    }
}
