//! Why a model is not taken, in one sentence with the next step.

use std::io;

use fieldray_common::bundle::{BundleError, DeltaError};
use fieldray_common::screening::{ModelError, ReferenceError, TOLERANCE};

use super::keys::KeysError;
use super::slots::Slot;
use crate::cli::plain;

/// Why the store refuses; shown to technicians as it is.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It is not a bundle, not whole, not signed by a trusted key, or of another format.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It is a delta, of which no bundle comes here.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// It is whole, and cannot be made to run.
    #[error("the model cannot be run: {0}; ask who made it")]
    Model(#[from] ModelError),
    /// Its reference films cannot be scored.
    #[error("{0}; ask who made the bundle")]
    Reference(#[from] ReferenceError),
    /// It has no reference films.
    #[error("the bundle has no reference films to prove itself with; export it again with references")]
    Unproved,
    /// It gives other probabilities here than it promises.
    #[error(
        "the model gives other answers on this box than it promises: {failing} of {films} reference films differ, by up to {largest:.4} \
         where {TOLERANCE} is allowed; keep the old model and report this line"
    )]
    SelfTest {
        /// Films that differ by more than is allowed.
        failing: usize,
        /// All reference films.
        films: usize,
        /// The largest difference of a probability.
        largest: f64,
    },
    /// It reads other images than this box gets.
    #[error("{0} reads CT slices, and this box screens projection radiographs; give a bundle for radiographs")]
    OtherImages(String),
    /// A later version of the same model is installed.
    #[error(
        "{new} is older than {installed}, which is installed; give a newer bundle, or one that is signed to replace newer ones"
    )]
    Downgrade {
        /// The bundle.
        new: String,
        /// What is installed.
        installed: String,
    },
    /// It is the bundle that is installed.
    #[error("{0} is installed already; nothing is to be done")]
    UpToDate(String),
    /// The last one is not proved yet.
    #[error("the model installed last has not proved itself yet; start 'fieldray run' once, then install this one")]
    OnTrial,
    /// There is no room.
    #[error("{} MB more are needed on the disk; free some space and install again", .missing_bytes.div_ceil(1 << 20))]
    Space {
        /// How much is missing.
        missing_bytes: u64,
    },
    /// The disk gives back something else than was written.
    #[error("the disk did not keep what was written to it; check or replace the disk, the old model stays")]
    ReadBack,
    /// There is no bundle in a slot.
    #[error("slot {} holds no model; install one first", .0.name())]
    Empty(Slot),
    /// The disk fails.
    #[error("the store cannot be used ({}); check the disk and who may write there", plain(.0))]
    Disk(#[from] io::Error),
    /// The box trusts nobody.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The box has no store.
    #[error(
        "this box has no store of models; name one in its settings ([model] store), and the keys that may sign them, then it takes them"
    )]
    NoStore,
    /// Another bundle is being installed.
    #[error("another update is being installed; wait until it is done")]
    Busy,
    /// The stick is gone.
    #[error("the stick was pulled out before the bundle was read; put it in again, the old model stays")]
    Pulled,
    /// The program failed on it.
    #[error("the program failed while it tried the model; keep the old model and ask who made the bundle")]
    Crashed,
    /// What was read is not what was announced.
    #[error("the bundle is another one than was looked at; take it up again from the beginning")]
    Another,
}

impl Refusal {
    /// # Errors
    /// [`Refusal::Space`] where anything is missing.
    pub(crate) fn unless_enough(missing_bytes: u64) -> Result<(), Self> {
        match missing_bytes {
            0 => Ok(()),
            missing_bytes => Err(Self::Space { missing_bytes }),
        }
    }
}
