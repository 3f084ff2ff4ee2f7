//! The codes of regions in SNOMED CT, as DICOM uses them (PS3.16, context groups 4030 and 4031).

use super::Region;

impl Region {
    /// Its SNOMED CT concept (coding scheme `SCT`): identifier and meaning.
    pub fn snomed_ct(self) -> (&'static str, &'static str) {
        match self {
            Region::Hand => ("85562004", "Hand"),
            Region::Wrist => ("74670003", "Wrist joint"),
            Region::Forearm => ("14975008", "Forearm"),
            Region::Elbow => ("16953009", "Elbow joint"),
            Region::Humerus => ("85050009", "Humerus"),
            Region::Shoulder => ("16982005", "Shoulder"),
            Region::Hip => ("24136001", "Hip joint"),
            Region::Pelvis => ("12921003", "Pelvis"),
            Region::Femur => ("71341001", "Femur"),
            Region::Knee => ("72696002", "Knee"),
            Region::Leg => ("30021000", "Lower leg"),
            Region::Ankle => ("70258002", "Ankle joint"),
            Region::Foot => ("56459004", "Foot"),
            Region::Chest => ("816094009", "Chest"),
        }
    }
}
