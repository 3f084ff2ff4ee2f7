//! Support vector machines, by linfa's solver.

use anyhow::{Context, Result};
use fieldray_common::classifier::{Linear, RbfSvm};
use linfa::prelude::*;
use linfa_svm::Svm;
use ndarray::{Array1, Axis};

use super::{Examples, handed_over, labels};

/// Multipliers smaller than this are the solver's rounding: their films do not carry the margin.
const LEAST_MULTIPLIER: f64 = 1e-9;

/// A machine without a kernel, with penalty `cost` for films on the wrong side.
pub fn svm_linear(films: &Examples, cost: f64) -> Result<Linear> {
    let fitted = solve(films, Svm::params().pos_neg_weights(cost, cost).linear_kernel())?;
    Ok(Linear { weights: films.features().t().dot(&Array1::from_vec(fitted.alpha)), bias: -fitted.rho })
}

/// A machine with penalty `cost` for films on the wrong side and an RBF kernel of inverse squared width `gamma`.
pub fn svm_rbf(films: &Examples, cost: f64, gamma: f64) -> Result<RbfSvm> {
    // linfa's Gaussian kernel is exp(-distance^2 / eps).
    let fitted = solve(films, Svm::params().pos_neg_weights(cost, cost).gaussian_kernel(1.0 / gamma))?;
    let places: Vec<usize> = (0..films.count()).filter(|at| fitted.alpha[*at].abs() > LEAST_MULTIPLIER).collect();
    let coefficients = places.iter().map(|at| fitted.alpha[*at]).collect();
    Ok(RbfSvm::new(films.features().select(Axis(0), &places), coefficients, -fitted.rho, gamma)?)
}

fn solve(films: &Examples, params: linfa_svm::SvmParams<f64, bool>) -> Result<Svm<f64, bool>> {
    let data = Dataset::new(handed_over(films.features()), labels(films.abnormal()));
    params.fit(&data).context("the support vector machine did not converge; scale the features or lower its cost")
}

#[cfg(test)]
mod tests {
    use super::super::tests::clouds;
    use super::*;

    #[test]
    fn our_machine_scores_as_the_one_it_came_from() {
        let films = clouds(120);
        let machine = svm_rbf(&films, 2.0, 0.5).unwrap();
        let linear = svm_linear(&films, 2.0).unwrap();
        let params = || Svm::<f64, bool>::params().pos_neg_weights(2.0, 2.0);
        let theirs =
            [params().gaussian_kernel(2.0), params().linear_kernel()].map(|params| solve(&films, params).unwrap());
        for row in films.features().rows() {
            let score = |fitted: &Svm<f64, bool>| fitted.weighted_sum(&labels(&row.to_vec())) - fitted.rho;
            assert!((machine.score(&row.to_owned()) - score(&theirs[0])).abs() < 1e-9);
            assert!((linear.score(&row.to_owned()) - score(&theirs[1])).abs() < 1e-9);
        }
    }
}
