//! `fieldray models`: the models of this box, for a technician at its keyboard.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use fieldray_common::bundle::{Bundle, CARD, Delta, TrustedKey, delta::saving};
use indicatif::{ProgressBar, ProgressStyle};

use super::{Change, DemoKey, Folder, Offer, Refusal, Slot, Store, changes, delta, keys, list, prove, suspended};
use crate::archive::Records;
use crate::choice;
use crate::cli::plain;
use crate::log::{AuditLog, Deed};

/// What to do.
#[derive(Debug, clap::Args)]
#[command(
    arg_required_else_help = true,
    subcommand_value_name = "STEP",
    subcommand_help_heading = "Steps",
    after_help = "\
Examples:
  fieldray models compare clinic.frb                what would change for the clinic
  fieldray models install clinic.frb                checks it, tries it on this box, and lets it take over at the next start
  fieldray models delta new.frb --against old.frb --out update.frd
                                                    only what is new; it is installed as a bundle is
  fieldray models list
  fieldray models rollback                          back to the one before

The box trusts the keys in STORE/keys, and those that came with a model, once that has proved itself. A model that fails to start three \
times gives way to the one before by itself."
)]
pub struct Arguments {
    #[command(subcommand)]
    step: Step,
}

#[derive(Debug, clap::Subcommand)]
enum Step {
    /// List both slots, and which one the box starts from
    List(list::List),
    /// Show what the active model says of itself
    Show(Place),
    /// Say what a bundle would change, and install nothing
    Compare(Given),
    /// Install a bundle
    Install(Given),
    /// Make an update that brings only what another bundle does not have
    Delta(delta::Make),
    /// Let the model in the other slot take over at the next start, on trial
    Activate(Place),
    /// Go back to the model in the other slot
    Rollback(Place),
    /// List the keys that the box knows, and whether they are trusted
    Keys(Place),
    /// Check signature and files of both slots, and score the active model's reference films
    Verify(Place),
}

/// Whose models.
#[derive(Debug, clap::Args)]
pub(super) struct Place {
    /// Folder of the store
    #[arg(long, value_name = "DIR", default_value = "/var/lib/fieldray/models")]
    store: PathBuf,
    /// Folder of the archive: its audit log is written, and thresholds that would be suspended are told
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Trust the demo key too, whose secret half everybody has: for trying out only
    #[arg(long)]
    trust_demo_key: bool,
}

/// A bundle for it.
#[derive(Debug, clap::Args)]
struct Given {
    /// The bundle, or an update that was made against the installed one
    #[arg(value_name = "FILE")]
    bundle: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.step {
        Step::List(list) => list.run(),
        Step::Show(place) => place.show(),
        Step::Compare(given) => given.compare(),
        Step::Install(given) => given.install(),
        Step::Delta(make) => make.run(),
        Step::Activate(place) => place.turn("takes over", |store, known| store.switch(known).map(Some)),
        Step::Rollback(place) => place.turn("is in use again", Store::roll_back),
        Step::Keys(place) => place.keys(),
        Step::Verify(place) => place.verify(),
    }
}

impl Place {
    pub(super) fn store(&self) -> Store<Folder> {
        Store::on(Folder(self.store.clone()))
    }

    pub(super) fn trusted(&self) -> Result<Vec<TrustedKey>> {
        let demo = if self.trust_demo_key { DemoKey::Trusted } else { DemoKey::Refused };
        Ok(keys::trusted(&self.store, demo)?)
    }

    /// What the box starts from.
    fn in_use(&self, trusted: &[TrustedKey]) -> Result<Bundle> {
        choice::or_built_in(self.store().active(trusted)?)
    }

    fn show(&self) -> Result<ExitCode> {
        let trusted = self.trusted()?;
        let bundle = self.in_use(&trusted)?;
        let manifest = bundle.manifest();
        let mut out = io::stdout().lock();
        writeln!(out, "{}, exported on {}, signed by '{}'", manifest.id(), manifest.created, bundle.signer())?;
        writeln!(out, "SHA-256 {}", bundle.sha256())?;
        writeln!(out, "screens {}\n", choice::regions(manifest))?;
        out.write_all(bundle.file(CARD).unwrap_or_default())?;
        Ok(ExitCode::SUCCESS)
    }

    fn keys(&self) -> Result<ExitCode> {
        for key in self.trusted()? {
            println!("{}", keys::sentence(&key));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn verify(&self) -> Result<ExitCode> {
        let trusted = self.trusted()?;
        let store = self.store();
        for slot in Slot::ALL {
            match store.content(slot, &trusted) {
                Ok(bundle) => println!(
                    "slot {}: {} is whole, signed by '{}'",
                    slot.name(),
                    bundle.manifest().id(),
                    bundle.signer()
                ),
                Err(refusal) => println!("slot {}: {refusal}", slot.name()),
            }
        }
        prove(&self.in_use(&trusted)?, &mut |_| {})?;
        println!("the active model gives the answers that it promises");
        Ok(ExitCode::SUCCESS)
    }

    fn turn(
        &self,
        said: &str,
        turn: impl FnOnce(&mut Store<Folder>, &[TrustedKey]) -> Result<Option<Bundle>, Refusal>,
    ) -> Result<ExitCode> {
        let bundle = choice::or_built_in(turn(&mut self.store(), &self.trusted()?)?)?;
        self.log(&bundle, Deed::ModelActivated { model: bundle.manifest().id() })?;
        println!("{} {said} when 'fieldray run' starts next", bundle.manifest().id());
        Ok(ExitCode::SUCCESS)
    }

    fn log(&self, bundle: &Bundle, deed: Deed) -> Result<()> {
        let Some(archive) = &self.archive else { return Ok(()) };
        let added = AuditLog::open(archive, bundle.sha256()).and_then(|log| log.add("fieldray models", deed));
        added.map_err(|error| anyhow!("{}", plain(&error))).context("it is done, but the audit log cannot be written")
    }

    /// Thresholds of the site's own that the next model suspends.
    fn suspended(&self) -> Result<Vec<Change>> {
        let Some(archive) = &self.archive else { return Ok(Vec::new()) };
        Ok(suspended(&Records::open(archive)?)?)
    }
}

impl Given {
    /// The bytes of the bundle, and what would change.
    fn examined(&self, trusted: &[TrustedKey]) -> Result<(Vec<u8>, Offer)> {
        let said = || format!("the bundle '{}' is not taken", self.bundle.display());
        let given = choice::bundle_bytes(&self.bundle)?;
        let installed = self.place.store().active(trusted).unwrap_or(None);
        let bytes = delta::whole(&given, installed.as_ref()).with_context(said)?;
        let offer = Offer::examine(&bytes, trusted, installed.as_ref()).with_context(said)?;
        let manifest = offer.bundle().manifest();
        for change in changes(manifest, installed.as_ref().map(Bundle::manifest)) {
            println!("  {change}");
        }
        for change in keys::key_changes(&manifest.keys, trusted) {
            println!("  {change}");
        }
        for suspended in self.place.suspended()? {
            println!("  {suspended}");
        }
        println!("  signed by '{}', {} MB", offer.bundle().signer(), bytes.len() >> 20);
        if Delta::is_one(&given) {
            println!("  given as an update: {}", saving(given.len(), bytes.len() as u64));
        }
        Ok((bytes.into_owned(), offer))
    }

    fn compare(&self) -> Result<ExitCode> {
        self.examined(&self.place.trusted()?)?;
        println!("nothing was installed");
        Ok(ExitCode::SUCCESS)
    }

    fn install(&self) -> Result<ExitCode> {
        let trusted = self.place.trusted()?;
        let (bytes, offer) = self.examined(&trusted)?;
        make_folder(&self.place.store)?;
        let bar = ProgressBar::new(bytes.len() as u64)
            .with_style(ProgressStyle::with_template("  {msg:<9} {bar:40} {percent:>3} %")?);
        bar.set_message("copying");
        let slot =
            self.place.store().install(&bytes, &trusted, &mut |written| bar.set_position(written as u64), |bundle| {
                bar.finish_and_clear();
                println!("  trying it on this box ...");
                prove(bundle, &mut |_| {}).map(drop)
            });
        let slot = slot
            .with_context(|| format!("the bundle '{}' is not installed, nothing was changed", self.bundle.display()))?;
        let bundle = offer.bundle();
        self.place.log(bundle, Deed::ModelInstalled { model: bundle.manifest().id(), slot: slot.name().to_owned() })?;
        println!(
            "{} is in slot {} and takes over when 'fieldray run' starts next",
            bundle.manifest().id(),
            slot.name()
        );
        Ok(ExitCode::SUCCESS)
    }
}

fn make_folder(store: &Path) -> Result<()> {
    fs::create_dir_all(store).map_err(|error| {
        anyhow!("the store '{}' cannot be made ({}); check who may write there", store.display(), plain(&error))
    })
}
