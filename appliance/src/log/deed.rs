//! What is written down.

use fieldray_common::bundle::KeyId;
use serde::{Deserialize, Serialize};

use crate::output::Document;

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
    /// A DICOM object with an answer was taken by another machine.
    Sent {
        /// Which one.
        #[serde(flatten)]
        object: Object,
        /// AE title and address of the machine.
        to: String,
        /// When it said so.
        done: String,
    },
    /// A DICOM object with an answer will not be sent.
    NotSent {
        /// Which one.
        #[serde(flatten)]
        object: Object,
        /// Why.
        reason: String,
        /// When it was given up.
        done: String,
    },
    /// Answers are written into a folder.
    Exported {
        /// Which one.
        to: String,
        /// As what.
        forms: Vec<String>,
        /// Whether they name the patients.
        identified: bool,
        /// The films they answer.
        images: Vec<Image>,
    },
    /// A person said what so many films show.
    ReadingsEntered {
        /// How many.
        films: u64,
    },
    /// A person chose an operating point for a region and a kind of image.
    OperatingPointChosen {
        /// The region.
        region: String,
        /// The kind of image.
        input_kind: String,
        /// Probabilities below this are normal, in the words of the log; absent where the bundle's own counts again.
        normal_below: Option<String>,
        /// Probabilities from here on are abnormal.
        abnormal_from: Option<String>,
    },
    /// A model was put into a slot, and takes over at the next start.
    ModelInstalled {
        /// `name@version`.
        model: String,
        /// The slot.
        slot: String,
    },
    /// The model in the other slot takes over at the next start.
    ModelActivated {
        /// `name@version`.
        model: String,
    },
    /// A new model failed, and the box went back to this one by itself.
    ModelWentBack {
        /// `name@version`.
        model: String,
    },
    /// A model that has proved itself brought a key, which is trusted from now on.
    KeyTrusted {
        /// Its id.
        key: KeyId,
        /// What the model calls it.
        name: String,
        /// `name@version` of the model.
        by: String,
    },
    /// A model that has proved itself revoked a key, which is never trusted again.
    KeyRevoked {
        /// Its id.
        key: KeyId,
        /// `name@version` of the model.
        by: String,
    },
    /// The box scored the bundle's reference films again.
    SelfChecked {
        /// How many there are.
        films: u64,
        /// How many got the probability that the bundle promises.
        agreeing: u64,
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

/// A DICOM object with the answer of an image, as the log names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The image.
    #[serde(flatten)]
    pub image: Image,
    /// What kind of object.
    pub document: Document,
    /// Its SOP Instance UID, where it could be made.
    pub instance: Option<String>,
    /// Whether it names the patient.
    pub identified: bool,
}
