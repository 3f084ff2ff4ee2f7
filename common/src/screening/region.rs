//! Which head screens a film.

use super::Reason;
use super::model::{Model, Seen};
use crate::radiograph::Radiograph;

/// The head chosen for a film.
#[derive(Debug, Clone, PartialEq)]
pub struct RegionChoice {
    /// Its index in the model.
    pub head: usize,
    /// Its name.
    pub name: String,
    /// How it was chosen.
    pub source: RegionSource,
}

/// How a film's region is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RegionSource {
    /// A person named it.
    Given,
    /// The DICOM object names it.
    Dicom,
    /// The model recognised it.
    Predicted,
}

impl RegionSource {
    /// Every source.
    pub const ALL: [RegionSource; 3] = [RegionSource::Given, RegionSource::Dicom, RegionSource::Predicted];

    /// The source that a word in records names, if one does.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// The source's name in records.
    pub fn name(self) -> &'static str {
        match self {
            RegionSource::Given => "given",
            RegionSource::Dicom => "dicom",
            RegionSource::Predicted => "predicted",
        }
    }
}

/// What a person gave comes first, then what the DICOM object says, then what the model sees.
pub(super) fn choose(
    model: &Model,
    film: &Radiograph,
    given: Option<usize>,
    seen: &Seen,
) -> Result<RegionChoice, Reason> {
    let (head, source) = match (given, film.facts().region) {
        (Some(head), _) => (head, RegionSource::Given),
        (None, Some(region)) => match model.manifest().head_for(region) {
            Some(head) => (head, RegionSource::Dicom),
            None => return Err(Reason::NoClassifier(region)),
        },
        (None, None) => (model.recognise(seen).ok_or(Reason::RegionUnclear)?, RegionSource::Predicted),
    };
    Ok(RegionChoice { head, name: model.heads()[head].name.clone(), source })
}
