//! `fieldray-train experiment`: a claim, asked of many runs.

use std::path::PathBuf;

use anyhow::Result;
use fieldray_trainer::{
    experiment::{self, Claims, Place, Plan},
    folder::write_whole,
};
use tch::Device;

use super::Learner;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The plan, such as trainer/experiments/fracatlas.plan.toml
    plan: PathBuf,
    #[command(flatten)]
    learner: Learner,
    /// Learn and measure nothing: only sum up what is measured already
    #[arg(long)]
    sum_up: bool,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    let (plan, recipe) = Plan::open(&arguments.plan)?;
    let out = arguments.learner.begin(&plan.name);
    let Learner { data, only, threads, .. } = arguments.learner;
    let data = data.path();
    let place = Place { data: &data, out: &out, threads: threads.into(), device };
    if !arguments.sum_up {
        experiment::carry_out(&plan, &recipe, &place, only)?;
    }
    if only.is_none() {
        let claims = Claims::of(&plan, &recipe, &out)?;
        let text = serde_json::to_vec_pretty(&claims)?;
        let results = out.join("results.json");
        write_whole(&results, &text)?;
        print!("{claims}");
        println!("\nAll figures are in {}.", results.display());
    }
    Ok(())
}
