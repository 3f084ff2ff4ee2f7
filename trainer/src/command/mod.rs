//! What can be asked of `fieldray-train`, one command a file.

mod evaluate;
mod run;

use std::{env, path::PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};
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
    /// Measure a bundle on the held-out films of the recipe it was made by
    Evaluate(evaluate::Arguments),
}

impl Arguments {
    /// Does what was asked.
    pub fn carry_out(self, device: Device) -> Result<()> {
        match self.command {
            Command::Run(arguments) => run::run(arguments, device),
            Command::Evaluate(arguments) => evaluate::run(arguments),
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
