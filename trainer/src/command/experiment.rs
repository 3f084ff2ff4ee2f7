//! `fieldray-train experiment`: a claim, asked of many runs.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use fieldray_trainer::{
    experiment::{self, Claims, Place, Plan},
    folder::write_whole,
    network::Architecture,
};
use tch::Device;

use super::{DataFolder, architecture};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plan, such as trainer/experiments/fracatlas.plan.toml
    plan: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// Folder of the runs [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Learn this backbone in all runs and measure nothing, so that several processes share the work
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads of this process
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: u16,
    /// Learn and measure nothing: only sum up what is measured already
    #[arg(long)]
    sum_up: bool,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    ensure!(arguments.threads > 0, "--threads: at least 1");
    tch::set_num_threads(arguments.threads.into());
    let (plan, recipe) = Plan::open(&arguments.plan)?;
    let out = arguments.out.unwrap_or_else(|| PathBuf::from("runs").join(&plan.name));
    let data = arguments.data.path();
    let place = Place { data: &data, out: &out, threads: arguments.threads.into(), device };
    if !arguments.sum_up {
        experiment::carry_out(&plan, &recipe, &place, arguments.only)?;
    }
    if arguments.only.is_none() {
        let claims = Claims::of(&plan, &recipe, &out)?;
        let text = serde_json::to_vec_pretty(&claims)?;
        let results = out.join("results.json");
        write_whole(&results, |file| Ok(fs::write(file, &text)?))?;
        print!("{claims}");
        println!("\nAll figures are in {}.", results.display());
    }
    Ok(())
}
