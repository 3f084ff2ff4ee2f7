//! The line that says what came of a film: JSON for programs, words for people.

use std::path::Path;

use fieldray_common::explain::Peak;
use fieldray_common::screening::{Decision, Model, RegionSource};
use serde::Serialize;

use super::{Act, ElapsedMs, LimeAccount, Pictures};

/// One screening as it is written down. The field names are a contract with other programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Record {
    /// The image file, as it was named.
    file: String,
    /// The region it was screened as.
    region: Option<String>,
    /// How that region is known.
    region_source: Option<RegionSource>,
    /// Calibrated probability of `abnormal`, whenever a classifier ran.
    probability: Option<f64>,
    decision: Decision,
    reason: String,
    /// The heatmap's file, if one was written.
    heatmap: Option<String>,
    /// The heatmap's maximum in pixels of the original image, `[x, y]`; null where nothing speaks for `abnormal`.
    peak: Option<[usize; 2]>,
    /// What made the heatmap: `grad-cam` or `lime`; null where no classifier ran.
    explanation: Option<&'static str>,
    /// How LIME came to it, where it did.
    lime: Option<LimeAccount>,
    /// `name@version` of the model.
    bundle: String,
    elapsed_ms: ElapsedMs,
}

impl Record {
    /// The record of what was done with the file at `path`.
    pub fn new(model: &Model, path: &Path, act: &Act, pictures: Option<&Pictures>) -> Self {
        let screening = &act.screening;
        let written = |path: &Path| path.display().to_string();
        Self {
            file: written(path),
            region: screening.region.as_ref().map(|choice| choice.name.clone()),
            region_source: screening.region.as_ref().map(|choice| choice.source),
            probability: screening.probability,
            decision: screening.decision,
            reason: screening.reason.to_string(),
            heatmap: pictures.and_then(|pictures| pictures.heatmap.as_deref()).map(written),
            peak: match screening.heatmap.as_ref().map(|heatmap| heatmap.peak) {
                Some(Peak::At(place)) => Some(place),
                Some(Peak::NoPositiveEvidence) | None => None,
            },
            explanation: act.heatmap_by(),
            lime: act.lime,
            bundle: model.manifest().id(),
            elapsed_ms: act.elapsed_ms,
        }
    }

    /// Whether the image could not be read.
    pub fn is_unreadable(&self) -> bool {
        self.decision == Decision::Unreadable
    }

    /// The record in one line for a person.
    pub fn sentence(&self) -> String {
        let Self { file, decision, reason, .. } = self;
        let Some(region) = &self.region else { return format!("{file}: {decision} ({reason})") };
        let source = match self.region_source {
            Some(RegionSource::Predicted) => " (predicted)",
            Some(RegionSource::Given | RegionSource::Dicom) | None => "",
        };
        let probability = self.probability.map_or(String::new(), |value| format!(", probability {value:.2}"));
        let lime = self.lime.map_or(String::new(), |lime| format!(", LIME stability {:.2}", lime.stability()));
        let total_ms = self.elapsed_ms.total();
        format!("{file}: {region}{source}, {decision}{probability} ({reason}){lime}, {total_ms:.0} ms")
    }
}
