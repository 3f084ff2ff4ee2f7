//! Where learning stands, in one file: weights, their average, the optimiser, and the place in the recipe.
//!
//! Everything random follows from the recipe's seed and the step, so no generator's state is needed: a run that goes on from
//! its last checkpoint ends with the very weights of a run that was never stopped (on a CPU, with the same threads).

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::{model::Model, optimiser::Optimiser};
use crate::folder::write_whole_by;

/// The tensor that holds the place, as JSON bytes.
const PLACE: &str = "place";

/// The place in the recipe.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Stages finished.
    pub stage: usize,
    /// Steps taken in this stage.
    pub step: usize,
    /// Sum of the losses of this epoch's steps.
    pub loss: f64,
    /// The best epoch of the stage so far.
    pub best: Option<Best>,
}

/// An epoch and how well it did.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Counted from 1.
    pub epoch: usize,
    /// AUROC on the validation films, 0 to 1.
    pub auroc: f64,
}

/// Where a checkpoint was taken up.
#[derive(Debug)]
pub struct Resumed {
    /// The place in the recipe.
    pub place: Place,
    /// The optimiser as it was there.
    pub optimiser: Optimiser,
    /// What is wrong with the last checkpoint, where the one before it had to serve.
    pub damage: Option<anyhow::Error>,
}

/// Writes a checkpoint, whole or not at all. The one that was there is kept beside it, as `NAME.previous.safetensors`.
pub fn save(path: &Path, place: &Place, model: &Model, average: &Model, optimiser: &Optimiser) -> Result<()> {
    let text = serde_json::to_vec(place)?;
    let mut tensors = vec![(PLACE.to_owned(), Tensor::from_slice(&text))];
    tensors.extend(state(model, average, optimiser));
    write_whole_by(path, |file| {
        Tensor::write_safetensors(&tensors, file)?;
        if path.exists() { Ok(fs::rename(path, previous(path))?) } else { Ok(()) }
    })
    .context(FULL_DISK)
}

/// Takes up the last checkpoint that is whole: fills the model, its average, and the `optimiser` that belongs to the place. `None`
/// where there is none yet.
///
/// # Errors
/// Where there are checkpoints and all are damaged, or of another network.
pub fn load(
    path: &Path,
    model: &Model,
    average: &Model,
    optimiser: impl Fn(&Place) -> Optimiser,
) -> Result<Option<Resumed>> {
    let before = previous(path);
    let take_up = |path: &Path| -> Result<Resumed> {
        let mut tensors = read(path)?;
        let place = tensors.remove(PLACE).context("it names no place in the recipe")?;
        let place = serde_json::from_slice(&Vec::<u8>::try_from(place)?)?;
        let optimiser = optimiser(&place);
        fill(&tensors, state(model, average, &optimiser))?;
        Ok(Resumed { place, optimiser, damage: None })
    };
    let damage = match (path.exists(), before.exists()) {
        (false, false) => return Ok(None),
        (false, true) => None,
        (true, _) => match take_up(path) {
            Ok(resumed) => return Ok(Some(resumed)),
            Err(damage) => Some(damage),
        },
    };
    match take_up(&before) {
        Ok(resumed) => Ok(Some(Resumed { damage, ..resumed })),
        Err(other) => Err(damage.unwrap_or(other)).with_context(|| {
            format!("the checkpoint {} cannot be taken up; delete it to start this backbone anew", path.display())
        }),
    }
}

/// Writes the weights of a model, heads included.
pub fn save_weights(path: &Path, model: &Model) -> Result<()> {
    write_whole_by(path, |file| Ok(Tensor::write_safetensors(&model.variables(), file)?)).context(FULL_DISK)
}

/// Reads them back.
pub fn load_weights(path: &Path, model: &Model) -> Result<()> {
    read(path).and_then(|weights| fill(&weights, model.variables())).with_context(|| {
        format!(
            "the weights {} cannot be used; delete the checkpoints beside it to start this backbone anew",
            path.display()
        )
    })
}

/// Fills `variables` with the weights of a backbone that a run has learned.
pub fn load_backbone(path: &Path, variables: Vec<(String, Tensor)>) -> Result<()> {
    ensure!(path.exists(), "{} is not there; learn that run first", path.display());
    read(path)
        .and_then(|weights| fill(&weights, variables))
        .with_context(|| format!("{} cannot be used", path.display()))
}

const FULL_DISK: &str = "what was learned last could not be kept; if the disk is full, free some space and run again: the \
                         checkpoint before it is whole";

fn previous(path: &Path) -> PathBuf {
    path.with_extension("previous.safetensors")
}

fn state(model: &Model, average: &Model, optimiser: &Optimiser) -> Vec<(String, Tensor)> {
    let prefixed = |prefix: &str, named: Vec<(String, Tensor)>| -> Vec<(String, Tensor)> {
        named.into_iter().map(|(name, value)| (format!("{prefix}.{name}"), value)).collect()
    };
    [
        prefixed("model", model.variables()),
        prefixed("average", average.variables()),
        prefixed("optimiser", optimiser.state()),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn read(path: &Path) -> Result<HashMap<String, Tensor>> {
    let tensors = Tensor::read_safetensors(path).with_context(|| format!("{} is damaged", path.display()))?;
    Ok(tensors.into_iter().collect())
}

fn fill(from: &HashMap<String, Tensor>, into: Vec<(String, Tensor)>) -> Result<()> {
    for (name, mut value) in into {
        let stored = from.get(&name).with_context(|| format!("it lacks '{name}'"))?;
        ensure!(stored.size() == value.size(), "'{name}' has another shape");
        tch::no_grad(|| value.copy_(stored));
    }
    Ok(())
}
