//! `fieldray history`: what was screened, one line each.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;

use crate::archive::{Screened, screenings};

/// Whose history.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It may be asked while 'fieldray run' works.

Examples:
  fieldray history --archive /var/lib/fieldray
  fieldray history --archive /var/lib/fieldray --json | jq 'select(.decision == \"refer\")'")]
pub struct Arguments {
    /// Folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: PathBuf,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    let waiting = screenings::<anyhow::Error>(&arguments.archive, |screened| {
        let line = if arguments.json { serde_json::to_string(&screened)? } else { sentence(&screened) };
        Ok(writeln!(out, "{line}")?)
    })?;
    if !arguments.json && waiting > 0 {
        writeln!(out, "\n{waiting} more films wait for their answer")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A screening in one line for a person.
fn sentence(screened: &Screened) -> String {
    let Screened { screened: at, decision, reason, bundle, .. } = screened;
    let film = screened.sop_instance.as_deref().unwrap_or(&screened.sha256);
    let region = screened.region.as_deref().map_or(String::new(), |region| format!("{region}, "));
    let probability = screened.probability.map_or(String::new(), |value| format!(", probability {value:.2}"));
    format!("{at} {film}: {region}{decision}{probability} ({reason}), {bundle}")
}
