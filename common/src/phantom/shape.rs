//! Shapes whose path length along a ray is known in closed form.
//!
//! Rays run along z, at right angles to the film. Every shape is symmetric about the plane z = 0, so a union of shapes is cut
//! in one interval, as long as the longest of theirs. `inset_mm` asks for the shape with a layer of that depth taken off all
//! round: the marrow inside a cortex, the muscle inside the fat.

use super::frame::{Point, dot};

/// A solid in its own millimetres.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    Ellipsoid(Ellipsoid),
    Tube(Tube),
    Slab(Slab),
    Shaft(Shaft),
}

impl Shape {
    /// Length in mm of the ray through (x, y) inside the shape.
    pub(super) fn path_mm(&self, at: Point, inset_mm: f32) -> f32 {
        match self {
            Shape::Ellipsoid(shape) => shape.path_mm(at, inset_mm),
            Shape::Tube(shape) => shape.path_mm(at, inset_mm),
            Shape::Slab(shape) => shape.path_mm(at, inset_mm),
            Shape::Shaft(shape) => shape.path_mm(at, inset_mm),
        }
    }

    /// The corners `[least, greatest]` of a rectangle around the shape.
    pub(super) fn bounds(&self) -> [Point; 2] {
        match self {
            Shape::Ellipsoid(Ellipsoid { centre: [x, y], radii: [a, b, _] }) => [[x - a, y - b], [x + a, y + b]],
            Shape::Tube(tube) => around(tube.line.iter().map(|&([x, y], radius)| ([x, y], radius))),
            Shape::Slab(slab) => around(slab.outline.iter().map(|&point| (point, 0.0))),
            Shape::Shaft(shaft) => shaft.bounds(),
        }
    }
}

fn around(points: impl Iterator<Item = (Point, f32)>) -> [Point; 2] {
    points.fold([[f32::MAX; 2], [f32::MIN; 2]], |[low, high], ([x, y], reach)| {
        [[low[0].min(x - reach), low[1].min(y - reach)], [high[0].max(x + reach), high[1].max(y + reach)]]
    })
}

/// An ellipsoid with half axes `radii` along x, y and z.
#[derive(Debug, Clone)]
pub(super) struct Ellipsoid {
    pub(super) centre: Point,
    pub(super) radii: [f32; 3],
}

impl Ellipsoid {
    fn path_mm(&self, at: Point, inset_mm: f32) -> f32 {
        let [a, b, c] = self.radii.map(|radius| radius - inset_mm);
        if a <= 0.0 || b <= 0.0 || c <= 0.0 {
            return 0.0;
        }
        let (x, y) = ((at[0] - self.centre[0]) / a, (at[1] - self.centre[1]) / b);
        2.0 * c * (1.0 - x * x - y * y).max(0.0).sqrt()
    }
}

/// A rod swept along a line of points, each with its radius; `flatness` times as deep as it is wide.
#[derive(Debug, Clone)]
pub(super) struct Tube {
    line: Vec<(Point, f32)>,
    flatness: f32,
}

impl Tube {
    /// Along straight pieces from point to point (`[x, y, radius]`).
    pub(super) fn straight(points: &[[f32; 3]], flatness: f32) -> Self {
        Self { line: points.iter().map(|&[x, y, radius]| ([x, y], radius)).collect(), flatness }
    }

    /// Along a smooth curve through the points (`[x, y, radius]`).
    pub(super) fn curved(points: &[[f32; 3]], flatness: f32) -> Self {
        let last = points.len() - 1;
        let mut line = Vec::with_capacity(last * 5 + 1);
        for k in 0..last {
            let four = [points[k.saturating_sub(1)], points[k], points[k + 1], points[(k + 2).min(last)]];
            for step in 0..5 {
                let [x, y, radius] = spline(four, step as f32 / 5.0);
                line.push(([x, y], radius));
            }
        }
        let [x, y, radius] = points[last];
        line.push(([x, y], radius));
        Self { line, flatness }
    }

    fn path_mm(&self, at: Point, inset_mm: f32) -> f32 {
        let mut longest = 0.0_f32;
        for pair in self.line.windows(2) {
            let ((from, wide), (to, narrow)) = (pair[0], pair[1]);
            let reach = wide.max(narrow);
            // Most pieces are far from most points.
            if (at[0] - from[0]).min(at[0] - to[0]) > reach || (from[0] - at[0]).min(to[0] - at[0]) > reach {
                continue;
            }
            let run = [to[0] - from[0], to[1] - from[1]];
            let share = (dot([at[0] - from[0], at[1] - from[1]], run) / dot(run, run).max(1e-6)).clamp(0.0, 1.0);
            let radius = wide + (narrow - wide) * share;
            let (radius, depth) = (radius - inset_mm, radius * self.flatness - inset_mm);
            if radius > 0.0 && depth > 0.0 {
                let off = [at[0] - from[0] - run[0] * share, at[1] - from[1] - run[1] * share];
                let height = 1.0 - dot(off, off) / (radius * radius);
                longest = longest.max(2.0 * depth * height.max(0.0).sqrt());
            }
        }
        longest
    }
}

/// A plate with a smooth outline, `half_depth_mm` deep each way, whose rim is rounded over `rim_mm`: carpal, scapula, ilium.
#[derive(Debug, Clone)]
pub(super) struct Slab {
    outline: Vec<Point>,
    half_depth_mm: f32,
    rim_mm: f32,
}

impl Slab {
    /// The outline runs smoothly through `corners` and back to the first.
    pub(super) fn new(corners: &[Point], half_depth_mm: f32, rim_mm: f32) -> Self {
        let count = corners.len();
        let corner = |k: usize| [corners[k % count][0], corners[k % count][1], 0.0];
        let outline = (0..count)
            .flat_map(|k| {
                let four = [corner(k + count - 1), corner(k), corner(k + 1), corner(k + 2)];
                (0..4).map(move |step| {
                    let [x, y, _] = spline(four, step as f32 / 4.0);
                    [x, y]
                })
            })
            .collect();
        Self { outline, half_depth_mm, rim_mm }
    }

    fn path_mm(&self, at: Point, inset_mm: f32) -> f32 {
        let depth = self.half_depth_mm - inset_mm;
        let edge = self.edge_mm(at) - inset_mm;
        if depth <= 0.0 || edge <= 0.0 {
            return 0.0;
        }
        2.0 * depth * rounded(edge, self.rim_mm)
    }

    /// How far inside the outline a point lies; 0 outside.
    fn edge_mm(&self, at: Point) -> f32 {
        let mut inside = false;
        let mut nearest = f32::MAX;
        let mut from = self.outline[self.outline.len() - 1];
        for &to in &self.outline {
            if (from[1] > at[1]) != (to[1] > at[1]) {
                let crossing = from[0] + (at[1] - from[1]) / (to[1] - from[1]) * (to[0] - from[0]);
                inside ^= at[0] < crossing;
            }
            let run = [to[0] - from[0], to[1] - from[1]];
            let away = [at[0] - from[0], at[1] - from[1]];
            let share = (dot(away, run) / dot(run, run).max(1e-6)).clamp(0.0, 1.0);
            let off = [away[0] - run[0] * share, away[1] - run[1] * share];
            nearest = nearest.min(dot(off, off));
            from = to;
        }
        if inside { nearest.sqrt() } else { 0.0 }
    }
}

/// A long bone along y: its silhouette left and right of the axis, its depth and the strength of its cortex, from row to row.
#[derive(Debug, Clone)]
pub(super) struct Shaft {
    length_mm: f32,
    table: Vec<Station>,
    ends: [End; 2],
}

/// A cross-section of a [`Shaft`], its quarters elliptical.
#[derive(Debug, Clone, Copy)]
struct Station {
    left: f32,
    right: f32,
    half_depth: f32,
    /// Cortex as a multiple of the body's.
    cortex: f32,
}

/// The joint surface at an end of a [`Shaft`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct End {
    /// Curvature per mm: positive for a head, negative for a socket.
    pub(super) bulge: f32,
    /// Rise to the right in mm per mm: negative slants the other way.
    pub(super) slant: f32,
    /// Over how many mm the end is rounded in depth.
    pub(super) round_mm: f32,
}

const STATIONS: usize = 96;

impl Shaft {
    /// `rows` are `[y, left, right, half depth, cortex]`, in mm and cortex multiples, by rising y from 0 to the length.
    pub(super) fn new(rows: &[[f32; 5]], ends: [End; 2]) -> Self {
        let length_mm = rows[rows.len() - 1][0];
        let table = (0..STATIONS)
            .map(|k| {
                let y = length_mm * k as f32 / (STATIONS - 1) as f32;
                let [left, right, half_depth, cortex] = interpolate(rows, y);
                Station { left, right, half_depth, cortex }
            })
            .collect();
        Self { length_mm, table, ends }
    }

    fn path_mm(&self, [x, y]: Point, inset_mm: f32) -> f32 {
        let here = self.station(y);
        let layer = inset_mm * here.cortex;
        let (left, right, depth) = (here.left + layer, here.right - layer, here.half_depth - layer);
        let half = (right - left) * 0.5;
        if half <= 0.0 || depth <= 0.0 {
            return 0.0;
        }
        let off = (x - (left + right) * 0.5) / half;
        let height = 1.0 - off * off;
        if height <= 0.0 {
            return 0.0;
        }
        let [near, far] = self.ends;
        // The bony plate under the cartilage is about as thick everywhere.
        let plate = inset_mm * 0.55;
        let first = y - near.offset(x) - plate;
        let last = self.length_mm - y - far.offset(x) - plate;
        if first <= 0.0 || last <= 0.0 {
            return 0.0;
        }
        2.0 * depth * height.sqrt() * rounded(first, near.round_mm) * rounded(last, far.round_mm)
    }

    /// How hollow the shaft is here: 1 where the cortex is strongest (marrow inside), 0 at the spongy ends.
    pub(super) fn hollow(&self, y: f32) -> f32 {
        ((self.station(y).cortex - 0.35) / 0.65).clamp(0.0, 1.0)
    }

    /// Left and right silhouette at `y`.
    pub(super) fn silhouette(&self, y: f32) -> [f32; 2] {
        let here = self.station(y);
        [here.left, here.right]
    }

    /// Length along y in mm.
    pub(super) fn length_mm(&self) -> f32 {
        self.length_mm
    }

    fn station(&self, y: f32) -> Station {
        let place = (y / self.length_mm * (STATIONS - 1) as f32).clamp(0.0, (STATIONS - 1) as f32 - 1e-3);
        let (k, share) = (place as usize, place - place.floor());
        let (a, b) = (self.table[k], self.table[k + 1]);
        let mix = |a: f32, b: f32| a + (b - a) * share;
        Station {
            left: mix(a.left, b.left),
            right: mix(a.right, b.right),
            half_depth: mix(a.half_depth, b.half_depth),
            cortex: mix(a.cortex, b.cortex),
        }
    }

    fn bounds(&self) -> [Point; 2] {
        let left = self.table.iter().map(|station| station.left).fold(f32::MAX, f32::min);
        let right = self.table.iter().map(|station| station.right).fold(f32::MIN, f32::max);
        let reach = |end: End| end.offset(left).min(end.offset(right)).min(0.0);
        [[left, reach(self.ends[0])], [right, self.length_mm - reach(self.ends[1])]]
    }
}

impl End {
    fn offset(self, x: f32) -> f32 {
        self.bulge * x * x + self.slant * x
    }
}

/// The height (0 to 1) of a quarter circle `distance` mm inside a rim rounded over `rim_mm`.
fn rounded(distance: f32, rim_mm: f32) -> f32 {
    let left = 1.0 - (distance / rim_mm.max(1e-3)).min(1.0);
    (1.0 - left * left).sqrt()
}

/// A point on the Catmull-Rom curve between the middle two of four.
fn spline(four: [[f32; 3]; 4], share: f32) -> [f32; 3] {
    let [a, b, c, d] = four;
    std::array::from_fn(|k| {
        let (square, cube) = (share * share, share * share * share);
        0.5 * (2.0 * b[k]
            + (c[k] - a[k]) * share
            + (2.0 * a[k] - 5.0 * b[k] + 4.0 * c[k] - d[k]) * square
            + (3.0 * b[k] - a[k] - 3.0 * c[k] + d[k]) * cube)
    })
}

/// Monotone cubic interpolation between rows: no row's value is overshot (Fritsch and Butland 1984).
fn interpolate(rows: &[[f32; 5]], y: f32) -> [f32; 4] {
    let last = rows.len() - 2;
    let k = rows.iter().rposition(|row| row[0] <= y).unwrap_or(0).min(last);
    let width = rows[k + 1][0] - rows[k][0];
    let t = ((y - rows[k][0]) / width).clamp(0.0, 1.0);
    std::array::from_fn(|column| {
        let value = |row: usize| rows[row][column + 1];
        let secant = |row: usize| (value(row + 1) - value(row)) / (rows[row + 1][0] - rows[row][0]);
        let slope = |row: usize| {
            if row == 0 || row == rows.len() - 1 {
                return secant(row.min(last));
            }
            let (before, after) = (secant(row - 1), secant(row));
            if before * after <= 0.0 { 0.0 } else { 2.0 * before * after / (before + after) }
        };
        let (square, cube) = (t * t, t * t * t);
        value(k) * (2.0 * cube - 3.0 * square + 1.0)
            + slope(k) * width * (cube - 2.0 * square + t)
            + value(k + 1) * (3.0 * square - 2.0 * cube)
            + slope(k + 1) * width * (cube - square)
    })
}
