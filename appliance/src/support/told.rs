//! What a support bundle tells of the box itself, as it is written and as `fieldray fleet-report` reads it. The field names are a contract
//! between versions.

use std::collections::BTreeMap;

use fieldray_common::calibrate::OperatingPoint;
use serde::{Deserialize, Serialize};

use crate::archive::{BoxId, Census};
use crate::models::Listed;

/// Name of the file that holds an [`AboutBox`].
pub(crate) const BOX: &str = "box.json";
/// Name of the file that holds a [`Check`] a line, the oldest first.
pub(crate) const CHECKS: &str = "self-checks.jsonl";
/// Name of the file that holds a [`Point`] a line.
pub(crate) const POINTS: &str = "operating-points.jsonl";

/// The box, on the day on which the bundle was made.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AboutBox {
    pub name: String,
    /// What it keeps when it is called otherwise.
    #[serde(default)]
    pub id: Option<BoxId>,
    /// Version of the software.
    pub version: String,
    pub processor: String,
    pub day: String,
    /// `name@version` of the model that the box starts from, or else of the one that screened last.
    pub bundle: Option<String>,
    pub bundle_sha256: Option<String>,
    /// What lies in the slots, on a box that has some.
    #[serde(default)]
    pub slots: Vec<Listed>,
    /// The model's own operating points, by the names of its heads.
    #[serde(default)]
    pub thresholds: BTreeMap<String, OperatingPoint>,
    pub archive: Census,
}

/// A scoring of the reference films.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Check {
    pub day: String,
    pub bundle: String,
    pub bundle_sha256: String,
    pub films: u64,
    pub agreeing: u64,
    pub largest_difference: f64,
}

/// An operating point that a person chose; without one, the model's own was taken again.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Point {
    pub day: String,
    pub region: String,
    pub input_kind: String,
    pub bundle_sha256: String,
    pub point: Option<OperatingPoint>,
}
