//! What learning makes small.

use tch::{Kind, Reduction, Tensor};

use super::model::Answers;
use crate::{data::batch::Batch, recipe::Stage};

/// How wrong the answers are: binary cross-entropy of the abnormality (labels smoothed, abnormal films weighted), plus
/// cross-entropy of the region, plus binary cross-entropy of every map cell against the lesion boxes, by the stage's weights.
pub fn loss(answers: &Answers, batch: &Batch, stage: &Stage, abnormal_weight: f64) -> Tensor {
    let smoothed = &batch.abnormal * (1.0 - stage.label_smoothing) + stage.label_smoothing / 2.0;
    let weights = &batch.abnormal * (abnormal_weight - 1.0) + 1.0;
    let abnormal =
        answers.abnormal.binary_cross_entropy_with_logits::<Tensor>(&smoothed, Some(weights), None, Reduction::Mean);
    let region = -(answers.region.log_softmax(1, Kind::Float) * &batch.regions)
        .sum_dim_intlist([1_i64].as_slice(), false, Kind::Float)
        .mean(Kind::Float);
    abnormal + region * stage.region_weight + lesion(answers, batch) * stage.box_weight
}

/// Summed over a film's cells and averaged over films: a lesion is few of many cells, and a mean would drown it.
fn lesion(answers: &Answers, batch: &Batch) -> Tensor {
    let size = answers.lesion.size();
    let (cells, _) = batch.lesions.adaptive_max_pool2d([size[2], size[3]]);
    let each = answers.lesion.binary_cross_entropy_with_logits::<Tensor>(&cells, None, None, Reduction::None);
    let each = each.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, Kind::Float);
    (each * &batch.located).mean(Kind::Float)
}
