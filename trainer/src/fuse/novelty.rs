//! Fitting novelty: what the training films look like, and how far other films of their kind lie from them.

use anyhow::{Context, Result};
use fieldray_common::{
    fusion::{Fusion, Projection},
    novelty::{Gaussian, Novelty},
};
use ndarray::{Array1, Array2, Axis};

use super::{features::FeatureTable, fusion};

/// Most directions with a variance of their own. More notice little more, and each costs the bundle a number a feature.
const DIRECTIONS: usize = 256;

/// The spread of the training films; a share `familiar` (0 to 1) of the other films lies within its limit.
pub fn fit(fusion: &Fusion, training: &FeatureTable, others: &FeatureTable, familiar: f64) -> Result<Novelty> {
    let standardised = |table: &FeatureTable| (&table.values - fusion.mean()) / fusion.deviation();
    let features = gaussian(&standardised(training), DIRECTIONS)?;
    let shades = Some(gaussian(&training.shades, DIRECTIONS)?);
    let mut novelty = Novelty { features, shades, limit: f64::INFINITY };
    let features = standardised(others);
    let mut distances: Vec<f64> = (features.rows().into_iter().zip(others.shades.rows()))
        .map(|(features, shades)| novelty.distance(&features.to_owned(), &shades.to_owned()))
        .collect();
    distances.sort_by(f64::total_cmp);
    let place = (familiar * distances.len() as f64) as usize;
    novelty.limit = *distances.get(place).or(distances.last()).context("no films to set the limit of novelty by")?;
    Ok(novelty)
}

/// The Gaussian of rows (n x d), at most `directions` of it with a variance of their own.
///
/// The variances are drawn together as far as the rows are too few to tell them apart (Ledoit and Wolf 2004, "A well-conditioned
/// estimator for large-dimensional covariance matrices"). Without that, directions along which the training films happen not to
/// differ would make every new film look strange.
pub fn gaussian(rows: &Array2<f64>, directions: usize) -> Result<Gaussian> {
    let width = rows.ncols();
    let mean = rows.mean_axis(Axis(0)).context("no films to measure the spread of")?;
    let centred = rows - &mean;
    let (axes, variances) = fusion::principal(&centred, width)?;
    let average = variances.sum() / width as f64;
    let shrinkage = shrinkage(&centred, &variances);
    let drawn = |variance: f64| ((1.0 - shrinkage) * variance + shrinkage * average).max(LEAST_VARIANCE);
    let kept = directions.min(variances.len());
    let (own, shared) = variances.view().split_at(Axis(0), kept);
    // Along directions that have none, the rows do not differ.
    let none = width - variances.len();
    let shared = shared.iter().copied().map(drawn).sum::<f64>() + none as f64 * drawn(0.0);
    Ok(Gaussian {
        mean,
        directions: Projection::Components(axes.slice(ndarray::s![..kept, ..]).to_owned()),
        variance: own.mapv(drawn),
        // Without other directions there is nothing that this could divide.
        residual_variance: if kept < width { shared / (width - kept) as f64 } else { 1.0 },
    })
}

/// The least variance, where all rows are alike.
const LEAST_VARIANCE: f64 = 1e-9;

/// The share of Ledoit and Wolf, 0 to 1, for centred rows (n x d) and the eigenvalues of their covariance, as far as they are not 0.
fn shrinkage(centred: &Array2<f64>, variances: &Array1<f64>) -> f64 {
    let (count, width) = (centred.nrows() as f64, centred.ncols() as f64);
    let average = variances.iter().sum::<f64>() / width;
    let squares = variances.iter().map(|variance| variance * variance).sum::<f64>();
    let spread = squares - width * average * average;
    // How far single films lie from the covariance, on average: the squared norms of their own products less that of their mean.
    let fourth = centred.rows().into_iter().map(|row| row.dot(&row).powi(2)).sum::<f64>() / count;
    let doubt = (fourth - squares) / count;
    if spread > 0.0 { (doubt / spread).clamp(0.0, 1.0) } else { 1.0 }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn films(count: usize) -> FeatureTable {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(5);
        FeatureTable {
            films: Vec::new(),
            values: Array2::from_shape_fn((count, 5), |(_, column)| {
                random.random_range(-1.0..1.0) * (column + 1) as f64
            }),
            shades: Array2::from_shape_fn((count, 8), |_| random.random_range(0.2..0.5)),
        }
    }

    #[test]
    fn the_wanted_share_of_films_is_familiar() {
        let films = films(300);
        for components in [Some(2), None] {
            let fusion = fusion::fit(&films.values, components).unwrap();
            let novelty = fit(&fusion, &films, &films, 0.95).unwrap();
            let distance = |features: &Array1<f64>, shades: &Array1<f64>| {
                novelty.distance(&fusion.standardise(features), shades) / novelty.limit
            };
            let rows = || films.values.rows().into_iter().zip(films.shades.rows());
            let near = rows().filter(|(features, shades)| distance(&features.to_owned(), &shades.to_owned()) <= 1.0);
            assert!((near.count() as f64 / 300.0 - 0.95).abs() < 0.01);
            // Strange by its content, or by its shades alone.
            let (usual, usual_shades) = (fusion.mean(), films.shades.row(0).to_owned());
            assert!(distance(&Array1::from_elem(5, 20.0), &usual_shades) > 1.0);
            assert!(distance(usual, &usual_shades) < 1.0);
            assert!(distance(usual, &Array1::from_iter((0..8).map(|bin| f64::from(u8::from(bin == 7))))) > 1.0);
        }
    }

    #[test]
    fn few_films_in_many_dimensions_do_not_make_every_other_film_strange() {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(9);
        let mut draw = |count| Array2::from_shape_fn((count, 60), |_| random.random_range(-1.0..1.0));
        let (training, others) = (draw(50), draw(200));
        let gaussian = gaussian(&training, 60).unwrap();
        let mean = |rows: &Array2<f64>| {
            rows.rows().into_iter().map(|row| gaussian.distance(&row.to_owned())).sum::<f64>() / rows.nrows() as f64
        };
        let (near, far) = (mean(&training), mean(&others));
        assert!((0.8..1.2).contains(&near) && far < 1.3, "{near} {far}");
    }
}
