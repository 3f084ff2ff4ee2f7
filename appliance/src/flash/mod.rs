//! `fieldray flash`: a new model over the cable to a box, from a technician's laptop.

mod ask;
mod parcel;
mod port;
mod receipt;
mod steps;
mod watch;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use fieldray_common::link::{Introduction, Models, Slot, Standing};

use crate::cable::{At, Found, find};
use ask::Box;
use parcel::Parcel;
use steps::{Step, Steps};
use watch::Ended;

/// What to install, and where the box is.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The bundle is checked here first; then the box says whether it would take it, and what that would change
for the clinic. Of what the box has already nothing is sent. While the box checks, copies and tries the
bundle it screens with the old one, and goes back to that by itself should the new one not come up well.

A cable that is pulled out is waited for; run again, the command goes on where it was.

Examples:
  fieldray flash --dry-run clinic.frb           what it would change; nothing is installed
  fieldray flash clinic.frb

Exit status: 0 where the box works with the bundle, or did before; 1 for anything else.")]
pub struct Arguments {
    /// The bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// Serial port that the cable to the box is plugged into; the last one that answered is tried first
    #[arg(long, value_name = "PORT", default_value = "auto", value_parser = |text: &str| Ok::<At, String>(At::from(text)))]
    port: At,
    /// Speed of the line; the box's must be the same
    #[arg(long, value_name = "N", default_value_t = 921_600, value_parser = clap::value_parser!(u32).range(1_200..=4_000_000))]
    baud: u32,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Install without asking
    #[arg(long, conflicts_with = "dry_run")]
    yes: bool,
    /// File for the receipt [default: flash-BOX-TIME.txt in this folder]
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// Public key (minisign) that must have signed the bundle, checked before anything is sent
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Send all of the bundle, also what the box has
    #[arg(long)]
    whole: bool,
    /// Seconds that a box which says nothing, or a cable which was pulled out, is waited for
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=3_600))]
    patience: u32,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let mut out = io::stdout().lock();
    let parcel = Parcel::read(&arguments.bundle, arguments.key.as_deref())?;
    writeln!(out, "{parcel}")?;
    let patience = Duration::from_secs(arguments.patience.into());
    let found = find(&arguments.port, arguments.baud, patience, port::remembered().as_deref())?;
    port::remember(found.cable.port());
    writeln!(out, "{found}")?;
    let Found { cable, introduction } = found;
    if introduction.bundle_sha256 == parcel.sha256 {
        writeln!(out, "the box is up to date: it works with {} already", parcel.id())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut asked = Box { cable };
    tell_slots(&asked.models()?, &mut out)?;
    let welcome = asked.offer(&parcel)?;
    for change in &welcome.changes {
        writeln!(out, "  {change}")?;
    }
    writeln!(out, "  signed by '{}', a key that the box trusts", welcome.signer)?;
    let load = if arguments.whole { parcel.whole() } else { parcel.without(&asked.files()?)? };
    writeln!(out, "{load}")?;
    if arguments.dry_run {
        writeln!(out, "dry run: nothing was changed")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !arguments.yes && !confirmed(&introduction)? {
        writeln!(out, "nothing was changed")?;
        return Ok(ExitCode::FAILURE);
    }
    let box_id = asked.identity()?;
    let mut steps = Steps::default();
    steps.at(Step::Send, 0, load.thing.content.len() as u64);
    let ended = watch::install(&mut asked, &load, &parcel, &mut steps)?;
    let receipt =
        receipt::write(arguments.receipt.as_deref(), &introduction, box_id, &parcel, &welcome.signer, &ended)?;
    writeln!(out, "receipt: {}", receipt.display())?;
    match ended {
        Ended::Active { tried } => {
            if let Some((films, difference)) = tried {
                writeln!(out, "self-test: {films} reference films, largest difference {difference:.6}")?;
            }
            writeln!(out, "the box works with {}", parcel.id())?;
            Ok(ExitCode::SUCCESS)
        }
        Ended::Refused(reason) => bail!(reason),
    }
}

/// Says what the box keeps.
fn tell_slots(models: &Models, out: &mut impl Write) -> Result<()> {
    let (slots, keys, free_bytes) = match models {
        Models::NoStore { reason } => bail!("the box takes no model over the cable: {reason}"),
        Models::Store { slots, keys, free_bytes } => (slots, keys, *free_bytes),
    };
    for (Slot { model, standing }, name) in slots.iter().zip(["a", "b"]) {
        let model = if model.as_str().is_empty() { "nothing".to_owned() } else { model.to_string() };
        let standing = match standing {
            Standing::Idle => "idle",
            Standing::Active => "active",
            Standing::OnTrial => "active, on trial",
            Standing::Failed => "gone back from",
        };
        writeln!(out, "  slot {name} ({standing}): {model}")?;
    }
    writeln!(out, "  trusts {keys}; {:.1} GB free for models", free_bytes as f64 / 1e9)?;
    Ok(())
}

/// Whether the person at the terminal wants it.
fn confirmed(introduction: &Introduction) -> Result<bool> {
    if !io::stdin().is_terminal() {
        bail!("nobody can be asked here whether to install it; run this in a terminal, or say --yes");
    }
    eprint!("Install it on {}? [y/N] ", introduction.name);
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|error| anyhow!("the answer cannot be read ({error}); say --yes"))?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
