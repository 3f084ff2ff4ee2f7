//! `fieldray screen`: radiographs in, one line for each out, and the pictures of it where they are wanted.

mod act;
mod lime;
mod paths;
mod pictures;
mod record;
mod side_by_side;

pub(crate) use act::film;
pub use act::{Act, ElapsedMs};
pub use lime::{Effort, LimeAccount};
pub(crate) use paths::{gather, is_left_out};
pub use pictures::{FilmPictures, Pictures};
pub(crate) use pictures::{LONGEST_PX, make_folder, picture, png, write};
pub use side_by_side::{load_side_by_side, side_by_side};

use std::io::{self, IsTerminal, Write};
use std::num::NonZero;
use std::ops::ControlFlow;
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
  fieldray screen --explain lime --out results film.dcm

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
    /// What the heatmap is made by: grad-cam is exact and takes no time; lime screens each film again and again with parts of it
    /// hidden, and says how stable its answer is. A classifier without a gradient always gets lime
    #[arg(long, value_enum, value_name = "METHOD", default_value_t = Method::GradCam)]
    explain: Method,
    /// How often lime screens a film; more make its answer more stable
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    samples: u32,
    /// Films screened at the same time, or samples of one film [default: one a processor core]
    #[arg(long, value_name = "N")]
    threads: Option<NonZero<usize>>,
    /// Print one JSON object a line, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// What a heatmap is made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Method {
    /// The gradient of the whole fused model, in closed form.
    GradCam,
    /// The answers to the film with parts of it hidden.
    Lime,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let bundle = arguments.bundle.open()?;
    let given = arguments.region.as_deref().map(|name| choice::head_named(bundle.manifest(), name)).transpose()?;
    let inputs = gather(&arguments.paths, arguments.out.as_deref())?;
    arguments.out.as_deref().map(make_folder).transpose()?;
    let mut model = load_side_by_side(&bundle).context("the bundle cannot be used")?;
    let mut names = arguments.out.as_deref().map(PictureNames::new);

    // LIME is screening one film many times: then all threads work on one film, and the bar counts its samples.
    let threads = arguments.threads();
    // Several films keep the cores busy by themselves.
    if threads > 1 && inputs.len() == 1 {
        model = model.running_backbones(side_by_side);
    }
    let (abreast, steps, what) = match arguments.explain {
        Method::GradCam => (threads, 1, "films"),
        Method::Lime => (1, u64::from(arguments.samples), "samples"),
    };
    let progress = progress(inputs.len() as u64 * steps, what);
    let sampling = || {
        match arguments.explain {
            Method::GradCam => {}
            Method::Lime => progress.inc(1),
        }
        ControlFlow::Continue(())
    };
    let effort =
        Effort { samples: arguments.samples as usize, threads: (threads / abreast).max(1), before_each: &sampling };
    let (mut screened, mut unreadable) = (0, 0);
    for films in inputs.chunks(abreast) {
        let films: Vec<_> =
            films.iter().map(|input| (&input.path, names.as_mut().map(|names| names.next(&input.name)))).collect();
        let records = thread::scope(|scope| {
            let started: Vec<_> = films
                .into_iter()
                .map(|(path, pictures)| {
                    scope.spawn(|| screen_one(&model, path, given, arguments.explain, effort, pictures))
                })
                .collect();
            started.into_iter().map(join).collect::<Vec<_>>()
        });
        for record in records {
            let record = record?;
            screened += 1;
            unreadable += usize::from(record.is_unreadable());
            let line = if arguments.json { serde_json::to_string(&record)? } else { record.sentence() };
            progress.suspend(|| writeln!(io::stdout().lock(), "{line}"))?;
            progress.set_position(screened * steps);
        }
    }
    progress.finish_and_clear();
    if !arguments.json {
        summarise(inputs.len(), unreadable, arguments)?;
    }
    Ok(if unreadable > 0 { ExitCode::from(SOME_UNREADABLE) } else { ExitCode::SUCCESS })
}

/// Screens one file and writes its pictures, whose names begin with `pictures`, where they are wanted.
fn screen_one(
    model: &Model,
    path: &Path,
    given: Option<usize>,
    method: Method,
    effort: Effort<'_>,
    pictures: Option<PathBuf>,
) -> Result<Record> {
    let mut act = Act::on_file(model, path, given)?;
    if method == Method::Lime || act.lacks_heatmap() {
        let explained = act.explain_by_lime(model, effort);
        explained.with_context(|| format!("the model failed on parts of '{}'", path.display()))?;
    }
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

/// A bar on standard error that counts `what`, where that is a terminal and there is something to wait for.
fn progress(steps: u64, what: &str) -> ProgressBar {
    if steps < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(steps);
    match ProgressStyle::with_template(&format!("{{bar:32}} {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left")) {
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
