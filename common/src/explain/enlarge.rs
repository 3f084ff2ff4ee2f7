//! Maps at a finer resolution, interpolated linearly between the centres of their cells.

use std::ops::Range;

use ndarray::{Array2, ArrayViewMut1, NdFloat, Zip};

/// The sum of `maps`, each at its own resolution, at `height` x `width`.
pub(super) fn enlarge<T: NdFloat>(maps: &[Array2<T>], [height, width]: [usize; 2]) -> Array2<T> {
    let whole = |map: &Array2<T>| [0..map.nrows(), 0..map.ncols()];
    let wide: Vec<Wide<T>> = maps.iter().map(|map| Wide::new(map, whole(map), width)).collect();
    let mut sum = Array2::zeros((height, width));
    // Line by line: one stays in the nearest cache until all maps are in it.
    for (at, mut line) in sum.rows_mut().into_iter().enumerate() {
        wide.iter().for_each(|map| map.add_line(at, height, line.view_mut()));
    }
    sum
}

/// The rows and columns of `map` that `part` names, at `height` x `width`; interpolated with the cells around them, too.
pub(super) fn enlarge_part<T: NdFloat>(
    map: &Array2<T>,
    part: [Range<usize>; 2],
    [height, width]: [usize; 2],
) -> Array2<T> {
    let wide = Wide::new(map, part, width);
    let mut enlarged = Array2::zeros((height, width));
    enlarged.rows_mut().into_iter().enumerate().for_each(|(at, line)| wide.add_line(at, height, line));
    enlarged
}

/// A map at its final width, but not yet at its final height.
struct Wide<T> {
    lines: Array2<T>,
    /// The rows that are wanted.
    part: Range<usize>,
}

impl<T: NdFloat> Wide<T> {
    fn new(map: &Array2<T>, [part, columns]: [Range<usize>; 2], width: usize) -> Self {
        let columns: Vec<Between<T>> = (0..width).map(|at| Between::new(at, width, &columns, map.ncols())).collect();
        let lines = Array2::from_shape_fn((map.nrows(), width), |(row, column)| {
            let Between { first, second, share } = columns[column];
            map[[row, first]] * (T::one() - share) + map[[row, second]] * share
        });
        Self { lines, part }
    }

    /// Adds the line `at` of `height` equal ones.
    fn add_line(&self, at: usize, height: usize, line: ArrayViewMut1<T>) {
        let Between { first, second, share } = Between::new(at, height, &self.part, self.lines.nrows());
        let add = |value: &mut T, above: &T, below: &T| *value += *above * (T::one() - share) + *below * share;
        Zip::from(line).and(self.lines.row(first)).and(self.lines.row(second)).for_each(add);
    }
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
            enlarge(&[Array2::from_elem((3, 5), 0.7)], [17, 17]).iter().all(|value: &f64| (value - 0.7).abs() < 1e-12)
        );
    }

    #[test]
    fn between_the_centres_of_two_cells_values_lie_on_a_line() {
        assert_eq!(enlarge(&[array![[0.0, 4.0]]], [1, 8]), array![[0.0, 0.0, 0.5, 1.5, 2.5, 3.5, 4.0, 4.0]]);
    }

    #[test]
    fn a_part_is_what_the_whole_shows_there() {
        let map = Array2::from_shape_fn((6, 4), |(y, x)| (y * y + 3 * x) as f64);
        let whole = enlarge(std::slice::from_ref(&map), [24, 16]);
        let part = enlarge_part(&map, [2..5, 1..3], [12, 8]);
        assert_eq!(part, whole.slice(ndarray::s![8..20, 4..12]));
    }
}
