//! The one loop that learns, for every stage and every backbone.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use fieldray_common::metrics::{Scored, auroc};

use super::{
    checkpoint::{self, Best, Place},
    loss::loss,
    model::{Learning, Model},
    optimiser::AdamW,
    progress::{Progress, spoken},
    schedule::Schedule,
};
use crate::{
    data::batch::{Batcher, mix, order},
    folder::RunFolder,
    network::Architecture,
    recipe::{Keep, Stage},
};

/// Longest gradient a step may have.
const LONGEST_GRADIENT: f64 = 2.0;

/// Most time a power cut can cost.
const CHECKPOINT_EVERY: Duration = Duration::from_secs(180);

/// Films scored at once.
const SCORING_BATCH: usize = 32;

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

impl Trainer<'_> {
    /// Takes the model through one stage, from `place` on; both models end with the weights that the stage keeps.
    pub fn stage(
        &self,
        stage: &Stage,
        mut place: Place,
        mut optimiser: AdamW,
        training: &Batcher<'_>,
        validation: &Batcher<'_>,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let seed = mix(&[self.seed, self.architecture as u64, place.stage as u64]);
        let films = order(&training.films, stage, seed, 0).len();
        let schedule = Schedule::new(stage, films);
        let abnormal_weight = abnormal_weight(training, stage);
        let checkpoint = self.folder.checkpoint(self.architecture);
        let mut saved = Instant::now();

        while place.step < schedule.steps {
            let epoch = place.step / schedule.epoch_steps;
            let order = order(&training.films, stage, seed, epoch);
            let batches = order.chunks(stage.batch).take(schedule.epoch_steps);
            let done = place.step % schedule.epoch_steps;
            let title = format!("{} {}/{}", stage.purpose.name(), epoch + 1, stage.epochs);
            progress.begin(title, done * stage.batch, films);

            for places in batches.skip(done) {
                tch::manual_seed((mix(&[seed, place.step as u64]) >> 1) as i64);
                let batch = training.batch(places, stage.augmentation)?;
                let learning = if place.step < schedule.head_steps { Learning::Heads } else { Learning::Everything };
                let loss = loss(&self.model.look(&batch.films, learning), &batch, stage, abnormal_weight);
                let rates = schedule.rates(place.step);
                let value = loss.double_value(&[]);
                ensure!(value.is_finite(), "the loss is {value} at step {}; lower the learning rates", place.step);
                optimiser.step(&loss, rates, stage.weight_decay, LONGEST_GRADIENT);
                // Early on a long average would mostly remember the start.
                let decay = stage.average_decay.min((1 + place.step) as f64 / (10 + place.step) as f64);
                self.average.approach(&self.model, 1.0 - decay);

                place.step += 1;
                place.loss += value;
                progress.advance(places.len());
                if saved.elapsed() > CHECKPOINT_EVERY && !place.step.is_multiple_of(schedule.epoch_steps) {
                    checkpoint::save(&checkpoint, &place, &self.model, &self.average, &optimiser)?;
                    saved = Instant::now();
                }
            }

            let rate = progress.films_per_second();
            let Validation { auroc, pointing } = self.validate(validation)?;
            let pointing = pointing.map_or(String::new(), |share| format!(", pointing {share:.2}"));
            let loss = place.loss / schedule.epoch_steps as f64;
            if stage.keep == Keep::Last || place.best.is_none_or(|best| auroc > best.auroc) {
                checkpoint::save_weights(&self.folder.best(self.architecture), &self.average)?;
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
            progress.say(&format!("{} keeps epoch {}, AUROC {:.3}", stage.purpose.name(), best.epoch, best.auroc))?;
        }
        checkpoint::load_weights(&self.folder.best(self.architecture), &self.average)?;
        self.model.copy_from(&self.average);
        Ok(())
    }

    /// How the average does on the validation films, as the box would see them.
    fn validate(&self, validation: &Batcher<'_>) -> Result<Validation> {
        let places: Vec<usize> = (0..validation.films.len()).collect();
        let mut scores = Vec::with_capacity(places.len());
        let mut hits = Vec::new();
        for places in places.chunks(SCORING_BATCH) {
            let batch = validation.batch(places, 0.0)?;
            let (probabilities, pointed) = self.average.score(&batch)?;
            scores.extend(probabilities);
            hits.extend(pointed.into_iter().flatten());
        }
        let films: Vec<Scored> = (validation.films.iter().zip(scores))
            .map(|(film, probability)| Scored { abnormal: film.is_abnormal(), probability })
            .collect();
        // One class alone says nothing of how they are told apart.
        let auroc = auroc(&films).unwrap_or(0.5);
        let share = hits.iter().filter(|hit| **hit).count() as f64 / hits.len().max(1) as f64;
        Ok(Validation { auroc, pointing: (!hits.is_empty()).then_some(share) })
    }
}

/// What an epoch is judged by.
struct Validation {
    /// Area under the ROC curve, 0 to 1.
    auroc: f64,
    /// Of the films with boxes, the share whose likeliest cell lies in one.
    pointing: Option<f64>,
}

fn abnormal_weight(training: &Batcher<'_>, stage: &Stage) -> f64 {
    let abnormal = training.films.iter().filter(|film| film.is_abnormal()).count();
    let normal = training.films.len() - abnormal;
    if abnormal == 0 { 1.0 } else { (normal as f64 / abnormal as f64).powf(stage.balance) }
}
