//! Explanations, judged and not only shown: do the maps point at the lesions, do they name what the model goes by, and do they
//! change when the model forgets?

mod lesions;

pub mod energy;
pub mod pointing;

pub mod deletion;
pub mod randomisation;

mod film;
mod report;

pub use film::{FilmExplanations, JudgedMap, Method};
pub use lesions::Lesions;
pub use report::{ExplanationReport, MapFigures};

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    bundle::Bundle,
    screening::{Decision, Model},
};
use indicatif::ProgressBar;
use sha2::{Digest, Sha256};

use super::{families, head_of};
use crate::{
    data::{
        manifest::Film,
        split::{HoldOut, Part},
    },
    parallel,
};
use film::Candidate;

/// How much is judged.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Films, at most.
    pub films: usize,
    /// Samples of LIME a film.
    pub samples: usize,
    /// Films side by side.
    pub threads: usize,
}

/// Judges the explanations of held-out abnormal films with boxes that the model does not call normal.
///
/// Which films these are, where there are more than wanted, is drawn by lot, always the same. Phantoms are judged only where there
/// are no real films.
///
/// # Errors
/// Where no film can be judged, one is gone or unreadable, or the model itself fails.
pub fn judge(
    bundle: &Bundle,
    hold_out: &Part<HoldOut>,
    source: &str,
    effort: Effort,
    progress: &ProgressBar,
) -> Result<ExplanationReport> {
    let model = Model::load(bundle)?;
    let shares = randomisation::SHARES.iter().zip(1..);
    let forgetful = shares
        .map(|(share, seed)| randomisation::forgetful(&model, bundle, *share, seed))
        .collect::<Result<Vec<_>>>()?;

    let candidates = candidates(&model, hold_out, effort, progress)?;
    progress.reset();
    progress.set_prefix("explaining");
    progress.set_length(candidates.len() as u64);
    let family_of = families(hold_out);
    let films = parallel::each(&candidates, effort.threads, progress, |(film, candidate)| {
        let judged = candidate.judge(&model, &forgetful, effort.samples, family_of[film.id.as_str()]);
        judged.with_context(|| format!("film {}", film.id))
    })?;
    Ok(ExplanationReport::of(model.manifest().id(), source.to_owned(), effort.samples, films))
}

/// Up to the wanted number of films to explain.
fn candidates<'a>(
    model: &Model,
    hold_out: &'a Part<HoldOut>,
    effort: Effort,
    progress: &ProgressBar,
) -> Result<Vec<(&'a Film, Candidate<'a>)>> {
    let marked = hold_out.films().iter().filter(|film| film.is_abnormal() && Lesions::of(film).is_some());
    let mut marked: Vec<&Film> = marked.filter(|film| head_of(model, film).is_some()).collect();
    let any_real = marked.iter().any(|film| film.is_real());
    marked.retain(|film| film.is_real() == any_real);
    marked.sort_by_cached_key(|film| Sha256::digest(&film.id).to_vec());
    progress.set_prefix("choosing");
    progress.set_length(marked.len() as u64);
    let screened = parallel::each(&marked, effort.threads, progress, |film| {
        Candidate::screen(model, film).with_context(|| format!("film {}", film.id))
    })?;
    let chosen = marked.into_iter().zip(screened).filter(|(_, film)| film.decision != Decision::Normal);
    let chosen: Vec<_> = chosen.take(effort.films).collect();
    ensure!(
        !chosen.is_empty(),
        "there is nothing to explain: no held-out abnormal film with boxes is called abnormal or referred; give a recipe with such films"
    );
    Ok(chosen)
}
