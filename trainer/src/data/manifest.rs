//! What is known of a film before its pixels are read: every reader gives this, whatever its data set looks like.

use std::path::PathBuf;

use fieldray_common::{region::Region, view::View};
use serde::{Deserialize, Serialize};

/// One film with its label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Film {
    /// Names the film in splits and logs, such as `fracatlas/IMG0000001.jpg`: its source, then its place there.
    pub id: String,
    /// Where its pixels come from.
    pub origin: Origin,
    /// The region it counts for.
    pub region: Region,
    /// Every region it shows, the one it counts for included.
    pub shows: Vec<Region>,
    /// The directions it was taken from, as far as the source tells.
    pub views: Vec<View>,
    /// What a reader found.
    pub label: Label,
    /// Metal in the film.
    pub hardware: Hardware,
    /// Lesions as shares of the film's width and height: `[left, top, width, height]`, 0 to 1.
    pub lesions: Vec<[f64; 4]>,
    /// Columns and rows of the film; there at least where it has `lesions`, which need them.
    pub size_px: Option<[usize; 2]>,
    /// The patient, by the source's own name.
    pub patient: Option<String>,
    /// The study, by the source's own name: the films that are judged together. A film of which no study is known is one of its own.
    pub study: Option<String>,
    /// What else ties it to other films of its source, such as likeness.
    pub groups: Vec<String>,
    /// The part that the source itself puts it in.
    pub own_part: Option<OwnPart>,
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
    /// What the source calls abnormal; [`crate::recipe::Source::finding`] says what that is.
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
    /// The source does not tell.
    Unknown,
}

/// The part of a run that a data set itself puts a film in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OwnPart {
    /// Training.
    Training,
    /// Validation.
    Validation,
    /// The hold-out: its own test set.
    HoldOut,
    /// Training or validation, as the run parts them.
    Learning,
}

impl OwnPart {
    /// The word for it in tables and messages.
    pub fn name(self) -> &'static str {
        match self {
            OwnPart::Training => "training",
            OwnPart::Validation => "validation",
            OwnPart::HoldOut => "hold-out",
            OwnPart::Learning => "learning",
        }
    }
}

impl Film {
    /// A film of which nothing else is known: it stands alone.
    pub fn new(id: String, origin: Origin, region: Region, label: Label) -> Self {
        Self {
            id,
            origin,
            region,
            shows: vec![region],
            views: Vec::new(),
            label,
            hardware: Hardware::Unknown,
            lesions: Vec::new(),
            size_px: None,
            patient: None,
            study: None,
            groups: Vec::new(),
            own_part: None,
        }
    }

    /// Whether a patient was before the detector, not the simulator.
    pub fn is_real(&self) -> bool {
        matches!(self.origin, Origin::File(_))
    }

    /// Whether a lesion is on it.
    pub fn is_abnormal(&self) -> bool {
        self.label == Label::Abnormal
    }

    /// The source that it comes from.
    pub fn source(&self) -> &str {
        self.id.split_once('/').map_or(&self.id, |(source, _)| source)
    }

    /// Names what films are judged together by, over all sources: its study, or the film itself.
    pub fn study_id(&self) -> String {
        match &self.study {
            Some(study) => format!("{} study {study}", self.source()),
            None => self.id.clone(),
        }
    }

    /// What ties it to other films, over all sources: films that share a tie stay in one part.
    pub fn ties(&self) -> impl Iterator<Item = String> {
        let patient = self.patient.iter().map(|patient| format!("patient {patient}"));
        let study = self.study.iter().map(|study| format!("study {study}"));
        patient.chain(study).chain(self.groups.iter().cloned()).map(|tie| format!("{} {tie}", self.source()))
    }
}
