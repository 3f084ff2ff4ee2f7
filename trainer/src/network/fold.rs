//! Trained tensors as plain arrays, for a network without batch norms after convolutions and without parallel branches.

use std::collections::BTreeMap;

use ndarray::{Array1, Array4, s};
use tch::{Kind, Tensor};

use super::{
    graph::{Convolution, Graph},
    merge::{self, Merged, inset},
    torch::{BATCH_NORM_EPSILON, Backbone, Parameters, ShiftParameters},
};

/// A network as it ships.
#[derive(Debug, Clone, PartialEq)]
pub struct Folded {
    /// The backbone's description, with parallel branches merged.
    pub graph: Graph,
    /// Its weights.
    pub weights: Weights,
}

/// The weights of a network without batch norm, by the convolutions' names.
#[derive(Debug, Clone, PartialEq)]
pub struct Weights(pub BTreeMap<String, Kernel>);

/// The weights of one convolution. A batch norm that follows none is one that sees a pixel of a channel: C x 1 x 1 x 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Kernel {
    /// Channels x channels seen x rows x columns.
    pub weight: Array4<f32>,
    /// One number a channel.
    pub bias: Array1<f32>,
}

/// Folds in f64: a batch norm is y = s (x - mean) + beta with s = gamma / sqrt(variance + epsilon), so the convolution's
/// weights are multiplied by s and its bias is beta - s mean (Jacob et al. 2018, section 3.2). Then sums parallel branches.
///
/// # Errors
/// [`tch::TchError`] where a tensor cannot be read.
pub fn fold(backbone: &Backbone) -> Result<Folded, tch::TchError> {
    let Merged { graph, parts } = merge::merge(backbone.graph());
    let parameters: BTreeMap<&str, &Parameters> = backbone.parameters().collect();
    let mut weights = BTreeMap::new();
    for (node, parts) in graph.nodes().iter().zip(parts) {
        let (Some(whole), Some(seen)) = (node.as_convolution(), graph.channels_seen(node)) else { continue };
        let kernel = whole.window.kernel;
        let mut weight = Array4::<f64>::zeros((node.channels, seen, kernel, kernel));
        let mut bias = Array1::<f64>::zeros(node.channels);
        for part in parts {
            let part = &backbone.graph().nodes()[part.index()];
            if let Some((convolution, parameters)) = part.as_convolution().zip(parameters.get(part.name.as_str())) {
                let (part_weight, part_bias) = without_norm(parameters)?;
                embed(&part_weight, &convolution, &mut weight, &whole);
                bias += &part_bias;
            }
        }
        let kernel = Kernel { weight: weight.mapv(|number| number as f32), bias: bias.mapv(|number| number as f32) };
        weights.insert(node.name.clone(), kernel);
    }
    Ok(Folded { graph, weights: Weights(weights) })
}

/// Weight and bias of a convolution together with its batch norm.
fn without_norm(parameters: &Parameters) -> Result<(Array4<f64>, Array1<f64>), tch::TchError> {
    let weight = parameters.weight.to_kind(Kind::Double);
    let (weight, bias) = match &parameters.shift {
        ShiftParameters::None => {
            let bias = Tensor::zeros(&weight.size()[..1], (Kind::Double, weight.device()));
            (weight, bias)
        }
        ShiftParameters::Bias(bias) => (weight, bias.to_kind(Kind::Double)),
        ShiftParameters::BatchNorm { gamma, beta, mean, variance } => {
            let root = (variance.to_kind(Kind::Double) + BATCH_NORM_EPSILON).sqrt();
            let scale = gamma.to_kind(Kind::Double) / root;
            (weight * scale.reshape([-1, 1, 1, 1]), beta - scale * mean)
        }
    };
    let dims: Vec<usize> = weight.size().iter().map(|&dim| dim as usize).collect();
    let weight = Array4::from_shape_vec((dims[0], dims[1], dims[2], dims[3]), numbers(&weight)?)
        .map_err(|error| tch::TchError::Shape(error.to_string()))?;
    Ok((weight, Array1::from_vec(numbers(&bias)?)))
}

/// Adds the kernel of one branch to the kernel of all, where its pixels and its channels lie in it.
fn embed(part: &Array4<f64>, of: &Convolution, whole: &mut Array4<f64>, into: &Convolution) {
    let (outputs, part_seen, kernel, _) = part.dim();
    let (seen, inset) = (whole.dim().1, inset(of.window, into.window).unwrap_or(0));
    for (output, weights) in part.outer_iter().enumerate() {
        let first_seen = |groups: usize, seen: usize| output / (outputs / groups) * seen;
        let from = first_seen(of.groups, part_seen) - first_seen(into.groups, seen);
        let mut place =
            whole.slice_mut(s![output, from..from + part_seen, inset..inset + kernel, inset..inset + kernel]);
        place += &weights;
    }
}

/// A tensor's numbers in row-major order.
fn numbers(tensor: &Tensor) -> Result<Vec<f64>, tch::TchError> {
    Vec::try_from(tensor.detach().to_kind(Kind::Double).contiguous().view([-1]))
}
