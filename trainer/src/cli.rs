//! What can be asked of `fieldray-train`.

use std::{env, fs, path::PathBuf};

use anyhow::{Context, Result, ensure};
use clap::{Parser, Subcommand};
use fieldray_common::{
    bundle::{Bundle, TrustedKey},
    screening::Model,
};
use fieldray_trainer::{
    assemble, data, evaluate,
    folder::{RunFolder, write_whole},
    keys::SigningKey,
    learn::{self, progress::bar},
    network::Architecture,
    recipe::Recipe,
};
use tch::Device;

/// The demo key pair: public on purpose, so that anyone can make the default bundle again.
const DEMO_SECRET_KEY: &str = include_str!("../keys/demo.key");
const DEMO_PUBLIC_KEY: &str = include_str!("../../appliance/keys/demo.pub");

/// Trains Fieldray's models and exports them as signed bundles.
#[derive(Debug, Parser)]
#[command(name = "fieldray-train", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Carry out a recipe, from films to a signed bundle. A run that was stopped goes on where it was
    Run(Run),
    /// Measure a bundle on the held-out films of the recipe it was made by
    Evaluate(Evaluate),
}

#[derive(Debug, clap::Args)]
struct Run {
    /// The recipe, such as trainer/recipes/fracatlas-all.toml
    recipe: PathBuf,
    /// Folder that holds the data sets and the ImageNet weights [default: $FIELDRAY_DATA, else ../shared]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of the run [default: runs/NAME]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Learn this backbone and stop there, so that several learn side by side, each in a process
    #[arg(long, value_name = "BACKBONE", value_parser = architecture)]
    only: Option<Architecture>,
    /// Threads of one process; with other backbones beside it, one each is fastest
    #[arg(long, default_value_t = 1, value_name = "N")]
    threads: u16,
    /// minisign secret key that signs the bundle, its password in $FIELDRAY_KEY_PASSWORD [default: the public demo key]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Evaluate {
    /// The bundle, such as runs/fracatlas-all/bundle.frb
    bundle: PathBuf,
    /// The recipe it was made by: it says which films were held out
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Folder that holds the data sets [default: $FIELDRAY_DATA, else ../shared]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
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

fn architecture(name: &str) -> Result<Architecture, String> {
    let names = || Architecture::ALL.map(Architecture::name).join(", ");
    Architecture::ALL.into_iter().find(|known| known.name() == name).ok_or_else(|| format!("known are {}", names()))
}

impl Arguments {
    /// Does what was asked.
    pub fn carry_out(self, device: Device) -> Result<()> {
        match self.command {
            Command::Run(run) => run.carry_out(device),
            Command::Evaluate(evaluate) => evaluate.carry_out(),
        }
    }
}

impl Run {
    fn carry_out(self, device: Device) -> Result<()> {
        ensure!(self.threads > 0, "--threads: at least 1");
        tch::set_num_threads(self.threads.into());
        let recipe = Recipe::open(&self.recipe)?;
        let key = match self.key {
            Some(file) => SigningKey::open(&file, env::var("FIELDRAY_KEY_PASSWORD").ok())?,
            None => SigningKey::from_text(DEMO_SECRET_KEY, None)?,
        };
        let out = self.out.unwrap_or_else(|| PathBuf::from("runs").join(&recipe.name));
        let data = data_folder(self.data);
        let split = data::parted(&recipe, &data)?;
        let folder = RunFolder::open(&out, &recipe)?;
        let trained = learn::learn(&recipe, &split, &data, &folder, self.only, device)?;
        if self.only.is_some() {
            for backbone in trained {
                println!("{}", backbone.weights.display());
            }
            return Ok(());
        }
        let assembled = assemble::assemble(&recipe, &trained, &split, &folder, &key, self.threads.into())?;
        println!("{}", assembled.evaluation);
        println!("The bundle is {}.", assembled.bundle.display());
        Ok(())
    }
}

impl Evaluate {
    fn carry_out(self) -> Result<()> {
        let recipe = Recipe::open(&self.recipe)?;
        let key = match self.key {
            Some(file) => {
                fs::read_to_string(&file).with_context(|| format!("cannot read the key {}", file.display()))?
            }
            None => DEMO_PUBLIC_KEY.to_owned(),
        };
        let line = key.lines().find(|line| line.starts_with("RW")).unwrap_or_default();
        let trusted = [TrustedKey::from_base64("the given key", line)?];
        let content = fs::read(&self.bundle).with_context(|| format!("cannot read {}", self.bundle.display()))?;
        let model = Model::load(&Bundle::open(&content, &trusted)?)?;
        let split = data::parted(&recipe, &data_folder(self.data))?;
        let progress = bar("films");
        progress.set_prefix("evaluating");
        let data = format!("the hold-out of {} (seed {})", recipe.name, recipe.seed);
        let evaluation = evaluate::evaluate(&model, &split.hold_out, &data, self.threads.into(), &progress)?;
        progress.finish_and_clear();
        if let Some(file) = self.json {
            let report = serde_json::to_vec_pretty(&evaluation)?;
            write_whole(&file, |file| Ok(fs::write(file, &report)?))?;
        }
        println!("{evaluation}");
        Ok(())
    }
}

fn data_folder(given: Option<PathBuf>) -> PathBuf {
    given.or_else(|| env::var_os("FIELDRAY_DATA").map(PathBuf::from)).unwrap_or_else(|| PathBuf::from("../shared"))
}
