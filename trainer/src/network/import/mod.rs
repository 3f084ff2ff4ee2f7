//! ImageNet weights as a start: published safetensors read into a backbone that sees one grey channel.
//!
//! Two families of names are understood: our own with batch norm already folded (`stem.weight`, `stem.bias`, as converted
//! from Keras) and those of the library that publishes the network, torchvision or timm (`features.0.0.weight`,
//! `features.0.1.running_mean`). Classifiers in them are left out.
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

mod names;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use tch::{Kind, Tensor};

use self::names::{Names, published_names};
use super::{
    Architecture, neck,
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
    #[error("there are no published {name} weights; start from random ones", name = .0.name())]
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
    let take = |name: String| {
        let tensor = tensors.get(&name).map(|tensor| tensor.to_kind(Kind::Double));
        tensor.ok_or(ImportError::Missing { path: path.to_owned(), name, architecture })
    };
    let architecture = architecture.trunk();
    let origin = Origin::of(&tensors, architecture, backbone);
    // No published network has our neck: it starts from random weights.
    let published = backbone.parameters().filter(|(name, _)| !name.starts_with(neck::PREFIX));
    for (name, parameters) in published {
        let found = match origin {
            Origin::Folded => Published::folded(take(format!("{name}.weight"))?, take(format!("{name}.bias"))?),
            Origin::Library => {
                let names = published_names(architecture, name).ok_or(ImportError::NoneKnown(architecture))?;
                Published::take(&names, parameters, take)?
            }
        };
        let found = found.seeing_grey(Colours::of(origin, architecture), grey);
        tch::no_grad(|| found.write_to(name, parameters))?;
    }
    Ok(())
}

/// Whose names a file uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// Ours, batch norm folded.
    Folded,
    /// Those of the library that publishes the network.
    Library,
}

impl Origin {
    /// Known by the stem's names. Only two networks come folded.
    fn of(tensors: &BTreeMap<String, Tensor>, architecture: Architecture, backbone: &Backbone) -> Self {
        let comes_folded = matches!(architecture, Architecture::MobileNetV2 | Architecture::SqueezeNet1_1);
        let stem = backbone.parameters().next().and_then(|(stem, _)| published_names(architecture, stem));
        let is_there = |convolution: String| tensors.contains_key(&format!("{convolution}.weight"));
        match stem.and_then(|names| names.convolution).is_some_and(is_there) || !comes_folded {
            true => Self::Library,
            false => Self::Folded,
        }
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
            // TensorFlow's: from -1 to 1.
            (Origin::Library, Architecture::Xception) => Self { scale: [2.0; 3], offset: [-1.0; 3] },
            // ImageNet's mean and standard deviation of red, green, blue, as torchvision publishes them.
            (Origin::Library, _) => {
                let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
                let scale = deviation.map(|deviation| 1.0 / deviation);
                Self { scale, offset: [0, 1, 2].map(|colour| -mean[colour] * scale[colour]) }
            }
            // Caffe's convention: blue, green, red from 0 to 255, less ImageNet's mean of each.
            (Origin::Folded, Architecture::SqueezeNet1_1) => {
                Self { scale: [255.0; 3], offset: [-103.939, -116.779, -123.68] }
            }
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
    /// One whose batch norm, if there was any, is a part of it.
    fn folded(weight: Tensor, bias: Tensor) -> Self {
        Self { weight, bias, norm: None }
    }

    /// What `take` finds under these names.
    fn take(
        names: &Names,
        parameters: &Parameters,
        take: impl Fn(String) -> Result<Tensor, ImportError>,
    ) -> Result<Self, ImportError> {
        let weight = match &names.convolution {
            Some(convolution) => take(format!("{convolution}.weight"))?,
            None => parameters.weight.to_kind(Kind::Double),
        };
        let bias = match (&names.convolution, &parameters.shift) {
            (Some(convolution), ShiftParameters::Bias(_)) => take(format!("{convolution}.bias"))?,
            _ => Tensor::zeros(&weight.size()[..1], (Kind::Double, weight.device())),
        };
        let norm = names.norm.as_ref().map(|norm| {
            Ok::<_, ImportError>(Norm {
                gamma: take(format!("{norm}.weight"))?,
                beta: take(format!("{norm}.bias"))?,
                mean: take(format!("{norm}.running_mean"))?,
                variance: take(format!("{norm}.running_var"))?,
            })
        });
        Ok(Self { weight, bias, norm: norm.transpose()? })
    }

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
            (ShiftParameters::None, _) => write(name, &parameters.weight, &weight),
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
