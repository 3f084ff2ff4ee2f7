//! Resampling with an anti-aliasing triangle filter, the two axes one after the other.

use ndarray::{Array2, ArrayView2, Axis};

/// Rows of the film that are reduced side by side: each sum is taken in the order of its taps, and the processor takes several at once.
const BAND: usize = 16;

/// Columns that are turned at once, so that what is written stays in the first cache.
const TURNED: usize = 64;

/// Film values at `width_px` x `height_px`, each the triangle-weighted mean of the film around it; smaller or larger than the film.
///
/// Rows are reduced as they stream by: of the film, only what is under the filter is touched twice.
pub(super) fn resample(film: &Array2<u16>, width_px: usize, height_px: usize) -> Array2<f32> {
    let (rows, columns) = film.dim();
    let across = Taps::new(columns, width_px);
    let down = Taps::new(rows, height_px);
    let mut narrow = Array2::<f32>::zeros((rows, width_px));
    let mut band = vec![[0.0; BAND]; columns];
    for (film, mut narrow) in film.axis_chunks_iter(Axis(0), BAND).zip(narrow.axis_chunks_iter_mut(Axis(0), BAND)) {
        turn(film, &mut band);
        for at in 0..width_px {
            let (first, weights) = across.at(at);
            let mut sums = [0.0_f32; BAND];
            for (values, weight) in band[first..].iter().zip(weights) {
                for (sum, value) in sums.iter_mut().zip(values) {
                    *sum += weight * value;
                }
            }
            narrow.column_mut(at).iter_mut().zip(sums).for_each(|(value, sum)| *value = sum);
        }
    }
    combine_rows(narrow.view(), &down)
}

/// Writes the columns of at most [`BAND`] rows one after the other.
fn turn(film: ArrayView2<u16>, band: &mut [[f32; BAND]]) {
    for (part, columns) in film.axis_chunks_iter(Axis(1), TURNED).zip(band.chunks_mut(TURNED)) {
        for (lane, row) in part.rows().into_iter().enumerate() {
            for (column, value) in columns.iter_mut().zip(row) {
                column[lane] = f32::from(*value);
            }
        }
    }
}

fn combine_rows(narrow: ArrayView2<f32>, down: &Taps) -> Array2<f32> {
    let mut out = Array2::<f32>::zeros((down.len(), narrow.ncols()));
    for (at, mut row) in out.rows_mut().into_iter().enumerate() {
        let (first, weights) = down.at(at);
        for (k, weight) in weights.iter().enumerate() {
            row.scaled_add(*weight, &narrow.row(first + k));
        }
    }
    out
}

/// For every output position, the first input position under the filter and the weights from there on (they sum to 1).
struct Taps {
    spans: Vec<(usize, usize, usize)>,
    weights: Vec<f32>,
}

impl Taps {
    fn new(input: usize, output: usize) -> Self {
        let step = input as f64 / output as f64;
        // Below its own size the filter widens to cover what is skipped; above, it interpolates between neighbours.
        let reach = step.max(1.0);
        let mut taps = Self { spans: Vec::with_capacity(output), weights: Vec::new() };
        for at in 0..output {
            let centre = (at as f64 + 0.5) * step;
            let first = (centre - reach).floor().max(0.0) as usize;
            let last = ((centre + reach).ceil() as usize).min(input);
            let raw: Vec<f64> =
                (first..last).map(|k| (1.0 - ((k as f64 + 0.5 - centre) / reach).abs()).max(0.0)).collect();
            let total: f64 = raw.iter().sum();
            taps.spans.push((first, taps.weights.len(), raw.len()));
            taps.weights.extend(raw.iter().map(|weight| (weight / total) as f32));
        }
        taps
    }

    fn len(&self) -> usize {
        self.spans.len()
    }

    fn at(&self, output: usize) -> (usize, &[f32]) {
        let (first, start, count) = self.spans[output];
        (first, &self.weights[start..start + count])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_at_its_own_size_is_unchanged() {
        let film = Array2::from_shape_fn((40, 33), |(y, x)| (y * 97 + x * 31) as u16);
        assert_eq!(resample(&film, 33, 40), film.mapv(f32::from));
    }

    #[test]
    fn each_value_is_the_sum_of_its_taps_in_their_order() {
        let film = Array2::from_shape_fn((53, 150), |(y, x)| ((y * 7919 + x * 104_729) % 65_536) as u16);
        let (across, down) = (Taps::new(150, 31), Taps::new(53, 20));
        let sum = |(first, weights): (usize, &[f32]), value: &dyn Fn(usize) -> f32| -> f32 {
            weights.iter().enumerate().fold(0.0, |sum, (k, weight)| sum + weight * value(first + k))
        };
        let small = resample(&film, 31, 20);
        for ((y, x), value) in small.indexed_iter() {
            let narrow = |row: usize| sum(across.at(x), &|column| f32::from(film[[row, column]]));
            assert_eq!(*value, sum(down.at(y), &narrow), "{y} {x}");
        }
    }

    #[test]
    fn an_even_film_stays_even_at_any_size() {
        let film = Array2::from_elem((50, 70), 1234_u16);
        for (width, height) in [(7, 5), (64, 64), (200, 90)] {
            assert!(resample(&film, width, height).iter().all(|value| (value - 1234.0).abs() < 0.01));
        }
    }

    #[test]
    fn halving_a_ramp_keeps_its_slope() {
        let film = Array2::from_shape_fn((64, 64), |(_, x)| (x * 100) as u16);
        let half = resample(&film, 32, 32);
        for x in 2..30 {
            assert!((half[[16, x]] - (x as f32 * 200.0 + 50.0)).abs() < 0.1, "{}", half[[16, x]]);
        }
    }
}
