//! `fieldray phantom`: simulated films with known answers, for trying things out and for the tests.

use std::{
    fmt::Write as _,
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use fieldray_common::{
    phantom::{self, MAX_SIDE_PX, Metal, Phantom, REGIONS, Request, State},
    radiograph::MIN_SIDE_PX,
    region::Region,
};

/// What to simulate and where to put it.
#[derive(Debug, Args)]
#[command(after_help = "\
The same seed always gives the same film. A list beside the films says what is true of each.

Examples:
  fieldray phantom --out films
  fieldray phantom --out films --region wrist --count 100 --format png")]
pub struct Arguments {
    /// Folder to write to; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// How many films; every second one is fractured
    #[arg(long, value_name = "N", default_value_t = 10)]
    count: u64,
    /// Seed of the first film; the same seed always gives the same film
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Only this region: hand, wrist, forearm, humerus, shoulder, hip or leg
    #[arg(long, value_name = "NAME", value_parser = region)]
    region: Option<Region>,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Dicom)]
    format: Format,
    /// Pixels on the longer side of a film
    #[arg(long, value_name = "PX", default_value_t = 900)]
    size: usize,
}

/// A kind of output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// DICOM files, and phantoms.csv with the answers
    Dicom,
    /// PNG pictures, and phantoms.csv with the answers
    Png,
    /// PNG pictures and lists laid out as the MURA data set has them
    Mura,
}

/// Writes the films that were asked for.
///
/// # Errors
/// Where the size is out of range or something cannot be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let sizes = 2 * MIN_SIDE_PX..=MAX_SIDE_PX;
    ensure!(
        sizes.contains(&arguments.size),
        "--size {} is out of range; choose {} to {} pixels",
        arguments.size,
        sizes.start(),
        sizes.end()
    );
    ensure!(arguments.count > 0, "--count 0 asks for no film; ask for at least one");
    match arguments.format {
        Format::Dicom => files(arguments, "dcm", phantom::dicom)?,
        Format::Png => files(arguments, "png", phantom::png)?,
        Format::Mura => mura(arguments)?,
    }
    writeln!(io::stdout().lock(), "{} simulated films in {}", arguments.count, arguments.out.display())?;
    Ok(ExitCode::SUCCESS)
}

/// One file a film, and a list of what is true of each.
fn files(arguments: &Arguments, extension: &str, encode: fn(&Phantom) -> Vec<u8>) -> anyhow::Result<()> {
    let mut list = String::from("file,region,fractured,hardware,boxes\n");
    for number in 0..arguments.count {
        let film = phantom::simulate(&arguments.request(number));
        let fractured = u8::from(film.request.state == State::Fractured);
        let name = format!("{}-{:05}.{extension}", film.request.region, film.request.seed);
        write(&arguments.out.join(&name), &encode(&film))?;
        let hardware = film.hardware.map_or("", |hardware| hardware.name());
        let boxes: Vec<String> =
            film.fractures.iter().map(|place| place.to_array().map(|side| side.to_string()).join(" ")).collect();
        writeln!(list, "{name},{},{fractured},{hardware},{}", film.request.region, boxes.join(";"))?;
    }
    write(&arguments.out.join("phantoms.csv"), list.as_bytes())
}

/// The layout of MURA 1.1: a folder a region, a patient and a study, and lists of images and of studies with their label.
fn mura(arguments: &Arguments) -> anyhow::Result<()> {
    for split in [Split::Train, Split::Valid] {
        let (mut images, mut studies) = (String::new(), String::new());
        for number in (0..arguments.count).filter(|&number| Split::of(number) == split) {
            let film = phantom::simulate(&arguments.request(number));
            let (label, flag) = match film.request.state {
                State::Fractured => ("positive", 1),
                State::Intact => ("negative", 0),
            };
            let region = film.request.region.name().to_ascii_uppercase();
            let study = format!("MURA-v1.1/{}/XR_{region}/patient{:05}/study1_{label}/", split.name(), number + 1);
            let image = format!("{study}image1.png");
            write(&arguments.out.join(&image), &phantom::png(&film))?;
            writeln!(images, "{image}")?;
            writeln!(studies, "{study},{flag}")?;
        }
        let lists = arguments.out.join("MURA-v1.1");
        write(&lists.join(format!("{}_image_paths.csv", split.name())), images.as_bytes())?;
        write(&lists.join(format!("{}_labeled_studies.csv", split.name())), studies.as_bytes())?;
    }
    Ok(())
}

/// A part of the MURA data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Split {
    Train,
    Valid,
}

impl Split {
    /// Two films in ten, one of each class, are for validation.
    fn of(number: u64) -> Self {
        if number % 10 >= 8 { Split::Valid } else { Split::Train }
    }

    fn name(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Valid => "valid",
        }
    }
}

impl Arguments {
    fn request(&self, number: u64) -> Request {
        // Pairs of an intact and a fractured film go through the regions in turn.
        let in_turn = REGIONS[(number / 2 % REGIONS.len() as u64) as usize];
        Request {
            region: self.region.unwrap_or(in_turn),
            state: if number.is_multiple_of(2) { State::Intact } else { State::Fractured },
            metal: Metal::BySeed,
            long_side_px: self.size,
            seed: self.seed.wrapping_add(number),
        }
    }
}

fn region(name: &str) -> Result<Region, String> {
    name.parse().ok().filter(|region| REGIONS.contains(region)).ok_or_else(|| {
        format!("there is no phantom of '{name}'; there is one of {}", REGIONS.map(Region::name).join(", "))
    })
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
