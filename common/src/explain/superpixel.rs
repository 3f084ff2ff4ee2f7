//! A film cut into superpixels: patches of like brightness that follow its edges.

use std::collections::VecDeque;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use crate::prepare::{Placement, Prepared};

/// How much nearness counts against likeness. The value its authors recommend for colours of range 100.
const COMPACTNESS: f64 = 10.0;

/// Rounds of assigning and moving. Its authors found ten to be enough for any picture.
const ROUNDS: usize = 10;

/// The superpixels of a prepared film. Every one is connected, and every pixel of the film is in exactly one.
#[derive(Debug, Clone, PartialEq)]
pub struct Superpixels {
    /// The superpixel of each pixel that the film covers (`height_px` x `width_px` of the placement).
    labels: Array2<u16>,
    /// The mean grey level of each.
    means: Vec<u8>,
    placement: Placement,
}

impl Superpixels {
    /// About `wanted` superpixels (at least 1) by simple linear iterative clustering (SLIC, Achanta et al. 2012, IEEE TPAMI 34).
    ///
    /// The grid outside the film is left out. The same film gives the same superpixels.
    pub fn of(film: &Prepared, wanted: u16) -> Self {
        let covered = covered(&film.grid, film.placement);
        let labels = slic(&covered.mapv(|level| f64::from(level) / 255.0 * 100.0), wanted.max(1));
        let count = labels.iter().max().map_or(0, |highest| usize::from(*highest) + 1);
        let mut sums = vec![(0_u32, 0_u32); count];
        for (label, level) in labels.iter().zip(covered) {
            let (pixels, sum) = &mut sums[usize::from(*label)];
            (*pixels, *sum) = (*pixels + 1, *sum + u32::from(*level));
        }
        let means = sums.into_iter().map(|(pixels, sum)| ((sum + pixels / 2) / pixels) as u8).collect();
        Self { labels, means, placement: film.placement }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.means.len()
    }

    /// The superpixel of each pixel that the film covers, below [`Superpixels::count`].
    pub fn labels(&self) -> &Array2<u16> {
        &self.labels
    }

    /// Where the film lies on the grid.
    pub fn placement(&self) -> Placement {
        self.placement
    }

    /// The `grid` with every superpixel that is not `shown` flattened to its mean grey level.
    pub fn hide(&self, grid: &Array2<u8>, shown: ArrayView1<'_, bool>) -> Array2<u8> {
        let mut grid = grid.clone();
        let Placement { left_px, top_px, .. } = self.placement;
        for ((y, x), label) in self.labels.indexed_iter() {
            if !shown[usize::from(*label)] {
                grid[[top_px + y, left_px + x]] = self.means[usize::from(*label)];
            }
        }
        grid
    }

    /// A value for each superpixel laid over the whole grid (side x side), 0 outside the film.
    pub fn spread(&self, values: &Array1<f64>) -> Array2<f64> {
        let Placement { side_px, left_px, top_px, .. } = self.placement;
        let mut spread = Array2::zeros((side_px, side_px));
        for ((y, x), label) in self.labels.indexed_iter() {
            spread[[top_px + y, left_px + x]] = values[usize::from(*label)];
        }
        spread
    }
}

/// The part of a grid that the film covers.
fn covered(grid: &Array2<u8>, Placement { left_px, top_px, width_px, height_px, .. }: Placement) -> ArrayView2<'_, u8> {
    grid.slice(s![top_px..top_px + height_px, left_px..left_px + width_px])
}

/// The middle of a cluster.
#[derive(Debug, Clone, Copy, Default)]
struct Centre {
    level: f64,
    x: f64,
    y: f64,
}

/// Labels of connected clusters of `film`, whose levels are 0 to 100.
fn slic(film: &Array2<f64>, wanted: u16) -> Array2<u16> {
    let (height, width) = film.dim();
    let spacing = ((height * width) as f64 / f64::from(wanted)).sqrt().max(1.0);
    let cells = |length: usize| ((length as f64 / spacing).round() as usize).clamp(1, length);
    let (rows, columns) = (cells(height), cells(width));
    let mut centres: Vec<Centre> = (0..rows * columns)
        .map(|at| {
            let middle = |cell: usize, cells: usize, length: usize| (2 * cell + 1) * length / (2 * cells);
            flattest_nearby(film, middle(at / columns, rows, height), middle(at % columns, columns, width))
        })
        .collect();
    let mut labels = Array2::from_shape_fn((height, width), |(y, x)| y * rows / height * columns + x * columns / width);
    for _ in 0..ROUNDS {
        assign(film, &centres, spacing, &mut labels);
        move_to_means(film, &labels, &mut centres);
    }
    connect(&labels, (spacing * spacing / 4.0) as usize)
}

/// The pixel with the smallest gradient among the nine at `(y, x)`: a centre should not begin on an edge.
fn flattest_nearby(film: &Array2<f64>, y: usize, x: usize) -> Centre {
    let (height, width) = film.dim();
    let gradient = |y: usize, x: usize| {
        let across = film[[y, (x + 1).min(width - 1)]] - film[[y, x.saturating_sub(1)]];
        let down = film[[(y + 1).min(height - 1), x]] - film[[y.saturating_sub(1), x]];
        across * across + down * down
    };
    let mut best = (gradient(y, x), y, x);
    for y in y.saturating_sub(1)..(y + 2).min(height) {
        for x in x.saturating_sub(1)..(x + 2).min(width) {
            if gradient(y, x) < best.0 {
                best = (gradient(y, x), y, x);
            }
        }
    }
    let (_, y, x) = best;
    Centre { level: film[[y, x]], x: x as f64, y: y as f64 }
}

/// Gives every pixel to the nearest of the centres within `spacing` of it; a pixel that none is near keeps its label.
fn assign(film: &Array2<f64>, centres: &[Centre], spacing: f64, labels: &mut Array2<usize>) {
    let (height, width) = film.dim();
    let mut nearest = Array2::from_elem(film.dim(), f64::INFINITY);
    let weight = (COMPACTNESS / spacing).powi(2);
    let reach = |middle: f64, length: usize| {
        (middle - spacing).ceil().max(0.0) as usize..((middle + spacing) as usize + 1).min(length)
    };
    for (label, centre) in centres.iter().enumerate() {
        for y in reach(centre.y, height) {
            for x in reach(centre.x, width) {
                let apart = (x as f64 - centre.x).powi(2) + (y as f64 - centre.y).powi(2);
                let distance = (film[[y, x]] - centre.level).powi(2) + weight * apart;
                if distance < nearest[[y, x]] {
                    (nearest[[y, x]], labels[[y, x]]) = (distance, label);
                }
            }
        }
    }
}

/// Moves every centre to the mean of its pixels; one that lost all stays.
fn move_to_means(film: &Array2<f64>, labels: &Array2<usize>, centres: &mut [Centre]) {
    let mut sums = vec![(0.0, Centre::default()); centres.len()];
    for ((y, x), label) in labels.indexed_iter() {
        let (pixels, sum) = &mut sums[*label];
        *pixels += 1.0;
        *sum = Centre { level: sum.level + film[[y, x]], x: sum.x + x as f64, y: sum.y + y as f64 };
    }
    for (centre, (pixels, sum)) in centres.iter_mut().zip(sums) {
        if pixels > 0.0 {
            *centre = Centre { level: sum.level / pixels, x: sum.x / pixels, y: sum.y / pixels };
        }
    }
}

/// Every connected part of a label becomes a label of its own, numbered in reading order; parts of fewer than `smallest` pixels
/// join the neighbour that was numbered before them.
fn connect(labels: &Array2<usize>, smallest: usize) -> Array2<u16> {
    const NONE: u16 = u16::MAX;
    let mut connected = Array2::from_elem(labels.dim(), NONE);
    let mut count = 0;
    for (start, label) in labels.indexed_iter() {
        if connected[start] != NONE {
            continue;
        }
        // In reading order, what is left of and above a part's first pixel has its number already.
        let before = neighbours(start, labels.dim()).map(|at| connected[at]).find(|other| *other != NONE);
        connected[start] = count;
        let mut part = vec![start];
        let mut waiting = VecDeque::from([start]);
        while let Some(at) = waiting.pop_front() {
            for next in neighbours(at, labels.dim()) {
                if connected[next] == NONE && labels[next] == *label {
                    connected[next] = count;
                    part.push(next);
                    waiting.push_back(next);
                }
            }
        }
        match before {
            Some(before) if part.len() < smallest => part.into_iter().for_each(|at| connected[at] = before),
            // One part a pixel at most, and far fewer: no grid comes near 65535 of them.
            _ => count = count.saturating_add(1).min(NONE - 1),
        }
    }
    connected
}

/// The pixels beside, above and below.
fn neighbours((y, x): (usize, usize), (height, width): (usize, usize)) -> impl Iterator<Item = (usize, usize)> {
    let inside = move |(y, x): &(usize, usize)| *y < height && *x < width;
    [(y.wrapping_sub(1), x), (y, x.wrapping_sub(1)), (y, x + 1), (y + 1, x)].into_iter().filter(inside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn prepared(width_px: usize, height_px: usize, level: impl Fn(usize, usize) -> u8) -> Prepared {
        let placement = Placement::centred(width_px * 3, height_px * 3, width_px.max(height_px));
        let mut grid = Array2::zeros((placement.side_px, placement.side_px));
        for y in 0..placement.height_px {
            for x in 0..placement.width_px {
                grid[[placement.top_px + y, placement.left_px + x]] = level(x, y);
            }
        }
        Prepared { grid, placement }
    }

    fn parts(superpixels: &Superpixels) -> usize {
        let labels = superpixels.labels().mapv(usize::from);
        usize::from(connect(&labels, 0).into_iter().max().unwrap()) + 1
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn every_superpixel_is_one_connected_part(
            levels in prop::collection::vec(any::<u8>(), 40 * 64), width in 1_usize..=64, height in 1_usize..=40,
            wanted in 1_u16..60,
        ) {
            let film = prepared(width, height, |x, y| levels[y * 64 + x]);
            let superpixels = Superpixels::of(&film, wanted);
            let present: std::collections::BTreeSet<u16> = superpixels.labels().iter().copied().collect();
            prop_assert_eq!(present, (0..superpixels.count() as u16).collect());
            prop_assert_eq!(parts(&superpixels), superpixels.count());
        }
    }

    #[test]
    fn there_are_about_as_many_as_wanted() {
        for (width, height) in [(96, 96), (96, 40), (30, 96)] {
            let film = prepared(width, height, |x, y| {
                (128.0 + 50.0 * (x as f64 / 9.0).sin() + 50.0 * (y as f64 / 7.0).cos()) as u8
            });
            let count = Superpixels::of(&film, 50).count();
            assert!((35..=65).contains(&count), "{width} x {height}: {count}");
        }
    }

    #[test]
    fn they_follow_an_edge() {
        // A slanted bright bone on a dark ground.
        let bright = |x: usize, y: usize| (x * 10 + y * 4).abs_diff(640) < 130;
        let film = prepared(96, 96, |x, y| if bright(x, y) { 190 } else { 40 });
        let superpixels = Superpixels::of(&film, 60);
        let mut counts = vec![[0_usize; 2]; superpixels.count()];
        for ((y, x), label) in superpixels.labels().indexed_iter() {
            counts[usize::from(*label)][usize::from(bright(x, y))] += 1;
        }
        let strays: usize = counts.iter().map(|[dark, bright]| dark.min(bright)).sum();
        assert!(strays < 96 * 96 / 200, "{strays} pixels on the wrong side");
    }

    #[test]
    fn what_is_hidden_is_flat_and_what_is_shown_is_untouched() {
        let film = prepared(60, 40, |x, y| (x * 3 + y) as u8);
        let superpixels = Superpixels::of(&film, 12);
        let shown = Array1::from_shape_fn(superpixels.count(), |at| at % 2 == 0);
        let hidden = superpixels.hide(&film.grid, shown.view());
        let order = Array1::from_shape_fn(superpixels.count(), |at| at as f64 + 1.0);
        let mut levels = vec![std::collections::BTreeSet::new(); superpixels.count()];
        for ((at, level), of) in hidden.indexed_iter().zip(&superpixels.spread(&order)) {
            match *of as usize {
                0 => assert_eq!(*level, film.grid[at]),
                of if shown[of - 1] => assert_eq!(*level, film.grid[at]),
                of => _ = levels[of - 1].insert(*level),
            }
        }
        assert!(levels.iter().all(|levels| levels.len() <= 1) && levels.iter().any(|levels| levels.len() == 1));
    }
}
