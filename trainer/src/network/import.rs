//! ImageNet weights as a start: published safetensors read into a backbone that sees one grey channel.
//!
//! Two families of names are understood: our own with batch norm already folded (`stem.weight`, `stem.bias`, as converted
//! from Keras) and torchvision's (`features.0.0.weight`, `features.0.1.running_mean`). Classifiers in them are left out.
//!
//! **From three colours to one grey.** A grey film shown in colour has three equal channels, so a three-channel stem is a
//! one-channel stem whose weights are summed over the colours. The inputs' scales differ too; both are linear, so the
//! new stem computes the same numbers exactly, wherever its window lies inside the film. Beyond the border it sees zeros as
//! before, but a zero now means another grey: [`Grey::mean`], where it meant the published convention's own zero (0.5 for
//! MobileNetV2; the colour means for torchvision). So the outermost pixels of the first map are exact only where these
//! agree; SqueezeNet's stem has no padding and is exact everywhere.
//!
//! torchvision pads MobileNetV2 evenly, ours is 'SAME': its weights see every second map shifted by a pixel. They are a good
//! start, not the same function.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use tch::{Kind, Tensor};

use super::{
    Architecture,
    torch::{BATCH_NORM_EPSILON, Backbone, Parameters, ShiftParameters},
};

/// How our films are scaled: a grey level from 0 to 1 becomes (level - mean) / deviation, as in the bundle's preparation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grey {
    /// The grey level that becomes 0.
    pub mean: f64,
    /// The difference of grey levels that becomes 1.
    pub deviation: f64,
}

/// Why published weights cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read as safetensors.
    #[error("{path}: {cause}; give a .safetensors file")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What torch says.
        cause: tch::TchError,
    },
    /// The file holds another network.
    #[error("{path} has no tensor '{name}': it does not hold {architecture} weights", architecture = .architecture.name())]
    Missing {
        /// The file.
        path: PathBuf,
        /// The tensor looked for.
        name: String,
        /// The network it was wanted for.
        architecture: Architecture,
    },
    /// A tensor has another shape.
    #[error("'{name}' has the shape {found:?}, not {wanted:?}: it belongs to another network")]
    Misshapen {
        /// The tensor.
        name: String,
        /// Its shape.
        found: Vec<i64>,
        /// The shape of the backbone's.
        wanted: Vec<i64>,
    },
    /// Only networks with published weights have names to look for.
    #[error("there are no published {name} weights in torchvision's form; start from random ones", name = .0.name())]
    NoneKnown(Architecture),
    /// torch could not do it.
    #[error(transparent)]
    Torch(#[from] tch::TchError),
}

/// Overwrites the backbone's weights with those of the file.
///
/// Where the file's batch norm is folded already, ours becomes the identity with the bias as its shift: call
/// [`Backbone::calibrate_batch_norm`] with real films before training.
///
/// # Errors
/// [`ImportError`], each with what to do; the backbone is then partly overwritten.
pub fn load(backbone: &Backbone, architecture: Architecture, path: &Path, grey: Grey) -> Result<(), ImportError> {
    let unreadable = |cause| ImportError::Unreadable { path: path.to_owned(), cause };
    let tensors: BTreeMap<String, Tensor> = Tensor::read_safetensors(path).map_err(unreadable)?.into_iter().collect();
    let origin = Origin::of(&tensors);
    let take = |name: String| {
        let tensor = tensors.get(&name).map(|tensor| tensor.to_kind(Kind::Double));
        tensor.ok_or(ImportError::Missing { path: path.to_owned(), name, architecture })
    };
    // No published network has our neck: it starts from random weights.
    let published = backbone.parameters().filter(|(name, _)| !name.starts_with("neck."));
    for (index, (name, parameters)) in published.enumerate() {
        let mut found = match origin {
            Origin::Folded => {
                Published { weight: take(format!("{name}.weight"))?, bias: take(format!("{name}.bias"))?, norm: None }
            }
            Origin::Torchvision => {
                let (convolution, norm) =
                    torchvision_names(architecture, name).ok_or(ImportError::NoneKnown(architecture))?;
                let weight = take(format!("{convolution}.weight"))?;
                match norm {
                    None => Published { weight, bias: take(format!("{convolution}.bias"))?, norm: None },
                    Some(norm) => Published {
                        bias: Tensor::zeros([weight.size()[0]], (Kind::Double, weight.device())),
                        weight,
                        norm: Some(Norm {
                            gamma: take(format!("{norm}.weight"))?,
                            beta: take(format!("{norm}.bias"))?,
                            mean: take(format!("{norm}.running_mean"))?,
                            variance: take(format!("{norm}.running_var"))?,
                        }),
                    },
                }
            }
        };
        if index == 0 {
            found = found.seeing_grey(Colours::of(origin, architecture), grey);
        }
        tch::no_grad(|| found.write_to(name, parameters))?;
    }
    Ok(())
}

/// Whose names a file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Folded,
    Torchvision,
}

impl Origin {
    fn of(tensors: &BTreeMap<String, Tensor>) -> Self {
        let torchvision = |name: &String| name.starts_with("features.") || name == "bn1.running_mean";
        if tensors.keys().any(torchvision) { Self::Torchvision } else { Self::Folded }
    }
}

/// What a published stem expects of each of its three inputs, for a grey level from 0 to 1: `scale * level + offset`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Colours {
    scale: [f64; 3],
    offset: [f64; 3],
}

impl Colours {
    fn of(origin: Origin, architecture: Architecture) -> Self {
        match (origin, architecture) {
            // ImageNet's mean and standard deviation of red, green, blue, as torchvision publishes them.
            (Origin::Torchvision, _) => {
                let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
                let scale = deviation.map(|deviation| 1.0 / deviation);
                Self { scale, offset: [0, 1, 2].map(|colour| -mean[colour] * scale[colour]) }
            }
            // Caffe's convention: blue, green, red from 0 to 255, less ImageNet's mean of each.
            (Origin::Folded, Architecture::SqueezeNet1_1 | Architecture::SqueezeNet1_1Gated) => {
                Self { scale: [255.0; 3], offset: [-103.939, -116.779, -123.68] }
            }
            // TensorFlow's: from -1 to 1.
            (Origin::Folded, _) => Self { scale: [2.0; 3], offset: [-1.0; 3] },
        }
    }
}

/// One convolution as published, in f64.
struct Published {
    weight: Tensor,
    bias: Tensor,
    norm: Option<Norm>,
}

struct Norm {
    gamma: Tensor,
    beta: Tensor,
    mean: Tensor,
    variance: Tensor,
}

impl Published {
    /// With level = deviation * z + mean, colour c is scale_c * (deviation * z + mean) + offset_c: the factor of z goes into
    /// the weights, the rest into the bias.
    fn seeing_grey(self, colours: Colours, grey: Grey) -> Self {
        if self.weight.size()[1] != 3 {
            return self;
        }
        let factors = colours.scale.map(|scale| scale * grey.deviation);
        let rests = [0, 1, 2].map(|colour| colours.scale[colour] * grey.mean + colours.offset[colour]);
        let by_colour = |numbers: [f64; 3]| Tensor::from_slice(&numbers).view([1, 3, 1, 1]);
        let weight = (&self.weight * by_colour(factors)).sum_dim_intlist([1i64].as_slice(), true, Kind::Double);
        let rest = (&self.weight * by_colour(rests)).sum_dim_intlist([1i64, 2, 3].as_slice(), false, Kind::Double);
        Self { weight, bias: self.bias + rest, norm: self.norm }
    }

    fn write_to(self, name: &str, parameters: &Parameters) -> Result<(), ImportError> {
        let Self { weight, bias, norm } = self;
        match (&parameters.shift, norm) {
            (ShiftParameters::Bias(ours), None) => {
                write(name, &parameters.weight, &weight)?;
                write(name, ours, &bias)
            }
            (ShiftParameters::Bias(ours), Some(norm)) => {
                let scale = norm.gamma / (norm.variance + BATCH_NORM_EPSILON).sqrt();
                write(name, &parameters.weight, &(weight * scale.reshape([-1, 1, 1, 1])))?;
                write(name, ours, &(norm.beta + scale * (bias - norm.mean)))
            }
            (ShiftParameters::BatchNorm { gamma, beta, mean, variance }, norm) => {
                let norm = norm.unwrap_or_else(|| Norm {
                    gamma: bias.ones_like(),
                    beta: bias.shallow_clone(),
                    mean: bias.shallow_clone(), // cancels the bias below, which stands in beta now
                    variance: bias.ones_like() - BATCH_NORM_EPSILON,
                });
                write(name, &parameters.weight, &weight)?;
                write(name, gamma, &norm.gamma)?;
                write(name, beta, &norm.beta)?;
                write(name, mean, &(norm.mean - bias))?;
                write(name, variance, &norm.variance)
            }
        }
    }
}

fn write(name: &str, variable: &Tensor, value: &Tensor) -> Result<(), ImportError> {
    if variable.size() != value.size() {
        return Err(ImportError::Misshapen { name: name.to_owned(), found: value.size(), wanted: variable.size() });
    }
    variable.shallow_clone().f_copy_(value)?;
    Ok(())
}

/// torchvision's names for our convolution of that name, and for its batch norm.
fn torchvision_names(architecture: Architecture, name: &str) -> Option<(String, Option<String>)> {
    let with_norm = |convolution: String, norm: String| Some((convolution, Some(norm)));
    match architecture {
        Architecture::MobileNetV2 | Architecture::MobileNetV2Pyramid => match name.split_once('.') {
            None if name == "stem" => with_norm("features.0.0".into(), "features.0.1".into()),
            None => with_norm("features.18.0".into(), "features.18.1".into()),
            Some((block, part)) => {
                let block: usize = block.strip_prefix("block")?.parse().ok()?;
                let row = format!("features.{block}.conv");
                // The first block has no expansion, so all that follows stands one place earlier.
                let depthwise = if block == 1 { 0 } else { 1 };
                match part {
                    "expand" => with_norm(format!("{row}.0.0"), format!("{row}.0.1")),
                    "depthwise" => with_norm(format!("{row}.{depthwise}.0"), format!("{row}.{depthwise}.1")),
                    _ => with_norm(format!("{row}.{}", depthwise + 1), format!("{row}.{}", depthwise + 2)),
                }
            }
        },
        Architecture::SqueezeNet1_1 | Architecture::SqueezeNet1_1Gated => match name.split_once('.') {
            None => Some(("features.0".into(), None)),
            Some((fire, part)) => {
                // Pools and activations are counted too: fires 2 to 9 stand in these places.
                let fire: usize = fire.strip_prefix("fire")?.parse().ok()?;
                let place = [3, 4, 6, 7, 9, 10, 11, 12].get(fire.checked_sub(2)?)?;
                let part = if part == "squeeze1x1" { "squeeze" } else { part };
                Some((format!("features.{place}.{part}"), None))
            }
        },
        Architecture::ResNet18 => match name.strip_suffix("downsample") {
            Some(block) => with_norm(format!("{block}downsample.0"), format!("{block}downsample.1")),
            None => with_norm(name.to_owned(), name.replace("conv", "bn")),
        },
        Architecture::ResNet10 => None,
    }
}
