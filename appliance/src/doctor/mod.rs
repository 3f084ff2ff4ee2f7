//! `fieldray doctor`: the state of the box on one page, to be read out over the telephone.

mod archive;
mod board;

pub(crate) use archive::audit_log;

use std::fmt;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use fieldray_common::bundle::{Bundle, FORMAT};
use fieldray_common::screening::{Agreement, TOLERANCE, rescore};

use crate::choice::{self, BundleChoice, DEMO_SIGNER};
use crate::screening::load_side_by_side;

/// Less free memory than this, and a large film may not fit.
pub(crate) const LEAST_FREE_BYTES: u64 = 512 << 20;

/// Boards slow down from here on to save themselves.
pub(crate) const HOT_CELSIUS: f64 = 80.0;

/// Exit status where a line wants attention.
const ATTENTION: u8 = 2;

/// Which model to check.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The model's reference films are scored again and must get the probabilities that the bundle promises.

Examples:
  fieldray doctor
  fieldray doctor --archive /var/lib/fieldray
  fieldray doctor --bundle clinic.frb --key clinic.pub

Exit status: 0 where every line is ok, 2 where one wants attention.")]
pub struct Arguments {
    #[command(flatten)]
    bundle: BundleChoice,
    /// Folder of the archive, to check it too
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
}

/// One line of the page.
pub(crate) struct Line {
    about: &'static str,
    state: State,
    said: String,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Ok,
    Attention,
}

impl Line {
    fn new(about: &'static str, state: State, said: impl Into<String>) -> Self {
        Self { about, state, said: said.into() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = if self.state == State::Ok { "ok" } else { "ATTENTION" };
        write!(f, "{state:<10} {:<12} {}", self.about, self.said)
    }
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let lines = page(&arguments.bundle.open(), arguments.archive.as_deref());
    let mut out = io::stdout().lock();
    for line in &lines {
        writeln!(out, "{line}")?;
    }
    let troubles = lines.iter().filter(|line| line.state == State::Attention).count();
    Ok(if troubles == 0 { ExitCode::SUCCESS } else { ExitCode::from(ATTENTION) })
}

/// The whole page on a box with this model, or with this trouble in place of one.
pub(crate) fn page(bundle: &Result<Bundle>, archive: Option<&Path>) -> Vec<Line> {
    let mut lines = vec![software()];
    match bundle {
        Ok(bundle) => lines.extend(model(bundle)),
        Err(error) => lines.push(Line::new("model", State::Attention, format!("{error:#}"))),
    }
    lines.extend(archive.map(archive::lines).into_iter().flatten());
    lines.extend(board::lines());
    lines
}

fn software() -> Line {
    let (version, os, processor) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH);
    Line::new("software", State::Ok, format!("fieldray {version} for {os} on {processor}, bundle format {FORMAT}"))
}

fn model(bundle: &Bundle) -> Vec<Line> {
    let manifest = bundle.manifest();
    let signer = match bundle.signer() {
        DEMO_SIGNER => "the demo key, good for trying out only; sign with a key of your own for real work".to_owned(),
        other => format!("the key '{other}'"),
    };
    vec![
        Line::new("model", State::Ok, format!("{}, exported on {}", manifest.id(), manifest.created)),
        Line::new("signed by", State::Ok, signer),
        Line::new("regions", State::Ok, choice::regions(manifest)),
        references(bundle),
    ]
}

fn references(bundle: &Bundle) -> Line {
    let scored = load_side_by_side(bundle).map_err(anyhow::Error::from).and_then(|model| Ok(rescore(bundle, &model)?));
    let (state, said) = match scored.map(|scored| Agreement::of(&scored)) {
        Err(error) => (State::Attention, format!("{error:#}; install the bundle again")),
        Ok(Agreement { films: 0, .. }) => {
            (State::Attention, "the bundle has none; export it again with references".into())
        }
        Ok(agreement) => {
            let Agreement { films, agreeing, largest_difference } = agreement;
            let found = format!(
                "{agreeing} of {films} films get the promised probability, largest difference {largest_difference:.1e} (allowed {TOLERANCE})"
            );
            match agreement.holds() {
                true => (State::Ok, found),
                false => (State::Attention, format!("{found}; do not screen with it, report this line")),
            }
        }
    };
    Line::new("references", state, said)
}
