//! `fieldray support-bundle`: what a technician sends to whoever looks after the boxes, without anything of a patient.
//!
//! What goes in is named here, field by field; nothing is packed for being there. Films, pictures, SOP instances, hashes of films,
//! patient numbers, senders, reasons of refusals (which may hold a file's name) and names of people stay on the box, and a moment is
//! told to the day.

pub(crate) mod told;

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use fieldray_common::bundle::Bundle;
use fieldray_common::screening::RegionSource;
use serde::Serialize;

use crate::archive::{BoxId, Records, StagesMs, durable, screenings};
use crate::choice::BundleChoice;
use crate::cli::plain;
use crate::clock::Timestamp;
use crate::config::Config;
use crate::models::{Source, listed};
use crate::{doctor, log};
use told::{AboutBox, Check, Point};

/// So many self-checks are told.
const CHECKS: u32 = 400;

/// Whose.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It holds no patient data: no film, no number or name, no identifier of an image, no time finer than a day.

Example:
  fieldray support-bundle --archive /var/lib/fieldray --config /etc/fieldray.toml --out support.tar
  tar -tvf support.tar")]
pub struct Arguments {
    /// Folder of the archive
    #[arg(long, value_name = "DIR")]
    archive: PathBuf,
    /// File of settings, to know the box's name and to check its model
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// File to write
    #[arg(long, value_name = "FILE", default_value = "fieldray-support.tar")]
    out: PathBuf,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// A line of `screenings.jsonl`
#[derive(Debug, Serialize)]
struct Screening<'a> {
    day: String,
    decision: &'a str,
    probability: Option<f64>,
    region: Option<&'a str>,
    region_source: Option<&'a str>,
    input_kind: Option<&'a str>,
    bundle_sha256: &'a str,
    elapsed_ms: StagesMs,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let settings = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)?;
    let records = Records::open(&arguments.archive)?;
    let source = Source::of(&arguments.bundle, &settings.model);
    let model = source.look();
    let files = [
        (told::BOX, this_box(&arguments.archive, &settings.display.name, &source, &model, &records)?),
        ("doctor.txt", page(&model, &arguments.archive)),
        ("screenings.jsonl", screened(&arguments.archive)?),
        (told::CHECKS, checked(&records)?),
        (told::POINTS, chosen(&records)?),
        ("audit.jsonl", logged(&arguments.archive)?),
    ];
    write(&arguments.out, &files).map_err(|error| {
        anyhow!("'{}' cannot be written ({}); check the folder and its disk", arguments.out.display(), plain(&error))
    })?;
    println!("wrote {}; it holds no patient data", arguments.out.display());
    Ok(ExitCode::SUCCESS)
}

fn this_box(archive: &Path, name: &str, source: &Source, model: &Result<Bundle>, records: &Records) -> Result<String> {
    let screened_last = records.last_bundle()?;
    let (bundle, bundle_sha256) = match model {
        Ok(bundle) => Some((bundle.manifest().id(), bundle.sha256().to_owned())).unzip(),
        Err(_) => screened_last.map(|bundle| (bundle.name, bundle.sha256)).unzip(),
    };
    let heads = model.iter().flat_map(|bundle| &bundle.manifest().heads);
    let told = AboutBox {
        name: name.to_owned(),
        id: Some(BoxId::of(archive)?),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        processor: std::env::consts::ARCH.to_owned(),
        day: Timestamp::now().day(),
        bundle,
        bundle_sha256,
        slots: match source {
            Source::File(_) => Vec::new(),
            Source::Store(choice) => {
                choice.open().ok().and_then(|(store, known)| listed(&store, &known).ok()).unwrap_or_default()
            }
        },
        thresholds: heads.map(|head| (head.name.clone(), head.operating_point)).collect(),
        archive: records.census()?,
    };
    Ok(serde_json::to_string(&told)? + "\n")
}

/// The doctor's page without the lines that name people and moments; what they tell stands in the other files.
fn page(model: &Result<Bundle>, archive: &Path) -> String {
    let lines = doctor::page(model, None).into_iter().chain([doctor::audit_log(archive)]);
    lines.map(|line| format!("{line}\n")).collect()
}

fn screened(archive: &Path) -> Result<String> {
    let mut lines = String::new();
    screenings::<anyhow::Error>(archive, |screened| {
        let line = Screening {
            day: screened.screened.day(),
            decision: screened.decision.name(),
            probability: screened.probability,
            region: screened.region.as_deref(),
            region_source: screened.region_source.map(RegionSource::name),
            input_kind: screened.input_kind.as_deref(),
            bundle_sha256: &screened.bundle_sha256,
            elapsed_ms: screened.elapsed_ms,
        };
        add(&mut lines, &line)
    })?;
    Ok(lines)
}

fn checked(records: &Records) -> Result<String> {
    let mut lines = String::new();
    for check in records.self_checks(CHECKS)?.iter().rev() {
        let line = Check {
            day: check.at.day(),
            bundle: check.bundle.name.clone(),
            bundle_sha256: check.bundle.sha256.clone(),
            films: check.films,
            agreeing: check.agreeing,
            largest_difference: check.largest_difference,
        };
        add(&mut lines, &line)?;
    }
    Ok(lines)
}

fn chosen(records: &Records) -> Result<String> {
    let mut lines = String::new();
    for chosen in records.chosen()? {
        let line = Point {
            day: chosen.at.day(),
            region: chosen.region.clone(),
            input_kind: chosen.kind.name().to_owned(),
            bundle_sha256: chosen.bundle.sha256.clone(),
            point: chosen.point,
        };
        add(&mut lines, &line)?;
    }
    Ok(lines)
}

/// What happened on which day. The chain of hashes cannot be followed without the rest of the lines: the doctor's page says whether it
/// holds.
fn logged(archive: &Path) -> Result<String> {
    let path = archive.join(log::FILE);
    let told = File::open(&path).and_then(|file| {
        let mut lines = String::new();
        for happened in log::happenings(BufReader::new(file)) {
            add(&mut lines, &happened?).map_err(io::Error::other)?;
        }
        Ok(lines)
    });
    told.with_context(|| format!("the log '{}' cannot be read", path.display()))
}

fn add(lines: &mut String, line: &impl Serialize) -> Result<()> {
    lines.push_str(&serde_json::to_string(line)?);
    lines.push('\n');
    Ok(())
}

/// Writes the files as one, whole or not at all.
fn write(out: &Path, files: &[(&str, String)]) -> io::Result<()> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, content.as_bytes())?;
    }
    durable::write(out, &out.with_added_extension("part"), &archive.into_inner()?)
}
