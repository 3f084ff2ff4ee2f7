//! `fieldray-train run`: from films to a signed bundle.

use std::{env, path::PathBuf};

use anyhow::{Result, ensure};
use fieldray_trainer::{
    assemble, data,
    folder::RunFolder,
    keys::SigningKey,
    learn::{self, progress::bar},
    network::Architecture,
    recipe::Recipe,
};
use tch::Device;

use super::{DataFolder, architecture};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    #[command(flatten)]
    data: DataFolder,
    /// Folder of the run [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Learn this backbone and stop there, so that several learn side by side, each in a process
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads of one process; with other backbones beside it, one each is fastest
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: u16,
    /// Take at most this many films of each source, to try a recipe out; recipe.toml in the run's folder then says so, too
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Folder of the prepared films, which runs may share [default: in the run's own folder]
    #[arg(long, value_name = "DIR")]
    grids: Option<PathBuf>,
    /// minisign secret key that signs the bundle, its password in $FIELDRAY_KEY_PASSWORD [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) fn run(arguments: Arguments, device: Device) -> Result<()> {
    ensure!(arguments.threads > 0, "--threads: at least 1");
    tch::set_num_threads(arguments.threads.into());
    let mut recipe = Recipe::open(&arguments.recipe)?;
    recipe.data.limit = arguments.limit.or(recipe.data.limit);
    let key = match arguments.key {
        Some(file) => SigningKey::open(&file, env::var("FIELDRAY_KEY_PASSWORD").ok())?,
        None => SigningKey::demo()?,
    };
    let out = arguments.out.unwrap_or_else(|| PathBuf::from("runs").join(&recipe.name));
    let data = arguments.data.path();
    let split = data::parted(&recipe, &data)?;
    let mut folder = RunFolder::open(&out, &recipe)?;
    if let Some(grids) = arguments.grids {
        folder = folder.with_grids(grids);
    }
    println!("{split}");
    folder.log(&split.to_string())?;
    data::check::hold_out(&recipe, &split.hold_out, folder.grids(), &bar("films"))?;
    let trained = learn::learn(&recipe, &split, &data, &folder, arguments.only, device)?;
    if arguments.only.is_some() {
        for backbone in trained {
            println!("{}", backbone.weights.display());
        }
        return Ok(());
    }
    let assembled = assemble::assemble(&recipe, &trained, &split, &data, &folder, &key, arguments.threads.into())?;
    print!("{}", assembled.evaluation);
    println!("\nThe bundle is {}.", assembled.bundle.display());
    Ok(())
}
