//! The one pixel path: from a [`Radiograph`] to the grid a backbone sees.
//!
//! Training, evaluation and the box call [`Preparation::apply`], so a network never meets pixels that were made another way.
//! The film is reduced first and windowed after, so that all but the first step works on the small grid.

mod letterbox;
mod resample;
mod window;

pub use letterbox::Placement;

use ndarray::{Array2, Array4, Axis};
use serde::{Deserialize, Serialize};

use crate::radiograph::Radiograph;
use crate::read::{Accept, CtWindow};

/// How a film becomes a network's input. Part of the bundle, so that a model carries its own.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    /// The window through which CT slices are read. A preparation without one is of projection radiographs, and the box screens
    /// no others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ct_window_hu: Option<CtWindow>,
    /// Side of the square grid in pixels.
    pub side_px: usize,
    /// Share of the film's pixels that is shown black, in percent.
    pub black_percentile: f64,
    /// Share of the film's pixels at or below white, in percent.
    pub white_percentile: f64,
    /// Grey level (0 to 1) that becomes 0 in the tensor.
    pub mean: f32,
    /// Grey-level difference (0 to 1) that becomes 1 in the tensor.
    pub deviation: f32,
}

/// A prepared film: the grid, and where on it the film lies.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// `side_px` x `side_px` grey levels; black outside the film.
    pub grid: Array2<u8>,
    /// Where the film lies on the grid.
    pub placement: Placement,
}

/// Why a film cannot be prepared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// Nearly every pixel has the same value.
    #[error("the film is blank: all of it has the same brightness")]
    Blank,
}

impl Preparation {
    /// The images it is of: how they are read before they are prepared.
    pub fn accept(&self) -> Accept {
        self.ct_window_hu.map_or(Accept::Projections, Accept::CtSlices)
    }

    /// Reduces the film onto the grid, keeping its aspect ratio, and stretches its grey levels between the two percentiles.
    ///
    /// # Errors
    /// [`PrepareError::Blank`] where the two percentiles coincide: there is nothing to see on such a film.
    pub fn apply(&self, film: &Radiograph) -> Result<Prepared, PrepareError> {
        let placement = Placement::centred(film.width_px(), film.height_px(), self.side_px);
        let reduced = resample::resample(film.pixels(), placement.width_px, placement.height_px);
        let levels =
            window::stretch(&reduced, self.black_percentile, self.white_percentile).ok_or(PrepareError::Blank)?;
        Ok(Prepared { grid: placement.frame(&levels), placement })
    }

    /// The network's input for a grid: 1 x 1 x `side_px` x `side_px`.
    pub fn tensor(&self, grid: &Array2<u8>) -> Array4<f32> {
        let normalised: [f32; 256] = std::array::from_fn(|level| self.normalise(level as u8));
        grid.mapv(|level| normalised[usize::from(level)]).insert_axis(Axis(0)).insert_axis(Axis(0))
    }

    /// One grey level as the network sees it.
    pub fn normalise(&self, level: u8) -> f32 {
        (f32::from(level) / 255.0 - self.mean) / self.deviation
    }
}
