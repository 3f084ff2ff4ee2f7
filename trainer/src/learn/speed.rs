//! How fast this machine learns.

use std::{
    collections::HashSet,
    fs,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tch::Device;

use super::{
    Films,
    model::Model,
    optimiser::Optimiser,
    train::{Course, Round, Trainer},
};
use crate::{
    data::{
        batch::order,
        manifest::Film,
        split::{Part, Split, Training},
    },
    folder::RunFolder,
    network::Architecture,
    recipe::{BackboneRecipe, Recipe, Stage},
};

/// How fast one backbone learns: the whole loop, from the prepared films to the moved weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Speed {
    /// Which backbone.
    pub architecture: Architecture,
    /// Films a second, by the clock.
    pub films_per_s: f64,
    /// Films a second of processor time, all threads together: on a busy machine only this can be compared.
    pub films_per_processor_s: f64,
    /// What all stages of the recipe take at that speed, without validation.
    pub recipe: Duration,
}

/// Takes some steps of the recipe's last stage with each backbone (or the one named), from random weights; nothing is kept but the
/// prepared films.
pub fn speed(
    recipe: &Recipe,
    split: &Split,
    folder: &RunFolder,
    only: Option<Architecture>,
    steps: usize,
    device: Device,
) -> Result<Vec<Speed>> {
    let stage = recipe.stages.last().context("the recipe has no stage")?;
    let training = some(&split.training, stage, (steps + 1) * stage.batch);
    let films = Films::open(recipe, &training, &split.validation.only(|_| false), folder, device)?;
    let course = Course { stage, training: films.training(stage), validation: films.validation(stage), lessons: None };
    let wanted = recipe.backbones.iter().filter(|backbone| only.is_none_or(|only| only == backbone.architecture));
    wanted.map(|backbone| of(backbone, &course, &films, recipe, split, folder, steps)).collect()
}

fn of(
    backbone: &BackboneRecipe,
    course: &Course<'_>,
    films: &Films<'_>,
    recipe: &Recipe,
    split: &Split,
    folder: &RunFolder,
    steps: usize,
) -> Result<Speed> {
    let architecture = backbone.architecture;
    let trainer = Trainer {
        architecture,
        model: Model::new(architecture, films.regions.len(), films.device).learning_in(backbone.arithmetic),
        average: Model::new(architecture, films.regions.len(), films.device),
        folder,
        seed: recipe.seed,
    };
    let round = Round::new(&trainer, course, 0);
    let mut optimiser = Optimiser::new(&trainer.model, course.stage.optimiser);
    let order = round.order(0);
    let batch: Vec<usize> = order.iter().cycle().take(course.stage.batch).copied().collect();
    // The first step asks for memory that later ones use again; from the last step on, all of the network learns.
    let last = round.steps() - 1;
    round.step(&trainer, &mut optimiser, last, &batch)?;
    let (clock, processor_s) = (Instant::now(), processor_s()?);
    let mut places = order.iter().cycle().copied();
    for _ in 0..steps {
        let batch: Vec<usize> = places.by_ref().take(course.stage.batch).collect();
        round.step(&trainer, &mut optimiser, last, &batch)?;
    }
    let learned_from = (steps * course.stage.batch) as f64;
    let films_per_s = learned_from / clock.elapsed().as_secs_f64();
    let all: usize = recipe.stages.iter().map(|stage| films_of(stage, &split.training, recipe.seed)).sum();
    Ok(Speed {
        architecture,
        films_per_s,
        films_per_processor_s: learned_from / (self::processor_s()? - processor_s),
        recipe: Duration::from_secs_f64(all as f64 / films_per_s),
    })
}

/// The first films of an epoch.
fn some(training: &Part<Training>, stage: &Stage, count: usize) -> Part<Training> {
    let films: Vec<&Film> = training.films().iter().filter(|film| stage.learns_from(film)).collect();
    let first: HashSet<&str> =
        order(&films, stage, 0, 0).into_iter().take(count).map(|place| films[place].id.as_str()).collect();
    training.only(|film| first.contains(film.id.as_str()))
}

/// How often a stage looks at a film.
fn films_of(stage: &Stage, training: &Part<Training>, seed: u64) -> usize {
    let films: Vec<&Film> = training.films().iter().filter(|film| stage.learns_from(film)).collect();
    stage.epochs * order(&films, stage, seed, 0).len()
}

/// Processor time of this process: fields 14 and 15 of `/proc/self/stat`, in hundredths of a second.
fn processor_s() -> Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("cannot read the processor time")?;
    let ticks: Vec<f64> = stat.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}
