//! Trained tensors as plain arrays, with every batch norm folded into the convolution before it.

use std::collections::BTreeMap;

use ndarray::{Array1, Array4};
use tch::{Kind, Tensor};

use super::torch::{BATCH_NORM_EPSILON, Backbone, ShiftParameters};

/// The weights of a network without batch norm, by the convolutions' names.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(pub BTreeMap<String, Kernel>);

/// The weights of one convolution.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// Channels x channels seen x rows x columns.
    pub weight: Array4<f32>,
    /// One number a channel.
    pub bias: Array1<f32>,
}

/// Folds in f64: a batch norm is y = s (x - mean) + beta with s = gamma / sqrt(variance + epsilon), so the convolution's
/// weights are multiplied by s and its bias is beta - s mean (Jacob et al. 2018, section 3.2).
///
/// # Errors
/// [`tch::TchError`] where a tensor cannot be read.
pub fn fold(backbone: &Backbone) -> Result<Weights, tch::TchError> {
    let kernels = backbone.parameters().map(|(name, parameters)| {
        let weight = parameters.weight.to_kind(Kind::Double);
        let (weight, bias) = match &parameters.shift {
            ShiftParameters::Bias(bias) => (weight, bias.to_kind(Kind::Double)),
            ShiftParameters::BatchNorm { gamma, beta, mean, variance } => {
                let root = (variance.to_kind(Kind::Double) + BATCH_NORM_EPSILON).sqrt();
                let scale = gamma.to_kind(Kind::Double) / root;
                (weight * scale.reshape([-1, 1, 1, 1]), beta - scale * mean)
            }
        };
        let dims: Vec<usize> = weight.size().iter().map(|&dim| dim as usize).collect();
        let shape = (dims[0], dims[1], dims[2], dims[3]);
        let weight =
            Array4::from_shape_vec(shape, numbers(&weight)?).map_err(|e| tch::TchError::Shape(e.to_string()))?;
        Ok((name.to_owned(), Kernel { weight, bias: Array1::from_vec(numbers(&bias)?) }))
    });
    Ok(Weights(kernels.collect::<Result<_, tch::TchError>>()?))
}

/// A tensor's numbers in row-major order.
fn numbers(tensor: &Tensor) -> Result<Vec<f32>, tch::TchError> {
    Vec::try_from(tensor.detach().to_kind(Kind::Float).contiguous().view([-1]))
}
