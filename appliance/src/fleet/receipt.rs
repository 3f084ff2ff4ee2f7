//! The receipt of an update: what a technician puts on file when a box has a new model, and what [`crate::fleet`] reads again.
//!
//! ```text
//! Fieldray receipt 1
//! box: Ward 3
//! box id: 5be0c1d2e3f40718
//! time: 2026-11-24T09:41:00.000Z
//! software: 0.1.0
//! old bundle: fracatlas-all@1.0.0
//! old bundle sha256: 6f1c…
//! new bundle: fracatlas-all@1.1.0
//! new bundle sha256: 93ab…
//! signed by: workshop
//! signing key: 0123456789ABCDEF
//! self-test difference: 0.000012
//! outcome: installed
//! result: it takes over at the next start
//! sha256: 5be0…
//! ```
//!
//! The last line is the SHA-256 of all before it, so that a line that was changed by accident is noticed.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::str::FromStr;

use fieldray_common::bundle::KeyId;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::archive::BoxId;
use crate::clock::Timestamp;
use crate::hex::hex;

const TITLE: &str = "Fieldray receipt 1";

/// What happened to one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// The name of the box.
    pub box_name: String,
    /// Which box that is, however it is called; none where its software did not tell.
    pub box_id: Option<BoxId>,
    /// When it was over, by the clock of whoever wrote the receipt.
    pub at: Timestamp,
    /// Version of the box's software.
    pub software: String,
    /// What the box had before; none where this is its first model.
    pub old: Option<Held>,
    /// What it was given.
    pub new: Held,
    /// The name of the key that signed that, as the box knows it.
    pub signed_by: String,
    /// The key.
    pub key: KeyId,
    /// The largest difference of a reference film's probability (0 to 1) on the box; none where it came to no self-test.
    pub self_test: Option<f64>,
    /// Whether the box took it.
    pub outcome: Outcome,
    /// How it ended, as the technician was told.
    pub result: String,
}

/// Whether a box took a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It starts from it.
    Installed,
    /// It stays with what it had.
    Refused,
}

impl Outcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Outcome::Installed => "installed",
            Outcome::Refused => "refused",
        }
    }
}

/// A bundle of a box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Held {
    /// `name@version`.
    pub bundle: String,
    /// SHA-256 of its file, in lower-case hexadecimal.
    pub sha256: String,
}

/// Why a text is no receipt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// It is something else.
    #[error("it is not a receipt")]
    Foreign,
    /// A line was changed, or is not there.
    #[error("it was changed after it was written: its SHA-256 is another")]
    Changed,
    /// A line that every receipt has.
    #[error("its line '{0}' is missing or cannot be read")]
    Line(&'static str),
}

impl Receipt {
    /// The lines that the hash covers.
    fn lines(&self) -> String {
        let mut text = format!("{TITLE}\n");
        let mut line = |name: &str, value: &str| {
            let one_line = value.split_whitespace().collect::<Vec<_>>().join(" ");
            // Writing into a text cannot fail.
            let _ = writeln!(text, "{name}: {one_line}");
        };
        line("box", &self.box_name);
        if let Some(id) = self.box_id {
            line("box id", &id.to_string());
        }
        line("time", &self.at.to_string());
        line("software", &self.software);
        if let Some(old) = &self.old {
            line("old bundle", &old.bundle);
            line("old bundle sha256", &old.sha256);
        }
        line("new bundle", &self.new.bundle);
        line("new bundle sha256", &self.new.sha256);
        line("signed by", &self.signed_by);
        line("signing key", &self.key.to_string());
        if let Some(difference) = self.self_test {
            line("self-test difference", &format!("{difference:.6}"));
        }
        line("outcome", self.outcome.word());
        line("result", &self.result);
        text
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.lines();
        writeln!(f, "{lines}sha256: {}", hex(&Sha256::digest(&lines)))
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    /// Reads a receipt. Ends of lines as Windows writes them are no change.
    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let text = text.replace("\r\n", "\n");
        let body = text.strip_prefix(TITLE).ok_or(ReceiptError::Foreign)?;
        let (body, hash) = body.rsplit_once("\nsha256: ").ok_or(ReceiptError::Changed)?;
        if hex(&Sha256::digest(format!("{TITLE}{body}\n"))) != hash.trim_end() {
            return Err(ReceiptError::Changed);
        }
        let lines: BTreeMap<&str, &str> = body.lines().filter_map(|line| line.split_once(": ")).collect();
        let line = |name: &'static str| lines.get(name).copied().ok_or(ReceiptError::Line(name));
        let held = |name, sha256| Ok(Held { bundle: line(name)?.to_owned(), sha256: line(sha256)?.to_owned() });
        let difference = "self-test difference";
        Ok(Self {
            box_name: line("box")?.to_owned(),
            box_id: (lines.get("box id").map(|id| id.parse()).transpose()).map_err(|_| ReceiptError::Line("box id"))?,
            at: line("time")?.parse().map_err(|_| ReceiptError::Line("time"))?,
            software: line("software")?.to_owned(),
            old: lines.contains_key("old bundle").then(|| held("old bundle", "old bundle sha256")).transpose()?,
            new: held("new bundle", "new bundle sha256")?,
            signed_by: line("signed by")?.to_owned(),
            key: line("signing key")?.parse().map_err(|_| ReceiptError::Line("signing key"))?,
            self_test: (lines.get(difference).map(|value| value.parse()).transpose())
                .map_err(|_| ReceiptError::Line(difference))?,
            outcome: [Outcome::Installed, Outcome::Refused]
                .into_iter()
                .find(|outcome| lines.get("outcome") == Some(&outcome.word()))
                .ok_or(ReceiptError::Line("outcome"))?,
            result: line("result")?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt() -> Receipt {
        let held = |bundle: &str, digit: &str| Held { bundle: bundle.into(), sha256: digit.repeat(64) };
        Receipt {
            box_name: "Ward 3: left".into(),
            box_id: "5be0c1d2e3f40718".parse().ok(),
            at: Timestamp::from_unix_ms(1_795_513_260_000),
            software: "0.1.0".into(),
            old: Some(held("fracatlas-all@1.0.0", "1")),
            new: held("fracatlas-all@1.1.0", "2"),
            signed_by: "workshop".into(),
            key: "0123456789ABCDEF".parse().unwrap(),
            self_test: Some(0.000_012),
            outcome: Outcome::Installed,
            result: "it takes over\nat the next start".into(),
        }
    }

    #[test]
    fn a_receipt_is_read_as_it_was_written() {
        let written = receipt().to_string();
        let one_line = Receipt { result: "it takes over at the next start".into(), ..receipt() };
        assert_eq!(written.parse(), Ok(one_line.clone()));
        assert!(written.contains("\nsigning key: 0123456789ABCDEF\n"), "{written}");
        assert_eq!(written.replace('\n', "\r\n").parse::<Receipt>(), written.parse());
        let first = Receipt { box_id: None, old: None, self_test: None, outcome: Outcome::Refused, ..one_line };
        assert_eq!(first.to_string().parse(), Ok(first));
    }

    #[test]
    fn a_changed_receipt_and_other_texts_are_told_apart() {
        let written = receipt().to_string();
        for (number, _) in written.char_indices().skip(TITLE.len()) {
            let mut changed = written.clone().into_bytes();
            changed[number] ^= 1;
            // What follows the hash is no part of it.
            if number + 1 < written.len() {
                assert!(String::from_utf8(changed).unwrap().parse::<Receipt>().is_err(), "byte {number}");
            }
        }
        assert_eq!("a letter".parse::<Receipt>(), Err(ReceiptError::Foreign));
        assert_eq!(written[..written.len() - 80].parse::<Receipt>(), Err(ReceiptError::Changed));
    }
}
