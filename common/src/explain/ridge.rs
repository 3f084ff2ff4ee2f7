//! Weighted ridge regression on shown and hidden superpixels.

use ndarray::{Array1, Array2, Axis};

/// A linear model fitted to weighted samples.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ridge {
    /// One coefficient a column of the samples.
    pub coefficients: Array1<f64>,
    /// Its value where every column is zero.
    pub intercept: f64,
    /// The weighted coefficient of determination (R squared), at most 1.
    pub score: f64,
}

/// Penalty on the squared coefficients; the intercept has none.
const PENALTY: f64 = 1.0;

impl Ridge {
    /// Minimises the squared error of `targets` (N) from `samples` (N x K), each sample weighed by its `weights` (N, not negative,
    /// one at least positive), plus the squared coefficients (Hoerl and Kennard 1970).
    pub fn fit(samples: &Array2<f64>, targets: &Array1<f64>, weights: &Array1<f64>) -> Self {
        let total = weights.sum();
        let sample_mean = weights.dot(samples) / total;
        let target_mean = weights.dot(targets) / total;
        let centred = samples - &sample_mean;
        let residual = targets - target_mean;
        let weighted = &centred * &weights.view().insert_axis(Axis(1));
        let mut normal = centred.t().dot(&weighted);
        normal.diag_mut().map_inplace(|value| *value += PENALTY);
        let coefficients = solve(normal, weighted.t().dot(&residual));
        let errors = &residual - &centred.dot(&coefficients);
        let spread = weights.dot(&residual.mapv(|value| value * value));
        let left = weights.dot(&errors.mapv(|value| value * value));
        let score = if spread > 0.0 { 1.0 - left / spread } else { 1.0 };
        let intercept = target_mean - coefficients.dot(&sample_mean);
        Self { coefficients, intercept, score }
    }
}

/// Solves `matrix x = right` for a symmetric positive definite matrix, by Cholesky's factorisation in its place.
///
/// The penalty on its diagonal keeps every pivot at or above it.
fn solve(mut matrix: Array2<f64>, mut right: Array1<f64>) -> Array1<f64> {
    let size = right.len();
    for row in 0..size {
        for column in 0..=row {
            let inner: f64 = (0..column).map(|k| matrix[[row, k]] * matrix[[column, k]]).sum();
            let rest = matrix[[row, column]] - inner;
            matrix[[row, column]] = if row == column { rest.sqrt() } else { rest / matrix[[column, column]] };
        }
    }
    for row in 0..size {
        let inner: f64 = (0..row).map(|k| matrix[[row, k]] * right[k]).sum();
        right[row] = (right[row] - inner) / matrix[[row, row]];
    }
    for row in (0..size).rev() {
        let inner: f64 = (row + 1..size).map(|k| matrix[[k, row]] * right[k]).sum();
        right[row] = (right[row] - inner) / matrix[[row, row]];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn many_samples_of_a_line_give_the_line() {
        let samples = Array2::from_shape_fn((4000, 3), |(n, k)| f64::from(u8::from((n >> k) & 1 == 1)));
        let targets = samples.dot(&array![0.5, -0.25, 2.0]) + 0.125;
        let ridge = Ridge::fit(&samples, &targets, &Array1::ones(4000));
        assert!((&ridge.coefficients - &array![0.5, -0.25, 2.0]).iter().all(|error| error.abs() < 0.01));
        assert!((ridge.intercept - 0.125).abs() < 0.01 && ridge.score > 0.999);
    }

    #[test]
    fn equal_targets_need_no_coefficients() {
        let samples = Array2::from_shape_fn((20, 4), |(n, k)| ((n * 7 + k * 3) % 5) as f64);
        let ridge = Ridge::fit(&samples, &Array1::from_elem(20, 0.75), &Array1::ones(20));
        assert!(ridge.coefficients.iter().all(|value| value.abs() < 1e-12));
        assert!((ridge.intercept - 0.75).abs() < 1e-12);
    }
}
