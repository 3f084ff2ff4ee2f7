//! The pointing game: does the heatmap's peak lie in a lesion's box? (Zhang et al. 2018, IJCV 126, without its tolerance.)

use fieldray_common::{
    explain::{Heatmap, Peak},
    metrics::{Interval, bootstrap},
    screening::Decision,
};
use serde::{Deserialize, Serialize};

use super::Lesions;
use crate::evaluate::{
    FilmResult,
    figures::{RESAMPLES, SEED, share},
};

/// Where a heatmap points, against the boxes that readers drew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pointing {
    /// Whether its peak lies in a box; a heatmap without a peak misses.
    pub hit: bool,
    /// Share of the film that the boxes cover: how often a random peak would hit.
    pub chance: f64,
}

impl Pointing {
    /// Where `heatmap` points.
    pub fn of(heatmap: &Heatmap, lesions: &Lesions) -> Self {
        let size = [heatmap.placement.film_width_px, heatmap.placement.film_height_px].map(|pixels| pixels as f64);
        let hit = match heatmap.peak {
            Peak::At([x, y]) => lesions.contain((x as f64 + 0.5) / size[0], (y as f64 + 0.5) / size[1]),
            Peak::NoPositiveEvidence => false,
        };
        Self { hit, chance: lesions.area() }
    }
}

/// How often the heatmaps of abnormal films with boxes point into one, with a 95 % interval by a bootstrap over families.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PointingFigures {
    /// Of the true positives: abnormal films called abnormal.
    pub called_abnormal: PointingShare,
    /// Of the abnormal films called abnormal or referred to a person.
    pub not_called_normal: PointingShare,
}

/// A share of films, beside the one that chance would give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PointingShare {
    /// How many films.
    pub count: usize,
    /// The share whose peak lies in a box.
    pub hit: Option<Interval>,
    /// The share whose peak would at a random place: the mean area of the boxes.
    pub chance: Option<f64>,
}

impl PointingFigures {
    /// Of these films; the normal ones and those without boxes are left out.
    pub(in crate::evaluate) fn of(films: &[&FilmResult]) -> Self {
        let among = |wanted: fn(Decision) -> bool| {
            let films = films.iter().filter(|film| film.abnormal && wanted(film.decision));
            PointingShare::of(&films.filter_map(|film| Some((film.family, film.pointing?))).collect::<Vec<_>>())
        };
        Self {
            called_abnormal: among(|decision| decision == Decision::Abnormal),
            not_called_normal: among(|decision| decision != Decision::Normal),
        }
    }
}

impl PointingShare {
    /// Of films with their families.
    pub(crate) fn of(films: &[(u64, Pointing)]) -> Self {
        let chance: f64 = films.iter().map(|(_, pointing)| pointing.chance).sum();
        Self {
            count: films.len(),
            hit: bootstrap(films, RESAMPLES, SEED, |films| share(films.iter().map(|pointing| pointing.hit))),
            chance: (!films.is_empty()).then(|| chance / films.len() as f64),
        }
    }
}
