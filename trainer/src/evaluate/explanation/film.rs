//! Every explanation of one film, judged.

use anyhow::{Context, Result};
use fieldray_common::{
    explain::{Cam, Heatmap, Lime, Stability, superpose},
    metrics::rank_correlation,
    prepare::{Placement, Prepared},
    screening::{Decision, Model, Seen, conclude},
};
use ndarray::{Array2, s};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::Serialize;

use super::{
    Lesions,
    deletion::{Areas, Fading},
    energy,
    pointing::Pointing,
};
use crate::{
    data::{self, manifest::Film},
    evaluate::head_of,
};

/// Cells along a side of the random map: as coarse as the last map of a network without a neck, so that it takes and brings patches.
const RANDOM_CELLS: usize = 6;

/// What makes a map of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// LIME's weights.
    Lime,
    /// Nothing but chance: what every other must beat.
    Random,
    /// A class activation map in closed form.
    #[serde(untagged)]
    Cam(Cam),
}

impl Method {
    /// Every method, in the order of the tables.
    pub const ALL: [Self; 5] =
        [Self::Cam(Cam::GradCam), Self::Cam(Cam::GradCamPlusPlus), Self::Cam(Cam::LayerCam), Self::Lime, Self::Random];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cam(Cam::GradCam) => "Grad-CAM",
            Self::Cam(Cam::GradCamPlusPlus) => "Grad-CAM++",
            Self::Cam(Cam::LayerCam) => "LayerCAM",
            Self::Lime => "LIME",
            Self::Random => "random",
        }
    }
}

/// One film's maps, judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FilmExplanations {
    /// The film's id.
    pub id: String,
    /// Films of one family stay together in the bootstrap.
    pub family: u64,
    /// The probability of `abnormal`.
    pub probability: f64,
    /// What the box would say.
    pub decision: Decision,
    /// Share of the film that the lesions' boxes cover.
    pub box_area: f64,
    /// Each method's map, in the order of [`Method::ALL`]; one that the film's head does not allow is left out.
    pub maps: Vec<JudgedMap>,
    /// How well LIME's linear model fits: weighted R squared.
    pub lime_score: f64,
    /// How stable LIME's answer is.
    pub lime_stability: Stability,
    /// Rank correlation of Grad-CAM with that of each forgetful model, over the film's pixels; `None` where a map is
    /// constant or cannot be.
    pub after_forgetting: Vec<Option<f64>>,
}

/// A method's map of one film, judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct JudgedMap {
    /// What made it.
    pub method: Method,
    /// Where its peak lies.
    pub pointing: Pointing,
    /// Share of its evidence in the boxes; `None` without positive evidence.
    pub energy_in_boxes: Option<f64>,
    /// The areas under its deletion and insertion curves.
    #[serde(flatten)]
    pub areas: Areas,
}

/// A film ready to be explained, and what the model saw in it.
pub(super) struct Candidate<'a> {
    film: &'a Film,
    lesions: Lesions,
    head: usize,
    prepared: Prepared,
    seen: Seen,
    probability: f64,
    pub decision: Decision,
}

impl<'a> Candidate<'a> {
    /// Screens a film with boxes.
    pub fn screen(model: &Model, film: &'a Film) -> Result<Self> {
        let lesions = Lesions::of(film).context("it has no boxes")?;
        let head = head_of(model, film).context("no head covers it")?;
        let radiograph = data::radiograph(film, model.preparation())?;
        let prepared = model.preparation().apply(&radiograph)?;
        let seen = model.see(&model.preparation().tensor(&prepared.grid))?;
        let screening = conclude(model, &radiograph, Some(head), &seen, prepared.placement, &mut |_| ());
        let probability = screening.probability.context("it got no probability")?;
        Ok(Self { film, lesions, head, prepared, seen, probability, decision: screening.decision })
    }

    /// Explains it in every way and judges each; `forgetful` are the models of the randomisation check.
    pub fn judge(&self, model: &Model, forgetful: &[Model], samples: usize, family: u64) -> Result<FilmExplanations> {
        let seed = seed_of(&self.film.id);
        let lime = Lime::plan(&self.prepared, samples, seed);
        let screened = |at: usize| model.probability(self.head, &lime.sample(at));
        let lime = lime.explain(&(0..lime.samples()).map(screened).collect::<Result<Vec<_>, _>>()?)?;
        let fading = Fading::new(model, self.head, &self.prepared)?;
        let mut maps = Vec::new();
        for method in Method::ALL {
            let evidence = match method {
                Method::Cam(cam) => self.evidence(model, &self.seen, cam),
                Method::Lime => Some(lime.evidence.clone()),
                Method::Random => Some(random_map(self.prepared.placement.side_px, seed)),
            };
            let Some(evidence) = evidence else { continue };
            let areas = fading.areas(&evidence)?;
            let heatmap = Heatmap::of(evidence, self.prepared.placement);
            maps.push(JudgedMap {
                method,
                pointing: Pointing::of(&heatmap, &self.lesions),
                energy_in_boxes: energy::in_boxes(&heatmap, &self.lesions),
                areas,
            });
        }
        let learned = self.evidence(model, &self.seen, Cam::GradCam);
        let after_forgetting = forgetful.iter().map(|forgetful| {
            let seen = forgetful.see(&model.preparation().tensor(&self.prepared.grid))?;
            let forgotten = self.evidence(forgetful, &seen, Cam::GradCam);
            let inside = |map: &Array2<f64>| covered(map, self.prepared.placement);
            let maps = learned.as_ref().zip(forgotten.as_ref());
            Ok(maps.and_then(|(learned, forgotten)| rank_correlation(&inside(learned), &inside(forgotten))))
        });
        Ok(FilmExplanations {
            id: self.film.id.clone(),
            family,
            probability: self.probability,
            decision: self.decision,
            box_area: self.lesions.area(),
            maps,
            lime_score: lime.score,
            lime_stability: lime.stability,
            after_forgetting: after_forgetting.collect::<Result<_>>()?,
        })
    }

    fn evidence(&self, model: &Model, seen: &Seen, cam: Cam) -> Option<Array2<f64>> {
        model.explain(seen, &model.judge(self.head, seen), cam)
    }
}

/// The values of a map where the film lies.
fn covered(map: &Array2<f64>, Placement { left_px, top_px, width_px, height_px, .. }: Placement) -> Vec<f64> {
    map.slice(s![top_px..top_px + height_px, left_px..left_px + width_px]).iter().copied().collect()
}

fn random_map(side_px: usize, seed: u64) -> Array2<f64> {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    superpose(&[Array2::from_shape_simple_fn((RANDOM_CELLS, RANDOM_CELLS), || random.random())], side_px)
}

/// A number of the film's own, so that a film gets the same samples in whatever company it is judged.
fn seed_of(id: &str) -> u64 {
    // FNV-1a.
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
