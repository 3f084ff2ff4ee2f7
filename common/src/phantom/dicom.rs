//! A phantom as a DICOM object: Digital X-Ray Image Storage - For Presentation (PS3.3 A.26).

use dicom_core::{
    DataElement, PrimitiveValue, VR,
    header::Tag,
    value::{C, DataSetSequence, Value},
};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::{
    Phantom,
    chance::{Chance, Stream},
};
use crate::region::Region;

/// Photometric Interpretation (0028,0004) of grey films.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interpretation {
    /// The least stored value is shown white.
    Monochrome1,
    /// The least stored value is shown black.
    Monochrome2,
}

const BITS_STORED: u16 = 12;
const LARGEST: u16 = (1 << BITS_STORED) - 1;

/// The film as a DICOM file: 12 bits stored, MONOCHROME2, Explicit VR Little Endian.
pub fn dicom(phantom: &Phantom) -> Vec<u8> {
    dicom_as(phantom, Interpretation::Monochrome2)
}

/// The same with the photometric interpretation of the caller's choice.
pub fn dicom_as(phantom: &Phantom, interpretation: Interpretation) -> Vec<u8> {
    let seed = phantom.request.seed;
    let mut object = InMemDicomObject::new_empty();
    patient_study_series(&mut object, seed);
    anatomy(&mut object, phantom);
    image(&mut object, phantom, interpretation);
    let meta = FileMetaTableBuilder::new()
        .media_storage_sop_class_uid(uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION)
        .media_storage_sop_instance_uid(uid(seed, Level::Instance))
        .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
        .build()
        .expect("class, instance and transfer syntax are given");
    let mut bytes = Vec::new();
    object.with_exact_meta(meta).write_all(&mut bytes).expect("writing to memory cannot fail");
    bytes
}

fn patient_study_series(object: &mut InMemDicomObject, seed: u64) {
    for (tag, vr, value) in [
        (tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
        (tags::PATIENT_BIRTH_DATE, VR::DA, ""),
        (tags::PATIENT_SEX, VR::CS, ""),
        (tags::STUDY_DATE, VR::DA, "20250101"),
        (tags::STUDY_TIME, VR::TM, "120000"),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, ""),
        (tags::STUDY_ID, VR::SH, "1"),
        (tags::ACCESSION_NUMBER, VR::SH, ""),
        (tags::STUDY_DESCRIPTION, VR::LO, "Simulated film of a phantom, not of a patient"),
        (tags::MODALITY, VR::CS, "DX"),
        (tags::SERIES_NUMBER, VR::IS, "1"),
        (tags::PRESENTATION_INTENT_TYPE, VR::CS, "FOR PRESENTATION"),
        (tags::MANUFACTURER, VR::LO, "Fieldray"),
        (tags::MANUFACTURER_MODEL_NAME, VR::LO, "Phantom"),
        (tags::SOP_CLASS_UID, VR::UI, uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION),
    ] {
        put(object, tag, vr, value);
    }
    put(object, tags::PATIENT_NAME, VR::PN, &format!("Phantom^{seed:X}"));
    put(object, tags::PATIENT_ID, VR::LO, &patient_id(seed));
    put(object, tags::STUDY_INSTANCE_UID, VR::UI, &uid(seed, Level::Study));
    put(object, tags::SERIES_INSTANCE_UID, VR::UI, &uid(seed, Level::Series));
    put(object, tags::SOP_INSTANCE_UID, VR::UI, &uid(seed, Level::Instance));
}

fn anatomy(object: &mut InMemDicomObject, phantom: &Phantom) {
    let region = phantom.request.region;
    let view = view_position(region);
    put_code(object, tags::ANATOMIC_REGION_SEQUENCE, region.snomed_ct());
    put_code(object, tags::VIEW_CODE_SEQUENCE, view_code(view));
    put(object, tags::BODY_PART_EXAMINED, VR::CS, &body_part(region));
    put(object, tags::IMAGE_LATERALITY, VR::CS, phantom.side.letter());
    put(object, tags::VIEW_POSITION, VR::CS, view);
    put(object, tags::POSITIONER_TYPE, VR::CS, "NONE");
    put(object, tags::PATIENT_ORIENTATION, VR::CS, "L\\F");
    put_sequence(object, tags::ACQUISITION_CONTEXT_SEQUENCE, Vec::new());
}

fn image(object: &mut InMemDicomObject, phantom: &Phantom, interpretation: Interpretation) {
    // The sign says whether a larger value means more X-rays (PS3.3 C.8.11.3.1.2).
    let (photometric, shape, sign) = match interpretation {
        Interpretation::Monochrome1 => ("MONOCHROME1", "INVERSE", 1),
        Interpretation::Monochrome2 => ("MONOCHROME2", "IDENTITY", -1),
    };
    for (tag, vr, value) in [
        (tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\"),
        (tags::INSTANCE_NUMBER, VR::IS, "1"),
        (tags::CONTENT_DATE, VR::DA, "20250101"),
        (tags::CONTENT_TIME, VR::TM, "120000"),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, photometric),
        (tags::PRESENTATION_LUT_SHAPE, VR::CS, shape),
        (tags::PIXEL_INTENSITY_RELATIONSHIP, VR::CS, "LOG"),
        (tags::RESCALE_INTERCEPT, VR::DS, "0"),
        (tags::RESCALE_SLOPE, VR::DS, "1"),
        (tags::RESCALE_TYPE, VR::LO, "US"),
        (tags::WINDOW_CENTER, VR::DS, "2048"),
        (tags::WINDOW_WIDTH, VR::DS, "4096"),
        (tags::LOSSY_IMAGE_COMPRESSION, VR::CS, "00"),
        (tags::BURNED_IN_ANNOTATION, VR::CS, "NO"),
        (tags::DETECTOR_TYPE, VR::CS, "SCINTILLATOR"),
    ] {
        put(object, tag, vr, value);
    }
    object.put(DataElement::new(tags::PIXEL_INTENSITY_RELATIONSHIP_SIGN, VR::SS, PrimitiveValue::from(sign as i16)));
    let film = &phantom.film;
    for (tag, value) in [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, film.height_px() as u16),
        (tags::COLUMNS, film.width_px() as u16),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, BITS_STORED),
        (tags::HIGH_BIT, BITS_STORED - 1),
        (tags::PIXEL_REPRESENTATION, 0),
    ] {
        object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
    }
    if let Some([down, across]) = film.facts().pixel_spacing_mm {
        put(object, tags::IMAGER_PIXEL_SPACING, VR::DS, &format!("{down:.6}\\{across:.6}"));
    }
    let stored: C<u16> = film
        .pixels()
        .iter()
        .map(|&value| {
            let level = value >> (16 - BITS_STORED);
            match interpretation {
                Interpretation::Monochrome1 => LARGEST - level,
                Interpretation::Monochrome2 => level,
            }
        })
        .collect();
    object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(stored)));
}

fn put(object: &mut InMemDicomObject, tag: Tag, vr: VR, value: &str) {
    let value = match value {
        "" => PrimitiveValue::Empty,
        several if several.contains('\\') => PrimitiveValue::Strs(several.split('\\').map(str::to_owned).collect()),
        one => PrimitiveValue::from(one),
    };
    object.put(DataElement::new(tag, vr, value));
}

/// A code of SNOMED CT and its meaning, as the only item of a sequence.
fn put_code(object: &mut InMemDicomObject, tag: Tag, (code, meaning): (&str, &str)) {
    let mut item = InMemDicomObject::new_empty();
    put(&mut item, tags::CODE_VALUE, VR::SH, code);
    put(&mut item, tags::CODING_SCHEME_DESIGNATOR, VR::SH, "SCT");
    put(&mut item, tags::CODE_MEANING, VR::LO, meaning);
    put_sequence(object, tag, vec![item]);
}

fn put_sequence(object: &mut InMemDicomObject, tag: Tag, items: Vec<InMemDicomObject>) {
    object.put(DataElement::new(tag, VR::SQ, Value::from(DataSetSequence::from(items))));
}

/// What an identifier stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    Study = 1,
    Series,
    Instance,
}

/// A UID of the form 2.25 (PS3.5 B.2) from a made-up UUID, the same for the same seed.
pub(super) fn uid(seed: u64, level: Level) -> String {
    let mut chance = Chance::new(seed ^ (level as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15), Stream::Identity);
    let drawn = u128::from(chance.bits()) << 64 | u128::from(chance.bits());
    // RFC 9562: version 8 (of our own making), variant 2.
    let uuid = drawn & !(0xf << 76) & !(0x3 << 62) | 0x8 << 76 | 0x2 << 62;
    format!("2.25.{uuid}")
}

/// Patient ID (0010,0020) of a seed.
pub(super) fn patient_id(seed: u64) -> String {
    format!("PHANTOM-{seed:016X}")
}

/// BodyPartExamined (0018,0015): the regions have the names of PS3.16 Annex L.
pub(super) fn body_part(region: Region) -> String {
    region.name().to_ascii_uppercase()
}

/// View Position (0018,5101): palms lie on the detector, everything else on its back.
pub(super) fn view_position(region: Region) -> &'static str {
    match region {
        Region::Hand | Region::Wrist => "PA",
        _ => "AP",
    }
}

/// The SNOMED CT code of a view position (PS3.16 CID 4010), and its meaning.
fn view_code(view: &str) -> (&'static str, &'static str) {
    match view {
        "PA" => ("272479007", "postero-anterior"),
        _ => ("399348003", "antero-posterior"),
    }
}
