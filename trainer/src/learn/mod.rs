//! Learning: each backbone of a recipe through each of its stages.

pub mod progress;

mod average;
mod checkpoint;
mod distil;
mod loss;
mod mixup;
mod model;
mod optimiser;
mod schedule;
mod train;
mod validate;

pub mod speed;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
    path::PathBuf,
};

use anyhow::{Context, Result, ensure};
use fieldray_common::region::Region;
use tch::{Device, Tensor};

use self::{
    checkpoint::{Place, Resumed},
    distil::Lessons,
    model::Model,
    optimiser::Optimiser,
    progress::{Progress, bar},
    train::{Course, Trainer},
};
use crate::{
    data::{
        self,
        batch::{Batcher, mix},
        cache::Grids,
        ledger::{self, Ledger},
        manifest::Film,
        split::{Part, Split, Training, Validation},
    },
    folder::{RunFolder, write_whole_by},
    network::Architecture,
    recipe::{BackboneRecipe, Method, Recipe, Role, Stage, Start},
};

/// Films shown to a backbone with ImageNet weights before it learns.
const FIRST_FILMS: usize = 256;

/// A backbone that has been through all stages.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedBackbone {
    /// Which network.
    pub architecture: Architecture,
    /// All variables of its torch module, as safetensors.
    pub weights: PathBuf,
}

/// Learns the recipe's backbones (or the one named) and says where the weights lie of those that ship. What is done already is not
/// done again.
pub fn learn(
    recipe: &Recipe,
    split: &Split,
    data: &Path,
    folder: &RunFolder,
    only: Option<Architecture>,
    device: Device,
) -> Result<Vec<TrainedBackbone>> {
    let wanted = recipe.backbones.iter().filter(|backbone| only.is_none_or(|only| only == backbone.architecture));
    for backbone in wanted.clone() {
        if let Start::Run(from) = &backbone.start {
            ledger::inherit(&RunFolder::of(from), folder)?;
        }
    }
    ledger::hold_to_split(folder, split)?;
    let mut films = None;
    let mut trained = Vec::new();
    for backbone in wanted {
        let weights = folder.backbone(backbone.architecture);
        let lock = File::create(folder.lock(backbone.architecture))?;
        lock.lock().context("cannot wait for the process that learns the same")?;
        if !weights.exists() {
            let films = match &mut films {
                Some(films) => films,
                none => none.insert(Films::open(recipe, &split.training, &split.validation, folder, device)?),
            };
            let student = || format!("{} could not be learned", backbone.architecture.name());
            let teacher = backbone.teacher.as_ref();
            let lessons = teacher
                .map(|teacher| Lessons::open(teacher, backbone.architecture, films, split, data, folder))
                .transpose();
            let lessons = lessons.with_context(student)?;
            backbone_through_stages(recipe, backbone, films, lessons.as_ref(), data, folder).with_context(student)?;
        }
        if backbone.role == Role::Member || only.is_some() {
            trained.push(TrainedBackbone { architecture: backbone.architecture, weights });
        }
    }
    ensure!(!trained.is_empty(), "the recipe has no such backbone");
    Ok(trained)
}

/// What backbones learn from. There is no way to put held-out films in here.
struct Films<'a> {
    recipe: &'a Recipe,
    training: Part<Training>,
    validation: Part<Validation>,
    /// The films prepared for each side that a stage learns at.
    grids: BTreeMap<usize, Grids>,
    ledger: Ledger,
    regions: Vec<Region>,
    device: Device,
}

impl<'a> Films<'a> {
    fn open(
        recipe: &'a Recipe,
        training: &Part<Training>,
        validation: &Part<Validation>,
        folder: &RunFolder,
        device: Device,
    ) -> Result<Self> {
        let films: Vec<&Film> = training.films().iter().chain(validation.films()).collect();
        let progress = bar("films");
        progress.set_prefix("preparing");
        let mut grids = BTreeMap::new();
        for stage in &recipe.stages {
            let preparation = stage.preparation(recipe);
            if grids.contains_key(&preparation.side_px) {
                continue;
            }
            let prepared = Grids::open(folder.grids(), &films, &preparation, &progress)?;
            // What cannot be prepared at one side cannot at another: it is said once.
            if let ([(film, reason), ..], true) = (prepared.unusable(), grids.is_empty()) {
                for (film, reason) in prepared.unusable() {
                    folder.log(&format!("left out {film}: {reason}"))?;
                }
                let more = data::check::more(prepared.unusable().len());
                eprintln!("left out: {film} ({reason}){more}; log.txt names each");
            }
            grids.insert(preparation.side_px, prepared);
        }
        let regions: BTreeSet<Region> = films.iter().flat_map(|film| film.shows.iter().copied()).collect();
        let regions = regions.into_iter().collect();
        let usable = |film: &Film| grids.values().all(|grids| grids.has(film));
        let (training, validation) = (training.only(usable), validation.only(usable));
        let ledger = Ledger::open(&folder.ledger())?;
        Ok(Self { recipe, training, validation, grids, ledger, regions, device })
    }

    /// The stage's films to learn from.
    fn training(&self, stage: &Stage) -> Batcher<'_> {
        self.batcher(stage, self.training.films().iter().filter(|film| stage.learns_from(film)).collect())
    }

    /// The stage's films to choose by.
    fn validation(&self, stage: &Stage) -> Batcher<'_> {
        self.batcher(stage, self.validation.films().iter().filter(|film| stage.validates_on(film)).collect())
    }

    fn batcher<'b>(&'b self, stage: &Stage, films: Vec<&'b Film>) -> Batcher<'b> {
        Batcher {
            films,
            grids: &self.grids[&stage.preparation(self.recipe).side_px],
            ledger: &self.ledger,
            regions: &self.regions,
            preparation: &self.recipe.preparation,
            device: self.device,
        }
    }
}

fn backbone_through_stages(
    recipe: &Recipe,
    backbone: &BackboneRecipe,
    films: &Films<'_>,
    lessons: Option<&Lessons>,
    data: &Path,
    folder: &RunFolder,
) -> Result<()> {
    let architecture = backbone.architecture;
    let seed = mix(&[recipe.seed, architecture as u64]);
    tch::manual_seed((seed >> 1) as i64);
    let trainer = Trainer {
        architecture,
        model: Model::new(architecture, films.regions.len(), films.device).learning_in(backbone.arithmetic),
        average: Model::new(architecture, films.regions.len(), films.device),
        folder,
        seed,
    };
    let mut progress = Progress::new(folder, architecture.name());

    let checkpoint = folder.checkpoint(architecture);
    // Between two stages it is that of the one to come; after the last it does not matter.
    let fresh = |place: &Place| {
        let method = recipe.stages.get(place.stage).map_or(Method::default(), |stage| stage.optimiser);
        Optimiser::new(&trainer.model, method)
    };
    let (mut place, mut optimiser) = match checkpoint::load(&checkpoint, &trainer.model, &trainer.average, fresh)? {
        Some(Resumed { place, optimiser, damage }) => {
            if let Some(damage) = damage {
                progress.say(&format!("the last checkpoint is damaged ({damage:#}); the one before it is taken up"))?;
            }
            progress.say(&format!("goes on in stage {} at step {}", place.stage + 1, place.step))?;
            (place, optimiser)
        }
        None => {
            let first = first_films(recipe, films)?;
            trainer.model.start(architecture, &backbone.start, data, &recipe.preparation, &first)?;
            trainer.average.copy_from(&trainer.model);
            let place = Place::default();
            let optimiser = fresh(&place);
            (place, optimiser)
        }
    };

    for stage in &recipe.stages[place.stage..] {
        let course = Course { stage, training: films.training(stage), validation: films.validation(stage), lessons };
        let training = &course.training;
        ensure!(!training.films.is_empty(), "stage {}: no films of its regions to learn from", place.stage + 1);
        let abnormal = training.films.iter().filter(|film| film.is_abnormal()).count();
        if place.step == 0 {
            progress.say(&format!(
                "{} from {} films ({abnormal} abnormal), validated on {}",
                stage.purpose.name(),
                training.films.len(),
                course.validation.films.len()
            ))?;
        }
        let next = Place { stage: place.stage + 1, ..Place::default() };
        trainer.stage(&course, place, optimiser, &mut progress)?;
        place = next;
        optimiser = fresh(&place);
        checkpoint::save(&checkpoint, &place, &trainer.model, &trainer.average, &optimiser)?;
    }
    write_whole_by(&folder.backbone(architecture), |file| Ok(trainer.average.body.save(file)?))
}

/// A sample of what the first stage will show, as the box would see it.
fn first_films(recipe: &Recipe, films: &Films<'_>) -> Result<Vec<Tensor>> {
    let training = films.training(&recipe.stages[0]);
    let every = training.films.len().div_ceil(FIRST_FILMS).max(1);
    let places: Vec<usize> = (0..training.films.len()).step_by(every).collect();
    places.chunks(32).map(|places| Ok(training.batch(places, 0.0)?.films)).collect()
}
