//! The sheet that a reader fills in.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use anyhow::{Context, Result, anyhow, bail};
use serde::Deserialize;

use super::{Person, Place};
use crate::archive::Read;
use crate::cli::plain;
use crate::log::Deed;

/// The column that the reader fills in, after those of [`crate::archive::Sheet`].
const READING: &str = "reading";

/// A sheet that was filled in.
#[derive(Debug, clap::Args)]
pub(super) struct Enter {
    /// The sheet: a table (CSV) with the columns sha256 and reading
    #[arg(value_name = "SHEET")]
    sheet: PathBuf,
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    person: Person,
}

/// The columns of a sheet that are read.
#[derive(Debug, Deserialize)]
struct Row {
    sha256: String,
    #[serde(default)]
    reading: String,
}

/// Writes the films that wait for a reading to standard output.
pub(super) fn write(place: &Place) -> Result<()> {
    let mut sheet = csv::WriterBuilder::new().has_headers(false).from_writer(io::stdout().lock());
    sheet.write_record(["sha256", "sop_instance", "patient", "received", "region", "input_kind", READING])?;
    for film in place.records()?.unread()? {
        sheet.serialize((film, ""))?;
    }
    Ok(sheet.flush()?)
}

impl Enter {
    pub(super) fn run(&self) -> Result<()> {
        let Self { sheet, place, person } = self;
        let (mut records, bundle) = place.screened()?;
        let readings = self.readings().with_context(|| format!("the sheet '{}' is not taken", sheet.display()))?;
        if readings.is_empty() {
            bail!("the sheet '{}' has no reading; write normal or abnormal into the last column", sheet.display());
        }
        records.enter(&readings, &person.by)?;
        let abnormal = readings.iter().filter(|reading| reading.abnormal).count();
        println!("{} readings are kept, {abnormal} of them abnormal", readings.len());
        place.log(&bundle, &person.by, Deed::ReadingsEntered { films: readings.len() as u64 })
    }

    /// What was filled in; lines without a reading are left for later.
    fn readings(&self) -> Result<Vec<Read>> {
        let file = File::open(&self.sheet).map_err(|error| anyhow!("it cannot be opened ({})", plain(&error)))?;
        let mut sheet = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(file);
        let mut readings = Vec::new();
        for (row, line) in sheet.deserialize::<Row>().zip(2..) {
            let Row { sha256, reading } = row.map_err(|error| anyhow!("line {line}: {}", told(&error)))?;
            let abnormal = match reading.to_lowercase().as_str() {
                "" => continue,
                "normal" => false,
                "abnormal" => true,
                other => bail!("line {line}: '{other}' is no reading; write normal or abnormal"),
            };
            readings.push(Read { sha256, abnormal });
        }
        Ok(readings)
    }
}

/// What is wrong with a line, without its place, which stands before it.
fn told(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.kind().to_string(),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("it has {len} columns where the first line has {expected_len}")
        }
        csv::ErrorKind::Io(error) => plain(error),
        _ => "it is not text".to_owned(),
    }
}
