//! Experiments: a claim asked of many runs that differ in one thing only.
//!
//! A [`Plan`] names targets, and arms that learn for them in different ways. Every arm is learned once for each fold of the target's
//! films, so that over all folds every film is held out once; what is learned from the source before has seen none of them. The
//! runs can be stopped at any time, and go on where they were.

mod corruption;
mod plan;

mod job;
mod measure;

mod claims;

pub use claims::{ArmFigures, Claims, Curve, Difference, FUSION, Score};
pub use corruption::Corruption;
pub use job::Job;
pub use measure::Measured;
pub use plan::{Arm, ArmStart, Comparison, Plan, Target};

use std::path::Path;

use anyhow::{Context, Result};
use tch::Device;

use crate::{data, folder::RunFolder, learn, network::Architecture, recipe::Recipe};

/// Where an experiment works, and with what.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Folder of the data sets.
    pub data: &'a Path,
    /// Folder of the runs.
    pub out: &'a Path,
    /// Threads that measure.
    pub threads: usize,
    /// What learns.
    pub device: Device,
}

/// Learns every run of the plan that is not learned yet, and measures it; with `only` one backbone, that one is learned and nothing
/// is measured, so that several processes share the work.
pub fn carry_out(plan: &Plan, base: &Recipe, place: &Place<'_>, only: Option<Architecture>) -> Result<()> {
    let jobs = Job::all(plan);
    for (at, job) in jobs.iter().enumerate() {
        let folder = job.folder(place.out);
        if Measured::path(&folder).exists() {
            continue;
        }
        eprintln!("{} of {}: {}", at + 1, jobs.len(), job.name());
        let one = || -> Result<()> {
            if let Some((recipe, folder)) = job.source(base, place.out) {
                learned(&recipe, &folder, place, only)?;
            }
            let recipe = job.recipe(base, place.out);
            let (trained, split) = learned(&recipe, &folder, place, only)?;
            if only.is_none() {
                measure::measure(plan, job, &recipe, &trained, &split, place)?.save(&folder)?;
            }
            Ok(())
        };
        one().with_context(|| job.name())?;
    }
    Ok(())
}

fn learned(
    recipe: &Recipe,
    folder: &Path,
    place: &Place<'_>,
    only: Option<Architecture>,
) -> Result<(Vec<learn::TrainedBackbone>, data::split::Split)> {
    let split = data::parted(recipe, place.data)?;
    let folder = RunFolder::open(folder, recipe)?.with_grids(place.out.join("grids"));
    let trained = learn::learn(recipe, &split, place.data, &folder, only, place.device)?;
    Ok((trained, split))
}
