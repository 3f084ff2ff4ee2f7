//! Evaluation: the exported bundle, run by the engine of the box, over films that no stage saw.

pub(crate) mod figures;

pub mod compare;
pub mod explanation;
pub mod foreign;

pub(crate) mod table;

pub use figures::{CALL_FROM, CallFigures, DecisionFigures, Figures, ProbabilityFigures, SetFigures, StudyFigures};

use std::collections::HashMap;

use anyhow::{Context, Result};
use fieldray_common::{
    conformal::PredictionSet,
    screening::{self, Decision, Model},
};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use crate::{
    data::{
        self,
        manifest::{Film, Hardware},
        split::{self, HoldOut, Part},
    },
    parallel,
};
use explanation::{Lesions, pointing::Pointing};

/// How a model did on one held-out film.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilmResult {
    /// The film's id.
    pub id: String,
    /// Whether it is a real film, not a phantom.
    pub real: bool,
    /// Films of one family stay together in the bootstrap.
    pub family: u64,
    /// The study it is judged with; a film of which no study is known is one of its own.
    pub study: String,
    /// The head that screened it.
    pub head: String,
    /// The head that the model would have chosen by itself.
    pub recognised: Option<String>,
    /// Whether it is abnormal.
    pub abnormal: bool,
    /// Whether metal is seen, or may be: where the source does not tell, it is not said to be absent.
    pub hardware: bool,
    /// The calibrated probability of `abnormal`, where a classifier ran.
    pub probability: Option<f64>,
    /// What the box would say.
    pub decision: Decision,
    /// The labels it may have, where the model has prediction sets.
    #[serde(default)]
    pub set: Option<PredictionSet>,
    /// Where its heatmap points; where the film has boxes.
    pub pointing: Option<Pointing>,
}

/// Everything measured on a hold-out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// `name@version` of the bundle.
    pub bundle: String,
    /// Where the films came from.
    pub data: String,
    /// All real films together, then each head's, then those without metal; then the phantoms. Phantoms are never counted among
    /// real films; a run without real films has phantoms in their place.
    pub figures: Vec<Figures>,
    /// The same of the studies, where one has several films: figures of films and of studies are never mixed.
    pub studies: Vec<StudyFigures>,
    /// Share of each class's films whose prediction set was promised to hold their label, where the model has such.
    #[serde(default)]
    pub promised_coverage: Option<f64>,
    /// Share of the same films whose region the model recognised.
    pub region_accuracy: f64,
    /// What it says of images it must not judge, where that was asked.
    #[serde(default)]
    pub foreign: Option<foreign::Foreign>,
    /// Each film.
    pub films: Vec<FilmResult>,
}

impl Evaluation {
    /// The films that figures are of: the real ones, or the phantoms where there are no others.
    pub fn counted(&self) -> impl Iterator<Item = &FilmResult> {
        parted(&self.films).0.into_iter()
    }
}

/// Screens the held-out films with their regions given, and sums up.
///
/// # Errors
/// Where a film is gone, unreadable or blank, or the model itself fails: figures with films left out would flatter.
pub fn evaluate(
    model: &Model,
    hold_out: &Part<HoldOut>,
    source: &str,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Evaluation> {
    let films: Vec<&Film> = hold_out.films().iter().filter(|film| head_of(model, film).is_some()).collect();
    progress.set_length(films.len() as u64);
    let family_of = families(hold_out);
    let films = parallel::each(&films, threads, progress, |film| {
        screen(model, film, family_of[film.id.as_str()]).with_context(|| format!("film {}", film.id))
    })?;
    let (counted, phantoms) = parted(&films);
    let recognised = counted.iter().filter(|film| film.recognised.as_ref() == Some(&film.head)).count();
    let mut sets = vec![("all regions", counted.clone())];
    let among = |wanted: &dyn Fn(&FilmResult) -> bool| counted.iter().copied().filter(|film| wanted(film)).collect();
    for head in model.heads() {
        sets.push((&head.name, among(&|film| film.head == head.name)));
    }
    sets.push(("without metal", among(&|film| !film.hardware)));
    if !phantoms.is_empty() {
        sets.push(("phantoms (not real films)", phantoms));
    }
    Ok(Evaluation {
        bundle: model.manifest().id(),
        data: source.to_owned(),
        figures: sets.iter().map(|(name, films)| Figures::of(name, films.iter().copied())).collect(),
        studies: sets.iter().filter_map(|(name, films)| StudyFigures::of(name, films.iter().copied())).collect(),
        promised_coverage: model.heads().iter().find_map(|head| head.conformal).map(|conformal| conformal.coverage),
        region_accuracy: recognised as f64 / counted.len().max(1) as f64,
        foreign: None,
        films,
    })
}

/// The family of each held-out film, by its id: every film is in exactly one, so that looking one up cannot fail.
fn families(hold_out: &Part<HoldOut>) -> HashMap<&str, u64> {
    let families = split::families(hold_out.films());
    let members = families.iter().zip(0..).flat_map(|(places, family)| places.iter().map(move |at| (at, family)));
    members.map(|(at, family)| (hold_out.films()[*at].id.as_str(), family)).collect()
}

/// The films that count, and the phantoms beside them: where there is no real film, the phantoms count.
fn parted(films: &[FilmResult]) -> (Vec<&FilmResult>, Vec<&FilmResult>) {
    let (real, phantoms): (Vec<_>, Vec<_>) = films.iter().partition(|film| film.real);
    if real.is_empty() { (phantoms, real) } else { (real, phantoms) }
}

fn head_of(model: &Model, film: &Film) -> Option<usize> {
    model.manifest().head_for(film.region)
}

fn screen(model: &Model, film: &Film, family: u64) -> Result<FilmResult> {
    let head = head_of(model, film).context("no head covers it")?;
    let radiograph = data::radiograph(film, model.preparation())?;
    let prepared = model.preparation().apply(&radiograph)?;
    let seen = model.see(&model.preparation().tensor(&prepared.grid))?;
    let screening = screening::conclude(model, &radiograph, Some(head), &seen, prepared.placement, &mut |_| ());
    let recognised = model.recognise(&seen).map(|head| model.heads()[head].name.clone());
    let lesions = Lesions::of(film);
    let conformal = model.heads()[head].conformal;
    Ok(FilmResult {
        id: film.id.clone(),
        real: film.is_real(),
        family,
        study: film.study_id(),
        head: model.heads()[head].name.clone(),
        recognised,
        abnormal: film.is_abnormal(),
        hardware: film.hardware != Hardware::Absent,
        probability: screening.probability,
        decision: screening.decision,
        set: conformal.zip(screening.probability).map(|(conformal, probability)| conformal.set(probability)),
        pointing: screening.heatmap.as_ref().zip(lesions).map(|(heatmap, lesions)| Pointing::of(heatmap, &lesions)),
    })
}
