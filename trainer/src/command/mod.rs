//! What can be asked of `fieldray-train`, one command a file.

mod run;
mod speed;

mod evaluate;

mod compare;

mod explain;

mod experiment;

use std::{env, path::PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};
use fieldray_common::bundle::Bundle;
use fieldray_trainer::{
    keys,
    network::{Architecture, by_name},
};
use tch::Device;

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
    /// Measure how fast this machine learns, and how long a recipe would take
    Speed(speed::Arguments),
    /// Measure a bundle on the held-out films of the recipe it was made by
    Evaluate(evaluate::Arguments),
    /// Compare two measured bundles film by film: is one of them better?
    Compare(compare::Arguments),
    /// Judge a bundle's explanations: do its heatmaps find the lesions, and what the model goes by?
    Explain(explain::Arguments),
    /// Carry out a plan of many runs that differ in one thing, and say what they show
    Experiment(experiment::Arguments),
}

impl Arguments {
    /// Does what was asked.
    pub fn carry_out(self, device: Device) -> Result<()> {
        match self.command {
            Command::Run(arguments) => run::run(arguments, device),
            Command::Speed(arguments) => speed::run(arguments, device),
            Command::Evaluate(arguments) => evaluate::run(arguments),
            Command::Compare(arguments) => compare::run(arguments),
            Command::Explain(arguments) => explain::run(arguments),
            Command::Experiment(arguments) => experiment::run(arguments, device),
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
        keys::open_bundle(&self.bundle, self.key.as_deref())
    }
}

/// The backbone of that name.
fn architecture(name: &str) -> Result<Architecture, String> {
    let names = || Architecture::ALL.map(Architecture::name).join(", ");
    by_name(name).ok_or_else(|| format!("known are {}", names()))
}
