//! Where the model looked.

mod cam;
mod enlarge;
mod lime;
mod overlay;
mod ridge;
mod superpixel;

pub use cam::{Cam, class_activation};
pub use lime::{Lime, LimeError, LimeExplanation, Stability};
pub use overlay::{overlay, picture};
pub use superpixel::Superpixels;

use ndarray::{Array2, ArrayView1, ArrayView2, s};

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

/// The sum of signed evidence `maps`, each over the whole grid at its own resolution, at `side_px` x `side_px`.
///
/// The maps of a model's backbones are densities of one score, so they add up.
pub fn superpose(maps: &[Array2<f64>], side_px: usize) -> Array2<f64> {
    enlarge::enlarge(maps, [side_px; 2])
}

impl Heatmap {
    /// The heatmap of signed `evidence` over the grid (side x side).
    ///
    /// What is negative is no evidence (the ReLU of Grad-CAM, Selvaraju et al. 2017), and what lies outside the film cannot be.
    pub fn of(evidence: Array2<f64>, placement: Placement) -> Self {
        let Placement { left_px, top_px, width_px, height_px, .. } = placement;
        let film = s![top_px..top_px + height_px, left_px..left_px + width_px];
        let (peak, highest) = match summit(evidence.slice(film)) {
            Some((highest, [x, y])) => {
                (Peak::At(placement.film_point([x + left_px as f64, y + top_px as f64])), highest)
            }
            None => (Peak::NoPositiveEvidence, 1.0),
        };
        let mut values = Array2::zeros(evidence.dim());
        values.slice_mut(film).zip_mut_with(&evidence.slice(film), |to, from| *to = (from.max(0.0) / highest) as f32);
        Self { values, placement, peak }
    }

    /// Where it is strongest, as shares of the film's width and height (0 to 1); `None` where nothing speaks for `abnormal`.
    pub fn peak_share(&self) -> Option<[f64; 2]> {
        let share = |at: usize, length_px: usize| (at as f64 + 0.5) / length_px as f64;
        match self.peak {
            Peak::At([x, y]) => Some([share(x, self.placement.film_width_px), share(y, self.placement.film_height_px)]),
            Peak::NoPositiveEvidence => None,
        }
    }

    /// The evidence over the film alone, at `height_px` x `width_px`.
    fn over_film(&self, height_px: usize, width_px: usize) -> Array2<f32> {
        let Placement { left_px, top_px, width_px: columns, height_px: rows, .. } = self.placement;
        let part = [top_px..top_px + rows, left_px..left_px + columns];
        enlarge::enlarge_part(&self.values, part, [height_px, width_px])
    }
}

/// The highest value, if it is positive, and its place `[x, y]`. Where several share it, as on a superpixel, the one nearest to
/// their middle.
fn summit(values: ArrayView2<f64>) -> Option<(f64, [f64; 2])> {
    let rows: Vec<f64> = values.rows().into_iter().map(highest_of).collect();
    let highest = rows.iter().copied().fold(0.0, f64::max);
    let mut shared = Vec::new();
    for (y, _) in rows.iter().enumerate().filter(|(_, own)| **own == highest) {
        let places = values.row(y).into_iter().enumerate().filter(|(_, value)| **value == highest);
        shared.extend(places.map(|(x, _)| [x as f64, y as f64]));
    }
    let count = shared.len() as f64;
    let middle = shared.iter().fold([0.0, 0.0], |sum, [x, y]| [sum[0] + x / count, sum[1] + y / count]);
    let apart = |[x, y]: &[f64; 2]| (x - middle[0]).powi(2) + (y - middle[1]).powi(2);
    let place = shared.into_iter().min_by(|one, other| apart(one).total_cmp(&apart(other)))?;
    (highest > 0.0).then_some((highest, place))
}

/// The highest value of a row, or 0.
fn highest_of(row: ArrayView1<f64>) -> f64 {
    let higher = |one: f64, other: f64| if other > one { other } else { one };
    // Eight side by side, so that a processor compares as many at once as it can.
    let eights = row.exact_chunks(8).into_iter();
    let rest = row.iter().skip(row.len() / 8 * 8);
    let lanes = eights.fold([0.0; 8], |best, eight| std::array::from_fn(|lane| higher(best[lane], eight[lane])));
    lanes.iter().chain(rest).copied().fold(0.0, higher)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn only_negative_evidence_has_no_peak() {
        let placement = Placement::centred(100, 100, 32);
        let heatmap = Heatmap::of(superpose(&[array![[-1.0, -2.0], [-0.5, -3.0]]], 32), placement);
        assert_eq!(heatmap.peak, Peak::NoPositiveEvidence);
        assert!(heatmap.values.iter().all(|value| *value == 0.0));
    }

    #[test]
    fn the_peak_is_in_pixels_of_the_film() {
        let placement = Placement::centred(400, 200, 32);
        let mut map = Array2::zeros((4, 4));
        map[[1, 3]] = 2.0;
        let heatmap = Heatmap::of(superpose(&[map], 32), placement);
        let Peak::At([x, y]) = heatmap.peak else { panic!("no peak") };
        assert!((340..400).contains(&x) && (30..70).contains(&y), "{x} {y}");
    }

    #[test]
    fn the_peak_is_found_in_every_column() {
        for column in 0..13 {
            let values = Array2::from_shape_fn((2, 13), |(y, x)| f64::from(u8::from((y, x) == (1, column))));
            assert_eq!(summit(values.view()), Some((1.0, [column as f64, 1.0])));
        }
    }

    #[test]
    fn the_peak_of_a_plateau_is_inside_it() {
        let placement = Placement::centred(320, 320, 32);
        let plateau = Array2::from_shape_fn((32, 32), |(y, x)| {
            // Two arms of one corner: their middle is in neither, the peak is in the nearer.
            f64::from(u8::from((x == 4 && (4..20).contains(&y)) || (y == 4 && (4..24).contains(&x))))
        });
        let heatmap = Heatmap::of(plateau.clone(), placement);
        let Peak::At([x, y]) = heatmap.peak else { panic!("no peak") };
        assert_eq!(plateau[[y / 10, x / 10]], 1.0);
        assert!((x, y) != (45, 45), "the first of them, not the middle one");
    }

    #[test]
    fn evidence_outside_the_film_does_not_count() {
        let placement = Placement::centred(400, 100, 32);
        let mut map = Array2::zeros((8, 8));
        map[[0, 0]] = 5.0;
        assert_eq!(Heatmap::of(superpose(&[map], 32), placement).peak, Peak::NoPositiveEvidence);
    }
}
