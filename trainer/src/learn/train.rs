//! The one loop that learns, for every stage and every backbone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tch::Tensor;

use super::{
    average,
    checkpoint::{self, Best, Place},
    distil::Lessons,
    loss::loss,
    mixup::Mixture,
    model::{Learning, Model},
    optimiser::Optimiser,
    progress::{Progress, spoken},
    schedule::Schedule,
    validate::{Validation, validate},
};
use crate::{
    data::{
        batch::{Batcher, mix, order},
        manifest::Film,
    },
    folder::{Epoch, RunFolder},
    network::Architecture,
    recipe::{Averaging, Keep, Stage},
};

/// Longest gradient a step may have.
const LONGEST_GRADIENT: f64 = 2.0;

/// Most time a power cut can cost.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(180);

/// Films that give an average of models its batch norm statistics.
const SETTLING_FILMS: usize = 256;

/// One backbone on its way through the recipe.
#[derive(Debug)]
pub struct Trainer<'a> {
    /// Which.
    pub architecture: Architecture,
    /// What learns.
    pub model: Model,
    /// The running average of what learns: this is validated and kept.
    pub average: Model,
    /// Where checkpoints go.
    pub folder: &'a RunFolder,
    /// Everything random follows from it.
    pub seed: u64,
}

/// What a stage is learned from.
#[derive(Debug)]
pub struct Course<'a> {
    /// How.
    pub stage: &'a Stage,
    /// The films to learn from.
    pub training: Batcher<'a>,
    /// The films to choose by.
    pub validation: Batcher<'a>,
    /// What a teacher says of the films to learn from.
    pub lessons: Option<&'a Lessons>,
}

/// A course with what follows from it.
#[derive(Debug)]
pub struct Round<'a> {
    course: &'a Course<'a>,
    schedule: Schedule,
    seed: u64,
    abnormal_weight: f64,
}

impl Trainer<'_> {
    /// Takes the model through one stage, from `place` on; both models end with the weights that the stage keeps.
    pub fn stage(
        &self,
        course: &Course<'_>,
        mut place: Place,
        mut optimiser: Optimiser,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let stage = course.stage;
        let round = Round::new(self, course, place.stage);
        let Schedule { steps, epoch_steps, .. } = round.schedule;
        let checkpoint = self.folder.checkpoint(self.architecture);
        let mut saved = Instant::now();

        while place.step < steps && !has_lost_patience(stage, &place, epoch_steps) {
            let epoch = place.step / epoch_steps;
            let order = round.order(epoch);
            let done = place.step % epoch_steps;
            let title = format!("{} {}/{}", stage.purpose.name(), epoch + 1, stage.epochs);
            progress.begin(title, done * stage.batch, order.len());

            for places in order.chunks(stage.batch).take(epoch_steps).skip(done) {
                place.loss += round.step(self, &mut optimiser, place.step, places)?;
                place.step += 1;
                progress.advance(places.len());
                if saved.elapsed() > CHECKPOINT_EVERY && !place.step.is_multiple_of(epoch_steps) {
                    checkpoint::save(&checkpoint, &place, &self.model, &self.average, &optimiser)?;
                    saved = Instant::now();
                }
            }

            let rate = progress.films_per_second();
            if matches!(stage.averaging, Averaging::Equal { .. }) {
                self.average.settle(&round.settling_films(&order, place.step)?);
            }
            let Validation { auroc, pointing } = validate(&self.average, &course.validation, stage.views)?;
            let loss = place.loss / epoch_steps as f64;
            self.folder.note_epoch(&Epoch {
                backbone: self.architecture.name().to_owned(),
                stage: place.stage + 1,
                purpose: stage.purpose,
                epoch: epoch + 1,
                loss,
                auroc,
                pointing,
                films_per_s: rate,
            })?;
            let pointing = pointing.map_or(String::new(), |share| format!(", pointing {share:.2}"));
            if stage.keep == Keep::Last || place.best.is_none_or(|best| auroc > best.auroc) {
                checkpoint::save_weights(&self.folder.best(self.architecture, place.stage), &self.average)?;
                place.best = Some(Best { epoch: epoch + 1, auroc });
            }
            place.loss = 0.0;
            checkpoint::save(&checkpoint, &place, &self.model, &self.average, &optimiser)?;
            saved = Instant::now();
            progress.say(&format!(
                "{} epoch {}/{}: loss {loss:.3}, validation AUROC {auroc:.3}{pointing}, {rate:.1} films/s, {}",
                stage.purpose.name(),
                epoch + 1,
                stage.epochs,
                spoken(progress.elapsed()),
            ))?;
        }
        if let Some(best) = place.best {
            let early = if place.step < steps { " and ends early" } else { "" };
            let (purpose, Best { epoch, auroc }) = (stage.purpose.name(), best);
            progress.say(&format!("{purpose} keeps epoch {epoch}, AUROC {auroc:.3}{early}"))?;
        }
        checkpoint::load_weights(&self.folder.best(self.architecture, place.stage), &self.average)?;
        self.model.copy_from(&self.average);
        Ok(())
    }
}

impl<'a> Round<'a> {
    /// The recipe's stage of that number, for this trainer.
    pub fn new(trainer: &Trainer<'_>, course: &'a Course<'a>, number: usize) -> Self {
        let seed = mix(&[trainer.seed, trainer.architecture as u64, number as u64]);
        let films = order(&course.training.films, course.stage, seed, 0).len();
        let abnormal_weight = abnormal_weight(&course.training.films, course.stage);
        Self { course, schedule: Schedule::new(course.stage, films), seed, abnormal_weight }
    }

    /// Steps of the stage.
    pub fn steps(&self) -> usize {
        self.schedule.steps
    }

    /// The films of an epoch, by place, in the order in which they are seen.
    pub fn order(&self, epoch: usize) -> Vec<usize> {
        order(&self.course.training.films, self.course.stage, self.seed, epoch)
    }

    /// Learns from the films at these places; gives the loss before.
    pub fn step(&self, trainer: &Trainer<'_>, optimiser: &mut Optimiser, step: usize, places: &[usize]) -> Result<f64> {
        let Course { stage, training, lessons, .. } = self.course;
        tch::manual_seed((mix(&[self.seed, step as u64]) >> 1) as i64);
        let mut batch = training.batch(places, stage.augmentation)?;
        let films: Vec<&Film> = places.iter().map(|&place| training.films[place]).collect();
        let mut lesson = lessons.map(|lessons| lessons.of(&films, training.device));
        if stage.mixup > 0.0 {
            let mixture = Mixture::draw(places.len() as i64, stage.mixup, training.device);
            batch = mixture.batch(batch);
            lesson.iter_mut().for_each(|lesson| lesson.said = mixture.of(&lesson.said));
        }
        let learning = if step < self.schedule.head_steps { Learning::Heads } else { Learning::Everything };
        let answers = trainer.model.look(&batch.films, learning);
        let loss = loss(&answers, &batch, lesson.as_ref(), stage, self.abnormal_weight);
        let value = loss.double_value(&[]);
        ensure!(value.is_finite(), "the loss is {value} at step {step}; lower the learning rates");
        optimiser.step(&loss, self.schedule.rates(step), stage.weight_decay, LONGEST_GRADIENT);
        average::follow(&trainer.average, &trainer.model, stage, &self.schedule, step);
        Ok(value)
    }

    /// The first films of an epoch once more, for the statistics of an average.
    fn settling_films(&self, order: &[usize], step: usize) -> Result<Vec<Tensor>> {
        let Course { stage, training, .. } = self.course;
        tch::manual_seed((mix(&[self.seed, step as u64, 1]) >> 1) as i64);
        let some = &order[..order.len().min(SETTLING_FILMS)];
        some.chunks(stage.batch).map(|places| Ok(training.batch(places, stage.augmentation)?.films)).collect()
    }
}

/// Whether the stage has waited long enough for a better epoch.
fn has_lost_patience(stage: &Stage, place: &Place, epoch_steps: usize) -> bool {
    let epochs = place.step / epoch_steps;
    place.best.zip(stage.patience).is_some_and(|(best, patience)| epochs >= best.epoch + patience)
}

fn abnormal_weight(films: &[&Film], stage: &Stage) -> f64 {
    let abnormal = films.iter().filter(|film| film.is_abnormal()).count();
    let normal = films.len() - abnormal;
    if abnormal == 0 { 1.0 } else { (normal as f64 / abnormal as f64).powf(stage.balance) }
}
