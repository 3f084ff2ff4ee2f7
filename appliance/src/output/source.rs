//! What a received DICOM film says of its patient, its study and itself.

use chrono::{NaiveDate, NaiveTime};
use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use fieldray_common::read::{ReadError, dicom_texts};

use super::code;
use super::pseudonym::{Pseudonyms, Purpose};

/// Who and what a film shows. A text that is not known is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Source {
    pub film: Reference,
    pub patient: Patient,
    pub study: Study,
    /// Modality (0008,0060).
    pub modality: String,
    /// `L` or `R`, or empty.
    pub laterality: String,
    /// Whether the pixels may name the patient.
    pub burned_in: BurnedIn,
}

/// An object, as another refers to it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Reference {
    pub class: String,
    pub instance: String,
    pub series: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Patient {
    pub name: String,
    pub id: String,
    pub birth_date: String,
    /// `M`, `F` or `O`, or empty.
    pub sex: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Study {
    pub instance: String,
    pub date: String,
    pub time: String,
    pub id: String,
    pub accession_number: String,
    pub referring_physician: String,
    pub description: String,
}

/// Whether the patient's name or a date is part of the picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum BurnedIn {
    /// It may be: the film says so, or it is a picture of unknown making that does not say.
    #[default]
    Perhaps,
    /// It is not: the film says so, or comes straight from a detector.
    No,
}

impl Source {
    /// Reads the beginning of a DICOM file; `start` may end anywhere behind the attributes of patient, study and series.
    ///
    /// # Errors
    /// What is no DICOM file, or lacks one of the UIDs that a reference needs.
    pub fn read(start: &[u8]) -> Result<Self, ReadError> {
        let texts = dicom_texts(start, &WANTED)?;
        let text = |tag, most| texts.get(&tag).map_or(String::new(), |text| clean(text, most));
        let uid = |tag, attribute| {
            texts.get(&tag).cloned().ok_or(ReadError::Header { attribute, problem: "is missing".to_owned() })
        };
        let one_of = |tag, known: &[&str]| {
            texts.get(&tag).filter(|code| known.contains(&code.as_str())).cloned().unwrap_or_default()
        };
        let class = uid(tags::SOP_CLASS_UID, "SOPClassUID")?;
        let laterality = one_of(tags::IMAGE_LATERALITY, &["L", "R"]);
        Ok(Self {
            burned_in: match texts.get(&tags::BURNED_IN_ANNOTATION).map(String::as_str) {
                Some("NO") => BurnedIn::No,
                None if FROM_A_DETECTOR.contains(&class.as_str()) => BurnedIn::No,
                _ => BurnedIn::Perhaps,
            },
            film: Reference {
                class,
                instance: uid(tags::SOP_INSTANCE_UID, "SOPInstanceUID")?,
                series: uid(tags::SERIES_INSTANCE_UID, "SeriesInstanceUID")?,
            },
            patient: Patient {
                name: text(tags::PATIENT_NAME, 64),
                id: text(tags::PATIENT_ID, 64),
                birth_date: date(&text(tags::PATIENT_BIRTH_DATE, 10)),
                sex: one_of(tags::PATIENT_SEX, &["M", "F", "O"]),
            },
            study: Study {
                instance: uid(tags::STUDY_INSTANCE_UID, "StudyInstanceUID")?,
                date: date(&text(tags::STUDY_DATE, 10)),
                time: time(&text(tags::STUDY_TIME, 16)),
                id: text(tags::STUDY_ID, 16),
                accession_number: text(tags::ACCESSION_NUMBER, 16),
                referring_physician: text(tags::REFERRING_PHYSICIAN_NAME, 64),
                description: text(tags::STUDY_DESCRIPTION, 64),
            },
            modality: code_string(&text(tags::MODALITY, 16)),
            laterality: if laterality.is_empty() { one_of(tags::LATERALITY, &["L", "R"]) } else { laterality },
        })
    }

    /// Whether its identifiers are such as a reference may have. Readers refuse a report that has others.
    pub fn check(&self) -> Result<(), ReadError> {
        let Reference { class, instance, series } = &self.film;
        for (attribute, uid) in [
            ("SOPClassUID", class),
            ("SOPInstanceUID", instance),
            ("SeriesInstanceUID", series),
            ("StudyInstanceUID", &self.study.instance),
        ] {
            if !is_uid(uid) {
                return Err(ReadError::Header { attribute, problem: "is no UID".to_owned() });
            }
        }
        Ok(())
    }

    /// The same film without its patient: identifiers that mean the same have the same pseudonym, everything else of patient and study
    /// is left out.
    pub fn disguised(&self, pseudonyms: &Pseudonyms) -> Self {
        let replaced = |uid: &String| pseudonyms.uid(Purpose::Replaced, &[uid]);
        // A patient without a number is known by the study alone.
        let known_by = if self.patient.id.is_empty() { &self.study.instance } else { &self.patient.id };
        let pseudonym = pseudonyms.patient(known_by);
        Self {
            film: Reference {
                class: self.film.class.clone(),
                instance: replaced(&self.film.instance),
                series: replaced(&self.film.series),
            },
            patient: Patient { name: format!("{pseudonym}^Pseudonym"), id: pseudonym, ..Patient::default() },
            study: Study { instance: replaced(&self.study.instance), ..Study::default() },
            modality: code::of_modality(&self.modality).value.to_owned(),
            laterality: self.laterality.clone(),
            burned_in: self.burned_in,
        }
    }
}

const WANTED: [Tag; 18] = [
    tags::SOP_CLASS_UID,
    tags::SOP_INSTANCE_UID,
    tags::SERIES_INSTANCE_UID,
    tags::STUDY_INSTANCE_UID,
    tags::PATIENT_NAME,
    tags::PATIENT_ID,
    tags::PATIENT_BIRTH_DATE,
    tags::PATIENT_SEX,
    tags::STUDY_DATE,
    tags::STUDY_TIME,
    tags::STUDY_ID,
    tags::ACCESSION_NUMBER,
    tags::REFERRING_PHYSICIAN_NAME,
    tags::STUDY_DESCRIPTION,
    tags::MODALITY,
    tags::IMAGE_LATERALITY,
    tags::LATERALITY,
    tags::BURNED_IN_ANNOTATION,
];

/// Objects that hold what a detector saw. Others may be photographs of a film with its label.
const FROM_A_DETECTOR: [&str; 4] = [
    uids::COMPUTED_RADIOGRAPHY_IMAGE_STORAGE,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PRESENTATION,
    uids::DIGITAL_X_RAY_IMAGE_STORAGE_FOR_PROCESSING,
    uids::X_RAY_RADIOFLUOROSCOPIC_IMAGE_STORAGE,
];

/// A text as it may stand in an attribute: without control characters, and with at most so many. An escape begins a character set that
/// is not read; what stands before it is the name in Latin letters.
fn clean(text: &str, most: usize) -> String {
    let readable = text.split('\u{1b}').next().unwrap_or_default();
    let readable: String = readable.chars().filter(|letter| !letter.is_control()).take(most).collect();
    readable.trim_end_matches('=').trim().to_owned()
}

/// A code string: capitals, digits, spaces and underscores.
fn code_string(text: &str) -> String {
    let sound = text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'_'));
    if sound { text.to_owned() } else { String::new() }
}

/// A date of today's form, `YYYYMMDD`; also from the older `YYYY.MM.DD`.
fn date(text: &str) -> String {
    let digits = text.replace('.', "");
    let sound = digits.len() == 8 && NaiveDate::parse_from_str(&digits, "%Y%m%d").is_ok();
    if sound { digits } else { String::new() }
}

/// A time of day, `HHMMSS.FFFFFF` or the beginning of it; also from the older `HH:MM:SS`.
fn time(text: &str) -> String {
    let text = text.replace(':', "");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, "0"));
    let full = format!("{whole:0<6}");
    let sound = matches!(whole.len(), 2 | 4 | 6)
        && NaiveTime::parse_from_str(&full, "%H%M%S").is_ok()
        && (1..=6).contains(&fraction.len())
        && fraction.bytes().all(|digit| digit.is_ascii_digit());
    if sound { text } else { String::new() }
}

/// Whether a text is a UID (PS3.5, 9.1).
fn is_uid(text: &str) -> bool {
    let is_component = |part: &str| {
        let leads = part.starts_with('0') && part.len() > 1;
        !part.is_empty() && !leads && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    let root = matches!(text.split_once('.'), Some(("0" | "1" | "2", _)));
    root && text.len() <= 64 && text.split('.').all(is_component)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_an_attribute_may_hold_is_taken_over() {
        assert_eq!(clean("Yamada^Tarou=\u{1b}$B;3ED\u{1b}(B", 64), "Yamada^Tarou");
        assert_eq!(clean("a\u{7}b", 64), "ab");
        assert_eq!(["20040119", "2004.01.19", "20260229", "19.1.2004"].map(date), ["20040119", "20040119", "", ""]);
        let times = ["07:27:30", "072730", "0727", "072730.5", "7h27", "2527"].map(time);
        assert_eq!(times, ["072730", "072730", "0727", "072730.5", "", ""]);
        let uids = ["1.2.840.0.7", "2.25.1", "1.2.03", "999.1", "1..2", "1.2.", "12", "1.2.x"].map(is_uid);
        assert_eq!(uids, [true, true, false, false, false, false, false, false]);
        assert_eq!(["LEFT HAND", "Müller"].map(code_string), ["LEFT HAND", ""]);
    }
}
