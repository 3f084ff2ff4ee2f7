//! The content items of a structured report (PS3.3, C.17.3).

use dicom_core::VR;
use dicom_dictionary_std::tags;

use crate::output::code::{Code, NO_UNITS};
use crate::output::data_set::DataSet;
use crate::output::instance::reference;

/// How an item belongs to the one above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    Contains,
    HasConceptModifier,
    HasObservationContext,
    HasAcquisitionContext,
    InferredFrom,
}

/// A container, with its items.
pub(super) fn container(name: Code, items: Vec<DataSet>) -> DataSet {
    item("CONTAINER", Some(name))
        .text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE")
        .sequence(tags::CONTENT_SEQUENCE, items)
}

/// The same, made after a template of PS3.16.
pub(super) fn container_after(template: &str, name: Code, items: Vec<DataSet>) -> DataSet {
    let template =
        DataSet::new().text(tags::MAPPING_RESOURCE, VR::CS, "DCMR").text(tags::TEMPLATE_IDENTIFIER, VR::CS, template);
    container(name, items).sequence(tags::CONTENT_TEMPLATE_SEQUENCE, [template])
}

/// A coded concept.
pub(super) fn code(name: Code, value: Code) -> DataSet {
    item("CODE", Some(name)).codes(tags::CONCEPT_CODE_SEQUENCE, [value])
}

/// Words.
pub(super) fn text(name: Code, value: &str) -> DataSet {
    item("TEXT", Some(name)).text(tags::TEXT_VALUE, VR::UT, value)
}

/// A UID.
pub(super) fn uid(name: Code, value: &str) -> DataSet {
    item("UIDREF", Some(name)).text(tags::UID, VR::UI, value)
}

/// A number without a unit, written with four decimals.
pub(super) fn number(name: Code, value: f64) -> DataSet {
    let measured = DataSet::new()
        .text(tags::NUMERIC_VALUE, VR::DS, &format!("{value:.4}"))
        .codes(tags::MEASUREMENT_UNITS_CODE_SEQUENCE, [NO_UNITS]);
    item("NUM", Some(name)).sequence(tags::MEASURED_VALUE_SEQUENCE, [measured])
}

/// An image.
pub(super) fn image(name: Option<Code>, class: &str, instance: &str) -> DataSet {
    item("IMAGE", name).sequence(tags::REFERENCED_SOP_SEQUENCE, [reference(class, instance)])
}

/// What further items say of one.
pub(super) fn with(item: DataSet, items: Vec<DataSet>) -> DataSet {
    if items.is_empty() { item } else { item.sequence(tags::CONTENT_SEQUENCE, items) }
}

/// An item below another.
pub(super) fn below(relation: Relation, item: DataSet) -> DataSet {
    item.text(
        tags::RELATIONSHIP_TYPE,
        VR::CS,
        match relation {
            Relation::Contains => "CONTAINS",
            Relation::HasConceptModifier => "HAS CONCEPT MOD",
            Relation::HasObservationContext => "HAS OBS CONTEXT",
            Relation::HasAcquisitionContext => "HAS ACQ CONTEXT",
            Relation::InferredFrom => "INFERRED FROM",
        },
    )
}

fn item(value_type: &str, name: Option<Code>) -> DataSet {
    let item = DataSet::new().text(tags::VALUE_TYPE, VR::CS, value_type);
    match name {
        Some(name) => item.codes(tags::CONCEPT_NAME_CODE_SEQUENCE, [name]),
        None => item,
    }
}
