//! The direction a film was taken from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The direction a film was taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum View {
    /// From the front or the back.
    Frontal,
    /// From a side.
    Lateral,
    /// From between the two.
    Oblique,
}

impl View {
    /// Every view.
    pub const ALL: [View; 3] = [View::Frontal, View::Lateral, View::Oblique];

    /// The view that a View Position (0018,5101) names, where it names one (PS3.3, C.8.1.1.3 and C.8.7.2).
    pub fn from_view_position(position: &str) -> Option<Self> {
        match position.trim().to_ascii_uppercase().as_str() {
            "AP" | "PA" => Some(View::Frontal),
            "LL" | "RL" | "LAT" | "LATERAL" | "ML" | "LM" => Some(View::Lateral),
            "LLO" | "RLO" | "LAO" | "RAO" | "LPO" | "RPO" | "OBL" | "OBLIQUE" => Some(View::Oblique),
            _ => None,
        }
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            View::Frontal => "frontal",
            View::Lateral => "lateral",
            View::Oblique => "oblique",
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_known_however_they_are_written() {
        for (position, view) in [
            ("AP", Some(View::Frontal)),
            (" pa ", Some(View::Frontal)),
            ("Lateral", Some(View::Lateral)),
            ("RPO", Some(View::Oblique)),
            ("XYZ", None),
            ("", None),
        ] {
            assert_eq!(View::from_view_position(position), view, "{position}");
        }
    }
}
