//! `fieldray-train evaluate`: a bundle measured on its hold-out.

use std::path::PathBuf;

use anyhow::Result;
use fieldray_common::screening::Model;
use fieldray_trainer::{data, evaluate, folder::write_whole, learn::progress::bar, recipe::Recipe};

use super::{BundleFile, DataFolder};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    bundle: BundleFile,
    /// The recipe it was made by: it says which films were held out
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// Write each film's result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Films screened side by side
    #[arg(long, default_value_t = 2, value_name = "N")]
    threads: u16,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    let recipe = Recipe::open(&arguments.recipe)?;
    let model = Model::load(&arguments.bundle.open()?)?;
    let folder = arguments.data.path();
    let split = data::parted(&recipe, &folder)?;
    let progress = bar("films");
    progress.set_prefix("evaluating");
    let data = format!("the hold-out of {} (seed {})", recipe.name, recipe.seed);
    let threads = arguments.threads.into();
    let mut evaluation = evaluate::evaluate(&model, &split.hold_out, &data, threads, &progress)?;
    progress.reset();
    evaluation.foreign = Some(evaluate::foreign::measure(&model, &split.hold_out, &folder, threads, &progress)?);
    progress.finish_and_clear();
    if let Some(file) = arguments.json {
        let report = serde_json::to_vec_pretty(&evaluation)?;
        write_whole(&file, &report)?;
    }
    print!("{evaluation}");
    Ok(())
}
