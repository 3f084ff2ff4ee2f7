//! What the runs of a plan say together: every claim with its figure, and how sure that figure is.
//!
//! An AUROC here is the mean of the folds' own, because each fold is judged by networks of its own whose probabilities need not be on
//! one scale. Intervals (95 %) come from a bootstrap over families of films; they say how far other films would change the figure,
//! and, as far as five folds learned apart can show it, other weights.

mod films;
mod spoiled;

mod display;

use std::{collections::BTreeMap, path::Path};

use anyhow::Result;
use fieldray_common::metrics::{Interval, Scored};
use serde::{Deserialize, Serialize};

use self::films::{Films, by, each, said};
use super::{
    Job, Measured, Plan,
    corruption::Corruption,
    measure::{MAJORITY_VOTE, SOFT_VOTE},
    plan::{Comparison, Target},
};
use crate::{
    data::folds::FOLDS,
    evaluate::{CallFigures, ProbabilityFigures, explanation::pointing::PointingShare},
    recipe::{ClassifierKind, Recipe},
};

/// The answers of an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Claims {
    /// The plan's name.
    pub name: String,
    /// Runs that are not measured yet; what needs them is left out.
    pub missing: usize,
    /// Each arm on each target, by the fusion of its backbones.
    pub arms: Vec<ArmFigures>,
    /// The comparisons of the plan, on each target.
    pub comparisons: Vec<Difference>,
    /// The fusion against each arm's best single backbone, on each target. The best is chosen by the very films it is judged by,
    /// which favours it.
    pub fusion: Vec<Difference>,
    /// Every model on every target, share of labels and arm.
    pub scores: Vec<Score>,
    /// AUROC as films are spoiled more and more.
    pub curves: Vec<Curve>,
    /// The comparisons of the plan, by the areas under those curves.
    pub robustness: Vec<Difference>,
}

/// An arm on a target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmFigures {
    /// The target.
    pub target: String,
    /// The arm.
    pub arm: String,
    /// Films, over all folds.
    pub films: usize,
    /// How many of them are abnormal.
    pub abnormal: usize,
    /// The mean of the folds' AUROC.
    pub auroc: Option<Interval>,
    /// Of all folds' films together.
    pub probabilities: ProbabilityFigures,
    /// Of all folds' films together, every film called.
    pub calls: CallFigures,
    /// Where the heatmaps of the abnormal films with boxes point, whatever is decided.
    pub pointing: PointingShare,
}

/// One model's AUROC.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The target.
    pub target: String,
    /// The arm.
    pub arm: String,
    /// Share of the target's labels, 1 for all.
    pub labels: f64,
    /// [`FUSION`], a backbone, or a kind of classifier on the fusion.
    pub model: String,
    /// The mean of the folds.
    pub auroc: Option<Interval>,
    /// Each fold.
    pub folds: Vec<Option<f64>>,
}

/// The name of the fusion of all backbones, with the recipe's classifiers.
pub const FUSION: &str = "fusion";

/// How much better one model is than another on the same films.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// The target.
    pub target: String,
    /// The model that should be better.
    pub better: String,
    /// The model that it should be better than.
    pub than: String,
    /// AUROC of the one less that of the other, mean of the folds.
    pub difference: Option<Interval>,
    /// Each fold.
    pub folds: Vec<Option<f64>>,
}

/// AUROC against severity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The target.
    pub target: String,
    /// The arm.
    pub arm: String,
    /// How films are spoiled.
    pub by: Corruption,
    /// How much, from 0.
    pub severities: Vec<f64>,
    /// The mean of the folds' AUROC at each.
    pub auroc: Vec<f64>,
    /// The area under the curve.
    pub area: Option<Interval>,
}

impl Claims {
    /// What the runs under `out` say.
    ///
    /// # Errors
    /// Where a measured run cannot be read.
    pub fn of(plan: &Plan, base: &Recipe, out: &Path) -> Result<Self> {
        let (runs, missing) = Runs::open(plan, out)?;
        let mut claims = Self { name: plan.name.clone(), missing, ..Self::default() };
        let backbones: Vec<&str> = base.backbones.iter().map(|backbone| backbone.architecture.name()).collect();
        for (setting, folds) in &runs.0 {
            claims.add_scores(setting, folds, &backbones);
            if setting.percent == 100 {
                claims.arms.push(figures(setting, folds));
                claims.curves.extend(spoiled::curves(&setting.target, &setting.arm, folds));
            }
        }
        let of = |target: &str, arm: &str| {
            runs.0.get(&Setting { target: target.to_owned(), arm: arm.to_owned(), percent: 100 })
        };
        for Comparison { better, than } in &plan.comparisons {
            for Target { name, .. } in &plan.targets {
                let (Some(one), Some(other)) = (of(name, better), of(name, than)) else { continue };
                claims.comparisons.push(difference(name, [(better, one, FUSION), (than, other, FUSION)]));
                claims.robustness.extend(spoiled::differences(name, [(better, one), (than, other)]));
            }
        }
        Ok(claims)
    }

    /// The score of every model of these runs, and that of the fusion beside the best backbone's.
    fn add_scores(&mut self, setting: &Setting, folds: &[Measured], backbones: &[&str]) {
        let films = Films::of(folds);
        let models = [FUSION].into_iter().chain(folds[0].others.keys().map(String::as_str));
        let score = |model: &str| {
            let said = said(folds, by(model));
            Score {
                target: setting.target.clone(),
                arm: setting.arm.clone(),
                labels: f64::from(setting.percent) / 100.0,
                model: model.to_owned(),
                auroc: films.interval(|places| films.auroc(places, &said)),
                folds: films.folds(&films.all(), &said),
            }
        };
        let scores: Vec<Score> = models.map(score).collect();
        let value = |score: &Score| score.auroc.map_or(0.0, |auroc| auroc.value);
        let alone = scores.iter().filter(|score| backbones.contains(&score.model.as_str()));
        if let (Some(best), 100) = (alone.max_by(|one, other| value(one).total_cmp(&value(other))), setting.percent) {
            let named = |model: &str| format!("{}, {model}", setting.arm);
            let [fused, single] = [named(FUSION), named(&best.model)];
            let pair = [(fused.as_str(), folds, FUSION), (single.as_str(), folds, best.model.as_str())];
            self.fusion.push(difference(&setting.target, pair));
        }
        self.scores.extend(scores);
    }

    /// The scores with all labels of these models.
    pub fn scores_of(&self, models: &[&str]) -> Vec<&Score> {
        self.scores.iter().filter(|score| score.labels == 1.0 && models.contains(&score.model.as_str())).collect()
    }

    /// The scores of every kind of classifier on the fused features, where an arm was asked for them.
    pub fn classifiers(&self) -> Vec<&Score> {
        self.scores_of(&classifiers())
    }

    /// The scores of the fusion on targets and arms that were tried with fewer labels, all labels included.
    pub fn label_scores(&self) -> Vec<&Score> {
        let fused = || self.scores.iter().filter(|score| score.model == FUSION);
        let alike = |one: &Score, other: &Score| one.target == other.target && one.arm == other.arm;
        fused().filter(|score| fused().any(|other| other.labels < 1.0 && alike(score, other))).collect()
    }
}

/// One model's AUROC less another's: each with its name, its runs, and the model they are asked for.
fn difference(target: &str, [better, than]: [(&str, &[Measured], &str); 2]) -> Difference {
    let films = Films::of(better.1);
    let [ours, theirs] = [better, than].map(|(_, folds, model)| said(folds, by(model)));
    let less = |places: &[usize]| Some(films.auroc(places, &ours)? - films.auroc(places, &theirs)?);
    Difference {
        target: target.to_owned(),
        better: better.0.to_owned(),
        than: than.0.to_owned(),
        difference: films.interval(less),
        folds: films.by_fold().map(|places| less(&places)).collect(),
    }
}

fn figures(setting: &Setting, folds: &[Measured]) -> ArmFigures {
    let (films, results) = (Films::of(folds), each(folds));
    let fused = said(folds, by(FUSION));
    let scored: Vec<(u64, Scored)> =
        results.iter().filter_map(|(_, family, film)| Some((*family, film.scored()?))).collect();
    let abnormal = results.iter().filter(|(.., film)| film.abnormal);
    let pointing: Vec<_> = abnormal.filter_map(|(_, family, film)| Some((*family, film.pointing?))).collect();
    ArmFigures {
        target: setting.target.clone(),
        arm: setting.arm.clone(),
        films: scored.len(),
        abnormal: scored.iter().filter(|(_, film)| film.abnormal).count(),
        auroc: films.interval(|places| films.auroc(places, &fused)),
        probabilities: ProbabilityFigures::of(&scored),
        calls: CallFigures::of(&scored),
        pointing: PointingShare::of(&pointing),
    }
}

/// The kinds of classifiers and their votes, by the names that a measured run keeps them under.
fn classifiers() -> Vec<&'static str> {
    ClassifierKind::ALL.iter().map(|kind| kind.name()).chain([SOFT_VOTE, MAJORITY_VOTE]).collect()
}

/// What is asked of a plan's runs with all their folds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Setting {
    target: String,
    arm: String,
    percent: u32,
}

/// The measured runs whose folds are all there.
struct Runs(BTreeMap<Setting, Vec<Measured>>);

impl Runs {
    fn open(plan: &Plan, out: &Path) -> Result<(Self, usize)> {
        let (mut runs, mut missing): (BTreeMap<Setting, Vec<Measured>>, usize) = Default::default();
        for job in Job::all(plan) {
            let Some(measured) = Measured::open(&job.folder(out))? else {
                missing += 1;
                continue;
            };
            let percent = (job.labels.unwrap_or(1.0) * 100.0).round() as u32;
            let setting = Setting { target: job.target.name.clone(), arm: job.arm.name.clone(), percent };
            runs.entry(setting).or_default().push(measured);
        }
        runs.retain(|_, folds| folds.len() == FOLDS);
        Ok((Self(runs), missing))
    }
}

#[cfg(test)]
mod tests;
