//! What kind of image a film came as. Each kind has its own way of rendering bone, so an operating point chosen on one does not hold
//! for another.

use std::{fmt, str::FromStr};

use crate::radiograph::{Facts, Source};

/// The kinds that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InputKind {
    /// A DICOM image from an imaging plate (modality `CR`).
    ComputedRadiography,
    /// A DICOM image from a flat detector (modality `DX`).
    DigitalRadiography,
    /// A DICOM image of fluoroscopy or angiography (modalities `RF`, `XA`).
    Fluoroscopy,
    /// Any other DICOM image, such as a digitised film.
    OtherDicom,
    /// A JPEG or PNG picture, perhaps a photograph of a film.
    Picture,
}

impl InputKind {
    /// Every kind.
    pub const ALL: [InputKind; 5] = [
        InputKind::ComputedRadiography,
        InputKind::DigitalRadiography,
        InputKind::Fluoroscopy,
        InputKind::OtherDicom,
        InputKind::Picture,
    ];

    /// The kind of a film with these facts.
    pub fn of(facts: &Facts) -> Self {
        match (facts.source, facts.modality.as_deref()) {
            (Source::Jpeg | Source::Png, _) => Self::Picture,
            (Source::Dicom, Some("CR")) => Self::ComputedRadiography,
            (Source::Dicom, Some("DX")) => Self::DigitalRadiography,
            (Source::Dicom, Some("RF" | "XA")) => Self::Fluoroscopy,
            (Source::Dicom, _) => Self::OtherDicom,
        }
    }

    /// The name used in commands and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::ComputedRadiography => "cr",
            Self::DigitalRadiography => "dx",
            Self::Fluoroscopy => "rf",
            Self::OtherDicom => "other-dicom",
            Self::Picture => "picture",
        }
    }
}

impl fmt::Display for InputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that no kind has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no kind of image; choose cr, dx, rf, other-dicom or picture")]
pub struct UnknownInputKind(String);

impl FromStr for InputKind {
    type Err = UnknownInputKind;

    fn from_str(name: &str) -> Result<Self, UnknownInputKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownInputKind(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_known_by_file_and_modality_and_read_by_its_name() {
        let of = |source, modality: &str| {
            InputKind::of(&Facts { source, modality: Some(modality.to_owned()), ..Facts::default() })
        };
        assert_eq!(of(Source::Dicom, "DX"), InputKind::DigitalRadiography);
        assert_eq!(of(Source::Dicom, "XA"), InputKind::Fluoroscopy);
        assert_eq!(of(Source::Dicom, "OT"), InputKind::OtherDicom);
        assert_eq!(of(Source::Jpeg, "DX"), InputKind::Picture);
        for kind in InputKind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        assert!("DX ".parse::<InputKind>().is_err());
    }
}
