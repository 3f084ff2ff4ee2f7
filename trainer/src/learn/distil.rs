//! Distillation: Hinton et al. 2015, "Distilling the knowledge in a neural network".
//!
//! A student that suits the box learns from what a teacher, an ensemble too slow for it, says of the very films it learns from. The
//! teacher is asked once, and its answers are kept. It must not know what this run holds out: backbones of the run cannot, and a
//! bundle is believed only with the list of films beside it that its own run learned from.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use fieldray_common::screening;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tch::{Device, Reduction, Tensor};

use super::{Films, checkpoint, model::Model, progress::bar};
use crate::{
    data::{cache, ledger, manifest::Film, split::Split},
    folder::{RunFolder, write_whole},
    keys,
    network::Architecture,
    parallel,
    recipe::Teacher,
};

/// Films a teacher sees at once.
const BATCH: usize = 32;

/// A teacher's probabilities are taken as at least this far from 0 and 1, so that their log-odds are finite.
const DOUBT: f64 = 1e-4;

/// What a teacher says of the training films.
#[derive(Debug, Clone, PartialEq)]
pub struct Lessons {
    probabilities: BTreeMap<String, f64>,
    temperature: f64,
    weight: f64,
}

/// What it says of the films of one batch.
#[derive(Debug)]
pub struct Lesson {
    /// Probability of `abnormal`, N.
    pub said: Tensor,
    temperature: f64,
    weight: f64,
}

/// The answers as they are kept.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    /// The digest of the teacher and of the films it was asked about.
    teacher: String,
    /// Probability of `abnormal` by film.
    probabilities: BTreeMap<String, f64>,
}

impl Lessons {
    /// Asks the student's teacher about every training film, or takes up what it said before.
    ///
    /// # Errors
    /// Where a backbone of the teacher was not learned yet, or the run of a bundle learned from films that are held out here.
    pub fn open(
        teacher: &Teacher,
        student: Architecture,
        films: &Films<'_>,
        split: &Split,
        data: &Path,
        folder: &RunFolder,
    ) -> Result<Self> {
        for &backbone in &teacher.backbones {
            let learned = folder.backbone(backbone).exists();
            ensure!(learned, "its teacher {} has not been learned yet; learn that first", backbone.name());
        }
        let bundles: Vec<PathBuf> = teacher.bundles.iter().map(|bundle| data.join(bundle)).collect();
        for bundle in &bundles {
            ledger::may_teach(&bundle.with_file_name("split.json"), split)?;
        }
        let path = folder.lessons(student);
        let digest = digest(teacher, &bundles, films, folder)?;
        let kept = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Kept>(&text).ok());
        let kept = match kept.filter(|kept| kept.teacher == digest) {
            Some(kept) => kept,
            None => {
                let probabilities = ask(teacher, &bundles, films, data, folder)?;
                let kept = Kept { teacher: digest, probabilities };
                let text = serde_json::to_vec_pretty(&kept)?;
                write_whole(&path, &text)?;
                kept
            }
        };
        let Teacher { temperature, weight, .. } = *teacher;
        Ok(Self { probabilities: kept.probabilities, temperature, weight })
    }

    /// What the teacher says of these films; where it says nothing, the label.
    pub fn of(&self, films: &[&Film], device: Device) -> Lesson {
        let label = |film: &Film| if film.is_abnormal() { 1.0 } else { 0.0 };
        let said = |film: &&Film| self.probabilities.get(&film.id).copied().unwrap_or_else(|| label(film)) as f32;
        let said = Tensor::from_slice(&films.iter().map(said).collect::<Vec<f32>>()).to_device(device);
        Lesson { said, temperature: self.temperature, weight: self.weight }
    }
}

impl Lesson {
    /// The loss against the labels, mixed with that of `logits` against the teacher's log-odds, both divided by the temperature;
    /// the factor T^2 keeps their weights whatever the temperature (section 2 of the paper).
    pub fn beside(&self, against_labels: Tensor, logits: &Tensor) -> Tensor {
        let soft = (self.said.logit(DOUBT) / self.temperature).sigmoid();
        let softened = logits / self.temperature;
        let against_teacher = softened.binary_cross_entropy_with_logits::<Tensor>(&soft, None, None, Reduction::Mean);
        against_labels * (1.0 - self.weight) + against_teacher * (self.weight * self.temperature.powi(2))
    }
}

/// The mean of what the teacher's members say of each training film; a film that no member knows is left out.
fn ask(
    teacher: &Teacher,
    bundles: &[PathBuf],
    films: &Films<'_>,
    data: &Path,
    folder: &RunFolder,
) -> Result<BTreeMap<String, f64>> {
    let key = teacher.key.as_ref().map(|key| data.join(key));
    let mut said: Vec<Vec<f64>> = vec![Vec::new(); films.training.films().len()];
    for &backbone in &teacher.backbones {
        let model = Model::new(backbone, films.regions.len(), films.device);
        // What a teacher ends as, it was in the last stage; there it saw films at that stage's side.
        let Some(stage) = films.recipe.stages.last() else { continue };
        checkpoint::load_weights(&folder.best(backbone, films.recipe.stages.len() - 1), &model)?;
        let batcher = films.batcher(stage, films.training.films().iter().collect());
        let places: Vec<usize> = (0..said.len()).collect();
        let progress = bar("films");
        progress.set_length(places.len() as u64);
        progress.set_prefix(format!("asking {}", backbone.name()));
        for places in places.chunks(BATCH) {
            let (probabilities, _) = model.score(&batcher.batch(places, 0.0)?)?;
            for (&place, probability) in places.iter().zip(probabilities) {
                said[place].push(probability);
            }
            progress.inc(places.len() as u64);
        }
        progress.finish_and_clear();
    }
    for path in bundles {
        let model = screening::Model::load(&keys::open_bundle(path, key.as_deref())?)?;
        let progress = bar("films");
        progress.set_length(said.len() as u64);
        progress.set_prefix(format!("asking {}", model.manifest().id()));
        let answers = parallel::each(films.training.films(), tch::get_num_threads() as usize, &progress, |film| {
            let Some(head) = model.manifest().head_for(film.region) else { return Ok(None) };
            Ok(Some(model.probability(head, &cache::prepare(film, model.preparation())?)?))
        })?;
        progress.finish_and_clear();
        said.iter_mut().zip(answers).for_each(|(said, answer)| said.extend(answer));
    }
    let mean = |said: Vec<f64>| (!said.is_empty()).then(|| said.iter().sum::<f64>() / said.len() as f64);
    let named = films.training.films().iter().zip(said);
    Ok(named.filter_map(|(film, said)| Some((film.id.clone(), mean(said)?))).collect())
}

/// Changes with the teacher's members, their weights, and the films it is asked about.
fn digest(teacher: &Teacher, bundles: &[PathBuf], films: &Films<'_>, folder: &RunFolder) -> Result<String> {
    let mut digest = Sha256::new();
    let last = films.recipe.stages.len().saturating_sub(1);
    let weights = teacher.backbones.iter().map(|&backbone| folder.best(backbone, last));
    for path in weights.chain(bundles.iter().cloned()) {
        let content = fs::read(&path).with_context(|| format!("cannot read the teacher {}", path.display()))?;
        digest.update(Sha256::digest(&content));
    }
    for film in films.training.films() {
        digest.update(format!("{}\n", film.id));
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;

    /// The gradient of the teacher's part pulls the student's log-odds towards the teacher's, and is zero where they agree.
    #[test]
    fn the_student_is_drawn_to_the_teacher() {
        let said = Tensor::from_slice(&[0.9_f64, 0.9, 0.2]);
        let logits = Tensor::cat(&[Tensor::from_slice(&[0.0_f64]), said.narrow(0, 1, 2).logit(0.0)], 0);
        let logits = logits.set_requires_grad(true);
        let lesson = Lesson { said, temperature: 2.0, weight: 1.0 };
        lesson.beside(Tensor::zeros([], (Kind::Double, Device::Cpu)), &logits).backward();
        let slope = Vec::<f64>::try_from(logits.grad()).unwrap();
        assert!(slope[0] < -0.1 && slope[1].abs() < 1e-6 && slope[2].abs() < 1e-6, "{slope:?}");
    }
}
