//! Gaussian naive Bayes.

use ndarray::{Array1, Array2};

use super::ClassifierError;

/// A Gaussian of its own for every feature of every class, as if features were independent.
#[derive(Debug, Clone, PartialEq)]
pub struct NaiveBayes {
    prior: f64,
    means: Array2<f64>,
    variances: Array2<f64>,
}

impl NaiveBayes {
    /// The log-odds of `abnormal` before a film is seen, and each class's means and variances (both 2 x K, `normal` first).
    pub fn new(prior: f64, means: Array2<f64>, variances: Array2<f64>) -> Result<Self, ClassifierError> {
        let wrong = |cause: &str| Err(ClassifierError { kind: "naive Bayes classifier", cause: cause.to_owned() });
        if means.nrows() != 2 || means.dim() != variances.dim() {
            return wrong("it needs means and variances of two classes");
        }
        if variances.iter().any(|variance| variance.is_nan() || *variance <= 0.0) {
            return wrong("a variance is not positive");
        }
        Ok(Self { prior, means, variances })
    }

    /// The log-odds of `abnormal` before a film is seen.
    pub fn prior(&self) -> f64 {
        self.prior
    }

    /// Each class's means, 2 x K, `normal` first.
    pub fn means(&self) -> &Array2<f64> {
        &self.means
    }

    /// Each class's variances, 2 x K, `normal` first.
    pub fn variances(&self) -> &Array2<f64> {
        &self.variances
    }

    /// The log-odds of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        let log_density = |class: usize| -> f64 {
            let moments = self.means.row(class).into_iter().zip(self.variances.row(class));
            let terms = moments.zip(fused).map(|((mean, variance), x)| variance.ln() + (x - mean).powi(2) / variance);
            -0.5 * terms.sum::<f64>()
        };
        self.prior + log_density(1) - log_density(0)
    }

    /// Its gradient with respect to the fused features (K).
    pub fn gradient(&self, fused: &Array1<f64>) -> Array1<f64> {
        let toward = |class: usize| (&self.means.row(class) - fused) / self.variances.row(class);
        toward(1) - toward(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn bayes() -> NaiveBayes {
        NaiveBayes::new(-0.7, array![[0.0, 1.0], [0.5, -1.0]], array![[1.0, 0.3], [2.0, 0.6]]).unwrap()
    }

    #[test]
    fn the_gradient_is_that_of_finite_differences() {
        let at = array![0.4, -0.2];
        let gradient = bayes().gradient(&at);
        for k in 0..2 {
            let (mut above, mut below) = (at.clone(), at.clone());
            above[k] += 1e-5;
            below[k] -= 1e-5;
            assert!(((bayes().score(&above) - bayes().score(&below)) / 2e-5 - gradient[k]).abs() < 1e-8);
        }
    }

    #[test]
    fn classes_that_look_alike_leave_the_prior() {
        let alike = NaiveBayes::new(-0.7, array![[1.0], [1.0]], array![[2.0], [2.0]]).unwrap();
        assert!((alike.score(&array![30.0]) + 0.7).abs() < 1e-9);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(NaiveBayes::new(0.0, array![[1.0]], array![[1.0]]).is_err());
        assert!(NaiveBayes::new(0.0, array![[1.0], [1.0]], array![[1.0], [0.0]]).is_err());
    }
}
