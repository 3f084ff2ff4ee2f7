//! What can be asked of `fieldray-train`, one command a file.

mod run;
mod speed;

mod evaluate;

mod compare;

mod explain;

mod experiment;

mod report;

mod keys;

use std::{env, path::PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};
use fieldray_common::bundle::Bundle;
use fieldray_trainer::{
    keys::open_bundle,
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
    /// Write what a run or an experiment found as one page, with figures
    Report(report::Arguments),
    /// Make a pair of keys: one signs bundles, the other is given to the boxes that are to trust them
    Keygen(keys::KeygenArguments),
    /// Sign a bundle anew with a key of your own
    Sign(keys::SignArguments),
    /// Check who signed a bundle, and that every file in it is whole
    Verify(keys::VerifyArguments),
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
            Command::Report(arguments) => report::run(arguments),
            Command::Keygen(arguments) => keys::keygen(arguments),
            Command::Sign(arguments) => keys::sign(arguments),
            Command::Verify(arguments) => keys::verify(arguments),
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

/// Where learning happens, and how much of it.
#[derive(Debug, clap::Args)]
struct Learner {
    #[command(flatten)]
    data: DataFolder,
    /// Folder of what is learned [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Take this backbone and stop there, so that several learn side by side, each in a process
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads of this process; with other backbones beside it, one each is fastest
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    threads: u16,
}

impl Learner {
    /// Gives torch its threads; the folder of what is learned, where it has this name.
    fn begin(&self, name: &str) -> PathBuf {
        tch::set_num_threads(self.threads.into());
        self.out.clone().unwrap_or_else(|| PathBuf::from("runs").join(name))
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
        open_bundle(&self.bundle, self.key.as_deref())
    }
}

/// The backbone of that name.
fn architecture(name: &str) -> Result<Architecture, String> {
    let names = || Architecture::ALL.map(Architecture::name).join(", ");
    by_name(name).ok_or_else(|| format!("known are {}", names()))
}
