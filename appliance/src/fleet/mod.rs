//! `fieldray fleet-report`: many boxes at once, as far as receipts of updates and support bundles tell of them.

mod database;
mod known;
mod packed;
mod page;
mod receipt;
mod state;
mod table;
#[cfg(test)]
mod tests;

pub use receipt::{Held, Outcome, Receipt, ReceiptError};

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use walkdir::WalkDir;

use crate::cli::plain;
use crate::clock::Timestamp;
use packed::Packed;

/// Of what, and as what.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The folders hold receipts ('fieldray flash') and support bundles ('fieldray support-bundle') of any
number of boxes; boxes of one name are told apart by their ids. A file that is damaged, or is something
else, is named and passed over.

Example:
  fieldray fleet-report visits/2026 --html fleet.html --csv fleet.csv --sqlite fleet.sqlite")]
pub struct Arguments {
    /// Folders of receipts and support bundles, or single files
    #[arg(value_name = "FOLDER", required = true)]
    places: Vec<PathBuf>,
    /// Write a table, a line a box
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// Write a page to read
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Write a database, to be asked with SQL
    #[arg(long, value_name = "FILE")]
    sqlite: Option<PathBuf>,
    /// Print one JSON object a box, for programs
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let (mut told, mut passed_over) = (Vec::new(), Vec::new());
    for place in &arguments.places {
        if !place.exists() {
            bail!("there is no '{}'; check the path", place.display());
        }
        for entry in WalkDir::new(place).sort_by_file_name() {
            match entry {
                Ok(entry) if !entry.file_type().is_file() => {}
                Ok(entry) => match Packed::read(entry.path()) {
                    Ok(packed) => told.push(packed),
                    Err(reason) => passed_over.push(format!("'{}': {reason}", entry.path().display())),
                },
                Err(error) => passed_over.push(error.to_string()),
            }
        }
    }
    for reason in &passed_over {
        eprintln!("passed over {reason}");
    }
    let files = told.len();
    let boxes = state::boxes(told);
    if boxes.is_empty() {
        bail!("nothing there tells of a box; give folders with receipts or support bundles");
    }
    let mut out = io::stdout().lock();
    for state in &boxes {
        match arguments.json {
            true => writeln!(out, "{}", serde_json::to_string(state)?)?,
            false => writeln!(out, "{}", table::sentence(state))?,
        }
    }
    if let Some(path) = &arguments.csv {
        write(path, &table::csv(&boxes)?)?;
    }
    if let Some(path) = &arguments.html {
        write(path, page::html(&boxes, &passed_over, files, &Timestamp::now().day()).as_bytes())?;
    }
    if let Some(path) = &arguments.sqlite {
        database::write(path, &boxes)?;
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).map_err(|error| {
        anyhow!("'{}' cannot be written ({}); check the folder and its disk", path.display(), plain(&error))
    })
}
