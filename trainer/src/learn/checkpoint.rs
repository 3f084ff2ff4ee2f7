//! Where learning stands, in one file: weights, their average, the optimiser, and the place in the recipe.
//!
//! Everything random follows from the recipe's seed and the step, so no generator's state is needed: a run that goes on from
//! its last checkpoint ends with the very weights of a run that was never stopped (on a CPU, with the same threads).

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::{model::Model, optimiser::AdamW};
use crate::folder::write_whole;

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

/// Writes a checkpoint, whole or not at all.
pub fn save(path: &Path, place: &Place, model: &Model, average: &Model, optimiser: &AdamW) -> Result<()> {
    let text = serde_json::to_vec(place)?;
    let mut tensors = vec![(PLACE.to_owned(), Tensor::from_slice(&text))];
    tensors.extend(state(model, average, optimiser));
    write_whole(path, |file| Ok(Tensor::write_safetensors(&tensors, file)?))
}

/// Takes up a checkpoint: fills the model, its average and the optimiser, and gives the place.
pub fn load(path: &Path, model: &Model, average: &Model, optimiser: &AdamW) -> Result<Place> {
    let context =
        || format!("the checkpoint {} cannot be taken up; delete it to start this backbone anew", path.display());
    let mut tensors = read(path).with_context(context)?;
    let place = tensors.remove(PLACE).context("it names no place in the recipe").with_context(context)?;
    fill(&tensors, state(model, average, optimiser)).with_context(context)?;
    serde_json::from_slice(&Vec::<u8>::try_from(place)?).with_context(context)
}

/// Writes the weights of a model, heads included.
pub fn save_weights(path: &Path, model: &Model) -> Result<()> {
    write_whole(path, |file| Ok(Tensor::write_safetensors(&model.variables(), file)?))
}

/// Reads them back.
pub fn load_weights(path: &Path, model: &Model) -> Result<()> {
    fill(&read(path)?, model.variables()).with_context(|| format!("{} holds other weights", path.display()))
}

fn state(model: &Model, average: &Model, optimiser: &AdamW) -> Vec<(String, Tensor)> {
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
    let tensors = Tensor::read_safetensors(path).with_context(|| format!("cannot read {}", path.display()))?;
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
