//! `fieldray-train run`: from films to a signed bundle.

use std::path::PathBuf;

use anyhow::Result;
use fieldray_trainer::{
    assemble, data,
    folder::RunFolder,
    keys::SigningKey,
    learn::{self, progress::bar},
    recipe::Recipe,
};
use tch::Device;

use super::{Learner, keys};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    #[command(flatten)]
    learner: Learner,
    /// Take at most this many films of each source, to try a recipe out; recipe.toml in the run's folder then says so, too
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Folder of the prepared films, which runs may share [default: in the run's own folder]
    #[arg(long, value_name = "DIR")]
    grids: Option<PathBuf>,
    /// minisign secret key that signs the bundle, its password in $FIELDRAY_KEY_PASSWORD, else asked for [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    let mut recipe = Recipe::open(&arguments.recipe)?;
    recipe.data.limit = arguments.limit.or(recipe.data.limit);
    let key = match arguments.key {
        Some(file) => SigningKey::open(&file, keys::password())?,
        None => SigningKey::demo()?,
    };
    let out = arguments.learner.begin(&recipe.name);
    let Learner { data, only, threads, .. } = arguments.learner;
    let data = data.path();
    let split = data::parted(&recipe, &data)?;
    let mut folder = RunFolder::open(&out, &recipe)?;
    if let Some(grids) = arguments.grids {
        folder = folder.with_grids(grids);
    }
    println!("{split}");
    folder.log(&split.to_string())?;
    data::check::hold_out(&recipe, &split.hold_out, folder.grids(), &bar("films"))?;
    let trained = learn::learn(&recipe, &split, &data, &folder, only, device)?;
    if only.is_some() {
        for backbone in trained {
            println!("{}", backbone.weights.display());
        }
        return Ok(());
    }
    let assembled = assemble::assemble(&recipe, &trained, &split, &data, &folder, &key, threads.into())?;
    print!("{}", assembled.evaluation);
    println!("\nThe bundle is {}.", assembled.bundle.display());
    Ok(())
}
