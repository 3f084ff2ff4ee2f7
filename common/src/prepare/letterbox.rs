//! Where a film of any shape lies on a square grid.

use ndarray::{Array2, s};

/// The rectangle of the grid that the film covers; the rest of the grid is black.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Side of the grid.
    pub side_px: usize,
    /// First grid column the film covers.
    pub left_px: usize,
    /// First grid row the film covers.
    pub top_px: usize,
    /// Grid columns the film covers.
    pub width_px: usize,
    /// Grid rows the film covers.
    pub height_px: usize,
    /// Columns of the film itself.
    pub film_width_px: usize,
    /// Rows of the film itself.
    pub film_height_px: usize,
}

impl Placement {
    /// The largest centred rectangle with the film's aspect ratio.
    pub fn centred(film_width_px: usize, film_height_px: usize, side_px: usize) -> Self {
        let longest = film_width_px.max(film_height_px);
        let scaled = |length: usize| ((length * side_px + longest / 2) / longest).max(1);
        let (width_px, height_px) = (scaled(film_width_px), scaled(film_height_px));
        Self {
            side_px,
            left_px: (side_px - width_px) / 2,
            top_px: (side_px - height_px) / 2,
            width_px,
            height_px,
            film_width_px,
            film_height_px,
        }
    }

    /// Sets `levels` (of the covered rectangle's size) into a black grid.
    pub(super) fn frame(&self, levels: &Array2<u8>) -> Array2<u8> {
        let mut grid = Array2::zeros((self.side_px, self.side_px));
        grid.slice_mut(s![self.top_px..self.top_px + self.height_px, self.left_px..self.left_px + self.width_px])
            .assign(levels);
        grid
    }

    /// The film's pixel under a point of the grid (both `[x, y]`), clamped to the film.
    pub fn film_point(&self, grid_point: [f64; 2]) -> [usize; 2] {
        let back = |at: f64, first: usize, covered: usize, film: usize| {
            let along = (at - first as f64 + 0.5) / covered as f64 * film as f64;
            (along.max(0.0) as usize).min(film - 1)
        };
        [
            back(grid_point[0], self.left_px, self.width_px, self.film_width_px),
            back(grid_point[1], self.top_px, self.height_px, self.film_height_px),
        ]
    }
}
