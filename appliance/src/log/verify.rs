//! `fieldray verify-log`: whether the audit log is as it was written.

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};

use super::{FILE, verify};
use crate::cli::plain;

/// Exit status where the log is broken.
const BROKEN: u8 = 2;

/// Whose log.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each line of the log carries the SHA-256 of the line before it. Write down now and then what this says of the last line: lines that
are cut off at the end show only so.

Example:
  fieldray verify-log --archive /var/lib/fieldray

Exit status: 0 where the chain holds, 2 where a line is wrong, 1 for anything else.")]
pub struct Arguments {
    /// Folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: PathBuf,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let path = arguments.archive.join(FILE);
    let file = File::open(&path).map_err(|error| {
        anyhow!("the log '{}' cannot be opened ({}); check the folder", path.display(), plain(&error))
    })?;
    let found = verify(BufReader::new(file)).with_context(|| format!("the log '{}' cannot be read", path.display()))?;
    let mut out = io::stdout().lock();
    match found {
        Ok(whole) => {
            writeln!(out, "the log is whole: {} lines, the last with SHA-256 {}", whole.lines, whole.last_sha256)?;
            for line in whole.torn {
                writeln!(out, "line {line} was torn by a power cut, and is closed")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            writeln!(out, "the log is broken: {broken}")?;
            Ok(ExitCode::from(BROKEN))
        }
    }
}
