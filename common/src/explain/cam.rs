//! Class activation maps in closed form.

use ndarray::{Array1, Array2, Array3, Axis};

/// The evidence density of a feature map (C x h x w) for a score whose gradient with respect to the pooled features is given (C).
///
/// Grad-CAM weighs each channel with the mean of the score's gradient over the map (Selvaraju et al. 2017, eq. 1). Where the
/// score sees the map only through its mean, that gradient is the same everywhere: the pooled gradient over `h * w`. No backward
/// pass is needed. The result is Grad-CAM before its ReLU, times `h * w`: a density whose mean over the film is the part of the
/// score that these channels add, so that maps of different resolution can be summed.
pub fn class_activation(map: &Array3<f32>, gradient: &Array1<f64>) -> Array2<f64> {
    let (_, height, width) = map.dim();
    let mut evidence = Array2::zeros((height, width));
    for (channel, weight) in map.axis_iter(Axis(0)).zip(gradient) {
        evidence.zip_mut_with(&channel, |sum, value| *sum += weight * f64::from(*value));
    }
    evidence
}

/// A map at `side` x `side`, interpolated linearly between the centres of its cells.
pub(super) fn enlarge(map: &Array2<f64>, side: usize) -> Array2<f64> {
    let (height, width) = map.dim();
    let rows: Vec<Between> = (0..side).map(|at| Between::new(at, side, height)).collect();
    let columns: Vec<Between> = (0..side).map(|at| Between::new(at, side, width)).collect();
    Array2::from_shape_fn((side, side), |(y, x)| {
        let (row, column) = (&rows[y], &columns[x]);
        let along =
            |at: usize| map[[at, column.first]] * (1.0 - column.share) + map[[at, column.second]] * column.share;
        along(row.first) * (1.0 - row.share) + along(row.second) * row.share
    })
}

/// Two neighbouring cells and the share of the second.
struct Between {
    first: usize,
    second: usize,
    share: f64,
}

impl Between {
    fn new(at: usize, side: usize, cells: usize) -> Self {
        let position = ((at as f64 + 0.5) * cells as f64 / side as f64 - 0.5).clamp(0.0, (cells - 1) as f64);
        let first = position as usize;
        Self { first, second: (first + 1).min(cells - 1), share: position - first as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_density_is_the_score() {
        let map = Array3::from_shape_fn((5, 3, 4), |(c, y, x)| ((c * 7 + y * 3 + x) % 11) as f32);
        let gradient = Array1::from_shape_fn(5, |c| c as f64 - 1.5);
        let pooled = map.mean_axis(Axis(2)).unwrap().mean_axis(Axis(1)).unwrap().mapv(f64::from);
        let density = class_activation(&map, &gradient);
        assert!((density.mean().unwrap() - gradient.dot(&pooled)).abs() < 1e-5);
    }

    #[test]
    fn an_even_map_stays_even() {
        assert!(enlarge(&Array2::from_elem((3, 5), 0.7), 17).iter().all(|value| (value - 0.7).abs() < 1e-12));
    }
}
