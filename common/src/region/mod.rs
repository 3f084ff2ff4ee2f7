//! Body regions, by the names of DICOM's BodyPartExamined.

mod anatomy;
mod body_part;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A body region that a radiograph can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names say it
pub enum Region {
    Hand,
    Wrist,
    Forearm,
    Elbow,
    Humerus,
    Shoulder,
    Hip,
    Pelvis,
    Femur,
    Knee,
    Leg,
    Ankle,
    Foot,
    Chest,
}

impl Region {
    /// Every region, from the hand up and down to the foot.
    pub const ALL: [Region; 14] = [
        Region::Hand,
        Region::Wrist,
        Region::Forearm,
        Region::Elbow,
        Region::Humerus,
        Region::Shoulder,
        Region::Hip,
        Region::Pelvis,
        Region::Femur,
        Region::Knee,
        Region::Leg,
        Region::Ankle,
        Region::Foot,
        Region::Chest,
    ];

    /// The name used in commands, files and bundles.
    pub fn name(self) -> &'static str {
        match self {
            Region::Hand => "hand",
            Region::Wrist => "wrist",
            Region::Forearm => "forearm",
            Region::Elbow => "elbow",
            Region::Humerus => "humerus",
            Region::Shoulder => "shoulder",
            Region::Hip => "hip",
            Region::Pelvis => "pelvis",
            Region::Femur => "femur",
            Region::Knee => "knee",
            Region::Leg => "leg",
            Region::Ankle => "ankle",
            Region::Foot => "foot",
            Region::Chest => "chest",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown region '{0}'; known are {known}", known = Region::ALL.map(Region::name).join(", "))]
pub struct UnknownRegion(pub String);

impl FromStr for Region {
    type Err = UnknownRegion;

    fn from_str(name: &str) -> Result<Self, UnknownRegion> {
        let wanted = name.to_ascii_lowercase();
        Region::ALL.into_iter().find(|region| region.name() == wanted).ok_or_else(|| UnknownRegion(name.to_owned()))
    }
}
