//! The coded concepts of our outputs: DICOM's (PS3.16), SNOMED CT's and UCUM's, and our own where they have none.

use fieldray_common::screening::Decision;

/// A coded concept (PS3.3, 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Code {
    pub value: &'static str,
    pub scheme: &'static str,
    pub meaning: &'static str,
}

const fn code(scheme: &'static str, value: &'static str, meaning: &'static str) -> Code {
    Code { value, scheme, meaning }
}

const fn dcm(value: &'static str, meaning: &'static str) -> Code {
    code("DCM", value, meaning)
}

const fn sct(value: &'static str, meaning: &'static str) -> Code {
    code("SCT", value, meaning)
}

/// Ours. A value that was ever written never gets another meaning.
const fn own(value: &'static str, meaning: &'static str) -> Code {
    code("99FIELDRAY", value, meaning)
}

// Titles of containers.
pub(super) const IMAGING_MEASUREMENT_REPORT: Code = dcm("126000", "Imaging Measurement Report");
pub(super) const IMAGE_LIBRARY: Code = dcm("111028", "Image Library");
pub(super) const IMAGE_LIBRARY_GROUP: Code = dcm("126200", "Image Library Group");
pub(super) const IMAGING_MEASUREMENTS: Code = dcm("126010", "Imaging Measurements");
pub(super) const MEASUREMENT_GROUP: Code = dcm("125007", "Measurement Group");

// Who observes, and in which language.
pub(super) const LANGUAGE: Code = dcm("121049", "Language of Content Item and Descendants");
pub(super) const ENGLISH: Code = code("RFC5646", "en", "English");
pub(super) const OBSERVER_TYPE: Code = dcm("121005", "Observer Type");
pub(super) const DEVICE: Code = dcm("121007", "Device");
pub(super) const DEVICE_OBSERVER_UID: Code = dcm("121012", "Device Observer UID");
pub(super) const DEVICE_OBSERVER_NAME: Code = dcm("121013", "Device Observer Name");
pub(super) const DEVICE_OBSERVER_MANUFACTURER: Code = dcm("121014", "Device Observer Manufacturer");
pub(super) const DEVICE_OBSERVER_MODEL: Code = dcm("121015", "Device Observer Model Name");
pub(super) const PROCEDURE_REPORTED: Code = dcm("121058", "Procedure reported");
pub(super) const RADIOGRAPHY: Code = sct("168537006", "Plain radiography");

// The algorithm (TID 4019).
pub(super) const ALGORITHM_NAME: Code = dcm("111001", "Algorithm Name");
pub(super) const ALGORITHM_VERSION: Code = dcm("111003", "Algorithm Version");
pub(super) const ALGORITHM_PARAMETERS: Code = dcm("111002", "Algorithm Parameters");

// What was found, where and in what.
pub(super) const TRACKING_IDENTIFIER: Code = dcm("112039", "Tracking Identifier");
pub(super) const TRACKING_UID: Code = dcm("112040", "Tracking Unique Identifier");
pub(super) const FINDING: Code = dcm("121071", "Finding");
pub(super) const FINDING_SITE: Code = sct("363698007", "Finding Site");
pub(super) const LATERALITY: Code = sct("272741003", "Laterality");
pub(super) const LEFT: Code = sct("7771000", "Left");
pub(super) const RIGHT: Code = sct("24028007", "Right");
pub(super) const SOURCE: Code = sct("260753009", "Source");
pub(super) const COMMENT: Code = dcm("121106", "Comment");
pub(super) const MODALITY: Code = dcm("121139", "Modality");
pub(super) const PROBABILITY: Code = own("probability", "Calibrated probability of an abnormality");
pub(super) const NORMAL_BELOW: Code = own("normal-below", "Probability below which a film is normal");
pub(super) const ABNORMAL_FROM: Code = own("abnormal-from", "Probability from which a film is abnormal");
pub(super) const FILM_WITH_HEATMAP: Code = own("heatmap", "Film with heatmap and decision");
pub(super) const NO_UNITS: Code = code("UCUM", "1", "no units");

// What was done to images, and to identities.
pub(super) const SOURCE_OF_PROCESSING: Code = dcm("121322", "Source image for image processing operation");
pub(super) const BASIC_PROFILE: Code = dcm("113100", "Basic Application Confidentiality Profile");
pub(super) const CLEAN_STRUCTURED_CONTENT: Code = dcm("113104", "Clean Structured Content Option");
pub(super) const CLEAN_DESCRIPTORS: Code = dcm("113105", "Clean Descriptors Option");

/// A decision as a finding.
pub(super) fn of_decision(decision: Decision) -> Code {
    match decision {
        Decision::Normal => sct("17621005", "Normal"),
        Decision::Abnormal => sct("263654008", "Abnormal"),
        Decision::Refer => own("refer", "A person must read this film"),
        Decision::Unreadable => own("unreadable", "The film cannot be read"),
    }
}

/// A region as an anatomic location.
pub(super) fn of_region(region: fieldray_common::region::Region) -> Code {
    let (value, meaning) = region.snomed_ct();
    sct(value, meaning)
}

/// A modality (PS3.16, CID 29).
pub(super) fn of_modality(modality: &str) -> Code {
    match modality {
        "CR" => dcm("CR", "Computed Radiography"),
        "DX" => dcm("DX", "Digital Radiography"),
        "RF" => dcm("RF", "Radiofluoroscopy"),
        "XA" => dcm("XA", "X-Ray Angiography"),
        "MG" => dcm("MG", "Mammography"),
        "IO" => dcm("IO", "Intra-oral Radiography"),
        "PX" => dcm("PX", "Panoramic X-Ray"),
        "RG" => dcm("RG", "Radiographic imaging"),
        _ => dcm("OT", "Other Modality"),
    }
}
