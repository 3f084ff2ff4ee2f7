//! What is said of models: which the box keeps, and how far a new one is. As in [`super::message`], the order of variants and fields is
//! the wire format, and what is new comes at the end.

use serde::{Deserialize, Serialize};

use super::text::Text;

/// The models that a box keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Models {
    /// None that could be replaced over a cable.
    NoStore {
        /// Why, and what to do.
        reason: Text,
    },
    /// Two slots for them.
    Store {
        /// Slot a and slot b.
        slots: [Slot; 2],
        /// The names of the keys that may sign a bundle, with commas between them.
        keys: Text,
        /// How many bytes of a bundle still fit.
        free_bytes: u64,
    },
}

/// What lies in a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// `name@version`; empty where nothing in it can be used.
    pub model: Text,
    /// What the box does with it.
    pub standing: Standing,
}

/// What the box does with a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Standing {
    /// Nothing.
    Idle,
    /// It starts from it.
    Active,
    /// It starts from it, and the model must prove itself yet.
    OnTrial,
    /// It has gone back from it.
    Failed,
}

/// How far a bundle is that the box has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Installation {
    /// The box knows nothing of it.
    Unknown,
    /// This phase goes on.
    Running {
        /// The phase.
        phase: Phase,
        /// How much of it is done.
        done: u64,
        /// How much there is to do.
        of: u64,
    },
    /// It lies in a slot. The box starts anew with it as soon as no film waits.
    Installed {
        /// The slot's name.
        slot: Text,
        /// How many reference films it was tried on.
        films: u32,
        /// The largest difference from a promised probability.
        largest_difference: f64,
    },
    /// It was not installed; the box is as it was before.
    Refused {
        /// Why, and what to do.
        reason: Text,
    },
}

/// A phase of an installation, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// Signature and files are checked.
    Check,
    /// It is copied into the slot and read back; counted in bytes.
    Copy,
    /// Its reference films are scored; counted in films.
    Try,
}
