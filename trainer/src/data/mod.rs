//! Films: what there is, which part each belongs to, and how it becomes a tensor.

pub mod manifest;

mod fracatlas;
mod phantom;

pub mod split;

pub mod augment;
pub mod batch;
pub mod cache;

use std::{fs, path::Path};

use anyhow::{Context, Result};
use fieldray_common::radiograph::Radiograph;

use crate::{
    data::{
        manifest::{Film, Origin},
        split::Split,
    },
    recipe::Recipe,
};

/// Every film the recipe's sources have, in a fixed order.
///
/// # Errors
/// Where a source is missing or its tables do not read.
pub fn gather(recipe: &Recipe, data: &Path) -> Result<Vec<Film>> {
    let mut films = Vec::new();
    if let Some(folder) = &recipe.data.fracatlas {
        films.extend(fracatlas::films(&data.join(folder))?);
    }
    films.extend(phantom::films(recipe.data.phantoms, recipe.seed, recipe.preparation.side_px));
    Ok(films)
}

/// The recipe's films, parted.
pub fn parted(recipe: &Recipe, data: &Path) -> Result<Split> {
    Ok(split::split(gather(recipe, data)?, &recipe.split, recipe.seed))
}

/// A film as the box would read it.
///
/// # Errors
/// Where its file is gone or is no radiograph.
pub fn radiograph(film: &Film) -> Result<Radiograph> {
    match &film.origin {
        Origin::File(path) => {
            let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(fieldray_common::read::read(&bytes)?)
        }
        Origin::Phantom { seed, long_side_px } => Ok(phantom::radiograph(*seed, *long_side_px)),
    }
}
