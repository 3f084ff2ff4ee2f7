//! Fitting: fusion, novelty, classifiers and calibration, each from rows of features.

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    calibrate::Platt,
    classifier::{Linear, RbfSvm},
    fusion::{Fusion, Projection},
    novelty::Novelty,
};
use linfa::prelude::*;
use ndarray::{Array1, Array2, Axis};
use tch::{Kind, Tensor};

/// Features that hardly vary carry nothing: their deviation counts as at least this share of the largest.
const LEAST_DEVIATION: f64 = 1e-3;

/// Standardisation of rows of features (n x D) and, where `components` are wanted, the principal ones of largest variance.
pub fn fusion(values: &Array2<f64>, components: Option<usize>) -> Result<Fusion> {
    let count = values.nrows();
    ensure!(count > 1, "{count} films are too few to standardise features by");
    let mean = values.mean_axis(Axis(0)).context("no films to fuse")?;
    let deviation = values.std_axis(Axis(0), 0.0);
    let largest = deviation.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let deviation = deviation.mapv(|value| value.max(LEAST_DEVIATION * largest));
    let standardised = (values - &mean) / &deviation;
    let projection = match components {
        Some(components) => Projection::Components(principal(&standardised, components)?),
        None => Projection::None,
    };
    Ok(Fusion::new(mean, deviation, projection)?)
}

/// The principal `components` of rows of standardised features (n x D), as orthonormal rows (K x D), the largest variance first.
fn principal(standardised: &Array2<f64>, components: usize) -> Result<Array2<f64>> {
    let (count, width) = standardised.dim();
    ensure!(
        (1..=width).contains(&components),
        "fusion: {components} components cannot come from {width} features; ask for fewer, or for none"
    );
    let flat: Vec<f64> = standardised.iter().copied().collect();
    let rows = Tensor::from_slice(&flat).view([count as i64, width as i64]);
    let (_, directions) = (rows.tr().matmul(&rows) / count as f64).linalg_eigh("L");
    // Eigenvalues come in ascending order.
    let kept = directions.narrow(1, (width - components) as i64, components as i64).flip([1]).tr().contiguous();
    let kept: Vec<f64> = Vec::try_from(kept.to_kind(Kind::Double).view([-1]))?;
    Ok(Array2::from_shape_vec((components, width), kept)?)
}

/// Rows of features (n x D) as rows of fused features (n x K).
pub fn fuse(fusion: &Fusion, values: &Array2<f64>) -> Array2<f64> {
    let mut fused = Array2::zeros((values.nrows(), fusion.fused_width()));
    for (row, mut out) in values.rows().into_iter().zip(fused.rows_mut()) {
        out.assign(&fusion.project(&fusion.standardise(&row.to_owned())));
    }
    fused
}

/// The spread of the training films; a share `familiar` (0 to 1) of the other films lies within its limit.
pub fn novelty(fusion: &Fusion, training: &Array2<f64>, others: &Array2<f64>, familiar: f64) -> Result<Novelty> {
    let fused = fuse(fusion, training);
    let variance = fused.map_axis(Axis(0), |column| (column.dot(&column) / column.len() as f64).max(1e-9));
    let dropped = (fusion.width() - fusion.fused_width()).max(1) as f64;
    let residuals = training
        .rows()
        .into_iter()
        .zip(fused.rows())
        .map(|(row, projected)| fusion.residual(&fusion.standardise(&row.to_owned()), &projected.to_owned()));
    let residual_variance = (residuals.sum::<f64>() / (training.nrows() as f64 * dropped)).max(1e-9);
    let mut novelty = Novelty { variance, residual_variance, limit: f64::INFINITY };
    let mut distances: Vec<f64> = others
        .rows()
        .into_iter()
        .map(|row| {
            let standardised = fusion.standardise(&row.to_owned());
            novelty.distance(fusion, &standardised, &fusion.project(&standardised))
        })
        .collect();
    distances.sort_by(f64::total_cmp);
    let place = (familiar * distances.len() as f64) as usize;
    novelty.limit = *distances.get(place).or(distances.last()).context("no films to set the limit of novelty by")?;
    Ok(novelty)
}

/// Logistic regression with an L2 penalty of weight `penalty`.
pub fn logistic(fused: &Array2<f64>, abnormal: &[bool], penalty: f64) -> Result<Linear> {
    let data = Dataset::new(handed_over(fused), self::labels(abnormal));
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

/// A support vector machine with penalty `cost` for films on the wrong side and an RBF kernel of width `gamma`.
pub fn svm(fused: &Array2<f64>, abnormal: &[bool], cost: f64, gamma: f64) -> Result<RbfSvm> {
    let data = Dataset::new(handed_over(fused), self::labels(abnormal));
    // linfa's Gaussian kernel is exp(-distance^2 / eps).
    let fitted = linfa_svm::Svm::<f64, bool>::params()
        .pos_neg_weights(cost, cost)
        .gaussian_kernel(1.0 / gamma)
        .fit(&data)
        .context("the support vector machine did not converge")?;
    let places: Vec<usize> = (0..fitted.alpha.len()).filter(|at| fitted.alpha[*at].abs() > 1e-9).collect();
    let coefficients = places.iter().map(|at| fitted.alpha[*at]).collect();
    Ok(RbfSvm::new(fused.select(Axis(0), &places), coefficients, -fitted.rho, gamma)?)
}

/// Platt's calibration of scores whose films were not used to fit the classifier.
///
/// A light penalty keeps the slope finite where a few films happen to be parted perfectly, as Platt's own targets do.
pub fn platt(scores: &[f64], abnormal: &[bool]) -> Result<Platt> {
    let column = Array2::from_shape_vec((scores.len(), 1), scores.to_vec())?;
    let fitted = logistic(&column, abnormal, 0.1).context("calibration")?;
    Ok(Platt { slope: fitted.weights[0], offset: fitted.bias })
}

/// linfa is built on an earlier ndarray, so arrays are handed over value by value.
fn handed_over(values: &Array2<f64>) -> linfa_ndarray::Array2<f64> {
    linfa_ndarray::Array2::from_shape_fn(values.dim(), |place| values[place])
}

fn labels<T: Clone>(values: &[T]) -> linfa_ndarray::Array1<T> {
    linfa_ndarray::Array1::from_vec(values.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    /// Two overlapping clouds in three dimensions, the abnormal one shifted along the first axis.
    fn clouds(count: usize) -> (Array2<f64>, Vec<bool>) {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(5);
        let abnormal: Vec<bool> = (0..count).map(|at| at % 3 == 0).collect();
        let values = Array2::from_shape_fn((count, 3), |(row, column)| {
            let noise = random.random_range(-1.0..1.0) * (column + 1) as f64;
            noise + if column == 0 && abnormal[row] { 1.2 } else { 0.0 }
        });
        (values, abnormal)
    }

    #[test]
    fn the_score_grows_with_the_evidence_whichever_class_is_larger() {
        let (values, abnormal) = clouds(200);
        for labels in [abnormal.clone(), abnormal.iter().map(|label| !label).collect()] {
            let toward = if labels == abnormal { 1.0 } else { -1.0 };
            let linear = logistic(&values, &labels, 1.0).unwrap();
            assert!(linear.weights[0] * toward > 0.5, "{linear:?}");
            let machine = svm(&values, &labels, 1.0, 0.3).unwrap();
            let difference =
                machine.score(&Array1::from(vec![1.5, 0.0, 0.0])) - machine.score(&Array1::from(vec![-0.8, 0.0, 0.0]));
            assert!(difference * toward > 0.5, "{difference}");
        }
    }

    #[test]
    fn our_machine_scores_as_the_one_it_came_from() {
        let (values, abnormal) = clouds(120);
        let machine = svm(&values, &abnormal, 2.0, 0.5).unwrap();
        let fitted = linfa_svm::Svm::<f64, bool>::params()
            .pos_neg_weights(2.0, 2.0)
            .gaussian_kernel(2.0)
            .fit(&Dataset::new(handed_over(&values), labels(&abnormal)))
            .unwrap();
        for row in values.rows() {
            let theirs = fitted.weighted_sum(&labels(&row.to_vec())) - fitted.rho;
            assert!((machine.score(&row.to_owned()) - theirs).abs() < 1e-9);
        }
    }

    #[test]
    fn components_are_orthonormal_and_largest_first() {
        let (values, _) = clouds(300);
        let fusion = fusion(&values, Some(2)).unwrap();
        let fused = fuse(&fusion, &values);
        let variance = fused.map_axis(Axis(0), |column| column.dot(&column));
        assert!(variance[0] >= variance[1]);
        assert!(fused.column(0).dot(&fused.column(1)).abs() < 1e-6 * variance[0]);
    }

    #[test]
    fn the_wanted_share_of_films_is_familiar() {
        let (values, _) = clouds(300);
        for components in [Some(2), None] {
            let fusion = fusion(&values, components).unwrap();
            let novelty = novelty(&fusion, &values, &values, 0.95).unwrap();
            let distance = |row: Array1<f64>| {
                let standardised = fusion.standardise(&row);
                novelty.distance(&fusion, &standardised, &fusion.project(&standardised))
            };
            let near = values.rows().into_iter().filter(|row| distance(row.to_owned()) <= novelty.limit).count();
            assert!((near as f64 / 300.0 - 0.95).abs() < 0.01);
            assert!(distance(Array1::from(vec![20.0, 20.0, 20.0])) > novelty.limit);
        }
    }

    #[test]
    fn calibrated_probabilities_match_what_happens() {
        let (values, abnormal) = clouds(600);
        let scores: Vec<f64> = values.column(0).iter().map(|value| value * 3.0).collect();
        let platt = platt(&scores, &abnormal).unwrap();
        let said: f64 =
            scores.iter().map(|score| fieldray_common::calibrate::probability(platt.log_odds(*score))).sum();
        assert!((said / 600.0 - 1.0 / 3.0).abs() < 0.01, "{said}");
    }
}
