//! `fieldray-train explain`: how good a bundle's explanations are.

use std::{num::NonZero, path::PathBuf};

use anyhow::Result;
use fieldray_trainer::{
    data,
    evaluate::explanation::{self, Effort},
    folder::write_whole,
    learn::progress::bar,
    recipe::Recipe,
};

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
    /// Films to explain, at most: abnormal ones with boxes that the model does not call normal
    #[arg(long, default_value = "50", value_name = "N")]
    films: NonZero<u16>,
    /// Samples of LIME a film
    #[arg(long, default_value = "500", value_name = "N")]
    samples: NonZero<u16>,
    /// Write each film's result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Films explained side by side
    #[arg(long, default_value_t = 2, value_name = "N")]
    threads: u16,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    let recipe = Recipe::open(&arguments.recipe)?;
    let bundle = arguments.bundle.open()?;
    let split = data::parted(&recipe, &arguments.data.path())?;
    let effort = Effort {
        films: usize::from(arguments.films.get()),
        samples: usize::from(arguments.samples.get()),
        threads: arguments.threads.into(),
    };
    let progress = bar("films");
    let data = format!("the hold-out of {} (seed {})", recipe.name, recipe.seed);
    let report = explanation::judge(&bundle, &split.hold_out, &data, effort, &progress)?;
    progress.finish_and_clear();
    if let Some(file) = arguments.json {
        let text = serde_json::to_vec_pretty(&report)?;
        write_whole(&file, &text)?;
    }
    print!("{report}");
    Ok(())
}
