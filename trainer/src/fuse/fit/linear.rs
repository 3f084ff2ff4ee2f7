//! Linear scores: logistic regression, by linfa's solver, and linear discriminant analysis, which linfa has not.

use anyhow::{Context, Result, ensure};
use fieldray_common::classifier::Linear;
use linfa::prelude::*;
use ndarray::{Array1, Array2, Axis};
use tch::Tensor;

use super::{Examples, handed_over, labels};

/// Logistic regression with an L2 penalty of weight `penalty`.
pub fn logistic(films: &Examples, penalty: f64) -> Result<Linear> {
    let data = Dataset::new(handed_over(films.features()), labels(films.abnormal()));
    let fitted = linfa_logistic::LogisticRegression::default()
        .alpha(penalty)
        .max_iterations(500)
        .gradient_tolerance(1e-5)
        .fit(&data)
        .context("logistic regression did not converge")?;
    // linfa calls the class it saw more of, or first, positive; the score must grow with `abnormal`.
    let sign = if fitted.labels().pos.class { 1.0 } else { -1.0 };
    Ok(Linear {
        weights: fitted.params().iter().map(|weight| sign * weight).collect(),
        bias: sign * fitted.intercept(),
    })
}

/// One linear score a class, for as many classes as `labels` name; rows of weights (classes x K) and a bias each.
pub fn multinomial(fused: &Array2<f64>, labels: &[usize], penalty: f64) -> Result<(Array2<f64>, Array1<f64>)> {
    let data = Dataset::new(handed_over(fused), self::labels(labels));
    let fitted = linfa_logistic::MultiLogisticRegression::default()
        .alpha(penalty)
        .max_iterations(500)
        .gradient_tolerance(1e-5)
        .fit(&data)
        .context("the region classifier did not converge")?;
    ensure!(fitted.classes().iter().copied().eq(0..fitted.classes().len()), "a region has no training film");
    let classes = fitted.classes().len();
    let weights = Array2::from_shape_fn((classes, fused.ncols()), |(class, feature)| fitted.params()[[feature, class]]);
    Ok((weights, fitted.intercept().iter().copied().collect()))
}

/// Linear discriminant analysis (Fisher 1936): the log-odds of two Gaussians that share a covariance.
///
/// The covariance within the classes is drawn by `shrinkage` (0 to 1) towards a sphere of the same mean variance (Friedman 1989,
/// "Regularized discriminant analysis").
pub fn lda(films: &Examples, shrinkage: f64) -> Result<Linear> {
    let width = films.features().ncols();
    let mut within = Array2::<f64>::zeros((width, width));
    let [normal, abnormal] = [false, true].map(|class| films.of(class));
    let mean = |rows: &Array2<f64>| rows.mean_axis(Axis(0)).context("a class has no film");
    let (low, high) = (mean(&normal)?, mean(&abnormal)?);
    for (rows, mean) in [(&normal, &low), (&abnormal, &high)] {
        let centred = rows - mean;
        within += &(centred.t().dot(&centred) / films.count() as f64);
    }
    let sphere = within.diag().mean().unwrap_or(0.0);
    within *= 1.0 - shrinkage;
    within.diag_mut().mapv_inplace(|variance| variance + shrinkage * sphere);

    let square = Tensor::from_slice(&within.iter().copied().collect::<Vec<f64>>()).view([width as i64, width as i64]);
    let apart = Tensor::from_slice(&(&high - &low).to_vec()).view([-1, 1]);
    let (factor, failed) = square.linalg_cholesky_ex(false, false);
    ensure!(
        failed.int64_value(&[]) == 0,
        "the features' covariance is singular; use more shrinkage, or fewer components in the fusion"
    );
    let weights = Array1::from_vec(Vec::<f64>::try_from(apart.cholesky_solve(&factor, false).view([-1]))?);
    let bias = films.prior() - weights.dot(&(&low + &high)) / 2.0;
    Ok(Linear { weights, bias })
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_discriminant_of_round_clouds_points_from_one_mean_to_the_other() {
        let normal = array![[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]];
        let features = ndarray::concatenate![Axis(0), normal, &normal + &array![3.0, 1.0]];
        let films = Examples::new(features, [vec![false; 4], vec![true; 4]].concat()).unwrap();
        let line = lda(&films, 0.0).unwrap();
        assert!((line.weights[0] / line.weights[1] - 3.0).abs() < 1e-12);
        // Half-way between means of equal weight there is nothing to choose.
        assert!(line.score(&array![2.5, 1.5]).abs() < 1e-12);
    }

    #[test]
    fn a_singular_covariance_is_said_so() {
        let features = array![[0.0, 0.0], [1.0, 2.0], [2.0, 4.0], [3.0, 6.0]];
        let films = Examples::new(features, vec![false, false, true, true]).unwrap();
        assert!(lda(&films, 0.0).unwrap_err().to_string().contains("more shrinkage"));
        assert!(lda(&films, 0.1).is_ok());
    }
}
