//! `fieldray-train report`: what was found, as a page for people.

use std::{fs, path::PathBuf};

use anyhow::{Context, Result};
use fieldray_trainer::{experiment::Claims, report};

use super::DataFolder;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Folder of a run or of an experiment, such as runs/fracatlas-all
    run: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// minisign public key that the run's bundle is signed with [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments) -> Result<()> {
    let results = arguments.run.join("results.json");
    let page = if results.exists() {
        let text = fs::read(&results).with_context(|| format!("cannot read {}", results.display()))?;
        let claims: Claims = serde_json::from_slice(&text).with_context(|| {
            format!("{} is damaged; make it again with 'fieldray-train experiment --sum-up'", results.display())
        })?;
        let command = format!("fieldray-train experiment trainer/experiments/{}.plan.toml", claims.name);
        report::of_experiment(&claims, &command, &arguments.run.join("report"))?
    } else {
        report::of_run(&arguments.run, &arguments.data.path(), arguments.key.as_deref())?
    };
    println!("The report is {}.", page.display());
    Ok(())
}
