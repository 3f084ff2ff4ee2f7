//! What is written down.

use serde::{Deserialize, Serialize};

/// Something that was done. No patient is named: an image is known by its SOP Instance UID and its file's SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Deed {
    /// The program started.
    Started {
        /// Its version.
        version: String,
        /// `name@version` of its model.
        bundle: String,
    },
    /// The program ended as it was told to.
    Stopped,
    /// An image was taken in.
    Received(Image),
    /// An image came again that is here already.
    ReceivedAgain(Image),
    /// An image was not taken in.
    Refused {
        /// Why.
        reason: String,
    },
    /// An image got its answer.
    Screened {
        /// Which one.
        #[serde(flatten)]
        image: Image,
        /// What the box said.
        decision: String,
    },
    /// A person at the display said which region an image shows; it was screened again.
    RegionNamed {
        /// Which one.
        #[serde(flatten)]
        image: Image,
        /// The region.
        region: String,
    },
    /// A person at the display judged an answer.
    Reviewed(Image),
    /// The bytes before this line are what a power cut left of one.
    Torn {
        /// How many.
        bytes: u64,
        /// Their SHA-256.
        torn_sha256: String,
    },
}

/// An image, as the log names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// SOP Instance UID; JPEG and PNG have none.
    pub sop_instance: Option<String>,
    /// SHA-256 of its file.
    pub sha256: String,
}
