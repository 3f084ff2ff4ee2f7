//! From bodies to a film: projection, scatter, detector and processing.

use ndarray::Array2;

use super::{
    body::Body,
    chance::{Chance, Stream, noise},
    frame::{Frame, Point},
};

/// The film's grid.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    pub(super) width_px: usize,
    pub(super) height_px: usize,
    pub(super) mm_per_px: f32,
}

/// How the film is taken.
#[derive(Debug, Clone)]
pub(super) struct Exposure {
    /// Quanta counted per mm2 of detector where nothing is in the beam.
    pub(super) quanta_per_mm2: f32,
    /// Scattered quanta, as a share of those the body takes out of the beam.
    pub(super) scatter: f32,
    /// Deviation of the detector's blur in mm.
    pub(super) blur_mm: f32,
    /// Attenuation shown black and white.
    pub(super) window: [f32; 2],
    /// How far fine structures are lifted over coarse ones.
    pub(super) edge_gain: f32,
    /// The open field of the collimator, at a place of its own: half width and half height.
    pub(super) field: Frame,
    pub(super) field_half_mm: Point,
    /// What is shown outside the open field, 0 (black) to 1 (white).
    pub(super) shutter: f32,
}

/// The line integral of attenuation over the grid, `sub` rays across and down in each pixel (rows x columns).
pub(super) fn project(bodies: &[Body], flesh: &Body, grid: &Grid, sub: usize) -> Array2<f32> {
    let step = grid.mm_per_px / sub as f32;
    let (rows, columns) = (grid.height_px * sub, grid.width_px * sub);
    let centre = [columns as f32 * step * 0.5, rows as f32 * step * 0.5];
    // Flesh changes slowly: rays a millimetre apart, or one a pixel, are enough.
    let coarse = ((1.0 / step) as usize).max(sub);
    let mut sums = stretch(&flesh_sums(flesh, rows, columns, coarse, step), coarse, rows, columns);
    for body in bodies {
        let corners = body.corners().map(|[x, y]| [(x + centre[0]) / step - 0.5, (y + centre[1]) / step - 0.5]);
        for (row, mut line) in sums.rows_mut().into_iter().enumerate() {
            let y = (row as f32 + 0.5) * step - centre[1];
            for column in span(&corners, row as f32, columns) {
                line[column] += body.attenuation([(column as f32 + 0.5) * step - centre[0], y]);
            }
        }
    }
    sums
}

/// The flesh alone, at every `coarse`-th ray and one beyond.
fn flesh_sums(flesh: &Body, rows: usize, columns: usize, coarse: usize, step: f32) -> Array2<f32> {
    Array2::from_shape_fn((rows / coarse + 2, columns / coarse + 2), |(row, column)| {
        let at = |k: usize, count: usize| (k * coarse) as f32 * step + (0.5 - count as f32 * 0.5) * step;
        let (x, y) = (at(column, columns), at(row, rows));
        // Muscle bellies and the fat between them.
        let streaks = 1.0 + 0.035 * noise(x * 0.05, y * 0.025, 11) + 0.02 * noise(x * 0.2, y * 0.06, 12);
        flesh.attenuation([x, y]) * streaks
    })
}

/// `values`, `coarse` pixels apart, interpolated to every pixel.
fn stretch(values: &Array2<f32>, coarse: usize, rows: usize, columns: usize) -> Array2<f32> {
    let (last_row, last_column) = (values.nrows() - 1, values.ncols() - 1);
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        let (top, left) = (row / coarse, column / coarse);
        let (bottom, right) = ((top + 1).min(last_row), (left + 1).min(last_column));
        let down = (row % coarse) as f32 / coarse as f32;
        let across = (column % coarse) as f32 / coarse as f32;
        let above = values[[top, left]] * (1.0 - across) + values[[top, right]] * across;
        let below = values[[bottom, left]] * (1.0 - across) + values[[bottom, right]] * across;
        above * (1.0 - down) + below * down
    })
}

/// The columns of a row that a convex four-sided shape covers, with one to spare on either side.
fn span(corners: &[Point; 4], row: f32, columns: usize) -> std::ops::Range<usize> {
    let (mut low, mut high) = (f32::MAX, f32::MIN);
    for k in 0..4 {
        let ([x, y], [to_x, to_y]) = (corners[k], corners[(k + 1) % 4]);
        if y.min(to_y) > row + 1.0 || y.max(to_y) < row - 1.0 {
            continue;
        }
        // The part of the side that lies within a row of this one.
        for level in [row - 1.0, row + 1.0] {
            let share = if y == to_y { 0.5 } else { ((level - y) / (to_y - y)).clamp(0.0, 1.0) };
            let crossing = x + (to_x - x) * share;
            let ends = if y == to_y { [x, to_x] } else { [crossing, crossing] };
            (low, high) = (low.min(ends[0]).min(ends[1]), high.max(ends[0]).max(ends[1]));
        }
    }
    if low > high {
        return 0..0;
    }
    let first = (low - 1.0).clamp(0.0, columns as f32) as usize;
    let end = (high + 2.0).clamp(0.0, columns as f32) as usize;
    first..end.max(first)
}

/// What the detector and the processing make of `sums`: rows x columns of presentation values.
pub(super) fn expose(sums: &Array2<f32>, exposure: &Exposure, grid: &Grid, sub: usize, seed: u64) -> Array2<u16> {
    let mut quanta = transmit(sums, exposure, grid, sub);
    scatter(&mut quanta, exposure, grid);
    blur(&mut quanta, exposure.blur_mm / grid.mm_per_px);
    count(&mut quanta, exposure, grid, seed);
    let mut density = quanta.mapv(|share| -libm::logf(share.max(2e-4)));
    if exposure.edge_gain > 0.0 {
        let mut coarse = density.clone();
        box_blur(&mut coarse, (4.0 / grid.mm_per_px) as usize + 1);
        density.zip_mut_with(&coarse, |fine, coarse| *fine += (*fine - coarse) * exposure.edge_gain);
    }
    present(&density, exposure, grid)
}

/// Beer-Lambert, averaged over the rays of each pixel, inside the collimator's field.
fn transmit(sums: &Array2<f32>, exposure: &Exposure, grid: &Grid, sub: usize) -> Array2<f32> {
    let share = 1.0 / (sub * sub) as f32;
    Array2::from_shape_fn((grid.height_px, grid.width_px), |(row, column)| {
        let mut through = 0.0;
        for y in row * sub..(row + 1) * sub {
            for x in column * sub..(column + 1) * sub {
                through += libm::expf(-sums[[y, x]].max(0.0));
            }
        }
        through * share * open(exposure, grid, row, column).max(0.004)
    })
}

/// How open the collimator is over a pixel, 0 to 1, with the penumbra of its blades.
fn open(exposure: &Exposure, grid: &Grid, row: usize, column: usize) -> f32 {
    let [x, y] = exposure.field.inward([
        (column as f32 + 0.5 - grid.width_px as f32 * 0.5) * grid.mm_per_px,
        (row as f32 + 0.5 - grid.height_px as f32 * 0.5) * grid.mm_per_px,
    ]);
    let inside = (exposure.field_half_mm[0] - x.abs()).min(exposure.field_half_mm[1] - y.abs());
    (0.5 + inside / 1.6).clamp(0.0, 1.0)
}

/// Adds the wide veil of scattered quanta: those the body has taken out of the beam, spread over centimetres.
fn scatter(quanta: &mut Array2<f32>, exposure: &Exposure, grid: &Grid) {
    const COARSE: usize = 8;
    let (rows, columns) = (grid.height_px.div_ceil(COARSE), grid.width_px.div_ceil(COARSE));
    let mut veil = Array2::from_shape_fn((rows, columns), |(row, column)| {
        let through: f32 = quanta[[row * COARSE, column * COARSE]];
        // Forward scatter leaves the body as it lets through: most where it is neither thin nor opaque.
        through * -libm::logf(through.max(1e-4))
    });
    let radius = (18.0 / (grid.mm_per_px * COARSE as f32)) as usize + 1;
    box_blur(&mut veil, radius);
    let veil = stretch(&veil, COARSE, grid.height_px, grid.width_px);
    quanta.scaled_add(exposure.scatter, &veil);
}

/// Quantum noise: the deviation of a count is its square root.
fn count(quanta: &mut Array2<f32>, exposure: &Exposure, grid: &Grid, seed: u64) {
    let per_px = exposure.quanta_per_mm2 * grid.mm_per_px * grid.mm_per_px;
    let mut chance = Chance::new(seed, Stream::Noise);
    for value in quanta.iter_mut() {
        *value += (*value / per_px).sqrt() * chance.gaussian();
    }
}

/// Attenuation to grey through an S-shaped curve, as film and its successors have it; the shutter over what was not exposed.
fn present(density: &Array2<f32>, exposure: &Exposure, grid: &Grid) -> Array2<u16> {
    let [black, white] = exposure.window;
    Array2::from_shape_fn(density.dim(), |(row, column)| {
        let level = ((density[[row, column]] - black) / (white - black)).clamp(0.0, 1.0);
        let curved = level * (0.72 + level * (0.84 - 0.56 * level));
        let open = open(exposure, grid, row, column);
        let shown = curved * open + exposure.shutter * (1.0 - open);
        (shown * 65535.0 + 0.5).clamp(0.0, 65535.0) as u16
    })
}

/// A Gaussian blur of `deviation` pixels; nothing below a third of a pixel.
fn blur(values: &mut Array2<f32>, deviation: f32) {
    if deviation < 0.3 {
        return;
    }
    let radius = (deviation * 3.0) as usize + 1;
    let weights: Vec<f32> =
        (0..=radius).map(|k| libm::expf(-((k * k) as f32) / (2.0 * deviation * deviation))).collect();
    let total = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let mut line = Vec::new();
    let mut pass = |mut lane: ndarray::ArrayViewMut1<f32>| {
        line.clear();
        line.extend(lane.iter().copied());
        let last = line.len() - 1;
        for (k, out) in lane.iter_mut().enumerate() {
            let mut sum = line[k] * weights[0];
            for (reach, weight) in weights.iter().enumerate().skip(1) {
                sum += weight * (line[k.saturating_sub(reach)] + line[(k + reach).min(last)]);
            }
            *out = sum / total;
        }
    };
    values.rows_mut().into_iter().for_each(&mut pass);
    values.columns_mut().into_iter().for_each(&mut pass);
}

/// Two running means of `2 radius + 1` pixels each way: nearly a Gaussian, at a cost that does not grow with the radius.
fn box_blur(values: &mut Array2<f32>, radius: usize) {
    let mut line: Vec<f64> = Vec::new();
    let mut pass = |mut lane: ndarray::ArrayViewMut1<f32>| {
        for _ in 0..2 {
            line.clear();
            line.push(0.0);
            let mut sum = 0.0;
            for &value in lane.iter() {
                sum += f64::from(value);
                line.push(sum);
            }
            let length = lane.len();
            for (k, out) in lane.iter_mut().enumerate() {
                let (first, end) = (k.saturating_sub(radius), (k + radius + 1).min(length));
                *out = ((line[end] - line[first]) / (end - first) as f64) as f32;
            }
        }
    };
    values.rows_mut().into_iter().for_each(&mut pass);
    values.columns_mut().into_iter().for_each(&mut pass);
}
