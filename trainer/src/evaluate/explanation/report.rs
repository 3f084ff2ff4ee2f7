//! What judging came to: figures with intervals, and the tables that show them.

use std::fmt;

use fieldray_common::{
    metrics::{Interval, bootstrap},
    screening::Decision,
};
use serde::Serialize;

use super::{
    film::{FilmExplanations, JudgedMap, Method},
    pointing::PointingShare,
    randomisation::SHARES,
};
use crate::evaluate::{
    figures::{RESAMPLES, SEED},
    table::{cell, table},
};

/// How good the explanations of a bundle are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExplanationReport {
    /// `name@version` of the bundle.
    pub bundle: String,
    /// Where the films came from.
    pub data: String,
    /// Samples of LIME a film.
    pub lime_samples: usize,
    /// Share of the films' area that the boxes cover: what a map without knowledge gets as its share of evidence in them.
    pub box_area: Option<Interval>,
    /// Each method.
    pub methods: Vec<MapFigures>,
    /// LIME: how well its linear model fits, weighted R squared.
    pub lime_score: Option<Interval>,
    /// LIME: rank correlation of the weights from two halves of the samples.
    pub lime_rank_correlation: Option<Interval>,
    /// LIME: overlap of the five strongest superpixels from two halves of the samples.
    pub lime_top_overlap: Option<Interval>,
    /// Rank correlation of Grad-CAM before and after the networks forgot.
    pub after_forgetting: Vec<AfterForgetting>,
    /// Each film.
    pub films: Vec<FilmExplanations>,
}

/// The figures of one method, each with its 95 % interval by a bootstrap over families.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapFigures {
    /// The method.
    pub method: Method,
    /// How often its peak lies in a box, on the films called abnormal (true positives).
    pub pointing_called_abnormal: PointingShare,
    /// How often its peak lies in a box, on all the films: called abnormal or referred.
    pub pointing_not_called_normal: PointingShare,
    /// Share of its evidence in the boxes.
    pub energy_in_boxes: Option<Interval>,
    /// Area under the deletion curve; smaller is better.
    pub deletion: Option<Interval>,
    /// Area under the insertion curve; larger is better.
    pub insertion: Option<Interval>,
}

/// What is left of a map once networks forgot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AfterForgetting {
    /// Share of the tensors, from the last layer down, that forgot.
    pub share: f64,
    /// Rank correlation with the map before.
    pub rank_correlation: Option<Interval>,
}

impl ExplanationReport {
    pub(super) fn of(bundle: String, data: String, lime_samples: usize, films: Vec<FilmExplanations>) -> Self {
        let mean = |figure: &dyn Fn(&FilmExplanations) -> Option<f64>| mean_over(&films, figure);
        let methods = Method::ALL.map(|method| MapFigures::of(method, &films));
        let after_forgetting = SHARES.iter().enumerate().map(|(at, share)| AfterForgetting {
            share: *share,
            rank_correlation: mean(&|film| film.after_forgetting[at]),
        });
        Self {
            bundle,
            data,
            lime_samples,
            box_area: mean(&|film| Some(film.box_area)),
            lime_score: mean(&|film| Some(film.lime_score)),
            lime_rank_correlation: mean(&|film| Some(film.lime_stability.rank_correlation)),
            lime_top_overlap: mean(&|film| Some(film.lime_stability.top_overlap)),
            methods: methods.into(),
            after_forgetting: after_forgetting.collect(),
            films,
        }
    }
}

impl MapFigures {
    fn of(method: Method, films: &[FilmExplanations]) -> Self {
        let map = |film: &FilmExplanations| film.maps.iter().find(|map| map.method == method).cloned();
        let pointing = |wanted: &dyn Fn(&FilmExplanations) -> bool| {
            let films = films.iter().filter(|film| wanted(film));
            PointingShare::of(&films.filter_map(|film| Some((film.family, map(film)?.pointing))).collect::<Vec<_>>())
        };
        let mean = |figure: fn(JudgedMap) -> Option<f64>| mean_over(films, &|film| figure(map(film)?));
        Self {
            method,
            pointing_called_abnormal: pointing(&|film| film.decision == Decision::Abnormal),
            pointing_not_called_normal: pointing(&|_| true),
            energy_in_boxes: mean(|map| map.energy_in_boxes),
            deletion: mean(|map| Some(map.areas.deletion)),
            insertion: mean(|map| Some(map.areas.insertion)),
        }
    }
}

/// The mean of a figure over the films that have it.
fn mean_over(films: &[FilmExplanations], figure: &dyn Fn(&FilmExplanations) -> Option<f64>) -> Option<Interval> {
    let values: Vec<(u64, f64)> = films.iter().filter_map(|film| Some((film.family, figure(film)?))).collect();
    let mean = |values: &[f64]| (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64);
    bootstrap(&values, RESAMPLES, SEED, mean)
}

impl fmt::Display for ExplanationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let called = self.films.iter().filter(|film| film.decision == Decision::Abnormal).count();
        writeln!(
            f,
            "{} on {}: {} abnormal films with boxes, {called} called abnormal, the others referred; 95 % intervals by a bootstrap \
             over families of films\n",
            self.bundle,
            self.data,
            self.films.len()
        )?;
        let heads = [
            "map",
            "peak in a box, called abnormal (chance)",
            "peak in a box, not called normal (chance)",
            "evidence in boxes",
            "deletion (low is good)",
            "insertion (high is good)",
        ];
        let pointing =
            |of: &PointingShare| of.chance.map_or("-".to_owned(), |chance| format!("{} ({chance:.3})", cell(&of.hit)));
        let rows = self.methods.iter().map(|row| {
            vec![
                row.method.name().to_owned(),
                pointing(&row.pointing_called_abnormal),
                pointing(&row.pointing_not_called_normal),
                cell(&row.energy_in_boxes),
                cell(&row.deletion),
                cell(&row.insertion),
            ]
        });
        table(f, &heads, rows)?;
        writeln!(f, "\nThe boxes cover {} of the films.", cell(&self.box_area))?;
        writeln!(
            f,
            "LIME with {} samples: R squared {}; from two halves of the samples, rank correlation of the weights {}, overlap of the \
             five strongest superpixels {}.",
            self.lime_samples,
            cell(&self.lime_score),
            cell(&self.lime_rank_correlation),
            cell(&self.lime_top_overlap)
        )?;
        writeln!(
            f,
            "\nRank correlation of Grad-CAM with itself after the networks forgot, from the last layer down:\n"
        )?;
        let rows = self
            .after_forgetting
            .iter()
            .map(|row| vec![format!("{:.0} % of the tensors", row.share * 100.0), cell(&row.rank_correlation)]);
        table(f, &["forgotten", "rank correlation"], rows)
    }
}
