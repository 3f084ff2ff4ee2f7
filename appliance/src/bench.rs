//! `fieldray bench`: how long every stage takes on this machine.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use fieldray_board::health;
use fieldray_common::phantom::{self, Metal, Request, State};
use fieldray_common::region::Region;
use fieldray_common::screening::{Decision, Model, Stage};
use ndarray::Array2;

use crate::choice::BundleChoice;
use crate::cli::plain;
use crate::screening::{Act, ElapsedMs, load_side_by_side, side_by_side};

/// Longer side of the drawn film: about 3 megapixels, as a common detector gives.
const LONG_SIDE_PX: usize = 2500;

/// What to measure with.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without PATH it screens a drawn film of about 3 megapixels. Close other programs first: they spoil the figures.

Examples:
  fieldray bench
  fieldray bench --rounds 100 film.dcm")]
pub struct Arguments {
    /// Films to measure with [default: a drawn one]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// How often each film is screened
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// How often a start from nothing is measured; 0 leaves it out
    #[arg(long, value_name = "N", default_value_t = 5)]
    cold_starts: u32,
    /// Run the model's networks at the same time, as 'fieldray run' does
    #[arg(long)]
    side_by_side: bool,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let films = Films::of(&arguments.paths)?;
    let begun = Instant::now();
    let bundle = arguments.bundle.open()?;
    let mut model = load_side_by_side(&bundle).context("the bundle cannot be used")?;
    let load_ms = begun.elapsed().as_secs_f64() * 1000.0;
    if arguments.side_by_side {
        model = model.running_backbones(side_by_side);
    }

    let mut acts: Vec<ElapsedMs> = Vec::new();
    for round in 0..=arguments.rounds {
        for path in &films.paths {
            let act = Act::on_file(&model, path, None)?;
            if act.screening.decision == Decision::Unreadable {
                bail!("'{}' cannot be measured: {}; give another film", path.display(), act.screening.reason);
            }
            // The first round fills the caches and is not counted.
            if round > 0 {
                acts.push(act.elapsed_ms);
            }
        }
    }
    let networks = networks_ms(&model, arguments.rounds)?;
    let cold = (0..arguments.cold_starts).map(|_| cold_start_ms(arguments, &films.paths[0]));
    let mut cold = cold.collect::<Result<Vec<_>>>()?;

    let mut out = io::stdout().lock();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = if arguments.side_by_side { "networks side by side on" } else { "1 thread of" };
    writeln!(out, "fieldray {} with {}, {threads} {cores} cores", env!("CARGO_PKG_VERSION"), bundle.manifest().id())?;
    writeln!(out, "{}, {} rounds\n", films.what, arguments.rounds)?;
    writeln!(out, "{:<24}{:>12}{:>12}{:>12}", "stage", "median ms", "p10", "p90")?;
    for stage in Stage::ALL {
        row(&mut out, stage.name(), acts.iter().map(|act| act.of(stage)).collect())?;
    }
    row(&mut out, "total", acts.iter().map(ElapsedMs::total).collect())?;
    writeln!(out, "\neach network alone")?;
    for (name, times_ms) in networks {
        row(&mut out, &name, times_ms)?;
    }
    writeln!(out, "\nopening the model  {load_ms:.0} ms")?;
    if !cold.is_empty() {
        let median = quantile(&mut cold, 0.5);
        writeln!(out, "cold start         {median:.0} ms, from the start of the program to its first result")?;
    }
    if let Some(peak) = health::peak_memory_bytes() {
        writeln!(out, "peak memory        {} MB", peak >> 20)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Milliseconds that each of the model's networks takes for a blank film by itself, the networks in turn.
fn networks_ms(model: &Model, rounds: u32) -> Result<Vec<(String, Vec<f64>)>> {
    let side_px = model.preparation().side_px;
    let film = model.preparation().tensor(&Array2::zeros((side_px, side_px)));
    let mut times_ms = vec![Vec::new(); model.backbones().len()];
    for _ in 0..rounds {
        for (backbone, times_ms) in model.backbones().iter().zip(&mut times_ms) {
            let begun = Instant::now();
            backbone.run(&film)?;
            times_ms.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
    }
    Ok(model.backbones().iter().map(|backbone| backbone.name().to_owned()).zip(times_ms).collect())
}

/// The films to measure with; a drawn one is removed at the end.
struct Films {
    what: String,
    paths: Vec<PathBuf>,
    drawn: bool,
}

impl Films {
    fn of(paths: &[PathBuf]) -> Result<Self> {
        if !paths.is_empty() {
            let what = if let [only] = paths { only.display().to_string() } else { format!("{} films", paths.len()) };
            return Ok(Self { what, paths: paths.to_vec(), drawn: false });
        }
        let request = Request {
            region: Region::Leg,
            state: State::Fractured,
            metal: Metal::Absent,
            long_side_px: LONG_SIDE_PX,
            seed: 1,
        };
        let drawn = phantom::simulate(&request);
        let what = format!("a drawn film of {} x {} pixels", drawn.film.width_px(), drawn.film.height_px());
        let path = std::env::temp_dir().join(format!("fieldray-bench-{}.dcm", std::process::id()));
        let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(&phantom::dicom(&drawn)));
        written.map_err(|error| {
            anyhow!("'{}' cannot be written ({}); give a film of your own", path.display(), plain(&error))
        })?;
        Ok(Self { what, paths: vec![path], drawn: true })
    }
}

impl Drop for Films {
    fn drop(&mut self) {
        if self.drawn {
            // It lies in the system's folder for temporary files; where it cannot be removed, the system will.
            let _ = self.paths.iter().try_for_each(fs::remove_file);
        }
    }
}

fn row(out: &mut impl Write, name: &str, mut values: Vec<f64>) -> io::Result<()> {
    let [median, low, high] = [0.5, 0.1, 0.9].map(|share| quantile(&mut values, share));
    writeln!(out, "{name:<24}{median:>12.2}{low:>12.2}{high:>12.2}")
}

/// The value below which `share` of the values lie, interpolated; 0 of none.
fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let Some(last) = values.len().checked_sub(1) else { return 0.0 };
    let position = share * last as f64;
    let (below, above) = (position.floor() as usize, position.ceil() as usize);
    values[below] + (values[above] - values[below]) * position.fract()
}

/// Milliseconds from starting this program anew until it has screened a film and ended.
fn cold_start_ms(arguments: &Arguments, film: &Path) -> Result<f64> {
    let program = std::env::current_exe().context("this program does not find its own file")?;
    let mut command = Command::new(program);
    command.arg("screen").args(arguments.bundle.to_arguments()).arg("--json").arg(film);
    let begun = Instant::now();
    let status = command.stdout(Stdio::null()).status().context("this program cannot be started anew")?;
    let elapsed_ms = begun.elapsed().as_secs_f64() * 1000.0;
    if !status.success() {
        bail!("this program failed when started anew; try 'fieldray screen {}'", film.display());
    }
    Ok(elapsed_ms)
}
