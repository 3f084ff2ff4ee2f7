//! What can be asked of `fieldray-train`, one command a file.

mod run;

mod evaluate;

mod compare;

mod explain;

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use fieldray_common::bundle::{Bundle, TrustedKey};
use tch::Device;

/// The key that the default bundle is signed with.
const DEMO_PUBLIC_KEY: &str = include_str!("../../../appliance/keys/demo.pub");

/// Trains Fieldray's models and exports them as signed bundles.
#[derive(Debug, Parser)]
#[command(name = "fieldray-train", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Carry out a recipe, from films to a signed bundle. A run that was stopped goes on where it was
    Run(run::Arguments),
    /// Measure a bundle on the held-out films of the recipe it was made by
    Evaluate(evaluate::Arguments),
    /// Compare two measured bundles film by film: is one of them better?
    Compare(compare::Arguments),
    /// Judge a bundle's explanations: do its heatmaps find the lesions, and what the model goes by?
    Explain(explain::Arguments),
}

impl Arguments {
    /// Does what was asked.
    pub fn carry_out(self, device: Device) -> Result<()> {
        match self.command {
            Command::Run(arguments) => run::run(arguments, device),
            Command::Evaluate(arguments) => evaluate::run(arguments),
            Command::Compare(arguments) => compare::run(arguments),
            Command::Explain(arguments) => explain::run(arguments),
        }
    }
}

/// Where the data sets and the ImageNet weights lie.
#[derive(Debug, clap::Args)]
struct DataFolder {
    /// Folder that holds the data sets and the ImageNet weights [default: $FIELDRAY_DATA, else ../shared]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

impl DataFolder {
    fn path(self) -> PathBuf {
        let named = || env::var_os("FIELDRAY_DATA").map(PathBuf::from);
        self.data.or_else(named).unwrap_or_else(|| PathBuf::from("../shared"))
    }
}

/// A bundle, and the key that must have signed it.
#[derive(Debug, clap::Args)]
struct BundleFile {
    /// The bundle, such as runs/fracatlas-all/bundle.frb
    bundle: PathBuf,
    /// minisign public key that the bundle must be signed with [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

impl BundleFile {
    fn open(self) -> Result<Bundle> {
        let key = match self.key {
            Some(file) => {
                fs::read_to_string(&file).with_context(|| format!("cannot read the key {}", file.display()))?
            }
            None => DEMO_PUBLIC_KEY.to_owned(),
        };
        let trusted = [TrustedKey::parse("the given key", &key)?];
        let content = fs::read(&self.bundle).with_context(|| format!("cannot read {}", self.bundle.display()))?;
        Ok(Bundle::open(&content, &trusted)?)
    }
}
