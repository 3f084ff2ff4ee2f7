//! A DICOM object of ours, and what all of them have: patient, study, series, the equipment that made it.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use dicom_encoding::TransferSyntaxIndex;
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use dicom_transfer_syntax_registry::TransferSyntaxRegistry;

use super::code::{BASIC_PROFILE, CLEAN_DESCRIPTORS, CLEAN_STRUCTURED_CONTENT};
use super::data_set::DataSet;
use super::{Document, Dossier, Privacy, Unmade, capture, report};
use crate::intake::dicom::IMPLEMENTATION_CLASS_UID;

/// The date and time of what must have them and must not tell (PS3.15, E.1: a dummy).
const SOME_DAY: (&str, &str) = ("19000101", "000000");

/// A DICOM object with an answer.
#[derive(Debug, Clone)]
pub struct Instance {
    class: &'static str,
    uid: String,
    content: InMemDicomObject,
}

impl Instance {
    /// The document about an answer.
    pub fn of(document: Document, dossier: &Dossier) -> Result<Self, Unmade> {
        let (class, content) = match document {
            Document::Sr => (uids::COMPREHENSIVE_SR_STORAGE, report::data_set(dossier)?),
            Document::Sc => (uids::SECONDARY_CAPTURE_IMAGE_STORAGE, capture::data_set(dossier)?),
        };
        let uid = dossier.names.instance(document);
        Ok(Self { class, content: content.into_object(), uid })
    }

    /// SOP Class UID of a kind of document.
    pub fn class(document: Document) -> &'static str {
        match document {
            Document::Sr => uids::COMPREHENSIVE_SR_STORAGE,
            Document::Sc => uids::SECONDARY_CAPTURE_IMAGE_STORAGE,
        }
    }

    /// SOP Instance UID.
    pub fn uid(&self) -> &str {
        &self.uid
    }

    /// Its data set alone, in a transfer syntax, as it is sent; `None` where there is no such syntax.
    pub fn data_set(&self, transfer_syntax: &str) -> Option<Vec<u8>> {
        let syntax = TransferSyntaxRegistry.get(transfer_syntax)?;
        let mut bytes = Vec::new();
        self.content.write_dataset_with_ts(&mut bytes, syntax).ok()?;
        Some(bytes)
    }

    /// The DICOM file (PS3.10).
    pub fn file(self) -> Vec<u8> {
        let meta = FileMetaTableBuilder::new()
            .media_storage_sop_class_uid(self.class)
            .media_storage_sop_instance_uid(self.uid)
            .transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN)
            .implementation_class_uid(IMPLEMENTATION_CLASS_UID)
            .build()
            .expect("class, instance and transfer syntax are given");
        let mut bytes = Vec::new();
        self.content.with_exact_meta(meta).write_all(&mut bytes).expect("writing to memory cannot fail");
        bytes
    }
}

/// What every document has.
pub(super) fn common(document: Document, dossier: &Dossier) -> Result<DataSet, Unmade> {
    let source = dossier.source()?;
    let (patient, study) = (&source.patient, &source.study);
    let (date, time) = dossier.screened.map_or_else(some_day, |screened| screened.date_and_time());
    let (modality, series, description) = match document {
        Document::Sr => ("SR", "9902", "Fieldray screening report"),
        Document::Sc => ("OT", "9901", "Fieldray film with heatmap and decision"),
    };
    let all = DataSet::new()
        .text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192")
        .text(tags::SOP_CLASS_UID, VR::UI, Instance::class(document))
        .text(tags::SOP_INSTANCE_UID, VR::UI, &dossier.names.instance(document))
        .text(tags::PATIENT_NAME, VR::PN, &patient.name)
        .text(tags::PATIENT_ID, VR::LO, &patient.id)
        .text(tags::PATIENT_BIRTH_DATE, VR::DA, &patient.birth_date)
        .text(tags::PATIENT_SEX, VR::CS, &patient.sex)
        .text(tags::STUDY_INSTANCE_UID, VR::UI, &study.instance)
        .text(tags::STUDY_DATE, VR::DA, &study.date)
        .text(tags::STUDY_TIME, VR::TM, &study.time)
        .text(tags::STUDY_ID, VR::SH, &study.id)
        .text(tags::ACCESSION_NUMBER, VR::SH, &study.accession_number)
        .text(tags::REFERRING_PHYSICIAN_NAME, VR::PN, &study.referring_physician)
        .known(tags::STUDY_DESCRIPTION, VR::LO, &study.description)
        .text(tags::MODALITY, VR::CS, modality)
        .text(tags::SERIES_INSTANCE_UID, VR::UI, &dossier.names.series(document))
        .text(tags::SERIES_NUMBER, VR::IS, series)
        .text(tags::SERIES_DESCRIPTION, VR::LO, description)
        .text(tags::INSTANCE_NUMBER, VR::IS, "1")
        .text(tags::CONTENT_DATE, VR::DA, &date)
        .text(tags::CONTENT_TIME, VR::TM, &time)
        .text(tags::MANUFACTURER, VR::LO, "Fieldray")
        .text(tags::MANUFACTURER_MODEL_NAME, VR::LO, "Fieldray")
        .known(tags::SOFTWARE_VERSIONS, VR::LO, dossier.program.as_deref().unwrap_or_default());
    Ok(match dossier.privacy {
        Privacy::Identified => all,
        Privacy::DeIdentified => disguised(document, all),
    })
}

/// A reference to an object.
pub(super) fn reference(class: &str, instance: &str) -> DataSet {
    DataSet::new().text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class).text(
        tags::REFERENCED_SOP_INSTANCE_UID,
        VR::UI,
        instance,
    )
}

/// And that it does not name the patient, and by which profile (PS3.3, C.7.1.1; PS3.16, CID 7050).
fn disguised(document: Document, all: DataSet) -> DataSet {
    let option = match document {
        Document::Sr => CLEAN_STRUCTURED_CONTENT,
        Document::Sc => CLEAN_DESCRIPTORS,
    };
    all.text(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES")
        .codes(tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE, [BASIC_PROFILE, option])
        .text(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, "REMOVED")
}

fn some_day() -> (String, String) {
    (SOME_DAY.0.to_owned(), SOME_DAY.1.to_owned())
}
