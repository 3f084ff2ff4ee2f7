//! Films: what there is, which part each belongs to, and how it becomes a tensor.

pub mod manifest;

mod chest_kermany;
mod class_folders;
mod dicom_tree;
mod files;
mod fracatlas;
mod mura;
mod phantom;
mod table;

pub mod folds;
pub mod split;
mod target;

mod account;
pub mod check;

pub mod augment;
pub mod batch;
pub mod cache;
pub mod ledger;

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result};
use fieldray_common::{prepare::Preparation, radiograph::Radiograph, read};
use sha2::{Digest, Sha256};

use crate::{
    data::{
        manifest::{Film, Origin},
        split::Split,
    },
    recipe::{Recipe, Source},
};

/// Every film the recipe's sources have, in a fixed order.
///
/// # Errors
/// Where a source is missing, its tables do not read or contradict themselves, or a file that they name is not there.
pub fn gather(recipe: &Recipe, data: &Path) -> Result<Vec<Film>> {
    let limit = recipe.data.limit.unwrap_or(usize::MAX);
    let mut films = Vec::new();
    for source in &recipe.data.sources {
        let of_source = match source {
            Source::Fracatlas { folder } => fracatlas::films(&data.join(folder))?,
            Source::Mura { folder } => mura::films(&data.join(folder))?,
            Source::ChestKermany { folder } => chest_kermany::films(&data.join(folder))?,
            Source::Folder(folders) => class_folders::films(folders, data)?,
            Source::Csv(table) => table::films(table, data)?,
            Source::Dicom(tree) => dicom_tree::films(tree, data, recipe.preparation.accept())?,
            Source::Phantoms { count } => phantom::films((*count).min(limit), recipe.seed, recipe.preparation.side_px),
        };
        films.extend(a_few(of_source, limit));
    }
    check::are_there(&films)?;
    Ok(films)
}

/// The recipe's films, parted.
///
/// # Errors
/// As [`gather`]; where a source divides what belongs together; where a stage would have nothing to learn from.
pub fn parted(recipe: &Recipe, data: &Path) -> Result<Split> {
    let mut films = gather(recipe, data)?;
    recipe.transfer.iter().for_each(|transfer| target::hold_out(&mut films, transfer));
    let mut split = split::split(films, &recipe.split, recipe.seed)?;
    if let Some(transfer) = &recipe.transfer {
        split.training = target::fewer_labels(&split.training, transfer, recipe.seed);
    }
    check::can_be_learned(recipe, &split)?;
    Ok(split)
}

/// At most `limit` of the films, in their order: as many of every region, label and own part as there are, drawn by their ids.
fn a_few(films: Vec<Film>, limit: usize) -> Vec<Film> {
    if films.len() <= limit {
        return films;
    }
    let mut lots: Vec<usize> = (0..films.len()).collect();
    lots.sort_by_cached_key(|&at| Sha256::digest(&films[at].id).to_vec());
    // The first of every kind come before the second of any.
    let mut drawn_of = BTreeMap::new();
    let mut turns: Vec<(usize, usize)> = Vec::with_capacity(films.len());
    for at in lots {
        let drawn = drawn_of.entry((films[at].region, films[at].label, films[at].own_part)).or_insert(0);
        turns.push((*drawn, at));
        *drawn += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    let chosen: HashSet<usize> = turns.into_iter().take(limit).map(|(_, at)| at).collect();
    films.into_iter().enumerate().filter(|(at, _)| chosen.contains(at)).map(|(_, film)| film).collect()
}

/// A film as the box would read it, or, for a preparation of CT slices, as the box would if it took any.
///
/// # Errors
/// Where its file is gone or is no radiograph.
pub fn radiograph(film: &Film, preparation: &Preparation) -> Result<Radiograph> {
    match &film.origin {
        Origin::File(path) => {
            let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(read::read_accepting(&bytes, preparation.accept())?)
        }
        Origin::Phantom { seed, long_side_px } => Ok(phantom::radiograph(*seed, *long_side_px)),
    }
}
