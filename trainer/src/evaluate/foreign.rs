//! Does a model notice images that it must not judge?
//!
//! A person may hand the box anything, and name a region with it. What is none of the films a model was trained on must be refused as
//! unreadable or referred, whatever the classifiers make of it.

mod drawing;

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use fieldray_common::{
    radiograph::{Facts, Radiograph},
    read::{self, Accept, CtWindow, ReadError},
    region::Region,
    screening::{Decision, Model, Reason, Screening, screen},
};
use indicatif::ProgressBar;
use serde::{Deserialize, Serialize};

use self::drawing::Drawing;
use super::{figures::share, head_of, table};
use crate::{
    data::{
        self,
        manifest::Film,
        split::{HoldOut, Part},
    },
    parallel,
};

/// Most images of one sort.
const MOST: usize = 200;

/// Drawn images of each kind.
const DRAWN: u64 = 30;

/// What a model says of images it must not judge.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Foreign {
    /// Share of the held-out films that are taken for foreign: the price.
    pub false_alarms: f64,
    /// Each sort of images.
    pub sorts: Vec<Noticed>,
}

/// One sort of images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Noticed {
    /// What they are.
    pub images: String,
    /// How many.
    pub count: usize,
    /// Share that the box cannot read or does not find like the training films.
    pub unfamiliar: f64,
    /// Share that it does not decide: these, and those too close to call.
    pub undecided: f64,
}

/// One image, before it is read.
enum Image<'a> {
    /// A file, given to the box as it is.
    File(PathBuf),
    /// A CT slice, shown as a picture: given as it is, the box refuses it by its modality.
    Slice(PathBuf),
    /// A held-out film, black for white.
    Inverted(&'a Film),
    /// A drawn one.
    Drawn(Drawing, u64),
}

/// Gives the model chest films and CT slices (`chest-kermany` and `ct-contrast` in the folder `data`, where they are there and the
/// model does not screen such), photographs (any pictures in its folder `photographs`), the held-out films inverted, and drawn images;
/// with each a region, one after the other.
///
/// # Errors
/// Where the model fails, or a held-out film is gone.
pub fn measure(
    model: &Model,
    hold_out: &Part<HoldOut>,
    data: &Path,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Foreign> {
    let films: Vec<&Film> = hold_out.films().iter().filter(|film| head_of(model, film).is_some()).collect();
    let real = films.iter().any(|film| film.is_real());
    let films: Vec<&Film> = films.into_iter().filter(|film| film.is_real() == real).collect();
    let sorts = sorts(model, &films, data);
    progress.set_length((films.len() + sorts.iter().map(|(_, images)| images.len()).sum::<usize>()) as u64);

    let alarms = parallel::each(&films, threads, progress, |film| {
        let radiograph = data::radiograph(film, model.preparation()).with_context(|| format!("film {}", film.id))?;
        Ok(is_foreign(&screen(model, &radiograph, head_of(model, film), &mut |_| ())?))
    })?;
    let sorts = sorts.into_iter().map(|(name, images)| {
        let numbered: Vec<(usize, Image)> = images.into_iter().enumerate().collect();
        let screened = parallel::each(&numbered, threads, progress, |(number, image)| {
            Ok(match image.radiograph(model)? {
                Ok(radiograph) => screen(model, &radiograph, Some(number % model.heads().len()), &mut |_| ())?,
                Err(error) => Screening::unreadable(error),
            })
        })?;
        let undecided = |screening: &Screening| matches!(screening.decision, Decision::Refer | Decision::Unreadable);
        anyhow::Ok(Noticed {
            images: name.to_owned(),
            count: screened.len(),
            unfamiliar: share(screened.iter().map(is_foreign)).unwrap_or_default(),
            undecided: share(screened.iter().map(undecided)).unwrap_or_default(),
        })
    });
    Ok(Foreign { false_alarms: share(alarms.into_iter()).unwrap_or_default(), sorts: sorts.collect::<Result<_>>()? })
}

fn is_foreign(screening: &Screening) -> bool {
    matches!(screening.reason, Reason::Unfamiliar { .. } | Reason::Unreadable(_))
}

/// The sorts of images that there are, and that are foreign to the model.
fn sorts<'a>(model: &Model, films: &[&'a Film], data: &Path) -> Vec<(&'static str, Vec<Image<'a>>)> {
    let files = |folder: &str| spread(files(&data.join(folder)));
    let drawn = |drawing| (0..DRAWN).map(|seed| Image::Drawn(drawing, seed)).collect();
    let mut sorts: Vec<(&str, Vec<Image>)> = Vec::new();
    if model.manifest().head_for(Region::Chest).is_none() {
        sorts.push(("chest films", files("chest-kermany/images").into_iter().map(Image::File).collect()));
    }
    if model.preparation().ct_window_hu.is_none() {
        sorts.push(("CT slices", files("ct-contrast").into_iter().map(Image::File).collect()));
        sorts.push(("CT slices as pictures", files("ct-contrast").into_iter().map(Image::Slice).collect()));
    }
    sorts.push(("photographs", files("photographs").into_iter().map(Image::File).collect()));
    sorts.push(("inverted films", spread(films.to_vec()).into_iter().map(Image::Inverted).collect()));
    for drawing in Drawing::ALL {
        sorts.push((drawing.name(), drawn(drawing)));
    }
    sorts.retain(|(_, images)| !images.is_empty());
    sorts
}

impl Image<'_> {
    /// The image as the box reads it, or why it does not.
    fn radiograph(&self, model: &Model) -> Result<Result<Radiograph, ReadError>> {
        let bytes = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        Ok(match self {
            Image::File(path) => read::read(&bytes(path)?),
            Image::Slice(path) => read::read_accepting(&bytes(path)?, Accept::CtSlices(CtWindow::new(-160, 240)?)),
            Image::Inverted(film) => {
                let film = data::radiograph(film, model.preparation())?;
                Ok(Radiograph::new(film.pixels().mapv(|value| u16::MAX - value), film.facts().clone())?)
            }
            Image::Drawn(drawing, seed) => Ok(Radiograph::new(drawing.draw(*seed), Facts::default())?),
        })
    }
}

/// The files of a folder, in the order of their names; none where there is no folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

/// At most [`MOST`] of them, evenly spread.
fn spread<T>(all: Vec<T>) -> Vec<T> {
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Images that are none of the model's films, each given with a region; {:.1} % of the held-out films are taken for such:\n",
            self.false_alarms * 100.0
        )?;
        let rows = self.sorts.iter().map(|sort| {
            let Noticed { images, count, unfamiliar, undecided } = sort;
            vec![images.clone(), count.to_string(), format!("{unfamiliar:.3}"), format!("{undecided:.3}")]
        });
        table::table(f, &["images", "n", "unreadable or unfamiliar", "not decided"], rows)
    }
}
