//! Evaluation: the exported bundle, run by the engine of the box, over films that no stage saw.

mod figures;

pub use figures::{Figures, Pointing};

use std::collections::HashMap;

use anyhow::{Context, Result};
use fieldray_common::{
    explain::Peak,
    screening::{self, Decision, Model},
};
use indicatif::ProgressBar;
use serde::Serialize;

use crate::{
    data::{
        self,
        manifest::{Film, Hardware},
        split::{self, HoldOut, Part},
    },
    parallel,
};

/// How a model did on one held-out film.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilmResult {
    /// The film's id.
    pub id: String,
    /// Whether it is a real film, not a phantom.
    pub real: bool,
    /// Films of one family stay together in the bootstrap.
    pub family: u64,
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
    /// Whether the heatmap's peak lies in a lesion's box, and the boxes' share of the film; where the film has boxes.
    pub pointing: Option<Pointing>,
}

/// Everything measured on a hold-out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// `name@version` of the bundle.
    pub bundle: String,
    /// Where the films came from.
    pub data: String,
    /// All real films together, then each head's, then those without metal; then the phantoms. Phantoms are never counted among
    /// real films; a run without real films has phantoms in their place.
    pub figures: Vec<Figures>,
    /// Share of the same films whose region the model recognised.
    pub region_accuracy: f64,
    /// Each film.
    pub films: Vec<FilmResult>,
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
    // Every held-out film is in exactly one family, so that looking one up cannot fail.
    let mut family_of = HashMap::new();
    for (family, places) in split::families(hold_out.films()).iter().enumerate() {
        family_of.extend(places.iter().map(|at| (hold_out.films()[*at].id.as_str(), family as u64)));
    }
    let films = parallel::each(&films, threads, progress, |film| {
        screen(model, film, family_of[film.id.as_str()]).with_context(|| format!("film {}", film.id))
    })?;
    let (counted, _) = figures::parted(&films);
    let recognised = counted.iter().filter(|film| film.recognised.as_ref() == Some(&film.head)).count();
    Ok(Evaluation {
        bundle: model.manifest().id(),
        data: source.to_owned(),
        figures: figures::all(model, &films),
        region_accuracy: recognised as f64 / counted.len().max(1) as f64,
        films,
    })
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
    let size = [radiograph.width_px() as f64, radiograph.height_px() as f64];
    let pointing = screening.heatmap.as_ref().filter(|_| !film.lesions.is_empty()).map(|heatmap| {
        let hit = |[x, y]: [usize; 2]| {
            let (x, y) = ((x as f64 + 0.5) / size[0], (y as f64 + 0.5) / size[1]);
            film.lesions.iter().any(|[left, top, width, height]| {
                (*left..left + width).contains(&x) && (*top..top + height).contains(&y)
            })
        };
        let chance = film.lesions.iter().map(|[_, _, width, height]| width * height).sum::<f64>().min(1.0);
        Pointing { hit: matches!(heatmap.peak, Peak::At(at) if hit(at)), chance }
    });
    Ok(FilmResult {
        id: film.id.clone(),
        real: film.is_real(),
        family,
        head: model.heads()[head].name.clone(),
        recognised,
        abnormal: film.is_abnormal(),
        hardware: film.hardware != Hardware::Absent,
        probability: screening.probability,
        decision: screening.decision,
        pointing,
    })
}
