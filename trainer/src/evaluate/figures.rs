//! From results to figures with intervals, and the table that shows them.

use std::fmt;

use fieldray_common::{
    metrics::{Confusion, Interval, Scored, auroc, bootstrap, brier, expected_calibration_error},
    screening::{Decision, Model},
};
use serde::Serialize;

use super::{Evaluation, FilmResult};

/// Resamples behind every interval.
const RESAMPLES: usize = 1000;

/// Where a heatmap points, against the boxes that readers drew.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Pointing {
    /// Whether its peak lies in a box.
    pub hit: bool,
    /// Share of the film that the boxes cover: how often a random peak would hit.
    pub chance: f64,
}

/// The figures of a set of films, each with its 95 % interval by a bootstrap over families.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figures {
    /// Which films.
    pub films: String,
    /// How many.
    pub count: usize,
    /// How many of them are abnormal.
    pub abnormal: usize,
    /// Area under the ROC curve.
    pub auroc: Option<Interval>,
    /// Share of abnormal films that the box does not call normal: called abnormal or referred to a person.
    pub caught: Option<Interval>,
    /// Of the abnormal films decided on, the share called abnormal.
    pub sensitivity: Option<Interval>,
    /// Of the normal films decided on, the share called normal.
    pub specificity: Option<Interval>,
    /// Share of films referred.
    pub referred: Option<Interval>,
    /// Cohen's kappa of the decisions, referred films left out.
    pub kappa: Option<Interval>,
    /// Brier score.
    pub brier: Option<Interval>,
    /// Expected calibration error.
    pub calibration_error: Option<Interval>,
    /// Of the abnormal films not called normal, the share whose heatmap peaks in a lesion's box.
    pub pointing: Option<Interval>,
    /// The share that would by chance.
    pub pointing_chance: Option<f64>,
}

/// The films that count, and the phantoms beside them: where there is no real film, the phantoms count.
pub(super) fn parted(films: &[FilmResult]) -> (Vec<&FilmResult>, Vec<&FilmResult>) {
    let (real, phantoms): (Vec<_>, Vec<_>) = films.iter().partition(|film| film.real);
    if real.is_empty() { (phantoms, real) } else { (real, phantoms) }
}

/// Figures of all films that count, of each head's, and of those without metal; then of the phantoms beside them.
pub(super) fn all(model: &Model, films: &[FilmResult]) -> Vec<Figures> {
    let (counted, phantoms) = parted(films);
    let among = |name: &str, wanted: &dyn Fn(&FilmResult) -> bool| {
        figures(name, counted.iter().copied().filter(|film| wanted(film)))
    };
    let mut all = vec![among("all regions", &|_| true)];
    for head in model.heads() {
        all.push(among(&head.name, &|film| film.head == head.name));
    }
    all.push(among("without metal", &|film| !film.hardware));
    if !phantoms.is_empty() {
        all.push(figures("phantoms (not real films)", phantoms.into_iter()));
    }
    all
}

fn figures<'a>(name: &str, films: impl Iterator<Item = &'a FilmResult>) -> Figures {
    let films: Vec<(u64, &FilmResult)> = films.map(|film| (film.family, film)).collect();
    let interval = |figure: &dyn Fn(&[&FilmResult]) -> Option<f64>| bootstrap(&films, RESAMPLES, 1, figure);
    let chances: Vec<f64> =
        films.iter().filter_map(|(_, film)| pointed(film)).map(|pointing| pointing.chance).collect();
    Figures {
        films: name.to_owned(),
        count: films.len(),
        abnormal: films.iter().filter(|(_, film)| film.abnormal).count(),
        auroc: interval(&|films| auroc(&scored(films))),
        caught: interval(&|films| {
            share(films.iter().filter(|film| film.abnormal).map(|film| film.decision != Decision::Normal))
        }),
        sensitivity: interval(&|films| confusion(films).sensitivity()),
        specificity: interval(&|films| confusion(films).specificity()),
        referred: interval(&|films| share(films.iter().map(|film| film.decision == Decision::Refer))),
        kappa: interval(&|films| confusion(films).kappa()),
        brier: interval(&|films| brier(&scored(films))),
        calibration_error: interval(&|films| expected_calibration_error(&scored(films))),
        pointing: interval(&|films| share(films.iter().filter_map(|film| pointed(film)).map(|pointing| pointing.hit))),
        pointing_chance: (!chances.is_empty()).then(|| chances.iter().sum::<f64>() / chances.len() as f64),
    }
}

fn scored(films: &[&FilmResult]) -> Vec<Scored> {
    let score = |film: &&FilmResult| Some(Scored { abnormal: film.abnormal, probability: film.probability? });
    films.iter().filter_map(score).collect()
}

fn confusion(films: &[&FilmResult]) -> Confusion {
    Confusion::count(films.iter().filter_map(|film| match film.decision {
        Decision::Abnormal => Some((film.abnormal, true)),
        Decision::Normal => Some((film.abnormal, false)),
        Decision::Refer | Decision::Unreadable => None,
    }))
}

fn pointed(film: &FilmResult) -> Option<Pointing> {
    film.pointing.filter(|_| film.abnormal && film.decision != Decision::Normal)
}

fn share(cases: impl Iterator<Item = bool>) -> Option<f64> {
    let cases: Vec<bool> = cases.collect();
    (!cases.is_empty()).then(|| cases.iter().filter(|case| **case).count() as f64 / cases.len() as f64)
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cell = |value: &Option<Interval>| value.map_or("-".to_owned(), |interval| interval.to_string());
        writeln!(f, "{} on {}; 95 % intervals by a bootstrap over families of films", self.bundle, self.data)?;
        writeln!(f)?;
        writeln!(
            f,
            "| films | n | abnormal | AUROC | caught | sensitivity | specificity | referred | kappa | pointing (chance) |"
        )?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|---|")?;
        for row in &self.figures {
            let chance = row.pointing_chance.map_or(String::new(), |chance| format!(" ({chance:.3})"));
            writeln!(
                f,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {}{chance} |",
                row.films,
                row.count,
                row.abnormal,
                cell(&row.auroc),
                cell(&row.caught),
                cell(&row.sensitivity),
                cell(&row.specificity),
                cell(&row.referred),
                cell(&row.kappa),
                cell(&row.pointing),
            )?;
        }
        if let Some(all) = self.figures.first() {
            writeln!(f)?;
            writeln!(
                f,
                "Brier score {}, expected calibration error {}.",
                cell(&all.brier),
                cell(&all.calibration_error)
            )?;
            writeln!(f, "Region recognised on {:.1} % of the films.", self.region_accuracy * 100.0)?;
        }
        Ok(())
    }
}
