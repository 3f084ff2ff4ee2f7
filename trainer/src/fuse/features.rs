//! What the exported backbones see in many films.

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    engine::Backbone,
    novelty::{SHADES, shades},
    prepare::Preparation,
};
use indicatif::ProgressBar;
use ndarray::{Array1, Array2, Axis};

use crate::{
    data::{cache, manifest::Film},
    parallel,
};

/// Films with the concatenated pooled features of all backbones.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// The films, one a row.
    pub films: Vec<Film>,
    /// Rows of D features.
    pub values: Array2<f64>,
    /// Rows of shares of grey levels, by which novelty tells how a film looks.
    pub shades: Array2<f64>,
}

impl FeatureTable {
    /// Runs every film through every backbone, on `threads` threads. A film that cannot be prepared is left out.
    ///
    /// # Errors
    /// Where a backbone fails, or sees what is no number.
    pub fn extract(
        backbones: &[Backbone],
        preparation: &Preparation,
        films: &[Film],
        threads: usize,
        progress: &ProgressBar,
    ) -> Result<Self> {
        let seen = parallel::each(films, threads, progress, |film| {
            let Ok(grid) = cache::prepare(film, preparation) else { return Ok(None) };
            let tensor = preparation.tensor(&grid);
            let mut row: Vec<f64> = Vec::new();
            for backbone in backbones {
                let seen = backbone.run(&tensor).with_context(|| format!("film {}", film.id))?;
                row.extend(seen.pooled.iter().map(|value| f64::from(*value)));
            }
            ensure!(
                row.iter().all(|value| value.is_finite()),
                "the backbones see no finite number in the film {}; their weights are damaged, train them again",
                film.id
            );
            Ok(Some((film.clone(), row, shades(&tensor, preparation))))
        })?;
        let seen: Vec<(Film, Vec<f64>, Array1<f64>)> = seen.into_iter().flatten().collect();
        let width = seen.first().map_or(0, |(_, row, _)| row.len());
        let values = seen.iter().flat_map(|(_, row, _)| row.iter().copied()).collect();
        let shades = seen.iter().flat_map(|(_, _, shades)| shades.iter().copied()).collect();
        Ok(Self {
            values: Array2::from_shape_vec((seen.len(), width), values)?,
            shades: Array2::from_shape_vec((seen.len(), SHADES), shades)?,
            films: seen.into_iter().map(|(film, ..)| film).collect(),
        })
    }

    /// The rows whose film is wanted.
    pub fn only(&self, wanted: impl Fn(&Film) -> bool) -> Self {
        let places: Vec<usize> = (0..self.films.len()).filter(|at| wanted(&self.films[*at])).collect();
        Self {
            films: places.iter().map(|at| self.films[*at].clone()).collect(),
            values: self.values.select(Axis(0), &places),
            shades: self.shades.select(Axis(0), &places),
        }
    }
}
