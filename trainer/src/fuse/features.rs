//! What the exported backbones see in many films.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, Result};
use fieldray_common::{engine::Backbone, prepare::Preparation};
use indicatif::ProgressBar;
use ndarray::{Array2, Axis};

use crate::data::{cache, manifest::Film};

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
        let next = AtomicUsize::new(0);
        let work = || -> Result<Vec<(usize, Vec<f64>)>> {
            let mut rows = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(film) = films.get(at) else { return Ok(rows) };
                progress.inc(1);
                let Ok(grid) = cache::prepare(film, preparation) else { continue };
                let tensor = preparation.tensor(&grid);
                let mut row = Vec::new();
                for backbone in backbones {
                    let seen = backbone.run(&tensor).with_context(|| format!("film {}", film.id))?;
                    row.extend(seen.pooled.iter().map(|value| f64::from(*value)));
                }
                rows.push((at, row));
            }
        };
        let mut rows = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
            let mut rows = Vec::with_capacity(films.len());
            for worker in workers {
                rows.extend(worker.join().map_err(|_| anyhow::anyhow!("a feature worker stopped"))??);
            }
            anyhow::Ok(rows)
        })?;
        rows.sort_by_key(|(at, _)| *at);
        let width = rows.first().map_or(0, |(_, row)| row.len());
        let seen: Vec<Film> = rows.iter().map(|(at, _)| films[*at].clone()).collect();
        let flat = rows.into_iter().flat_map(|(_, row)| row).collect();
        Ok(Self { values: Array2::from_shape_vec((seen.len(), width), flat)?, films: seen })
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
