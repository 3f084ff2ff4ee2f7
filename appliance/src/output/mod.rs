//! Outputs: answers as they leave the box, to another machine or into a folder.
//!
//! A [`Dossier`] is one answer with what its outputs are made from, and decides what they may say of whom; the modules behind it write
//! it down, each in its form. What leaves the box names no patient unless that is asked for: the outputs are built from nothing, with
//! the attributes that are listed here and no others, so there is nothing that would have to be found and taken out
//! (PS3.15, annex E, Basic Application Level Confidentiality Profile).
//!
//! The same answer always gives the same output, down to its identifiers: sent twice, it is one object.

mod dossier;
mod pseudonym;
mod source;

mod caption;
mod capture;
mod code;
mod data_set;
mod instance;
mod report;

mod page;
mod table;

pub mod export;
pub mod outbox;

pub use dossier::{Dossier, Unmade};
pub use instance::Instance;
pub use pseudonym::Pseudonyms;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// What stands on every output.
const NOT_A_DIAGNOSIS: &str = "Screening aid, not a diagnosis";

/// A kind of DICOM object that tells an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Document {
    /// A Structured Report.
    Sr,
    /// A Secondary Capture of the film with heatmap and decision.
    Sc,
}

impl Document {
    /// Its name in settings, file names and records.
    pub fn name(self) -> &'static str {
        match self {
            Document::Sr => "sr",
            Document::Sc => "sc",
        }
    }
}

/// Whether an output names the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Patient and study have pseudonyms, and there are no dates.
    DeIdentified,
    /// Patient and study are named as in the film.
    Identified,
}

impl Privacy {
    /// As settings and commands ask for it.
    pub fn identified(asked: bool) -> Self {
        if asked { Self::Identified } else { Self::DeIdentified }
    }
}

impl ToSql for Document {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.name().into())
    }
}

impl FromSql for Document {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        [Document::Sr, Document::Sc]
            .into_iter()
            .find(|document| document.name() == name)
            .ok_or(FromSqlError::InvalidType)
    }
}
