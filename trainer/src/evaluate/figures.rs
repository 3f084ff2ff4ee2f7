//! From results to figures with intervals.

use std::collections::BTreeMap;

use fieldray_common::{
    conformal::PredictionSet,
    metrics::{
        Case, Confusion, Interval, Scored, ScoredStudy, auroc, average_precision, bootstrap_each, brier,
        expected_calibration_error, studies,
    },
    screening::Decision,
};
use serde::{Deserialize, Serialize};

use super::{FilmResult, explanation::pointing::PointingFigures};

/// Resamples behind every interval.
pub(crate) const RESAMPLES: usize = 1000;

/// Decides the resamples.
pub(crate) const SEED: u64 = 1;

/// The probability from which a case is called abnormal where every one must be called: at even odds.
pub const CALL_FROM: f64 = 0.5;

/// The figures of a set of films, each with its 95 % interval by a bootstrap over families.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Which films.
    pub films: String,
    /// How many.
    pub count: usize,
    /// How many of them are abnormal.
    pub abnormal: usize,
    /// What the probabilities are worth.
    pub probabilities: ProbabilityFigures,
    /// What calls are worth, every film called.
    pub calls: CallFigures,
    /// What the box's decisions are worth, films referred to a person among them.
    pub decisions: DecisionFigures,
    /// What the prediction sets are worth.
    #[serde(default)]
    pub sets: SetFigures,
    /// Where the heatmaps point.
    pub pointing: PointingFigures,
}

/// The figures of a set of studies: the mean probability of a study's films is the study's. Intervals as those of films.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyFigures {
    /// Which studies.
    pub studies: String,
    /// How many.
    pub count: usize,
    /// How many of them are abnormal.
    pub abnormal: usize,
    /// What the probabilities are worth.
    pub probabilities: ProbabilityFigures,
    /// What calls are worth, every study called.
    pub calls: CallFigures,
}

/// What probabilities are worth, without any threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProbabilityFigures {
    /// Area under the ROC curve.
    pub auroc: Option<Interval>,
    /// Area under the precision-recall curve (average precision).
    pub auprc: Option<Interval>,
    /// Brier score.
    pub brier: Option<Interval>,
    /// Expected calibration error.
    pub calibration_error: Option<Interval>,
}

/// What calls are worth where everything is called: abnormal from [`CALL_FROM`] on, else normal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallFigures {
    /// Share of calls that are right.
    pub accuracy: Option<Interval>,
    /// Share of the abnormal called abnormal.
    pub sensitivity: Option<Interval>,
    /// Share of the normal called normal.
    pub specificity: Option<Interval>,
    /// Share of those called abnormal that are.
    pub precision: Option<Interval>,
    /// Harmonic mean of precision and sensitivity.
    pub f1: Option<Interval>,
    /// Cohen's kappa.
    pub kappa: Option<Interval>,
}

/// What prediction sets are worth.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SetFigures {
    /// Share of normal films whose set holds `normal`.
    pub normal: Option<Interval>,
    /// Share of abnormal films whose set holds `abnormal`.
    pub abnormal: Option<Interval>,
    /// Share of films whose set holds one label.
    pub single: Option<Interval>,
}

/// What the decisions of the box are worth: normal, abnormal, or referred to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionFigures {
    /// Share of abnormal films not called normal: called abnormal or referred.
    pub caught: Option<Interval>,
    /// Of the abnormal films decided on, the share called abnormal.
    pub sensitivity: Option<Interval>,
    /// Of the normal films decided on, the share called normal.
    pub specificity: Option<Interval>,
    /// Share of films referred.
    pub referred: Option<Interval>,
    /// Cohen's kappa, referred films left out.
    pub kappa: Option<Interval>,
}

impl Figures {
    /// Of the films that `name` names.
    pub(super) fn of<'a>(name: &str, films: impl Iterator<Item = &'a FilmResult>) -> Self {
        let films: Vec<&FilmResult> = films.collect();
        let scored = films.iter().filter_map(|film| Some((film.family, film.scored()?))).collect::<Vec<_>>();
        Self {
            films: name.to_owned(),
            count: films.len(),
            abnormal: films.iter().filter(|film| film.abnormal).count(),
            probabilities: ProbabilityFigures::of(&scored),
            calls: CallFigures::of(&scored),
            decisions: DecisionFigures::of(&films),
            sets: SetFigures::of(&films),
            pointing: PointingFigures::of(&films),
        }
    }
}

impl StudyFigures {
    /// Of the studies of the films that `name` names; `None` where every film is a study of its own.
    pub(super) fn of<'a>(name: &str, films: impl Iterator<Item = &'a FilmResult>) -> Option<Self> {
        let films: Vec<&FilmResult> = films.filter(|film| film.probability.is_some()).collect();
        let family_of: BTreeMap<&str, u64> = films.iter().map(|film| (film.study.as_str(), film.family)).collect();
        let scored = films.iter().filter_map(|film| Some((film.study.as_str(), film.scored()?)));
        let scored: Vec<(u64, ScoredStudy)> =
            studies(scored).into_iter().map(|(study, scored)| (family_of[study], scored)).collect();
        (scored.len() < films.len()).then(|| Self {
            studies: name.to_owned(),
            count: scored.len(),
            abnormal: scored.iter().filter(|(_, study)| study.abnormal()).count(),
            probabilities: ProbabilityFigures::of(&scored),
            calls: CallFigures::of(&scored),
        })
    }
}

impl ProbabilityFigures {
    pub(crate) fn of<C: Case + Copy>(cases: &[(u64, C)]) -> Self {
        let [auroc, auprc, brier, calibration_error] = bootstrap_each(cases, RESAMPLES, SEED, |cases| {
            [auroc(cases), average_precision(cases), brier(cases), expected_calibration_error(cases)]
        });
        Self { auroc, auprc, brier, calibration_error }
    }
}

impl CallFigures {
    pub(crate) fn of<C: Case + Copy>(cases: &[(u64, C)]) -> Self {
        let [accuracy, sensitivity, specificity, precision, f1, kappa] =
            bootstrap_each(cases, RESAMPLES, SEED, |cases| {
                let calls = Confusion::count(cases.iter().map(|case| (case.abnormal(), called(case.probability()))));
                [
                    calls.accuracy(),
                    calls.sensitivity(),
                    calls.specificity(),
                    calls.precision(),
                    calls.f1(),
                    calls.kappa(),
                ]
            });
        Self { accuracy, sensitivity, specificity, precision, f1, kappa }
    }
}

impl DecisionFigures {
    fn of(films: &[&FilmResult]) -> Self {
        let films: Vec<(u64, &FilmResult)> = films.iter().map(|film| (film.family, *film)).collect();
        let [caught, sensitivity, specificity, referred, kappa] = bootstrap_each(&films, RESAMPLES, SEED, |films| {
            let abnormal = films.iter().filter(|film| film.abnormal);
            let decided = Confusion::count(films.iter().filter_map(|film| match film.decision {
                Decision::Abnormal => Some((film.abnormal, true)),
                Decision::Normal => Some((film.abnormal, false)),
                Decision::Refer | Decision::Unreadable => None,
            }));
            [
                share(abnormal.map(|film| film.decision != Decision::Normal)),
                decided.sensitivity(),
                decided.specificity(),
                share(films.iter().map(|film| film.decision == Decision::Refer)),
                decided.kappa(),
            ]
        });
        Self { caught, sensitivity, specificity, referred, kappa }
    }
}

impl SetFigures {
    fn of(films: &[&FilmResult]) -> Self {
        let sets: Vec<(u64, (bool, PredictionSet))> =
            films.iter().filter_map(|film| Some((film.family, (film.abnormal, film.set?)))).collect();
        let [normal, abnormal, single] = bootstrap_each(&sets, RESAMPLES, SEED, |sets| {
            let held = |class: bool| {
                share(sets.iter().filter(|(abnormal, _)| *abnormal == class).map(|(_, set)| set.holds(class)))
            };
            let is_single = |set: &PredictionSet| matches!(set, PredictionSet::Normal | PredictionSet::Abnormal);
            [held(false), held(true), share(sets.iter().map(|(_, set)| is_single(set)))]
        });
        Self { normal, abnormal, single }
    }
}

impl FilmResult {
    /// The film as the metrics take it, if it got a probability.
    pub(crate) fn scored(&self) -> Option<Scored> {
        Some(Scored { abnormal: self.abnormal, probability: self.probability? })
    }
}

/// Whether a case of this probability is called abnormal, where every one must be called.
pub(super) fn called(probability: f64) -> bool {
    probability >= CALL_FROM
}

/// The share of cases that are true; `None` of none.
pub(super) fn share(cases: impl Iterator<Item = bool>) -> Option<f64> {
    let (mut count, mut held) = (0_usize, 0_usize);
    for case in cases {
        count += 1;
        held += usize::from(case);
    }
    (count > 0).then(|| held as f64 / count as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(at: usize, study: usize, abnormal: bool, probability: f64) -> FilmResult {
        FilmResult {
            id: format!("film {at}"),
            real: true,
            family: study as u64,
            study: format!("study {study}"),
            head: "hand".to_owned(),
            recognised: None,
            abnormal,
            hardware: false,
            probability: Some(probability),
            set: None,
            decision: Decision::Refer,
            pointing: None,
        }
    }

    /// Each abnormal study has one film that shows it and one that does not: the films are hard, the studies are not.
    #[test]
    fn studies_are_counted_apart_from_films() {
        let films: Vec<FilmResult> = (0..40)
            .map(|at| {
                let (study, abnormal) = (at / 2, at % 4 < 2);
                film(at, study, abnormal, if abnormal && at % 2 == 0 { 0.95 } else { 0.1 })
            })
            .collect();
        let of_films = Figures::of("all", films.iter());
        let of_studies = StudyFigures::of("all", films.iter()).unwrap();
        assert_eq!((of_films.count, of_films.abnormal, of_studies.count, of_studies.abnormal), (40, 20, 20, 10));
        assert_eq!(of_films.calls.sensitivity.unwrap().value, 0.5);
        assert_eq!(of_studies.calls.sensitivity.unwrap().value, 1.0);
        assert_eq!(StudyFigures::of("one a study", films.iter().step_by(2)), None);
    }
}
