//! What can be asked of `fieldray-train`.

use std::{env, path::PathBuf};

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};
use fieldray_trainer::{data, folder::RunFolder, learn, network::Architecture, recipe::Recipe};
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
    /// Carry out a recipe: learn its backbones. A run that was stopped goes on where it was.
    Run(Run),
}

#[derive(Debug, clap::Args)]
struct Run {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    /// Folder that holds the data sets and the ImageNet weights [default: $FIELDRAY_DATA, else ../shared]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of the run [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Learn this backbone only, so that several learn side by side, each in a process
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads of one process; with other backbones beside it, one each is fastest
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: u16,
}

fn architecture(name: &str) -> Result<Architecture, String> {
    let names = || Architecture::ALL.map(Architecture::name).join(", ");
    Architecture::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| format!("known are {}", names()))
}

impl Arguments {
    /// Does what was asked.
    pub fn carry_out(self, device: Device) -> Result<()> {
        match self.command {
            Command::Run(run) => run.carry_out(device),
        }
    }
}

impl Run {
    fn carry_out(self, device: Device) -> Result<()> {
        ensure!(self.threads > 0, "--threads: at least 1");
        tch::set_num_threads(self.threads.into());
        let recipe = Recipe::open(&self.recipe)?;
        let out = self.out.unwrap_or_else(|| PathBuf::from("runs").join(&recipe.name));
        let data = self.data.or_else(|| env::var_os("FIELDRAY_DATA").map(PathBuf::from));
        let data = data.unwrap_or_else(|| PathBuf::from("../shared"));
        let split = data::parted(&recipe, &data)?;
        let folder = RunFolder::open(&out, &recipe)?;
        for backbone in learn::learn(&recipe, &split, &data, &folder, self.only, device)? {
            println!("{}", backbone.weights.display());
        }
        Ok(())
    }
}
