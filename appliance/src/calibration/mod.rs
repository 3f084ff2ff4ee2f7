//! `fieldray calibrate`: a site's own operating points, chosen by what its readers say of its own films.

mod choose;
mod sheet;
mod table;

pub(crate) use choose::sentence;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use fieldray_common::input_kind::InputKind;

use crate::archive::{BundleId, Records};
use crate::cli::plain;
use crate::log::{AuditLog, Deed};

/// What to do.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    subcommand_value_name = "STEP",
    subcommand_help_heading = "Steps",
    after_help = "\
The steps, while 'fieldray run' works or not. First the films to read, without what the box said:
  fieldray calibrate sheet --archive DIR > sheet.csv

A reader writes normal or abnormal into the last column of the sheet, and it is entered:
  fieldray calibrate enter sheet.csv --archive DIR --by 'Dr Okoye'

What every threshold would be worth, and one chosen:
  fieldray calibrate table --archive DIR
  fieldray calibrate choose --archive DIR --region hand --input dx \\
      --normal-below 0.2 --abnormal-from 0.6 --by 'Dr Okoye'

A point belongs to the model, the region and the kind of image it was chosen for. A new model suspends it until it is chosen again."
)]
pub struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// Write the films that wait for a reading as a table (CSV) to fill in
    Sheet(Place),
    /// Take the readings of a sheet that was filled in
    Enter(sheet::Enter),
    /// Show sensitivity, specificity and predictive values at every threshold
    Table(table::Arguments),
    /// Choose the operating point of a region and a kind of image
    Choose(choose::Choose),
    /// Go back to the model's own operating point
    Withdraw(choose::Withdraw),
    /// Show what was chosen, by whom and when
    Show(Place),
}

/// Whose films.
#[derive(Debug, clap::Args)]
struct Place {
    /// Folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: PathBuf,
}

/// Which films of it.
#[derive(Debug, clap::Args)]
struct Films {
    /// Region, as results name it
    #[arg(long, value_name = "NAME")]
    region: String,
    /// Kind of image: cr, dx, rf, other-dicom or picture
    #[arg(long, value_name = "KIND")]
    input: InputKind,
}

/// Who does it.
#[derive(Debug, clap::Args)]
struct Person {
    /// Name of the person who answers for it; it is kept and shown
    #[arg(long, value_name = "NAME", value_parser = name)]
    by: String,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.step {
        Step::Sheet(place) => sheet::write(place),
        Step::Enter(enter) => enter.run(),
        Step::Table(arguments) => arguments.run(),
        Step::Choose(choose) => choose.run(),
        Step::Withdraw(withdraw) => withdraw.run(),
        Step::Show(place) => choose::show(place),
    }?;
    Ok(ExitCode::SUCCESS)
}

impl Place {
    fn records(&self) -> Result<Records> {
        Ok(Records::open(&self.archive)?)
    }

    /// The records, and the bundle that screens here.
    fn screened(&self) -> Result<(Records, BundleId)> {
        let records = self.records()?;
        match records.last_bundle()? {
            Some(bundle) => Ok((records, bundle)),
            None => {
                bail!("nothing was screened in '{}' yet; let 'fieldray run' screen some films", self.archive.display())
            }
        }
    }

    fn log(&self, bundle: &BundleId, who: &str, deed: Deed) -> Result<()> {
        let log = AuditLog::open(&self.archive, &bundle.sha256).and_then(|log| log.add(who, deed));
        log.map_err(|error| anyhow!("{}", plain(&error))).context("it is kept, but the audit log cannot be written")
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    let name = text.trim();
    match !name.is_empty() && name.chars().count() <= 64 && !name.chars().any(char::is_control) {
        true => Ok(name.to_owned()),
        false => Err("give a name of 1 to 64 letters"),
    }
}
