//! `fieldray-train speed`: how fast this machine learns.

use std::path::PathBuf;

use anyhow::Result;
use fieldray_trainer::{
    data,
    folder::RunFolder,
    learn::{progress::spoken, speed},
    recipe::Recipe,
};
use tch::Device;

use super::Learner;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    #[command(flatten)]
    learner: Learner,
    /// Steps to take with each backbone
    #[arg(long, default_value_t = 8, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    steps: u16,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    let recipe = Recipe::open(&arguments.recipe)?;
    // What is there of the run, such as its prepared films, is used and added to.
    let folder = RunFolder::open(&arguments.learner.begin(&recipe.name), &recipe)?;
    let only = arguments.learner.only;
    let split = data::parted(&recipe, &arguments.learner.data.path())?;
    println!("{:<24}{:>10}{:>24}   the recipe", "backbone", "films/s", "films/processor second");
    for speed in speed::speed(&recipe, &split, &folder, only, arguments.steps.into(), device)? {
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
