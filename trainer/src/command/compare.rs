//! `fieldray-train compare`: is one model better than another on the same films?

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use fieldray_trainer::{
    evaluate::{Evaluation, compare},
    folder::write_whole,
};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// What `evaluate --json` wrote of the first model
    first: PathBuf,
    /// What it wrote of the second model, for the same films
    second: PathBuf,
    /// Write the comparison to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    let comparison = compare::compare(&read(&arguments.first)?, &read(&arguments.second)?)?;
    if let Some(file) = arguments.json {
        let text = serde_json::to_vec_pretty(&comparison)?;
        write_whole(&file, &text)?;
    }
    print!("{comparison}");
    Ok(())
}

fn read(path: &Path) -> Result<Evaluation> {
    let text = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&text).with_context(|| {
        format!("{} is not an evaluation; make one with 'fieldray-train evaluate --json'", path.display())
    })
}
