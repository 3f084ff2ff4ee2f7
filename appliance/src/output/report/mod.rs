//! The Structured Report: Comprehensive SR (PS3.3, A.35.3) after TID 1500, Measurement Report (PS3.16).

mod item;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use super::code::{self, Code};
use super::data_set::DataSet;
use super::instance::{Instance, common, reference};
use super::source::Source;
use super::{Document, Dossier, NOT_A_DIAGNOSIS, Unmade};
use item::Relation::{Contains, HasAcquisitionContext, HasConceptModifier, HasObservationContext, InferredFrom};
use item::{below, container, container_after, image, number, text, uid, with};

/// The report of an answer.
///
/// # Errors
/// Where the film belongs to no study.
pub(super) fn data_set(dossier: &Dossier) -> Result<DataSet, Unmade> {
    let source = dossier.source()?;
    let mut items = vec![below(HasConceptModifier, item::code(code::LANGUAGE, code::ENGLISH))];
    items.extend(observer(dossier));
    items.extend([
        below(HasConceptModifier, item::code(code::PROCEDURE_REPORTED, code::RADIOGRAPHY)),
        below(Contains, image_library(dossier, source)),
        below(Contains, container(code::IMAGING_MEASUREMENTS, vec![below(Contains, measurements(dossier, source))])),
        below(Contains, text(code::COMMENT, &format!("{NOT_A_DIAGNOSIS}."))),
    ]);
    let root = container_after("1500", code::IMAGING_MEASUREMENT_REPORT, items);
    let document = common(Document::Sr, dossier)?
        .text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE")
        .text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED")
        .sequence(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, [])
        .sequence(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, [])
        .sequence(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, [evidence(dossier, source)]);
    Ok(document.and(root))
}

/// Who observed: a device (TID 1002, TID 1004).
fn observer(dossier: &Dossier) -> Vec<DataSet> {
    [
        item::code(code::OBSERVER_TYPE, code::DEVICE),
        uid(code::DEVICE_OBSERVER_UID, &dossier.names.device()),
        text(code::DEVICE_OBSERVER_NAME, "Fieldray"),
        text(code::DEVICE_OBSERVER_MANUFACTURER, "Fieldray"),
        text(code::DEVICE_OBSERVER_MODEL, "Fieldray"),
    ]
    .into_iter()
    .map(|item| below(HasObservationContext, item))
    .collect()
}

/// The images that are spoken of (TID 1600).
fn image_library(dossier: &Dossier, source: &Source) -> DataSet {
    let modality =
        |modality: &str| vec![below(HasAcquisitionContext, item::code(code::MODALITY, code::of_modality(modality)))];
    let mut images = vec![with(film(None, source), modality(&source.modality))];
    images.extend(capture(None, dossier).map(|capture| with(capture, modality("OT"))));
    let images = images.into_iter().map(|image| below(Contains, image)).collect();
    container(code::IMAGE_LIBRARY, vec![below(Contains, container(code::IMAGE_LIBRARY_GROUP, images))])
}

/// What was found (TID 1501), and by which algorithm (TID 4019).
fn measurements(dossier: &Dossier, source: &Source) -> DataSet {
    let (name, version) = &dossier.bundle;
    let mut items = vec![
        below(HasObservationContext, text(code::TRACKING_IDENTIFIER, "Fieldray screening")),
        below(HasObservationContext, uid(code::TRACKING_UID, &dossier.names.tracking())),
        below(HasConceptModifier, text(code::ALGORITHM_NAME, name)),
        below(HasConceptModifier, text(code::ALGORITHM_VERSION, version)),
        below(HasConceptModifier, text(code::ALGORITHM_PARAMETERS, &format!("bundle {name}@{version}"))),
        below(
            HasConceptModifier,
            text(code::ALGORITHM_PARAMETERS, &format!("SHA-256 of the bundle {}", dossier.bundle_sha256)),
        ),
    ];
    items.extend(site(dossier, source).map(|site| below(HasConceptModifier, site)));
    items.push(below(Contains, item::code(code::FINDING, code::of_decision(dossier.decision))));
    items.push(below(Contains, film(Some(code::SOURCE), source)));
    items.extend(capture(Some(code::FILM_WITH_HEATMAP), dossier).map(|capture| below(Contains, capture)));
    if let Some(probability) = dossier.probability {
        let from = below(InferredFrom, film(None, source));
        items.push(below(Contains, with(number(code::PROBABILITY, probability), vec![from])));
    }
    if let Some(point) = dossier.operating_point {
        items.push(below(Contains, number(code::NORMAL_BELOW, point.normal_below())));
        items.push(below(Contains, number(code::ABNORMAL_FROM, point.abnormal_from())));
    }
    items.push(below(Contains, text(code::COMMENT, &format!("{}.", dossier.reason_in_words()))));
    container_after("1501", code::MEASUREMENT_GROUP, items)
}

/// Where on the body, if that is one of DICOM's regions.
fn site(dossier: &Dossier, source: &Source) -> Option<DataSet> {
    let (_, region) = dossier.region.as_ref()?;
    let side = match source.laterality.as_str() {
        "L" => Some(code::LEFT),
        "R" => Some(code::RIGHT),
        _ => None,
    };
    let side = side.map(|side| below(HasConceptModifier, item::code(code::LATERALITY, side)));
    Some(with(item::code(code::FINDING_SITE, code::of_region((*region)?)), side.into_iter().collect()))
}

fn film(name: Option<Code>, source: &Source) -> DataSet {
    image(name, &source.film.class, &source.film.instance)
}

/// The Secondary Capture of the same answer, where there can be one.
fn capture(name: Option<Code>, dossier: &Dossier) -> Option<DataSet> {
    dossier.picture.as_ref().ok()?;
    Some(image(name, uids::SECONDARY_CAPTURE_IMAGE_STORAGE, &dossier.names.instance(Document::Sc)))
}

/// Every object that is referred to (PS3.3, C.17.2.3).
fn evidence(dossier: &Dossier, source: &Source) -> DataSet {
    let series = |series: &str, class: &str, instance: &str| {
        DataSet::new()
            .text(tags::SERIES_INSTANCE_UID, VR::UI, series)
            .sequence(tags::REFERENCED_SOP_SEQUENCE, [reference(class, instance)])
    };
    let film = series(&source.film.series, &source.film.class, &source.film.instance);
    let capture = dossier.picture.as_ref().ok().map(|_| {
        let (names, document) = (&dossier.names, Document::Sc);
        series(&names.series(document), Instance::class(document), &names.instance(document))
    });
    DataSet::new()
        .text(tags::STUDY_INSTANCE_UID, VR::UI, &source.study.instance)
        .sequence(tags::REFERENCED_SERIES_SEQUENCE, [film].into_iter().chain(capture))
}
