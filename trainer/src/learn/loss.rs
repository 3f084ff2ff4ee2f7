//! What learning makes small.

use tch::{Kind, Reduction, Tensor};

use super::{distil::Lesson, model::Answers};
use crate::{data::batch::Batch, recipe::Stage};

/// How hard cells that are right already are passed over.
const FOCUS: f64 = 2.0;

/// How wrong the answers are: binary cross-entropy of the abnormality (labels smoothed, abnormal films weighted), plus
/// cross-entropy of the region, plus the focal loss of every map cell against the lesion boxes, by the stage's weights. Where
/// there is a teacher, what it says of the abnormality counts beside the label.
pub fn loss(answers: &Answers, batch: &Batch, lesson: Option<&Lesson>, stage: &Stage, abnormal_weight: f64) -> Tensor {
    let smoothed = &batch.abnormal * (1.0 - stage.label_smoothing) + stage.label_smoothing / 2.0;
    let weights = &batch.abnormal * (abnormal_weight - 1.0) + 1.0;
    let abnormal =
        answers.abnormal.binary_cross_entropy_with_logits::<Tensor>(&smoothed, Some(weights), None, Reduction::Mean);
    let abnormal = match lesson {
        Some(lesson) => lesson.beside(abnormal, &answers.abnormal),
        None => abnormal,
    };
    let region = -(answers.region.log_softmax(1, Kind::Float) * &batch.regions)
        .sum_dim_intlist([1_i64].as_slice(), false, Kind::Float)
        .mean(Kind::Float);
    abnormal + region * stage.region_weight + lesion(answers, batch) * stage.box_weight
}

/// The focal loss for shares (Li et al. 2020, "Generalized focal loss", eq. 4): a cell's target is the share of it that boxes cover.
///
/// Summed over all cells, and divided by how much of the batch is lesion: of a hundred cells ninety-nine hold none, and a mean would
/// drown the one.
fn lesion(answers: &Answers, batch: &Batch) -> Tensor {
    let size = answers.lesion.size();
    let share = batch.lesions.adaptive_avg_pool2d([size[2], size[3]]);
    let said = answers.lesion.clamp(1e-6, 1.0 - 1e-6);
    let (rest, unsaid): (Tensor, Tensor) = (1.0 - &share, 1.0 - &said);
    let wrong = -(&share * said.log() + rest * unsaid.log());
    let each = (&share - &said).abs().pow_tensor_scalar(FOCUS) * wrong;
    let located = batch.located.reshape([-1, 1, 1, 1]);
    (each * located).sum(Kind::Float) / (share.sum(Kind::Float) + 1.0)
}
