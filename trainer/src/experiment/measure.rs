//! What one run scores on the fold that it held out.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use fieldray_common::{
    bundle::manifest::Vote,
    calibrate::{Calibration, probability},
    screening::{Head, Model},
};
use ndarray::{Array1, Array2, s};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Corruption, Job, Place, Plan};
use crate::{
    data::{
        self,
        manifest::Film,
        split::{HoldOut, Part, Split},
    },
    evaluate::{self, FilmResult},
    export::{self, Seen},
    folder::write_whole,
    fuse::{features::FeatureTable, fusion, select},
    keys::SigningKey,
    learn::{TrainedBackbone, progress::bar},
    parallel,
    recipe::{ClassifierKind, Classifiers, Fusion, Recipe},
};

/// What a run scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Each held-out film of the target, judged by the fusion of all backbones.
    pub films: Vec<FilmResult>,
    /// The probabilities that other models give the same films, in the same order: each backbone alone, by its name; every kind of
    /// classifier on the fusion, by its own; and their votes.
    pub others: BTreeMap<String, Vec<f64>>,
    /// The probabilities of the fusion for the same films, spoiled.
    pub spoiled: Vec<Spoiled>,
}

/// The same films, spoiled in one way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spoiled {
    /// How.
    pub by: Corruption,
    /// How much, 0 to 1.
    pub severity: f64,
    /// What is said of each film.
    pub probabilities: Vec<f64>,
}

/// The name under which the soft vote of all kinds of classifiers is kept.
pub(super) const SOFT_VOTE: &str = "soft vote of all";
/// And their majority vote.
pub(super) const MAJORITY_VOTE: &str = "majority vote of all";

impl Measured {
    /// The file it lies in.
    pub fn path(run: &Path) -> PathBuf {
        run.join("measured.json")
    }

    /// Reads it; `None` where the run is not measured yet.
    pub fn open(run: &Path) -> Result<Option<Self>> {
        let path = Self::path(run);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let damaged = || format!("{} is damaged; delete it to measure that run again", path.display());
        Ok(Some(serde_json::from_slice(&text).with_context(damaged)?))
    }

    pub(super) fn save(&self, run: &Path) -> Result<()> {
        let text = serde_json::to_vec(self)?;
        write_whole(&Self::path(run), &text)
    }
}

/// Fits what comes after the backbones, and judges the held-out films of the target.
pub(super) fn measure(
    plan: &Plan,
    job: &Job<'_>,
    recipe: &Recipe,
    trained: &[TrainedBackbone],
    split: &Split,
    place: &Place<'_>,
) -> Result<Measured> {
    let progress = bar("films");
    progress.set_prefix("measuring");
    let seen = export::see(recipe, trained, split, place.threads, &progress)?;
    let key = SigningKey::demo()?;
    let model = Model::load(&export::draft(recipe, &seen, "1970-01-01", place.threads)?.open(&key)?)?;
    let hold_out = split.hold_out.only(|film| film.is_real() && recipe.screens(film));
    progress.reset();
    let films = evaluate::evaluate(&model, &hold_out, &job.name(), place.threads, &progress)?.films;
    // Fewer labels are asked about for the fusion alone.
    let others = if job.labels.is_none() { others(job, recipe, &seen, &hold_out, place)? } else { BTreeMap::new() };
    let spoiled = spoiled(plan, job, &model, &hold_out, place)?;
    progress.finish_and_clear();
    Ok(Measured { films, others, spoiled })
}

/// The same films, as other models see them.
fn others(
    job: &Job<'_>,
    recipe: &Recipe,
    seen: &Seen,
    hold_out: &Part<HoldOut>,
    place: &Place<'_>,
) -> Result<BTreeMap<String, Vec<f64>>> {
    let hidden = bar("films");
    let table = FeatureTable::extract(&seen.engines, &recipe.preparation, hold_out.films(), place.threads, &hidden)?;
    hidden.finish_and_clear();
    let mut others = BTreeMap::new();
    let mut first = 0;
    for backbone in &recipe.backbones {
        let width = backbone.architecture.graph().feature_channels();
        let own = |table: &FeatureTable| FeatureTable {
            values: table.values.slice(s![.., first..first + width]).to_owned(),
            ..table.clone()
        };
        let head = Fitted::new(recipe, &own(&seen.training), &own(&seen.validation), place.threads)?;
        others.insert(backbone.architecture.name().to_owned(), head.each(&own(&table).values, &judged));
        first += width;
    }
    if job.arm.every_classifier {
        let classifiers = Classifiers { kinds: ClassifierKind::ALL.to_vec(), vote: Vote::Soft };
        let all =
            Fitted::new(&Recipe { classifiers, ..recipe.clone() }, &seen.training, &seen.validation, place.threads)?;
        for (at, kind) in ClassifierKind::ALL.into_iter().enumerate() {
            let alone = |head: &Head, fused: &Array1<f64>| {
                let (classifier, calibration) = &head.members[at];
                probability(calibration.log_odds(classifier.score(fused)))
            };
            others.insert(kind.name().to_owned(), all.each(&table.values, &alone));
        }
        others.insert(SOFT_VOTE.to_owned(), all.each(&table.values, &judged));
        let majority =
            Fitted { head: Head { vote: Vote::Majority, calibration: Calibration::NONE, ..all.head.clone() }, ..all };
        others.insert(MAJORITY_VOTE.to_owned(), majority.each(&table.values, &judged));
    }
    Ok(others)
}

fn judged(head: &Head, fused: &Array1<f64>) -> f64 {
    head.judge(fused).probability
}

/// A head on a fusion.
struct Fitted {
    fusion: fieldray_common::fusion::Fusion,
    head: Head,
}

impl Fitted {
    fn new(recipe: &Recipe, training: &FeatureTable, validation: &FeatureTable, threads: usize) -> Result<Self> {
        // A small backbone alone may have fewer features than the fusion has components.
        let components = recipe.fusion.components.map(|count| count.min(training.values.ncols()));
        let recipe = Recipe { fusion: Fusion { components }, ..recipe.clone() };
        let fusion = fusion::fit(&training.values, components)?;
        let training = export::labelled(&recipe, training)?;
        let judges = export::labelled(&recipe, &export::judges(validation))?;
        let chosen = select::heads(&recipe, &fusion, &training, &judges, threads)?;
        let head = chosen.into_iter().next().context("the recipe has no head")?.head;
        Ok(Self { fusion, head })
    }

    /// What is said of each row of features.
    fn each(&self, rows: &Array2<f64>, say: &dyn Fn(&Head, &Array1<f64>) -> f64) -> Vec<f64> {
        fusion::fuse(&self.fusion, rows).rows().into_iter().map(|row| say(&self.head, &row.to_owned())).collect()
    }
}

/// What the model says of the films once they are spoiled, where the plan asks for that.
fn spoiled(
    plan: &Plan,
    job: &Job<'_>,
    model: &Model,
    hold_out: &Part<HoldOut>,
    place: &Place<'_>,
) -> Result<Vec<Spoiled>> {
    let wanted = plan.corrupted.iter().filter(|corrupted| {
        job.labels.is_none() && corrupted.arms.contains(&job.arm.name) && corrupted.targets.contains(&job.target.name)
    });
    let ways: Vec<(Corruption, f64)> = wanted
        .flat_map(|corrupted| {
            corrupted.by.iter().flat_map(|by| corrupted.severities.iter().map(|severity| (*by, *severity)))
        })
        .collect();
    let progress = bar("films");
    progress.set_prefix("spoiling");
    progress.set_length(hold_out.films().len() as u64);
    let said = parallel::each(hold_out.films(), place.threads, &progress, |film| {
        all_ways(&ways, model, film).with_context(|| format!("film {}", film.id))
    })?;
    progress.finish_and_clear();
    let of = |at: usize| said.iter().map(|film| film[at]).collect();
    Ok(ways
        .iter()
        .enumerate()
        .map(|(at, (by, severity))| Spoiled { by: *by, severity: *severity, probabilities: of(at) })
        .collect())
}

fn all_ways(ways: &[(Corruption, f64)], model: &Model, film: &Film) -> Result<Vec<f64>> {
    if ways.is_empty() {
        return Ok(Vec::new());
    }
    let radiograph = data::radiograph(film, model.preparation())?;
    let head = model.manifest().head_for(film.region).context("no head covers it")?;
    ways.iter()
        .map(|(by, severity)| {
            // By the film's name, so that every arm meets the same spoiled films.
            let lot = Sha256::digest(format!("{} {}", by.name(), film.id));
            let seed = lot.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
            let prepared = model.preparation().apply(&by.spoil(&radiograph, *severity, seed)?)?;
            Ok(model.probability(head, &prepared.grid)?)
        })
        .collect()
}
