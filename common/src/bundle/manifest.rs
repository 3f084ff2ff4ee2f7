//! What a bundle says of itself.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::signature::{KeyId, PublicKey};
use crate::calibrate::{Calibration, OperatingPoint};
use crate::conformal::Conformal;
use crate::prepare::Preparation;
use crate::region::Region;
use crate::view::View;

/// The bundle format this code reads and writes.
pub const FORMAT: u32 = 1;

/// `manifest.json`: the one file that is signed. It names every other file with its hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Version of the format; another one is refused before anything else is read.
    pub format: u32,
    /// Name of the model.
    pub name: String,
    /// Version of the model, `major.minor.patch`.
    pub version: String,
    /// Day on which it was exported, `YYYY-MM-DD`.
    pub created: String,
    /// How a film becomes the backbones' input.
    pub preparation: Preparation,
    /// The backbones, in the order in which their features are fused.
    pub backbones: Vec<BackboneEntry>,
    /// The region classifier's classes, by the names of heads.
    pub region_classes: Vec<String>,
    /// Lowest probability at which a predicted region is believed (0 to 1).
    pub region_from: f64,
    /// Films farther than this from the training films are referred (see [`crate::novelty::Novelty`]).
    pub novelty_limit: f64,
    /// One head a region the model screens.
    pub heads: Vec<HeadEntry>,
    /// Films with the results this model must give on any hardware.
    pub references: Vec<Reference>,
    /// Whoever signed it allows it to take the place of a later version of the same model.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub replaces_newer: bool,
    /// What becomes of the keys that a box trusts.
    #[serde(default, skip_serializing_if = "KeyChanges::is_empty")]
    pub keys: KeyChanges,
    /// Every other file of the bundle.
    pub files: BTreeMap<String, FileEntry>,
}

/// What becomes of the keys that a box trusts, once the bundle has proved itself there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyChanges {
    /// Keys that are trusted from then on, by the names that technicians know them by.
    #[serde(default)]
    pub trusts: BTreeMap<String, PublicKey>,
    /// Keys that are not trusted any more.
    #[serde(default)]
    pub revokes: BTreeSet<KeyId>,
}

impl KeyChanges {
    /// Whether nothing becomes of them.
    pub fn is_empty(&self) -> bool {
        self.trusts.is_empty() && self.revokes.is_empty()
    }

    /// The keys that it brings and does not revoke.
    pub fn lasting(&self) -> impl Iterator<Item = (&String, &PublicKey)> {
        self.trusts.iter().filter(|(_, key)| !self.revokes.contains(&key.id()))
    }
}

/// A backbone's file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneEntry {
    /// Name of the architecture.
    pub name: String,
    /// Its ONNX file in the bundle.
    pub file: String,
    /// Channels of its last feature map.
    pub channels: usize,
}

/// The classifiers of one region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadEntry {
    /// Name of the region in commands and results.
    pub name: String,
    /// The body regions it may screen.
    pub covers: Vec<Region>,
    /// The views it learned; a film that says it is another view is referred. Empty where nothing is known of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub views: Vec<View>,
    /// Its classifiers.
    pub members: Vec<MemberEntry>,
    /// How they answer together.
    #[serde(default)]
    pub vote: Vote,
    /// From the outcome of the vote to log-odds.
    #[serde(default = "as_voted")]
    pub calibration: Calibration,
    /// Where its decision changes.
    pub operating_point: OperatingPoint,
    /// Prediction sets with a promised coverage.
    #[serde(default)]
    pub conformal: Option<Conformal>,
}

/// One classifier of a head, with its calibration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberEntry {
    /// What kind it is.
    pub classifier: ClassifierEntry,
    /// From its score to log-odds.
    pub calibration: Calibration,
}

/// How the classifiers of a head answer together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vote {
    /// The outcome is the mean of their calibrated log-odds.
    #[default]
    Soft,
    /// Each has one vote; the outcome is the votes for `abnormal` less those against it, over all votes (-1 to 1).
    Majority,
}

fn as_voted() -> Calibration {
    Calibration::NONE
}

/// The kind of a classifier, and what of it is not a weight.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum ClassifierEntry {
    /// Logistic regression.
    Logistic {
        /// The score where every feature is zero.
        bias: f64,
    },
    /// Linear discriminant analysis.
    Lda {
        /// The score where every feature is zero.
        bias: f64,
    },
    /// A support vector machine without a kernel.
    SvmLinear {
        /// The score where every feature is zero.
        bias: f64,
    },
    /// A support vector machine with a radial basis function kernel.
    SvmRbf {
        /// The score far from every support vector.
        bias: f64,
        /// The kernel's inverse squared width.
        gamma: f64,
    },
    /// Gaussian naive Bayes.
    NaiveBayes {
        /// The log-odds of `abnormal` before a film is seen.
        prior: f64,
    },
    /// The nearest training films.
    Neighbours {
        /// How many of them are asked.
        count: usize,
    },
    /// A decision tree.
    Tree,
    /// A random forest.
    Forest,
    /// Gradient-boosted trees.
    Boosted {
        /// The log-odds before the first tree.
        start: f64,
    },
}

/// A film with the result the model must give.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reference {
    /// The film's file in the bundle.
    pub file: String,
    /// The head that screens it.
    pub region: String,
    /// The probability it must get, to within 1e-3.
    pub probability: f64,
}

/// A file's size and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileEntry {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 in lower-case hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// `name@version`.
    pub fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    /// The head that screens a body region, by index.
    pub fn head_for(&self, region: Region) -> Option<usize> {
        self.heads.iter().position(|head| head.covers.contains(&region))
    }

    /// The head of this name, by index.
    pub fn head_named(&self, name: &str) -> Option<usize> {
        self.heads.iter().position(|head| head.name == name)
    }
}
