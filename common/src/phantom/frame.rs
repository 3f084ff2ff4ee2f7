//! Places: where a body's own coordinates lie on the film.

/// A place in millimetres: `[x, y]`, x to the right and y down the film (or across and along a bone).
pub(super) type Point = [f32; 2];

/// A position, a turn and a size: takes local coordinates to those of whatever it stands in. May mirror.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Frame {
    origin: Point,
    /// Where the local x axis points; as long as `along`, and at a right angle to it.
    across: Point,
    /// Where the local y axis points.
    along: Point,
}

impl Frame {
    pub(super) const IDENTITY: Self = Self { origin: [0.0, 0.0], across: [1.0, 0.0], along: [0.0, 1.0] };

    /// Turned by `degrees` (clockwise on the film), `scale` times as large, and moved to `origin`.
    pub(super) fn new(origin: Point, degrees: f32, scale: f32) -> Self {
        let (sine, cosine) = sine_cosine(degrees);
        Self { origin, across: [scale * cosine, scale * sine], along: [-scale * sine, scale * cosine] }
    }

    /// Stands at `from` with its y axis pointing to `to`.
    pub(super) fn between(from: Point, to: Point) -> Self {
        let length = distance(from, to).max(1e-3);
        let along = [(to[0] - from[0]) / length, (to[1] - from[1]) / length];
        Self { origin: from, across: [along[1], -along[0]], along }
    }

    /// The same place with its x axis the other way.
    pub(super) fn mirrored(self) -> Self {
        Self { across: [-self.across[0], -self.across[1]], ..self }
    }

    /// From local coordinates to the outer ones.
    pub(super) fn outward(&self, local: Point) -> Point {
        let moved = self.turn(local);
        [self.origin[0] + moved[0], self.origin[1] + moved[1]]
    }

    /// From the outer coordinates to local ones.
    pub(super) fn inward(&self, outer: Point) -> Point {
        let from = [outer[0] - self.origin[0], outer[1] - self.origin[1]];
        let square = dot(self.along, self.along);
        [dot(from, self.across) / square, dot(from, self.along) / square]
    }

    /// Outer millimetres to a local one.
    pub(super) fn scale(&self) -> f32 {
        dot(self.along, self.along).sqrt()
    }

    /// `inner` as seen from outside this frame.
    pub(super) fn hold(&self, inner: &Frame) -> Self {
        Self { origin: self.outward(inner.origin), across: self.turn(inner.across), along: self.turn(inner.along) }
    }

    fn turn(&self, local: Point) -> Point {
        [local[0] * self.across[0] + local[1] * self.along[0], local[0] * self.across[1] + local[1] * self.along[1]]
    }
}

/// A turn about a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Turn {
    sine: f32,
    cosine: f32,
}

impl Turn {
    pub(super) const NONE: Self = Self { sine: 0.0, cosine: 1.0 };

    /// By `degrees` clockwise on the film.
    pub(super) fn degrees(degrees: f32) -> Self {
        let (sine, cosine) = sine_cosine(degrees);
        Self { sine, cosine }
    }

    pub(super) fn back(self) -> Self {
        Self { sine: -self.sine, ..self }
    }

    /// How far a point one mm from the centre moves, at most.
    pub(super) fn chord(self) -> f32 {
        (2.0 - 2.0 * self.cosine).max(0.0).sqrt()
    }

    pub(super) fn about(self, centre: Point, at: Point) -> Point {
        let from = [at[0] - centre[0], at[1] - centre[1]];
        [
            centre[0] + self.cosine * from[0] - self.sine * from[1],
            centre[1] + self.sine * from[0] + self.cosine * from[1],
        ]
    }
}

/// Sine and cosine from a library that is the same on every processor.
pub(super) fn sine_cosine(degrees: f32) -> (f32, f32) {
    let (sine, cosine) = libm::sincos(f64::from(degrees).to_radians());
    (sine as f32, cosine as f32)
}

pub(super) fn dot(a: Point, b: Point) -> f32 {
    a[0] * b[0] + a[1] * b[1]
}

pub(super) fn distance(a: Point, b: Point) -> f32 {
    let apart = [a[0] - b[0], a[1] - b[1]];
    dot(apart, apart).sqrt()
}

/// The point `share` of the way from `a` to `b`.
pub(super) fn along(a: Point, b: Point, share: f32) -> Point {
    [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
}
