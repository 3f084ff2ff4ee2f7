//! The pictures of a screening: the film with its heatmap, and what the box's display shows.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, anyhow};
use embedded_graphics::geometry::Size;
use fieldray_board::display::Frame;
use fieldray_common::explain::{self, Heatmap, overlay};
use fieldray_common::radiograph::Radiograph;
use fieldray_common::screening::Model;
use image::{ImageFormat, RgbImage};

use super::Act;
use crate::cli::plain;
use crate::screen::{self, Look, ResultView, Screen, Typesetter};

/// Longest side of the heatmap picture.
pub(crate) const LONGEST_PX: u32 = 1024;

/// The display that is pictured.
const DISPLAY: Size = Size::new(800, 480);

/// A film as it can be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmPictures {
    /// The film alone.
    pub plain: Arc<RgbImage>,
    /// The film with its heatmap, where there is one.
    pub heated: Option<RgbImage>,
}

impl FilmPictures {
    /// Those of an act; `None` where there is no film.
    pub fn of(act: &Act) -> Option<Self> {
        Some(Self::over(picture(act.film.as_ref()?), act.screening.heatmap.as_ref()))
    }

    /// Those of a film that is pictured already.
    pub fn over(plain: Arc<RgbImage>, heatmap: Option<&Heatmap>) -> Self {
        let heated = heatmap.map(|heatmap| overlay(&plain, heatmap));
        Self { plain, heated }
    }

    /// The film alone, and with its heatmap.
    pub fn both(&self) -> (&RgbImage, Option<&RgbImage>) {
        (&self.plain, self.heated.as_ref())
    }
}

/// The picture of a film alone.
pub(crate) fn picture(film: &Radiograph) -> Arc<RgbImage> {
    Arc::new(explain::picture(film, LONGEST_PX))
}

/// Where a film's pictures were written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// The film with its heatmap, where there is one.
    pub heatmap: Option<PathBuf>,
    /// The picture of the box's display.
    pub display: PathBuf,
}

impl Pictures {
    /// Writes the pictures of `act` as `START.heatmap.png` and `START.display.png`.
    pub fn write(model: &Model, act: &Act, start: PathBuf) -> Result<Self> {
        if let Some(folder) = start.parent() {
            make_folder(folder)?;
        }
        let pictures = FilmPictures::of(act);
        let heatmap = match pictures.as_ref().and_then(|pictures| pictures.heated.as_ref()) {
            Some(picture) => {
                let path = with_ending(&start, ".heatmap.png");
                write(&path, &png(picture)?)?;
                Some(path)
            }
            None => None,
        };
        let pictures = pictures.as_ref().map(FilmPictures::both);
        let refusal = act.refusal.as_ref();
        let view = ResultView::new(model, &act.screening, refusal, pictures, act.elapsed_ms.total());
        let mut frame = Frame::new(DISPLAY);
        screen::draw(&Screen::Result(view), Look::default(), &mut Typesetter::new(), &mut frame)?;
        let display = with_ending(&start, ".display.png");
        write(&display, &frame.to_png()?)?;
        Ok(Self { heatmap, display })
    }
}

fn with_ending(start: &Path, ending: &str) -> PathBuf {
    let mut name = start.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Makes a folder for pictures, with those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| {
        anyhow!("the folder '{}' cannot be made ({}); choose another with --out", folder.display(), plain(&error))
    })
}

/// Writes a file into the folder of pictures.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|error| {
        anyhow!("'{}' cannot be written ({}); choose another folder with --out", path.display(), plain(&error))
    })
}

/// A picture as a PNG file.
pub(crate) fn png(picture: &RgbImage) -> Result<Vec<u8>> {
    let mut file = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}
