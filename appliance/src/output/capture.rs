//! The Secondary Capture: the film with heatmap and decision as a picture that every viewer shows (PS3.3, A.8.1).

use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::code::SOURCE_OF_PROCESSING;
use super::data_set::DataSet;
use super::instance::{common, reference};
use super::{Document, Dossier, NOT_A_DIAGNOSIS, Privacy, Unmade, caption};

/// The picture and what is said of it.
///
/// # Errors
/// Where the film belongs to no study, or there is no picture that may leave the box.
pub(super) fn data_set(dossier: &Dossier) -> Result<DataSet, Unmade> {
    let source = dossier.source()?;
    let picture = caption::under(dossier.picture.as_ref().map_err(Clone::clone)?, dossier);
    let (width, height) = (picture.width() as u16, picture.height() as u16);
    let (name, version) = &dossier.bundle;
    let derivation = format!(
        "Film with heatmap and decision by {name}@{version} (bundle with SHA-256 {}). {NOT_A_DIAGNOSIS}.",
        dossier.bundle_sha256
    );
    let comment = format!("{NOT_A_DIAGNOSIS}: {}", dossier.decision.name());
    let film = || reference(&source.film.class, &source.film.instance);
    let referenced = DataSet::new()
        .text(tags::SERIES_INSTANCE_UID, VR::UI, &source.film.series)
        .sequence(tags::REFERENCED_INSTANCE_SEQUENCE, [film()]);
    let mut pixels = picture.into_raw();
    // A value has an even length (PS3.5, 7.1.1).
    pixels.resize(pixels.len().next_multiple_of(2), 0);
    Ok(common(Document::Sc, dossier)?
        .text(tags::CONVERSION_TYPE, VR::CS, "WSD")
        .text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\SECONDARY")
        .text(tags::PATIENT_ORIENTATION, VR::CS, "")
        .text(tags::LATERALITY, VR::CS, &source.laterality)
        .text(tags::DERIVATION_DESCRIPTION, VR::ST, &derivation)
        .text(tags::IMAGE_COMMENTS, VR::LT, &comment)
        .text(tags::BURNED_IN_ANNOTATION, VR::CS, burned_in(dossier.privacy))
        .sequence(
            tags::SOURCE_IMAGE_SEQUENCE,
            [film().codes(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE, [SOURCE_OF_PROCESSING])],
        )
        .sequence(tags::REFERENCED_SERIES_SEQUENCE, [referenced])
        .short(tags::SAMPLES_PER_PIXEL, 3)
        .text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "RGB")
        .short(tags::PLANAR_CONFIGURATION, 0)
        .short(tags::ROWS, height)
        .short(tags::COLUMNS, width)
        .short(tags::BITS_ALLOCATED, 8)
        .short(tags::BITS_STORED, 8)
        .short(tags::HIGH_BIT, 7)
        .short(tags::PIXEL_REPRESENTATION, 0)
        .bytes(tags::PIXEL_DATA, pixels))
}

/// Whether what is burned in names the patient or a date (PS3.3, C.7.6.1.1.5 speaks of those alone): an identified picture has the
/// date under it, the other has none and is only made where the film itself has none.
fn burned_in(privacy: Privacy) -> &'static str {
    match privacy {
        Privacy::Identified => "YES",
        Privacy::DeIdentified => "NO",
    }
}
