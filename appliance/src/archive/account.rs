//! What is kept with an answer so that it can be shown again as it was shown first.

use serde::{Deserialize, Serialize};

/// What an answer was given by, besides what it says. All of it is missing from answers that were kept before there was any.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Account {
    /// Where the evidence is strongest, as shares of the film's width and height; only of a film that was called abnormal.
    pub peak: Option<[f64; 2]>,
    /// Columns and rows of the film.
    pub size_px: Option<[usize; 2]>,
    /// View and side, such as `AP, L`.
    pub view: Option<String>,
    /// How far an unfamiliar film is from the training films, as a multiple of the model's limit.
    pub times_limit: Option<f64>,
    /// Who of the site chose the operating point, and when; missing where it is the bundle's own.
    pub point_chosen: Option<String>,
    /// What made the heatmap: `grad-cam` or `lime`.
    pub heatmap_by: Option<String>,
}
