//! The first reading of a [`Graph`]: a torch module that learns.

use serde::{Deserialize, Serialize};
use tch::{
    Device, Kind, Tensor,
    nn::{self, init::DEFAULT_KAIMING_NORMAL},
};

use super::{
    graph::{Graph, Layer, Shift, Window},
    neck,
};

/// Added to a variance before its root is taken.
pub const BATCH_NORM_EPSILON: f64 = 1e-5;

/// Share of a batch in the running statistics of batch norm.
const BATCH_NORM_MOMENTUM: f64 = 0.1;

/// What a network computes in while it learns. It is validated and shipped in 32 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arithmetic {
    /// 32 bits.
    #[default]
    F32,
    /// bfloat16 in convolutions and between them; weights, batch norms' statistics, heads and losses stay in 32 bits. For devices
    /// with matrix units for it: a GPU, a CPU with AMX. A CPU without is slower by it.
    Bf16,
}

/// A backbone that lives in a variable store, under names that follow the graph's: `block02.expand.weight`, and beside it
/// `block02.expand.bias` or `block02.expand.norm.{weight, bias, running_mean, running_var}`.
#[derive(Debug)]
pub struct Backbone {
    graph: Graph,
    /// One entry a node: the tensors of convolutions.
    parameters: Vec<Option<Parameters>>,
    arithmetic: Arithmetic,
}

/// What batch norm does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mode {
    /// Normalises by the batch, updates the running statistics, records for the gradient.
    Train,
    /// The same for the neck alone; the network below it is evaluated, and no gradient reaches it.
    TrainNeck,
    /// Normalises by the batch, draws the running statistics this share of the way to it, records nothing.
    Settle(f64),
    /// Normalises by the running statistics and records nothing.
    Evaluate,
}

/// What a backbone says about N films.
#[derive(Debug)]
pub struct Features {
    /// The last feature map, N x C x h x w.
    pub map: Tensor,
    /// Its mean over rows and columns, N x C.
    pub pooled: Tensor,
}

/// The tensors of one convolution, or of a batch norm alone: that is a convolution of each channel with the number 1.
#[derive(Debug)]
pub(super) struct Parameters {
    /// C x (channels seen) x kernel x kernel.
    pub weight: Tensor,
    pub shift: ShiftParameters,
}

/// The tensors that follow it, each of C numbers.
#[derive(Debug)]
pub(super) enum ShiftParameters {
    None,
    Bias(Tensor),
    BatchNorm { gamma: Tensor, beta: Tensor, mean: Tensor, variance: Tensor },
}

impl Backbone {
    /// A backbone with random weights (Kaiming's normal ones, He et al. 2015) under `path`.
    pub fn new(path: &nn::Path, graph: &Graph) -> Self {
        let parameters = graph.nodes().iter().map(|node| {
            let path = node.name.split('.').fold(path.clone(), |path, part| path.sub(part));
            let (convolution, channels) = (node.as_convolution()?, node.channels as i64);
            let kernel = convolution.window.kernel as i64;
            let dims = [channels, graph.channels_seen(node)? as i64, kernel, kernel];
            Some(Parameters {
                weight: match node.layer {
                    Layer::BatchNorm => Tensor::ones(dims, (Kind::Float, path.device())),
                    _ => path.var("weight", &dims, DEFAULT_KAIMING_NORMAL),
                },
                shift: match convolution.shift {
                    Shift::None => ShiftParameters::None,
                    Shift::Bias => ShiftParameters::Bias(path.zeros("bias", &[channels])),
                    Shift::BatchNorm => {
                        let path = path.sub("norm");
                        ShiftParameters::BatchNorm {
                            gamma: path.ones("weight", &[channels]),
                            beta: path.zeros("bias", &[channels]),
                            mean: path.zeros_no_train("running_mean", &[channels]),
                            variance: path.ones_no_train("running_var", &[channels]),
                        }
                    }
                },
            })
        });
        Self { graph: graph.clone(), parameters: parameters.collect(), arithmetic: Arithmetic::F32 }
    }

    /// The same, learning in this arithmetic.
    pub fn learning_in(self, arithmetic: Arithmetic) -> Self {
        Self { arithmetic, ..self }
    }

    /// The description it was built from.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Looks at `films`, N x 1 x S x S in f32. S must be large enough for the graph: see [`Graph::shapes`].
    pub fn forward(&self, films: &Tensor, mode: Mode) -> Features {
        self.run(films, mode, &mut |_, _| ())
    }

    /// The tensors of every convolution and lone batch norm, by its name.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, &Parameters)> {
        let named = self.graph.nodes().iter().zip(&self.parameters);
        named.filter_map(|(node, parameters)| Some((node.name.as_str(), parameters.as_ref()?)))
    }

    /// Computes node after node; a map is freed as soon as its last reader has seen it, and may be overwritten by an only one.
    /// `observe` is shown what each batch norm gets, and what each convolution without one gives.
    pub(super) fn run(&self, films: &Tensor, mode: Mode, observe: &mut dyn FnMut(usize, &Tensor)) -> Features {
        let readers = self.graph.readers();
        let mut maps: Vec<Tensor> = Vec::with_capacity(self.graph.nodes().len());
        for (index, (node, parameters)) in self.graph.nodes().iter().zip(&self.parameters).enumerate() {
            let mode = match mode {
                Mode::TrainNeck if node.name.starts_with(neck::PREFIX) => Mode::Train,
                Mode::TrainNeck => Mode::Evaluate,
                whole => whole,
            };
            let _unrecorded = (mode != Mode::Train).then(tch::no_grad_guard);
            let mut inputs: Vec<Tensor> = Vec::with_capacity(node.inputs.len());
            for input in &node.inputs {
                let is_last = readers[input.index()].last().is_some_and(|reader| reader.index() == index);
                let map = &mut maps[input.index()];
                inputs.push(if is_last { std::mem::take(map) } else { map.shallow_clone() });
            }
            // The gradient of a convolution, a batch norm, a sum or an upsampling does not need what they gave: their maps may be
            // overwritten. Another reader's may; and films belong to the caller.
            let in_place =
                node.inputs.first().is_some_and(|input| input.index() > 0 && readers[input.index()].len() == 1);
            maps.push(match (&node.layer, parameters, inputs.as_mut_slice()) {
                (Layer::Convolution(convolution), Some(parameters), [input]) => {
                    let convolved = convolve(input, parameters, convolution.window, convolution.groups);
                    observe(index, &convolved);
                    normalise(convolved, &parameters.shift, mode)
                }
                (Layer::BatchNorm, Some(parameters), [input]) => {
                    observe(index, input);
                    normalise(input.shallow_clone(), &parameters.shift, mode)
                }
                (Layer::Relu, _, [input]) if in_place => input.relu_(),
                (Layer::Relu, _, [input]) => input.relu(),
                (Layer::Relu6, _, [input]) if in_place => input.relu6_(),
                (Layer::Relu6, _, [input]) => input.relu6(),
                (Layer::MaxPool(window), _, [input]) => max_pool(input, *window),
                (Layer::Sigmoid, _, [input]) => input.sigmoid(),
                (Layer::Upsample(factor), _, [input, like]) => upsample(input, *factor as i64, like.size()[3]),
                (Layer::AveragePool(window), _, [input]) => average_pool(input, *window),
                (Layer::Add, _, [one, other]) => &*one + &*other,
                (Layer::Gate, _, [map, gate]) => &*map * &*gate,
                (Layer::Concat, _, inputs) => Tensor::cat(inputs, 1),
                _ if mode == Mode::Train && self.arithmetic == Arithmetic::Bf16 => {
                    channels_last(films).to_kind(Kind::BFloat16)
                }
                _ => channels_last(films),
            });
        }
        let map = maps.pop().unwrap_or_default().to_kind(Kind::Float);
        let pooled = map.mean_dim([2i64, 3].as_slice(), false, Kind::Float);
        Features { map, pooled }
    }
}

/// The same films, marked as channels-last on a CPU: convolutions keep that layout and are a third faster for it.
/// With one channel both layouts are the same bytes, so nothing is copied.
fn channels_last(films: &Tensor) -> Tensor {
    match (films.device(), films.size().as_slice()) {
        (Device::Cpu, &[count, 1, rows, columns]) => {
            films.contiguous().as_strided([count, 1, rows, columns], [rows * columns, 1, columns, 1], None)
        }
        _ => films.shallow_clone(),
    }
}

fn convolve(input: &Tensor, parameters: &Parameters, window: Window, groups: usize) -> Tensor {
    let (input, border) = pad(input, window, 0.0);
    let kind = input.kind();
    let bias = match &parameters.shift {
        ShiftParameters::Bias(bias) => Some(bias.to_kind(kind)),
        ShiftParameters::None | ShiftParameters::BatchNorm { .. } => None,
    };
    let stride = window.stride as i64;
    input.conv2d(&parameters.weight.to_kind(kind), bias, [stride, stride], [border, border], [1, 1], groups as i64)
}

fn normalise(map: Tensor, shift: &ShiftParameters, mode: Mode) -> Tensor {
    match shift {
        ShiftParameters::None | ShiftParameters::Bias(_) => map,
        ShiftParameters::BatchNorm { gamma, beta, mean, variance } => {
            let momentum = if let Mode::Settle(share) = mode { share } else { BATCH_NORM_MOMENTUM };
            map.batch_norm(
                Some(gamma),
                Some(beta),
                Some(mean),
                Some(variance),
                mode != Mode::Evaluate,
                momentum,
                BATCH_NORM_EPSILON,
                true,
            )
        }
    }
}

fn max_pool(input: &Tensor, window: Window) -> Tensor {
    let (input, border) = pad(input, window, f64::NEG_INFINITY);
    let (kernel, stride) = (window.kernel as i64, window.stride as i64);
    input.max_pool2d([kernel, kernel], [stride, stride], [border, border], [1, 1], false)
}

fn average_pool(input: &Tensor, window: Window) -> Tensor {
    let (kernel, stride) = (window.kernel as i64, window.stride as i64);
    input.avg_pool2d([kernel, kernel], [stride, stride], [0, 0], false, true, None)
}

fn upsample(input: &Tensor, factor: i64, wanted: i64) -> Tensor {
    let side = input.size()[3] * factor;
    let whole = input.upsample_nearest2d([side, side], None, None);
    if side == wanted { whole } else { whole.narrow(2, 0, wanted).narrow(3, 0, wanted) }
}

/// Pads where the borders differ; where they are alike, leaves their width to the operation, which is faster.
fn pad(input: &Tensor, window: Window, value: f64) -> (Tensor, i64) {
    let side_px = input.size().last().copied().unwrap_or(0);
    let (before, after) = window.borders(side_px as usize);
    let (before, after) = (before as i64, after as i64);
    if before == after {
        (input.shallow_clone(), before)
    } else {
        (input.pad([before, after, before, after], "constant", value), 0)
    }
}
