//! `fieldray-train speed`: how fast this machine learns.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use fieldray_trainer::{
    data,
    folder::RunFolder,
    learn::{progress::spoken, speed},
    network::Architecture,
    recipe::Recipe,
};
use tch::Device;

use super::{DataFolder, architecture};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// Folder of the run, whose prepared films are used and added to [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Measure this backbone only
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: u16,
    /// Steps to take with each backbone
    #[arg(long, default_value_t = 8, value_name = "N")]
    steps: u16,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    ensure!(arguments.threads > 0 && arguments.steps > 0, "--threads and --steps: at least 1");
    tch::set_num_threads(arguments.threads.into());
    let recipe = Recipe::open(&arguments.recipe)?;
    let out = arguments.out.unwrap_or_else(|| PathBuf::from("runs").join(&recipe.name));
    let split = data::parted(&recipe, &arguments.data.path())?;
    let folder = RunFolder::open(&out, &recipe)?;
    println!("{:<24}{:>10}{:>24}   the recipe", "backbone", "films/s", "films/processor second");
    for speed in speed::speed(&recipe, &split, &folder, arguments.only, arguments.steps.into(), device)? {
        println!(
            "{:<24}{:>10.1}{:>24.1}   {}",
            speed.architecture.name(),
            speed.films_per_s,
            speed.films_per_processor_s,
            spoken(speed.recipe)
        );
    }
    Ok(())
}
