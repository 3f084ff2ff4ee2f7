//! What is burned into the picture of an answer.

use image::RgbImage;

use super::{Dossier, NOT_A_DIAGNOSIS};
use crate::screen::{Caption, captioned};

/// The picture with the decision and all that belongs to it written below.
pub(super) fn under(picture: &RgbImage, dossier: &Dossier) -> RgbImage {
    let lines = [
        Some(dossier.reason_in_words()),
        dossier.probability_in_words(),
        Some(dossier.origin_in_words()),
        dossier.screened.map(|screened| format!("Screened {}", screened.local())),
        Some(NOT_A_DIAGNOSIS.to_owned()),
    ];
    let caption = Caption {
        decision: dossier.decision,
        headline: dossier.decision_in_words().to_owned(),
        lines: lines.into_iter().flatten().collect(),
    };
    captioned(picture, &caption)
}
