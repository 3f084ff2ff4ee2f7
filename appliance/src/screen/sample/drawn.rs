//! A drawn film with a drawn heatmap.

use fieldray_common::explain::{Heatmap, overlay, picture};
use fieldray_common::phantom::Phantom;
use fieldray_common::prepare::Placement;
use image::RgbImage;
use ndarray::Array2;

/// Cells of a drawn heatmap along each side.
const CELLS: usize = 64;

/// The pictures of a film.
pub(super) struct Drawn {
    /// The film alone.
    pub plain: RgbImage,
    /// The film with its heatmap.
    pub heated: RgbImage,
    /// Where the heatmap is strongest, as shares of width and height.
    pub peak: [f64; 2],
}

impl Drawn {
    /// The pictures of a drawn film; its heatmap lies around the fracture, or the middle where there is none.
    pub fn new(drawn: &Phantom) -> Self {
        let film = &drawn.film;
        let (width, height) = (film.width_px(), film.height_px());
        let peak = match drawn.fractures.first() {
            Some(place) => [
                (place.x as f64 + place.width as f64 / 2.0) / width as f64,
                (place.y as f64 + place.height as f64 / 2.0) / height as f64,
            ],
            None => [0.5, 0.6],
        };
        let placement = Placement::centred(width, height, CELLS);
        let centre = [
            placement.left_px as f64 + peak[0] * placement.width_px as f64,
            placement.top_px as f64 + peak[1] * placement.height_px as f64,
        ];
        let evidence = Array2::from_shape_fn((CELLS, CELLS), |(y, x)| {
            let (across, down) = (x as f64 + 0.5 - centre[0], y as f64 + 0.5 - centre[1]);
            1.0 / (1.0 + (across * across + down * down) / 22.0) - 0.12
        });
        let heatmap = Heatmap::of(evidence, placement);
        let plain = picture(film, 720);
        Self { heated: overlay(&plain, &heatmap), plain, peak }
    }
}
