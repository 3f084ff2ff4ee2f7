//! What the page says of patient, study, film and model.

use super::super::{Dossier, Privacy};

/// Labels and values; what is not known is left out.
pub(super) fn of(dossier: &Dossier) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(source) = &dossier.source {
        let (patient, study) = (&source.patient, &source.study);
        facts.extend([
            ("Patient", name(&patient.name)),
            ("Patient ID", patient.id.clone()),
            ("Born", date(&patient.birth_date)),
            ("Sex", patient.sex.clone()),
            ("Study", [date(&study.date), time(&study.time), study.description.clone()].join(" ").trim().to_owned()),
            ("Accession number", study.accession_number.clone()),
            ("Referred by", name(&study.referring_physician)),
            ("Side", source.laterality.clone()),
            ("Study Instance UID", study.instance.clone()),
            ("Film (SOP Instance UID)", source.film.instance.clone()),
        ]);
    }
    let (bundle, version) = &dossier.bundle;
    facts.extend([
        ("Screened as", dossier.region.as_ref().map_or(String::new(), |(name, _)| name.clone())),
        ("Screened", dossier.screened.map_or(String::new(), |screened| screened.local())),
        ("Model", format!("{bundle}@{version}")),
        ("SHA-256 of the model", dossier.bundle_sha256.clone()),
        ("Program", dossier.program.as_ref().map_or(String::new(), |version| format!("fieldray {version}"))),
        (
            "Identity",
            match dossier.privacy {
                Privacy::Identified => String::new(),
                Privacy::DeIdentified => "removed; names and identifiers are pseudonyms".to_owned(),
            },
        ),
    ]);
    facts.retain(|(_, value)| !value.is_empty());
    facts
}

/// A name as people write it: its parts apart, and the forms of it in other scripts behind a stroke.
fn name(text: &str) -> String {
    let form = |form: &str| form.split('^').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    text.split('=').map(form).filter(|form| !form.is_empty()).collect::<Vec<_>>().join(" / ")
}

/// `YYYY-MM-DD`.
fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => String::new(),
    }
}

/// `HH:MM`.
fn time(text: &str) -> String {
    text.get(..2).zip(text.get(2..4)).map_or(String::new(), |(hour, minute)| format!("{hour}:{minute}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_moments_are_written_for_people() {
        assert_eq!(name("Müller^José^^Dr=सुमन^कुमार"), "Müller José Dr / सुमन कुमार");
        assert_eq!(name("^^^^"), "");
        assert_eq!((date("20260228"), date("")), ("2026-02-28".to_owned(), String::new()));
        assert_eq!((time("081523.25"), time("08")), ("08:15".to_owned(), String::new()));
    }
}
