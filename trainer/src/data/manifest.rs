//! What is known of a film before its pixels are read.

use std::path::PathBuf;

use fieldray_common::region::Region;
use serde::{Deserialize, Serialize};

/// One film with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Film {
    /// Names the film in splits and logs, such as `fracatlas/IMG0000001.jpg`.
    pub id: String,
    /// Where its pixels come from.
    pub origin: Origin,
    /// The region it counts for.
    pub region: Region,
    /// Every region it shows, the one it counts for included.
    pub shows: Vec<Region>,
    /// What a reader found.
    pub label: Label,
    /// Metal in the film.
    pub hardware: Hardware,
    /// Lesions as shares of the film's width and height: `[left, top, width, height]`, 0 to 1.
    pub lesions: Vec<[f64; 4]>,
    /// Columns and rows of the film.
    pub size_px: [usize; 2],
    /// What ties it to other films (patient, likeness): films that share a tie stay in one part.
    pub ties: Vec<String>,
}

/// Where a film's pixels come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A file that the box could be given too.
    File(PathBuf),
    /// The simulator.
    Phantom {
        /// Decides the film.
        seed: u64,
        /// Its longer side.
        long_side_px: usize,
    },
}

/// What a reader found on a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// Nothing.
    Normal,
    /// A lesion.
    Abnormal,
}

/// Whether metal is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hardware {
    /// None.
    Absent,
    /// Plates, screws, nails.
    Present,
}

impl Film {
    /// Whether a patient was before the detector, not the simulator.
    pub fn is_real(&self) -> bool {
        matches!(self.origin, Origin::File(_))
    }

    /// Whether a lesion is on it.
    pub fn is_abnormal(&self) -> bool {
        self.label == Label::Abnormal
    }
}
