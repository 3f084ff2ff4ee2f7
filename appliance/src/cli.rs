//! The command line: what can be asked, and how a wrong question is answered.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};

use crate::output::export;
use crate::{
    bench, board_test, calibration, demo, doctor, flash, fleet, gallery, history, log, models, phantom, screening,
    send, service, support,
};

/// Screens radiographs: is there something abnormal, and where?
#[derive(Debug, Parser)]
#[command(
    name = "fieldray",
    version,
    after_help = "Start with:\n  fieldray demo                  see what it does\n  fieldray screen film.dcm       screen a film of your own\n\nFieldray is a screening aid, not a diagnosis."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What `fieldray` can be asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Screen the built-in sample films and write the pictures of it
    Demo(demo::Arguments),
    /// Screen radiographs: DICOM, JPEG and PNG files, or folders of them
    Screen(screening::Arguments),
    /// Receive films, screen them and show the answers, until it is told to end
    Run(Box<service::Arguments>),
    /// Send films over a serial cable to a box
    Send(send::Arguments),
    /// Install a new model on a box over a serial cable
    Flash(flash::Arguments),
    /// List what was screened
    History(history::Arguments),
    /// Write answers into a folder, such as a USB stick
    Export(export::Arguments),
    /// Choose operating points by what readers say of this site's films
    Calibrate(calibration::Arguments),
    /// Install a new model, see what it would change, go back to the old one
    Models(models::Arguments),
    /// Measure how long every stage of a screening takes on this machine
    Bench(bench::Arguments),
    /// Check this box and its model, on one page to read out to a technician
    Doctor(doctor::Arguments),
    /// Try every part of this board: panel, keys, touch, lights, serial line, watchdog
    BoardTest(board_test::Arguments),
    /// Pack what a technician needs to know of this box, without patient data
    SupportBundle(support::Arguments),
    /// Say which box runs which model, from the receipts and support bundles of many
    FleetReport(fleet::Arguments),
    /// Check that the audit log is as it was written
    VerifyLog(log::Arguments),
    /// Draw simulated films with known answers, for trying things out
    Phantom(phantom::Arguments),
    /// Draw every screen of the display, in every size, theme and language
    ScreenGallery(gallery::Arguments),
}

/// What to say instead of running a command.
#[derive(Debug)]
pub struct Answer {
    error: clap::Error,
    /// The command that was meant, as far as it can be told.
    command: String,
}

/// The command that the `arguments` (the program's name first) ask for.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, Answer> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    Cli::try_parse_from(&arguments).map(|cli| cli.command).map_err(|error| {
        let meant = arguments
            .get(1)
            .and_then(|word| Cli::command().find_subcommand(word).map(clap::Command::get_name).map(str::to_owned));
        Answer { error, command: meant.map_or("fieldray".to_owned(), |name| format!("fieldray {name}")) }
    })
}

impl Answer {
    /// Prints it: help and version as they are, a mistake as one sentence with exit status 1.
    pub fn give(self) -> ExitCode {
        match self.error.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                let shown = self.error.print();
                if shown.is_ok() && !self.error.use_stderr() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            _ => {
                eprintln!("error: {}", self.sentence());
                ExitCode::FAILURE
            }
        }
    }

    /// The mistake and the way out, in one line.
    fn sentence(&self) -> String {
        let text = self.error.render().to_string();
        let mut paragraphs = text.split("\n\n").map(|part| part.split_whitespace().collect::<Vec<_>>().join(" "));
        let mistake = paragraphs.next().unwrap_or_default();
        let mistake = mistake.trim_start_matches("error: ");
        let help = format!("'{} --help' shows how it is used", self.command);
        match paragraphs.find_map(|part| part.strip_prefix("tip: ").map(str::to_owned)) {
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

/// From here on a fault of the program itself is one line that can be reported, not a page of addresses.
pub fn report_faults_in_one_line() {
    std::panic::set_hook(Box::new(|fault| {
        let place = fault.location().map_or("an unknown place".to_owned(), ToString::to_string);
        eprintln!("fault in fieldray {} at {place}; please report this line", env!("CARGO_PKG_VERSION"));
    }));
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
