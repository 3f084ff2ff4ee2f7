//! Fitting the fusion: standardisation and principal components.

use anyhow::{Context, Result, ensure};
use fieldray_common::fusion::{Fusion, Projection};
use ndarray::{Array1, Array2, Axis};
use tch::{Kind, Tensor};

/// Features that hardly vary carry nothing: their deviation counts as at least this share of the largest.
const LEAST_DEVIATION: f64 = 1e-3;

/// Standardisation of rows of features (n x D) and, where `components` are wanted, the principal ones of largest variance.
pub fn fit(values: &Array2<f64>, components: Option<usize>) -> Result<Fusion> {
    let count = values.nrows();
    ensure!(count > 1, "{count} films are too few to standardise features by");
    ensure!(
        values.iter().all(|value| value.is_finite()),
        "a feature is not a finite number; the backbones' weights are damaged, train them again"
    );
    let mean = values.mean_axis(Axis(0)).context("no films to fuse")?;
    let deviation = values.std_axis(Axis(0), 0.0);
    let largest = deviation.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let deviation = deviation.mapv(|value| value.max(LEAST_DEVIATION * largest));
    let standardised = (values - &mean) / &deviation;
    let projection = match components {
        Some(components) => {
            let width = values.ncols();
            ensure!(
                (1..=width).contains(&components),
                "fusion: {components} components cannot come from {width} features; ask for fewer, or for none"
            );
            Projection::Components(principal(&standardised, components)?.0)
        }
        None => Projection::None,
    };
    Ok(Fusion::new(mean, deviation, projection)?)
}

/// Rows of features (n x D) as rows of fused features (n x K).
pub fn fuse(fusion: &Fusion, values: &Array2<f64>) -> Array2<f64> {
    let standardised = (values - fusion.mean()) / fusion.deviation();
    match fusion.projection() {
        Projection::None => standardised,
        Projection::Components(components) => standardised.dot(&components.t()),
    }
}

/// The `count` principal directions of centred rows (n x D), as orthonormal rows (count x D), and the variance along each, the largest
/// first.
pub(super) fn principal(rows: &Array2<f64>, count: usize) -> Result<(Array2<f64>, Array1<f64>)> {
    let (films, width) = rows.dim();
    let flat: Vec<f64> = rows.iter().copied().collect();
    let rows = Tensor::from_slice(&flat).view([films as i64, width as i64]);
    let (variances, directions) = (rows.tr().matmul(&rows) / films as f64).f_linalg_eigh("L")?;
    // Eigenvalues come in ascending order.
    let largest = |of: &Tensor| {
        let last = of.dim() as i64 - 1;
        of.narrow(last, (width - count) as i64, count as i64).flip([last])
    };
    let directions: Vec<f64> = Vec::try_from(largest(&directions).tr().contiguous().to_kind(Kind::Double).view([-1]))?;
    let variances: Vec<f64> = Vec::try_from(largest(&variances).contiguous())?;
    Ok((Array2::from_shape_vec((count, width), directions)?, Array1::from_vec(variances)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_are_orthonormal_and_largest_first() {
        let values = Array2::from_shape_fn((300, 3), |(row, column)| (row as f64 * (0.7 + column as f64)).sin());
        let fusion = fit(&values, Some(2)).unwrap();
        let fused = fuse(&fusion, &values);
        let variance = fused.map_axis(Axis(0), |column| column.dot(&column));
        assert!(variance[0] >= variance[1]);
        assert!(fused.column(0).dot(&fused.column(1)).abs() < 1e-6 * variance[0]);
        // All rows at once are what each is alone.
        let one = fusion.project(&fusion.standardise(&values.row(7).to_owned()));
        assert!((&one - &fused.row(7)).iter().all(|difference| difference.abs() < 1e-12));
    }

    #[test]
    fn too_few_films_or_features_are_said_so() {
        let values = Array2::from_shape_fn((4, 3), |(row, column)| (row * 2 + column) as f64);
        assert!(fit(&values, Some(4)).unwrap_err().to_string().contains("4 components cannot come from 3 features"));
        assert!(fit(&Array2::zeros((1, 3)), None).unwrap_err().to_string().contains("too few"));
    }
}
