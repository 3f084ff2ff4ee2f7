//! How an epoch did on the films that stages are chosen by.

use anyhow::Result;
use fieldray_common::metrics::{Scored, auroc};

use super::model::Model;
use crate::{
    data::batch::{Batch, Batcher},
    recipe::Views,
};

/// Films scored at once.
const BATCH: usize = 32;

/// What an epoch is judged by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Validation {
    /// Area under the ROC curve, 0 to 1.
    pub auroc: f64,
    /// Of the films with boxes, the share whose likeliest cell lies in one.
    pub pointing: Option<f64>,
}

/// How the model does on the validation films, not augmented.
pub fn validate(model: &Model, validation: &Batcher<'_>, views: Views) -> Result<Validation> {
    let places: Vec<usize> = (0..validation.films.len()).collect();
    let mut scores = Vec::with_capacity(places.len());
    let mut hits = Vec::new();
    for places in places.chunks(BATCH) {
        let batch = validation.batch(places, 0.0)?;
        let (mut probabilities, pointed) = model.score(&batch)?;
        if views == Views::Mirrored {
            let (mirrored, _) = model.score(&Batch { films: batch.films.flip([3]), ..batch })?;
            probabilities.iter_mut().zip(mirrored).for_each(|(one, other)| *one = (*one + other) / 2.0);
        }
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
