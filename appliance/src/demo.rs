//! `fieldray demo`: what the product does, on films that need no patient.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use fieldray_common::phantom::{self, Phantom};
use fieldray_common::screening::Decision;

use crate::choice::BundleChoice;
use crate::screening::{Act, Effort, Pictures, load_side_by_side, make_folder, write};

/// Where the pictures go.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The films are drawn by a simulator of radiographs, so what is truly on them is known and printed beside the answer.

Examples:
  fieldray demo
  fieldray demo --out /tmp/demo")]
pub struct Arguments {
    /// Folder to write the films and pictures into
    #[arg(long, value_name = "DIR", default_value = "fieldray-demo")]
    out: PathBuf,
    /// How often a film is screened with parts of it hidden for its heatmap, where the model's classifiers have no gradient
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    samples: u32,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let folder = &arguments.out;
    make_folder(folder)?;
    let bundle = arguments.bundle.open()?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let effort = Effort { samples: arguments.samples as usize, threads, before_each: &|| ControlFlow::Continue(()) };
    let model = load_side_by_side(&bundle)?;

    let mut out = io::stdout().lock();
    let samples = phantom::samples();
    writeln!(out, "Screening {} drawn films with {}\n", samples.len(), bundle.manifest().id())?;
    writeln!(out, "{:<20}{:<11}{:<12}{:<13}{:<24}{:>8}", "film", "region", "decision", "probability", "truth", "time")?;
    let mut telling = None;
    for sample in samples {
        let drawn = phantom::simulate(&sample.request);
        let film = phantom::dicom(&drawn);
        write(&folder.join(format!("{}.dcm", sample.name)), &film)?;
        let mut act = Act::on_bytes(&model, &film, None)?;
        if act.lacks_heatmap() {
            act.explain_by_lime(&model, effort)?;
        }
        let pictures = Pictures::write(&model, &act, folder.join(sample.name))?;
        writeln!(out, "{:<20}{}", sample.name, answer(&act, &drawn)?)?;
        out.flush()?;
        if act.screening.decision == Decision::Abnormal && !drawn.fractures.is_empty() || telling.is_none() {
            telling = Some(pictures.display);
        }
    }

    let place = folder.display();
    writeln!(out, "\nIn {place}/ there is for each film:")?;
    writeln!(out, "  NAME.dcm           the film itself, a DICOM object")?;
    writeln!(out, "  NAME.display.png   what the display of the box shows")?;
    writeln!(out, "  NAME.heatmap.png   the film, coloured where the model sees signs of an abnormality")?;
    if let Some(telling) = telling {
        writeln!(out, "\nLook at {} first.", telling.display())?;
    }
    writeln!(out, "Then screen a film of your own: fieldray screen film.dcm")?;
    writeln!(
        out,
        "\nThese films were drawn and chosen to show how Fieldray works, not how well. It is a screening aid, not a diagnosis."
    )?;
    Ok(ExitCode::SUCCESS)
}

/// The rest of a film's row: what was said of it, and what is true.
fn answer(act: &Act, drawn: &Phantom) -> Result<String> {
    let screening = &act.screening;
    if screening.decision == Decision::Unreadable {
        bail!("a built-in film cannot be read ({}); this program is damaged, install it again", screening.reason);
    }
    let region = screening.region.as_ref().map_or("-", |choice| choice.name.as_str());
    let probability = screening.probability.map_or("-".to_owned(), |value| format!("{value:.2}"));
    let broken = if drawn.fractures.is_empty() { "intact" } else { "fractured" };
    let truth = if drawn.hardware.is_some() { format!("{broken}, with metal") } else { broken.to_owned() };
    let time = format!("{:.0} ms", act.elapsed_ms.total());
    Ok(format!("{region:<11}{:<12}{probability:<13}{truth:<24}{time:>8}", screening.decision.name()))
}
