//! Fitting the fusion: standardisation and principal components.

use anyhow::{Context, Result, ensure};
use fieldray_common::fusion::{Fusion, Projection};
use ndarray::{Array1, Array2, Axis};
use tch::{Kind, Tensor};

/// Features that hardly vary carry nothing: their deviation counts as at least this share of the largest.
const LEAST_DEVIATION: f64 = 1e-3;

/// Standardisation of rows of features (n x D) and, where `components` are wanted, the principal ones of largest variance: fewer where
/// the rows vary along fewer, as few films do.
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
/// first. There are fewer where the rows vary along fewer.
///
/// Of fewer rows than columns the products of rows (n x n) have the same variances as those of columns (D x D), and cost less.
pub(super) fn principal(rows: &Array2<f64>, count: usize) -> Result<(Array2<f64>, Array1<f64>)> {
    let (films, width) = rows.dim();
    let flat: Vec<f64> = rows.iter().copied().collect();
    let rows = Tensor::from_slice(&flat).view([films as i64, width as i64]);
    let of_rows = films < width;
    let products = if of_rows { rows.matmul(&rows.tr()) } else { rows.tr().matmul(&rows) };
    let (variances, directions) = (products / films as f64).f_linalg_eigh("L")?;
    // Eigenvalues come in ascending order.
    let count = count.min(films.min(width));
    let largest = |of: &Tensor| {
        let last = of.dim() as i64 - 1;
        of.narrow(last, (films.min(width) - count) as i64, count as i64).flip([last])
    };
    let (variances, directions) = (largest(&variances).contiguous(), largest(&directions).tr());
    let variances: Vec<f64> = Vec::try_from(variances)?;
    let some = variances.first().map_or(0.0, |largest| largest * LEAST_VARIANCE);
    let count = variances.iter().take_while(|variance| !of_rows || **variance > some).count();
    let mut directions = directions.narrow(0, 0, count as i64);
    if of_rows {
        directions = directions.matmul(&rows);
        directions = &directions / directions.square().sum_dim_intlist([1_i64].as_slice(), true, Kind::Double).sqrt();
    }
    let directions: Vec<f64> = Vec::try_from(directions.contiguous().view([-1]))?;
    Ok((Array2::from_shape_vec((count, width), directions)?, Array1::from_vec(variances[..count].to_vec())))
}

/// Of the largest variance, what counts as none: below it a direction is rounding.
const LEAST_VARIANCE: f64 = 1e-10;

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

    /// The same rows beside columns that say nothing: now there are fewer rows than columns, and the other way is taken.
    #[test]
    fn few_rows_have_the_directions_of_their_columns() {
        let narrow = Array2::from_shape_fn((12, 5), |(row, column)| (row as f64 * (0.7 + column as f64)).sin());
        let narrow = &narrow - &narrow.mean_axis(Axis(0)).unwrap();
        let wide = ndarray::concatenate![Axis(1), narrow, Array2::zeros((12, 20))];
        let ((one, variance), (other, same)) = (principal(&narrow, 25).unwrap(), principal(&wide, 25).unwrap());
        assert_eq!((one.dim(), other.dim()), ((5, 5), (5, 25)));
        assert!((&variance - &same).iter().all(|difference| difference.abs() < 1e-9));
        for (one, other) in one.rows().into_iter().zip(other.rows()) {
            assert!((one.dot(&other.slice(ndarray::s![..5])).abs() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn too_few_films_or_features_are_said_so() {
        let values = Array2::from_shape_fn((4, 3), |(row, column)| (row * 2 + column) as f64);
        assert!(fit(&values, Some(4)).unwrap_err().to_string().contains("4 components cannot come from 3 features"));
        assert!(fit(&Array2::zeros((1, 3)), None).unwrap_err().to_string().contains("too few"));
        let wide = Array2::from_shape_fn((4, 9), |(row, column)| ((row * 2 + column * column) as f64).sin());
        // A sine of a sum: these films differ along two directions, however many are asked for.
        assert_eq!(fit(&wide, Some(4)).unwrap().fused_width(), 2);
    }
}
