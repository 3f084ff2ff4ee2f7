//! What the exported backbones see in many films.

use anyhow::{Context, Result};
use fieldray_common::{engine::Backbone, prepare::Preparation};
use indicatif::ProgressBar;
use ndarray::{Array2, Axis};

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
}

impl FeatureTable {
    /// Runs every film through every backbone, on `threads` threads. A film that cannot be prepared is left out.
    ///
    /// # Errors
    /// Where a backbone fails.
    pub fn extract(
        backbones: &[Backbone],
        preparation: &Preparation,
        films: &[Film],
        threads: usize,
        progress: &ProgressBar,
    ) -> Result<Self> {
        let rows = parallel::each(films, threads, progress, |film| {
            let Ok(grid) = cache::prepare(film, preparation) else { return Ok(None) };
            let tensor = preparation.tensor(&grid);
            let mut row: Vec<f64> = Vec::new();
            for backbone in backbones {
                let seen = backbone.run(&tensor).with_context(|| format!("film {}", film.id))?;
                row.extend(seen.pooled.iter().map(|value| f64::from(*value)));
            }
            Ok(Some(row))
        })?;
        let (films, rows): (Vec<Film>, Vec<Vec<f64>>) =
            films.iter().zip(rows).filter_map(|(film, row)| Some((film.clone(), row?))).unzip();
        let width = rows.first().map_or(0, Vec::len);
        Ok(Self { values: Array2::from_shape_vec((rows.len(), width), rows.concat())?, films })
    }

    /// The rows whose film is wanted.
    pub fn only(&self, wanted: impl Fn(&Film) -> bool) -> Self {
        let places: Vec<usize> = (0..self.films.len()).filter(|at| wanted(&self.films[*at])).collect();
        Self {
            films: places.iter().map(|at| self.films[*at].clone()).collect(),
            values: self.values.select(Axis(0), &places),
        }
    }
}
