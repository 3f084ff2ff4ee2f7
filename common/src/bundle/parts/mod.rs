//! How the parts of a model lie in a bundle: their arrays among the weights, the rest in the manifest. What writes a part stands
//! beside what reads it.

mod classifier;
mod features;

use super::weights::WeightsError;
use crate::classifier::ClassifierError;
use crate::fusion::FusionError;

/// Why a part cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)] // each wraps the error of what it names
pub enum PartError {
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Fusion(#[from] FusionError),
    #[error(transparent)]
    Classifier(#[from] ClassifierError),
}
