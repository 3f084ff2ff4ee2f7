//! The table: one row an answer, as CSV (RFC 4180), with the fields of `fieldray history --json`.

use super::Privacy;
use super::dossier::told_reason;
use super::pseudonym::{Pseudonyms, Purpose};
use crate::archive::Kept;
use crate::screening::ElapsedMs;

/// The columns; a contract with other programs.
const COLUMNS: [&str; 23] = [
    "sop_instance",
    "study_instance",
    "sha256",
    "sender",
    "decision",
    "probability",
    "reason",
    "region",
    "region_source",
    "input_kind",
    "normal_below",
    "abnormal_from",
    "received",
    "screened",
    "bundle",
    "bundle_sha256",
    "receive_ms",
    "wait_ms",
    "read_ms",
    "prepare_ms",
    "network_ms",
    "classify_ms",
    "explain_ms",
];

/// The table of these answers. Where the patients are not named, identifiers are replaced as in the other outputs, and moments, senders
/// and the hashes of the films are left out.
pub(super) fn csv(answers: &[Kept], privacy: Privacy, pseudonyms: &Pseudonyms) -> csv::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for kept in answers {
        table.write_record(row(kept, privacy, pseudonyms))?;
    }
    table.into_inner().map_err(|error| error.into_error().into())
}

fn row(kept: &Kept, privacy: Privacy, pseudonyms: &Pseudonyms) -> [String; COLUMNS.len()] {
    let told = &kept.screened;
    let identified = |text: String| match privacy {
        Privacy::Identified => text,
        Privacy::DeIdentified => String::new(),
    };
    let uid = |uid: &Option<String>| match (uid, privacy) {
        (None, _) => String::new(),
        (Some(uid), Privacy::Identified) => uid.clone(),
        (Some(uid), Privacy::DeIdentified) => pseudonyms.uid(Purpose::Replaced, &[uid]),
    };
    let ElapsedMs { read, prepare, network, classify, explain } = told.elapsed_ms.screening;
    [
        uid(&told.sop_instance),
        uid(&told.study_instance),
        identified(told.sha256.clone()),
        identified(harmless(&told.sender)),
        told.decision.to_string(),
        number(told.probability),
        harmless(&told_reason(kept, privacy)),
        told.region.clone().unwrap_or_default(),
        told.region_source.map_or_else(String::new, |source| source.name().to_owned()),
        told.input_kind.clone().unwrap_or_default(),
        number(told.operating_point.map(|point| point.normal_below())),
        number(told.operating_point.map(|point| point.abnormal_from())),
        identified(told.received.to_string()),
        identified(told.screened.to_string()),
        told.bundle.clone(),
        told.bundle_sha256.clone(),
        told.elapsed_ms.receive.to_string(),
        told.elapsed_ms.wait.to_string(),
        read.to_string(),
        prepare.to_string(),
        network.to_string(),
        classify.to_string(),
        explain.to_string(),
    ]
}

fn number(value: Option<f64>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// A text from outside that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_no_formula() {
        assert_eq!(["=1+1", "@SUM", "XRAY-1", ""].map(harmless), ["'=1+1", "'@SUM", "XRAY-1", ""]);
    }
}
