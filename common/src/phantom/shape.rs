//! Shapes whose path length along a ray is known in closed form.
//!
//! Rays run along z, at right angles to the film. Every shape is symmetric about the plane z = 0, so a union of shapes is cut
//! in one interval, as long as the longest of theirs. Every shape is asked for itself and for what is left with a layer taken
//! off all round: the marrow inside a cortex, the muscle inside the fat.

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
    /// Length in mm of the ray through (x, y) inside the shape, and inside what is left of it without a layer of `inset_mm`.
    pub(super) fn paths_mm(&self, at: Point, inset_mm: f32) -> [f32; 2] {
        match self {
            Shape::Ellipsoid(shape) => shape.paths_mm(at, inset_mm),
            Shape::Tube(shape) => shape.paths_mm(at, inset_mm),
            Shape::Slab(shape) => shape.paths_mm(at, inset_mm),
            Shape::Shaft(shape) => shape.paths_mm(at, inset_mm),
        }
    }

    /// The corners `[least, greatest]` of a rectangle around the shape.
    pub(super) fn bounds(&self) -> [Point; 2] {
        match self {
            Shape::Ellipsoid(Ellipsoid { centre: [x, y], radii: [a, b, _] }) => [[x - a, y - b], [x + a, y + b]],
            Shape::Tube(tube) => tube.bounds,
            Shape::Slab(slab) => slab.bounds,
            Shape::Shaft(shaft) => shaft.bounds(),
        }
    }
}

/// A rectangle around discs: centres and radii.
fn around(points: impl Iterator<Item = (Point, f32)>) -> [Point; 2] {
    points.fold([[f32::MAX; 2], [f32::MIN; 2]], |[low, high], ([x, y], reach)| {
        [[low[0].min(x - reach), low[1].min(y - reach)], [high[0].max(x + reach), high[1].max(y + reach)]]
    })
}

fn within([low, high]: [Point; 2], [x, y]: Point) -> bool {
    x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1]
}

/// An ellipsoid with half axes `radii` along x, y and z.
#[derive(Debug, Clone)]
pub(super) struct Ellipsoid {
    pub(super) centre: Point,
    pub(super) radii: [f32; 3],
}

impl Ellipsoid {
    fn paths_mm(&self, at: Point, inset_mm: f32) -> [f32; 2] {
        [0.0, inset_mm].map(|inset| {
            let [a, b, c] = self.radii.map(|radius| (radius - inset).max(1e-3));
            let (x, y) = ((at[0] - self.centre[0]) / a, (at[1] - self.centre[1]) / b);
            2.0 * c * (1.0 - x * x - y * y).max(0.0).sqrt()
        })
    }
}

/// A straight piece of a line, ready to be measured from.
#[derive(Debug, Clone, Copy)]
struct Piece {
    from: Point,
    run: Point,
    /// 1 / length squared.
    inverse_square: f32,
}

impl Piece {
    fn new(from: Point, to: Point) -> Self {
        let run = [to[0] - from[0], to[1] - from[1]];
        Self { from, run, inverse_square: 1.0 / dot(run, run).max(1e-6) }
    }

    /// How far along the piece (0 to 1) its point nearest to `at` lies, and the square of the distance to it.
    fn nearest(&self, at: Point) -> (f32, f32) {
        let away = [at[0] - self.from[0], at[1] - self.from[1]];
        let share = (dot(away, self.run) * self.inverse_square).clamp(0.0, 1.0);
        let off = [away[0] - self.run[0] * share, away[1] - self.run[1] * share];
        (share, dot(off, off))
    }
}

/// A rod swept along a line of points, each with its radius; `flatness` times as deep as it is wide.
#[derive(Debug, Clone)]
pub(super) struct Tube {
    /// Each with the radii at its ends.
    pieces: Vec<(Piece, f32, f32)>,
    flatness: f32,
    bounds: [Point; 2],
}

impl Tube {
    /// Along straight pieces from point to point (`[x, y, radius]`).
    pub(super) fn straight(points: &[[f32; 3]], flatness: f32) -> Self {
        Self::along(points.iter().map(|&[x, y, radius]| ([x, y], radius)).collect(), flatness)
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
        Self::along(line, flatness)
    }

    fn along(line: Vec<(Point, f32)>, flatness: f32) -> Self {
        let bounds = around(line.iter().copied());
        let pieces = line
            .windows(2)
            .map(|pair| {
                let ((from, wide), (to, narrow)) = (pair[0], pair[1]);
                (Piece::new(from, to), wide, narrow)
            })
            .collect();
        Self { pieces, flatness, bounds }
    }

    fn paths_mm(&self, at: Point, inset_mm: f32) -> [f32; 2] {
        let mut longest = [0.0_f32; 2];
        if !within(self.bounds, at) {
            return longest;
        }
        for &(piece, wide, narrow) in &self.pieces {
            let (share, square) = piece.nearest(at);
            let radius = wide + (narrow - wide) * share;
            if square >= radius * radius {
                continue;
            }
            for (path, inset) in longest.iter_mut().zip([0.0, inset_mm]) {
                let (radius, depth) = (radius - inset, radius * self.flatness - inset);
                if radius > 0.0 && depth > 0.0 {
                    *path = path.max(2.0 * depth * (1.0 - square / (radius * radius)).max(0.0).sqrt());
                }
            }
        }
        longest
    }
}

/// A plate with a smooth outline, `half_depth_mm` deep each way, whose rim is rounded over `rim_mm`: carpal, scapula, ilium.
#[derive(Debug, Clone)]
pub(super) struct Slab {
    edges: Vec<Piece>,
    half_depth_mm: f32,
    rim_mm: f32,
    bounds: [Point; 2],
}

impl Slab {
    /// The outline runs smoothly through `corners` and back to the first.
    pub(super) fn new(corners: &[Point], half_depth_mm: f32, rim_mm: f32) -> Self {
        let count = corners.len();
        let corner = |k: usize| [corners[k % count][0], corners[k % count][1], 0.0];
        let outline: Vec<Point> = (0..count)
            .flat_map(|k| {
                let four = [corner(k + count - 1), corner(k), corner(k + 1), corner(k + 2)];
                (0..4).map(move |step| {
                    let [x, y, _] = spline(four, step as f32 / 4.0);
                    [x, y]
                })
            })
            .collect();
        let bounds = around(outline.iter().map(|&point| (point, 0.0)));
        let edges = (0..outline.len()).map(|k| Piece::new(outline[k], outline[(k + 1) % outline.len()])).collect();
        Self { edges, half_depth_mm, rim_mm, bounds }
    }

    fn paths_mm(&self, at: Point, inset_mm: f32) -> [f32; 2] {
        let edge = if within(self.bounds, at) { self.edge_mm(at) } else { 0.0 };
        [0.0, inset_mm].map(|inset| {
            let depth = self.half_depth_mm - inset;
            if depth <= 0.0 || edge <= inset { 0.0 } else { 2.0 * depth * rounded(edge - inset, self.rim_mm) }
        })
    }

    /// How far inside the outline a point lies; 0 outside.
    fn edge_mm(&self, at: Point) -> f32 {
        let mut nearest = f32::MAX;
        let mut inside = false;
        for piece in &self.edges {
            nearest = nearest.min(piece.nearest(at).1);
            let [x, y] = [at[0] - piece.from[0], at[1] - piece.from[1]];
            // The edge crosses the ray to the right of the point: the even-odd rule.
            if (y < 0.0) != (y < piece.run[1]) {
                inside ^= (x * piece.run[1] < y * piece.run[0]) == (piece.run[1] > 0.0);
            }
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

    fn paths_mm(&self, [x, y]: Point, inset_mm: f32) -> [f32; 2] {
        if y < -12.0 || y > self.length_mm + 12.0 {
            return [0.0; 2];
        }
        let here = self.station(y);
        if x < here.left || x > here.right {
            return [0.0; 2];
        }
        let middle = (here.left + here.right) * 0.5;
        let [near, far] = self.ends;
        let (first, last) = (y - near.offset(x), self.length_mm - y - far.offset(x));
        [0.0, inset_mm].map(|inset| {
            let layer = inset * here.cortex;
            let (half, depth) = ((here.right - here.left) * 0.5 - layer, here.half_depth - layer);
            // The bony plate under the cartilage is about as thick everywhere.
            let plate = inset * 0.55;
            if half <= 0.0 || depth <= 0.0 || first <= plate || last <= plate {
                return 0.0;
            }
            let off = (x - middle) / half;
            let ends = rounded(first - plate, near.round_mm) * rounded(last - plate, far.round_mm);
            2.0 * depth * (1.0 - off * off).max(0.0).sqrt() * ends
        })
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
    if distance >= rim_mm {
        return 1.0;
    }
    let left = 1.0 - distance / rim_mm;
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

#[cfg(test)]
mod tests {
    use super::*;

    const STEP_MM: f32 = 0.01;

    /// Steps along the ray through (x, y) and adds up where `inside` holds.
    fn marched(at: Point, inside: impl Fn([f32; 3]) -> bool) -> f32 {
        (-5000..5000).filter(|&k| inside([at[0], at[1], (k as f32 + 0.5) * STEP_MM])).count() as f32 * STEP_MM
    }

    fn compare(shape: &Shape, inset_mm: f32, inside: impl Fn([f32; 3], f32) -> bool) {
        let mut crossed = 0;
        for column in -9..10 {
            for row in -2..24 {
                let at = [column as f32 * 1.9 + 0.3, row as f32 * 1.7 + 0.2];
                let closed = shape.paths_mm(at, inset_mm);
                for (path, inset) in closed.into_iter().zip([0.0, inset_mm]) {
                    let slow = marched(at, |place| inside(place, inset));
                    assert!((path - slow).abs() < 3.0 * STEP_MM, "at {at:?}, inset {inset}: {path} against {slow}");
                    // Beer-Lambert: what cortical bone of this thickness lets through.
                    let per_mm = super::super::material::CORTEX;
                    assert!((libm::expf(-per_mm * path) - libm::expf(-per_mm * slow)).abs() < 3e-3);
                    crossed += usize::from(slow > 0.0);
                }
            }
        }
        assert!(crossed > 50, "the rays hardly meet the shape");
    }

    #[test]
    fn an_ellipsoid_is_as_long_as_a_march_through_it() {
        let shape = Shape::Ellipsoid(Ellipsoid { centre: [2.0, 15.0], radii: [11.0, 14.0, 9.0] });
        compare(&shape, 2.0, |[x, y, z], inset| {
            let [a, b, c] = [(x - 2.0) / (11.0 - inset), (y - 15.0) / (14.0 - inset), z / (9.0 - inset)];
            a * a + b * b + c * c <= 1.0
        });
    }

    #[test]
    fn a_round_tube_is_as_long_as_a_march_through_it() {
        let shape = Shape::Tube(Tube::straight(&[[-4.0, 5.0, 7.0], [6.0, 30.0, 7.0]], 1.0));
        compare(&shape, 1.5, |[x, y, z], inset| {
            let share = (((x + 4.0) * 10.0 + (y - 5.0) * 25.0) / 725.0).clamp(0.0, 1.0);
            let (dx, dy) = (x + 4.0 - 10.0 * share, y - 5.0 - 25.0 * share);
            dx * dx + dy * dy + z * z <= (7.0 - inset) * (7.0 - inset)
        });
    }

    #[test]
    fn a_shaft_is_as_long_as_a_march_through_it() {
        let rows = [[0.0, -10.0, 8.0, 9.0, 1.0], [40.0, -10.0, 8.0, 9.0, 1.0]];
        let shape = Shape::Shaft(Shaft::new(&rows, [End::default(), End::default()]));
        compare(&shape, 2.0, |[x, y, z], inset| {
            let (across, deep) = ((x + 1.0) / (9.0 - inset), z / (9.0 - inset));
            let plate = 0.55 * inset;
            y > plate && y < 40.0 - plate && across * across + deep * deep <= 1.0
        });
    }

    #[test]
    fn a_slab_has_its_full_depth_inside_and_none_outside() {
        let slab = Slab::new(&[[-10.0, -10.0], [10.0, -10.0], [10.0, 10.0], [-10.0, 10.0]], 4.0, 3.0);
        assert_eq!(slab.paths_mm([0.0, 0.0], 1.0), [8.0, 6.0]);
        assert_eq!(slab.paths_mm([30.0, 0.0], 1.0), [0.0, 0.0]);
    }
}
