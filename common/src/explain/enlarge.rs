//! Maps at a finer resolution, interpolated linearly between the centres of their cells.

use std::ops::Range;

use ndarray::{Array2, NdFloat};

/// `map` at `height` x `width`.
pub(super) fn enlarge<T: NdFloat>(map: &Array2<T>, [height, width]: [usize; 2]) -> Array2<T> {
    let (rows, columns) = map.dim();
    enlarge_part(map, [0..rows, 0..columns], [height, width])
}

/// The rows and columns of `map` that `part` names, at `height` x `width`; interpolated with the cells around them, too.
pub(super) fn enlarge_part<T: NdFloat>(
    map: &Array2<T>,
    [rows, columns]: [Range<usize>; 2],
    [height, width]: [usize; 2],
) -> Array2<T> {
    let columns: Vec<Between<T>> = (0..width).map(|at| Between::new(at, width, &columns, map.ncols())).collect();
    let lines = map.rows().into_iter().flat_map(|row| {
        columns
            .iter()
            .map(move |Between { first, second, share }| row[*first] * (T::one() - *share) + row[*second] * *share)
    });
    let lines: Vec<T> = lines.collect();
    let line = |row: usize| &lines[row * width..][..width];
    let mut enlarged = Array2::zeros((height, width));
    for (at, mut out) in enlarged.rows_mut().into_iter().enumerate() {
        let Between { first, second, share } = Between::new(at, height, &rows, map.nrows());
        for (value, (above, below)) in out.iter_mut().zip(line(first).iter().zip(line(second))) {
            *value = *above * (T::one() - share) + *below * share;
        }
    }
    enlarged
}

/// Two neighbouring cells and the share of the second.
struct Between<T> {
    first: usize,
    second: usize,
    share: T,
}

impl<T: NdFloat> Between<T> {
    /// Where the centre of one of `count` equal pieces of `part` lies, of a row of `cells`.
    fn new(at: usize, count: usize, part: &Range<usize>, cells: usize) -> Self {
        let along = (at as f64 + 0.5) * part.len() as f64 / count as f64;
        let position = (part.start as f64 + along - 0.5).clamp(0.0, (cells - 1) as f64);
        let first = position as usize;
        // A share of one half has a value in every kind of number.
        let share = T::from(position - first as f64).unwrap_or_else(T::zero);
        Self { first, second: (first + 1).min(cells - 1), share }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn an_even_map_stays_even() {
        assert!(
            enlarge(&Array2::from_elem((3, 5), 0.7), [17, 17]).iter().all(|value: &f64| (value - 0.7).abs() < 1e-12)
        );
    }

    #[test]
    fn between_the_centres_of_two_cells_values_lie_on_a_line() {
        assert_eq!(enlarge(&array![[0.0, 4.0]], [1, 8]), array![[0.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 4.0]]);
    }

    #[test]
    fn a_part_is_what_the_whole_shows_there() {
        let map = Array2::from_shape_fn((6, 4), |(y, x)| (y * y + 3 * x) as f64);
        let whole = enlarge(&map, [24, 16]);
        let part = enlarge_part(&map, [2..5, 1..3], [12, 8]);
        assert_eq!(part, whole.slice(ndarray::s![8..20, 4..12]));
    }
}
