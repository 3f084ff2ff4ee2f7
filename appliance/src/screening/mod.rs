//! `fieldray screen`: radiographs in, one line for each out, and the pictures of it where they are wanted.

mod act;
mod paths;
mod pictures;
mod record;

pub use act::{Act, ElapsedMs};
pub use pictures::Pictures;
pub(crate) use pictures::{make_folder, write};

use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Context, Result};
use fieldray_common::screening::Model;
use indicatif::{ProgressBar, ProgressStyle};

use crate::choice::{self, BundleChoice};
use paths::PictureNames;
use record::Record;

/// Exit status where at least one image could not be read.
const SOME_UNREADABLE: u8 = 2;

/// What to screen, and where the answers go.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each film gets a decision: normal, abnormal, refer (a person must look) or unreadable, with the reason.

Examples:
  fieldray screen film.dcm
  fieldray screen --region wrist photo.jpg
  fieldray screen --out results ward-3/            also writes the heatmaps
  fieldray screen --json ward-3/ > results.jsonl   one JSON object a line

Exit status: 0 where every image was screened, 2 where some could not be read, 1 for anything else.")]
pub struct Arguments {
    /// Films, or folders that are searched for films
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Body region of all these films [default: what the DICOM object says, else what the model sees]
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Folder to write each film's heatmap and the picture of the box's display into
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Films screened at the same time [default: one a processor core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let bundle = arguments.bundle.open()?;
    let given = arguments.region.as_deref().map(|name| choice::head_named(bundle.manifest(), name)).transpose()?;
    let inputs = paths::gather(&arguments.paths, arguments.out.as_deref())?;
    arguments.out.as_deref().map(make_folder).transpose()?;
    let model = Model::load(&bundle).context("the bundle cannot be used")?;
    let mut names = arguments.out.as_deref().map(PictureNames::new);

    let progress = progress(inputs.len());
    let mut unreadable = 0;
    for films in inputs.chunks(arguments.threads()) {
        let films: Vec<_> =
            films.iter().map(|input| (&input.path, names.as_mut().map(|names| names.next(&input.name)))).collect();
        let screened = thread::scope(|scope| {
            let started: Vec<_> = films
                .into_iter()
                .map(|(path, pictures)| scope.spawn(|| screen_one(&model, path, given, pictures)))
                .collect();
            started.into_iter().map(join).collect::<Vec<_>>()
        });
        for record in screened {
            let record = record?;
            unreadable += usize::from(record.is_unreadable());
            let line = if arguments.json { serde_json::to_string(&record)? } else { record.sentence() };
            progress.suspend(|| writeln!(io::stdout().lock(), "{line}"))?;
            progress.inc(1);
        }
    }
    progress.finish_and_clear();
    if !arguments.json {
        summarise(inputs.len(), unreadable, arguments)?;
    }
    Ok(if unreadable > 0 { ExitCode::from(SOME_UNREADABLE) } else { ExitCode::SUCCESS })
}

/// Screens one file and writes its pictures, whose names begin with `pictures`, where they are wanted.
fn screen_one(model: &Model, path: &Path, given: Option<usize>, pictures: Option<PathBuf>) -> Result<Record> {
    let act = Act::on_file(model, path, given)?;
    let pictures = pictures.map(|start| Pictures::write(model, &act, start)).transpose()?;
    Ok(Record::new(model, path, &act, pictures.as_ref()))
}

/// What a thread has done; a panic in it goes on in this one.
fn join<T>(started: ScopedJoinHandle<'_, T>) -> T {
    started.join().unwrap_or_else(|panic| resume_unwind(panic))
}

impl Arguments {
    fn threads(&self) -> usize {
        self.threads.or_else(|| thread::available_parallelism().ok()).map_or(1, NonZero::get)
    }
}

/// A bar on standard error, where that is a terminal and there is something to wait for.
fn progress(films: usize) -> ProgressBar {
    if films < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(films as u64);
    match ProgressStyle::with_template("{bar:32} {pos}/{len} films, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

fn summarise(films: usize, unreadable: usize, arguments: &Arguments) -> Result<()> {
    let mut out = io::stdout().lock();
    if films > 1 {
        writeln!(out, "\n{films} films, {unreadable} of them unreadable")?;
    }
    if let Some(folder) = &arguments.out {
        writeln!(out, "pictures are in {}", folder.display())?;
    }
    Ok(())
}
