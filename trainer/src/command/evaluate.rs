//! `fieldray-train evaluate`: a bundle measured on its hold-out.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use fieldray_common::{
    bundle::{Bundle, TrustedKey},
    screening::Model,
};
use fieldray_trainer::{data, evaluate, folder::write_whole, learn::progress::bar, recipe::Recipe};

use super::DataFolder;

/// The key that the default bundle is signed with.
const DEMO_PUBLIC_KEY: &str = include_str!("../../../appliance/keys/demo.pub");

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The bundle, such as runs/fracatlas-all/bundle.frb
    bundle: PathBuf,
    /// The recipe it was made by: it says which films were held out
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// minisign public key that the bundle must be signed with [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Write each film's result to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Films screened side by side
    #[arg(long, default_value_t = 2, value_name = "N")]
    threads: u16,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    let recipe = Recipe::open(&arguments.recipe)?;
    let key = match arguments.key {
        Some(file) => fs::read_to_string(&file).with_context(|| format!("cannot read the key {}", file.display()))?,
        None => DEMO_PUBLIC_KEY.to_owned(),
    };
    let line = key.lines().find(|line| line.starts_with("RW")).unwrap_or_default();
    let trusted = [TrustedKey::from_base64("the given key", line)?];
    let content = fs::read(&arguments.bundle).with_context(|| format!("cannot read {}", arguments.bundle.display()))?;
    let model = Model::load(&Bundle::open(&content, &trusted)?)?;
    let split = data::parted(&recipe, &arguments.data.path())?;
    let progress = bar("films");
    progress.set_prefix("evaluating");
    let data = format!("the hold-out of {} (seed {})", recipe.name, recipe.seed);
    let evaluation = evaluate::evaluate(&model, &split.hold_out, &data, arguments.threads.into(), &progress)?;
    progress.finish_and_clear();
    if let Some(file) = arguments.json {
        let report = serde_json::to_vec_pretty(&evaluation)?;
        write_whole(&file, |file| Ok(fs::write(file, &report)?))?;
    }
    println!("{evaluation}");
    Ok(())
}
