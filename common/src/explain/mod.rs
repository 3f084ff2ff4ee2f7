//! Where the model looked.

mod cam;
mod overlay;

pub use cam::class_activation;
pub use overlay::overlay;

use ndarray::Array2;

use crate::prepare::Placement;

/// A heatmap over the prepared grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmap {
    /// Evidence for `abnormal`, side x side, 0 to 1; 0 outside the film. All zero where there is none.
    pub values: Array2<f32>,
    /// Where the film lies on the grid.
    pub placement: Placement,
    /// The place of the strongest evidence.
    pub peak: Peak,
}

/// Where a heatmap is strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peak {
    /// At this pixel of the film, `[x, y]`.
    At([usize; 2]),
    /// Nowhere: no part of the film speaks for `abnormal`.
    NoPositiveEvidence,
}

impl Heatmap {
    /// The heatmap of signed evidence `maps`, one a backbone, each over the whole grid at its own resolution.
    ///
    /// The maps are densities of the score, so they add up; what is negative in the sum is no evidence (the ReLU of Grad-CAM,
    /// Selvaraju et al. 2017), and what lies outside the film cannot be.
    pub fn new(maps: &[Array2<f64>], placement: Placement) -> Self {
        let side = placement.side_px;
        let mut values = Array2::<f64>::zeros((side, side));
        for map in maps {
            values += &cam::enlarge(map, side);
        }
        let inside = |x: usize, y: usize| {
            (placement.left_px..placement.left_px + placement.width_px).contains(&x)
                && (placement.top_px..placement.top_px + placement.height_px).contains(&y)
        };
        let mut strongest = (0.0, [0, 0]);
        for ((y, x), value) in values.indexed_iter_mut() {
            *value = if inside(x, y) { value.max(0.0) } else { 0.0 };
            if *value > strongest.0 {
                strongest = (*value, [x, y]);
            }
        }
        let (highest, [x, y]) = strongest;
        let peak = if highest > 0.0 {
            values /= highest;
            Peak::At(placement.film_point([x as f64, y as f64]))
        } else {
            Peak::NoPositiveEvidence
        };
        Self { values: values.mapv(|value| value as f32), placement, peak }
    }

    /// The evidence at a point of the film given as shares of its width and height (0 to 1), interpolated between the grid's cells.
    pub fn at(&self, across: f64, down: f64) -> f32 {
        let last = self.placement.side_px - 1;
        let along = |first: usize, length: usize, share: f64| {
            let position = (first as f64 + share * length as f64 - 0.5).clamp(0.0, last as f64);
            let cell = position as usize;
            (cell, (cell + 1).min(last), (position - cell as f64) as f32)
        };
        let (left, right, x) = along(self.placement.left_px, self.placement.width_px, across);
        let (above, below, y) = along(self.placement.top_px, self.placement.height_px, down);
        let row = |row: usize| self.values[[row, left]] * (1.0 - x) + self.values[[row, right]] * x;
        row(above) * (1.0 - y) + row(below) * y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn only_negative_evidence_has_no_peak() {
        let placement = Placement::centred(100, 100, 32);
        let heatmap = Heatmap::new(&[array![[-1.0, -2.0], [-0.5, -3.0]]], placement);
        assert_eq!(heatmap.peak, Peak::NoPositiveEvidence);
        assert!(heatmap.values.iter().all(|value| *value == 0.0));
    }

    #[test]
    fn the_peak_is_in_pixels_of_the_film() {
        let placement = Placement::centred(400, 200, 32);
        let mut map = Array2::zeros((4, 4));
        map[[1, 3]] = 2.0;
        let heatmap = Heatmap::new(&[map], placement);
        let Peak::At([x, y]) = heatmap.peak else { panic!("no peak") };
        assert!((340..400).contains(&x) && (30..70).contains(&y), "{x} {y}");
    }

    #[test]
    fn evidence_outside_the_film_does_not_count() {
        let placement = Placement::centred(400, 100, 32);
        let mut map = Array2::zeros((8, 8));
        map[[0, 0]] = 5.0;
        assert_eq!(Heatmap::new(&[map], placement).peak, Peak::NoPositiveEvidence);
    }
}
