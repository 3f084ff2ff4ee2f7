//! The command line: what can be asked, and how a wrong question is answered.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand, error::ErrorKind};

use crate::{doctor, screening};

/// Screens radiographs: is there something abnormal, and where?
#[derive(Debug, Parser)]
#[command(
    name = "fieldray",
    version,
    after_help = "Start with:\n  fieldray screen film.dcm       screen a film of your own\n\nFieldray is a screening aid, not a diagnosis."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What `fieldray` can be asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Screen radiographs: DICOM, JPEG and PNG files, or folders of them
    Screen(screening::Arguments),
    /// Check this box and its model, on one page to read out to a technician
    Doctor(doctor::Arguments),
}

/// What to say instead of running a command.
#[derive(Debug)]
pub struct Answer(clap::Error);

/// The command that the `arguments` (the program's name first) ask for.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, Answer> {
    Cli::try_parse_from(arguments).map(|cli| cli.command).map_err(Answer)
}

impl Answer {
    /// Prints it: help and version as they are, a mistake as one sentence with exit status 1.
    pub fn give(self) -> ExitCode {
        match self.0.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let shown = self.0.print();
                if shown.is_ok() && !self.0.use_stderr() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            _ => {
                eprintln!("error: {}", self.sentence());
                ExitCode::FAILURE
            }
        }
    }

    /// The mistake and the way out, in one line.
    fn sentence(&self) -> String {
        let text = self.0.render().to_string();
        let paragraphs: Vec<String> =
            text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        let mistake = paragraphs.first().map_or("", |first| first.trim_start_matches("error: "));
        let tip = paragraphs.iter().find_map(|part| part.strip_prefix("tip: "));
        let usage = paragraphs.iter().find_map(|part| part.strip_prefix("Usage: "));
        let command: Vec<&str> =
            usage.unwrap_or("fieldray").split(' ').take_while(|word| !word.starts_with(['<', '[', '-'])).collect();
        let help = format!("'{} --help' shows how it is used", command.join(" "));
        match tip {
            Some(tip) => format!("{mistake} ({tip}); {help}"),
            None => format!("{mistake}; {help}"),
        }
    }
}

/// What the system says of a failure, without its number.
pub fn plain(error: &io::Error) -> String {
    let said = error.to_string();
    said.split(" (os error").next().unwrap_or(&said).to_lowercase()
}

/// Says what went wrong, in one line, with exit status 1.
pub fn fail(error: &anyhow::Error) -> ExitCode {
    let closed = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    };
    if error.chain().any(closed) {
        // Whoever read the output (such as `head`) has enough; that is no mistake.
        return ExitCode::SUCCESS;
    }
    let sentence = format!("{error:#}");
    eprintln!("error: {}", sentence.split_whitespace().collect::<Vec<_>>().join(" "));
    ExitCode::FAILURE
}
