//! What would go wrong with films, said before anything starts.

use std::{collections::HashSet, path::Path};

use anyhow::{Context, Result, bail, ensure};
use indicatif::ProgressBar;

use super::{
    cache::Grids,
    manifest::{Film, Origin},
    split::{HoldOut, Part, Split},
};
use crate::recipe::{Keep, Recipe, Stage};

/// Whether every film has a name of its own and, where it is a file, is there.
pub(super) fn are_there(films: &[Film]) -> Result<()> {
    let mut named = HashSet::new();
    for film in films {
        ensure!(named.insert(&film.id), "the film {} is there twice", film.id);
    }
    let missing: Vec<&Film> =
        films.iter().filter(|film| matches!(&film.origin, Origin::File(path) if !path.is_file())).collect();
    if let [first, ..] = missing[..] {
        let more = more(missing.len());
        bail!("not there: {}{more}; put the files back, or take the films out of the table that names them", first.id);
    }
    Ok(())
}

/// What follows the first of `count`.
pub(crate) fn more(count: usize) -> String {
    if count > 1 { format!(" and {} more", count - 1) } else { String::new() }
}

/// Whether every stage has films of both classes to learn from and, where it chooses an epoch, to choose by; and whether films are
/// held out.
pub(super) fn can_be_learned(recipe: &Recipe, split: &Split) -> Result<()> {
    for (at, stage) in recipe.stages.iter().enumerate() {
        let context = || format!("stage {} ({})", at + 1, stage.purpose.name());
        both_classes(&split.training, stage, Stage::learns_from, "learn from").with_context(context)?;
        if stage.keep == Keep::Best {
            both_classes(&split.validation, stage, Stage::validates_on, "choose its best epoch by")
                .with_context(context)?;
        }
    }
    ensure!(
        split.hold_out.films().iter().any(|film| recipe.screens(film)),
        "no film of a region that the heads cover is held out, so nothing could be measured; raise hold_out, or add films"
    );
    Ok(())
}

/// Whether every held-out film that the heads screen can be prepared. Figures that leave films out would flatter, and a run must not
/// end without figures: so this is asked before anything is learned.
///
/// # Errors
/// Where one cannot, or `grids`, the folder of prepared films, cannot be written.
pub fn hold_out(recipe: &Recipe, hold_out: &Part<HoldOut>, grids: &Path, progress: &ProgressBar) -> Result<()> {
    progress.set_prefix("checking");
    let films: Vec<&Film> = hold_out.films().iter().filter(|film| recipe.screens(film)).collect();
    let prepared = Grids::open(grids, &films, &recipe.preparation, progress)?;
    if let [(film, reason), ..] = prepared.unusable() {
        let more = more(prepared.unusable().len());
        bail!(
            "held out, but not to be judged: {film} ({reason}){more}; mend the files, or take the films out of the data"
        );
    }
    Ok(())
}

fn both_classes<Role>(
    part: &Part<Role>,
    stage: &Stage,
    takes_part: impl Fn(&Stage, &Film) -> bool,
    purpose: &str,
) -> Result<()> {
    let films: Vec<&Film> = part.films().iter().filter(|film| takes_part(stage, film)).collect();
    let abnormal = films.iter().filter(|film| film.is_abnormal()).count();
    let normal = films.len() - abnormal;
    ensure!(
        abnormal > 0 && normal > 0,
        "it would have {normal} normal and {abnormal} abnormal films to {purpose}, and needs both; name more regions, or add films"
    );
    Ok(())
}
