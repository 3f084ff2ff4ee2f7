//! Gaussian naive Bayes.

use anyhow::{Context, Result};
use fieldray_common::classifier::NaiveBayes;
use ndarray::{Axis, stack};

use super::Examples;

/// Each class's means and variances; a share `smoothing` of the largest variance is added to every one, so that a feature that
/// hardly varies cannot decide alone.
///
/// Fitted here because linfa's classifier does not show what it learned.
pub fn naive_bayes(films: &Examples, smoothing: f64) -> Result<NaiveBayes> {
    let largest = films.features().var_axis(Axis(0), 0.0).into_iter().fold(f64::MIN_POSITIVE, f64::max);
    let classes = [films.of(false), films.of(true)];
    let [normal, abnormal] = classes.each_ref().map(|rows| rows.mean_axis(Axis(0)));
    let (normal, abnormal) = (normal.context("no normal film")?, abnormal.context("no abnormal film")?);
    let [narrow, wide] = classes.map(|rows| rows.var_axis(Axis(0), 0.0) + smoothing * largest);
    let means = stack(Axis(0), &[normal.view(), abnormal.view()])?;
    Ok(NaiveBayes::new(films.prior(), means, stack(Axis(0), &[narrow.view(), wide.view()])?)?)
}
