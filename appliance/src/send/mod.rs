//! `fieldray send`: films over the cable to a box, from a technician's laptop.

use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fieldray_common::link::{Answer, Kind, Outcome, Reply, Thing};
use indicatif::{ProgressBar, ProgressStyle};
use sha2::{Digest, Sha256};

use crate::cable::{At, Cable, Cut, find, puzzled};
use crate::cli::plain;
use crate::screening::gather;

/// Exit status where at least one film was refused.
const SOME_REFUSED: u8 = 2;

/// What arrived damaged is sent anew so often: the checksum of a piece lets one error in four thousand million pass.
const TIMES: usize = 3;

/// What to send, and where the box is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each film is kept, known (it was here before) or refused with the reason. A cable that is pulled out
is waited for; run again, the command goes on where it was.

'--port auto' says hello at every USB serial port; where another device hangs on one of them, name
the port of the box instead.

Examples:
  fieldray send film.dcm
  fieldray send --port /dev/ttyUSB0 --wait ward-3/

Exit status: 0 where every film is in the box, 2 where some were refused, 1 for anything else.")]
pub struct Arguments {
    /// Films, or folders that are searched for films
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Serial port that the cable to the box is plugged into
    #[arg(long, value_name = "PORT", default_value = "auto", value_parser = |text: &str| Ok::<At, String>(At::from(text)))]
    port: At,
    /// Speed of the line; the box's must be the same
    #[arg(long, value_name = "N", default_value_t = 921_600, value_parser = clap::value_parser!(u32).range(1_200..=4_000_000))]
    baud: u32,
    /// Wait for the answers, too
    #[arg(long)]
    wait: bool,
    /// Seconds that a box which says nothing, or a cable which was pulled out, is waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    patience: u32,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let films: Vec<PathBuf> = gather(&arguments.paths, None)?.into_iter().map(|input| input.path).collect();
    let sizes = films.iter().map(|film| size(film)).collect::<Result<Vec<u64>>>()?;
    let patience = Duration::from_secs(arguments.patience.into());
    let mut found = find(&arguments.port, arguments.baud, patience, None)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{found}")?;

    let progress = progress(sizes.iter().sum());
    let (mut images, mut refused, mut before) = (Vec::new(), 0, 0);
    for (film, bytes) in films.iter().zip(sizes) {
        let at = |arrived: u64| progress.set_position(before + arrived.min(bytes.saturating_sub(1)));
        let outcome = send(&mut found.cable, film, at)?;
        before += bytes;
        progress.set_position(before);
        progress.suspend(|| writeln!(out, "{}: {}", film.display(), sentence(&outcome)))?;
        match outcome {
            Outcome::Kept { image } | Outcome::Known { image } => images.push((film, image)),
            _ => refused += 1,
        }
    }
    progress.finish_and_clear();
    for (film, image) in images.iter().filter(|_| arguments.wait) {
        writeln!(out, "{}: {}", film.display(), answer(&mut found.cable, *image)?)?;
    }
    Ok(if refused > 0 { ExitCode::from(SOME_REFUSED) } else { ExitCode::SUCCESS })
}

/// Sends one film, and gives what became of it.
fn send(cable: &mut Cable, film: &Path, mut arrived: impl FnMut(u64)) -> Result<Outcome> {
    let content: Arc<[u8]> = fs::read(film).map_err(|error| unreadable(film, &error))?.into();
    let (bytes, sha256) = (content.len() as u64, Sha256::digest(&content).into());
    let (mut outcome, mut last) = (Outcome::Damaged, 0);
    for _ in 0..TIMES {
        let now = cable.now();
        cable.sender.put(Thing { kind: Kind::Film, content: Arc::clone(&content), sha256 }, now);
        let reply = cable.reply(|at| {
            last = at;
            arrived(at);
        });
        outcome = match reply.map_err(|cut| cut_off(&cut, film, last, bytes))? {
            Reply::Outcome(outcome) => outcome,
            other => return Err(puzzled(&other)),
        };
        if outcome != Outcome::Damaged {
            break;
        }
    }
    Ok(outcome)
}

/// What the box answered to an image, when it has.
fn answer(cable: &mut Cable, image: u64) -> Result<String> {
    let now = cable.now();
    cable.sender.ask(image, now);
    let reply = cable.reply(|_| {}).with_context(|| "the film is in the box, but its answer was not heard")?;
    match reply {
        Reply::Answer(Answer::Given { decision, probability, reason }) => {
            let probability = probability.map_or(String::new(), |value| format!(", probability {value:.2}"));
            Ok(format!("{decision}{probability} ({reason})"))
        }
        Reply::Answer(Answer::NoImage | Answer::Waiting) => Ok("the box knows nothing of it any more".to_owned()),
        other => Err(puzzled(&other)),
    }
}

fn sentence(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Kept { .. } => "kept".to_owned(),
        Outcome::Known { .. } => "known, it was in the box before".to_owned(),
        Outcome::Refused { reason } => format!("refused: {reason}"),
        Outcome::Damaged => format!("refused: it arrived damaged {TIMES} times; check the cable"),
        Outcome::Welcome { .. } | Outcome::Installing => {
            "refused: the box takes it for a model; update its software".to_owned()
        }
    }
}

fn cut_off(cut: &Cut, film: &Path, arrived: u64, bytes: u64) -> anyhow::Error {
    let percent = arrived * 100 / bytes.max(1);
    anyhow!("{cut}; then run the same command again: '{}' goes on at {percent} %", film.display())
}

fn size(film: &Path) -> Result<u64> {
    Ok(fs::metadata(film).map_err(|error| unreadable(film, &error))?.len())
}

fn unreadable(film: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("'{}' cannot be read ({}); check the path", film.display(), plain(error))
}

/// A bar on standard error that counts what the box has, where that is a terminal.
fn progress(bytes: u64) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    match ProgressStyle::with_template("{bar:32} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
