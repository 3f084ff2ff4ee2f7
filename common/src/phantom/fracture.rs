//! Fractures: a jagged plane through a bone, and what has moved along it.

use super::{
    chance::noise,
    frame::{Point, Turn, dot},
};

/// A break of a body, in the body's own millimetres. The part that `normal` points to is the one that moves.
#[derive(Debug, Clone)]
pub(super) struct Fracture {
    /// Where the plane meets the bone's axis.
    pub(super) at: Point,
    /// Across the plane; of length 1.
    pub(super) normal: Point,
    /// How far the plane runs along the normal between the front and the back of the bone.
    pub(super) tilt_mm: f32,
    /// How rough the break is.
    pub(super) jag_mm: f32,
    pub(super) jag_seed: u32,
    /// Opening between the fragments.
    pub(super) gap_mm: f32,
    /// How much of the bone's depth is broken, 0 to 1.
    pub(super) through: f32,
    /// How the moving part has slid.
    pub(super) shift: Point,
    /// How far the moving part has turned, about `pivot`.
    pub(super) turn: Turn,
    pub(super) pivot: Point,
}

impl Fracture {
    /// What `whole`, a quantity along the ray at a point of the intact body, becomes once it is broken.
    ///
    /// Fragments driven into each other add up: the dense band of an impacted fracture.
    pub(super) fn apply(&self, at: Point, whole: impl Fn(Point) -> f32) -> f32 {
        let still = whole(at);
        let before = self.before(at);
        // Far on the unmoved side only that side is there.
        if before > self.reach_mm() + 4.0 {
            return still;
        }
        let origin = self.origin_of(at);
        let moved_share = self.share(-self.before(origin) - self.gap_mm * 0.5);
        let moved = if moved_share > 0.0 { moved_share * whole(origin) } else { 0.0 };
        let broken = still * self.share(before - self.gap_mm * 0.5) + moved;
        still + (broken - still) * self.through
    }

    /// Where a point of the film came from, if it belongs to the part that moved.
    fn origin_of(&self, at: Point) -> Point {
        self.turn.back().about(self.pivot, [at[0] - self.shift[0], at[1] - self.shift[1]])
    }

    /// Where a point of the intact bone lies once its part has moved.
    fn destination_of(&self, at: Point) -> Point {
        let [x, y] = self.turn.about(self.pivot, at);
        [x + self.shift[0], y + self.shift[1]]
    }

    /// Millimetres before the broken surface, on the side that stays; negative beyond it.
    fn before(&self, at: Point) -> f32 {
        let from = [at[0] - self.at[0], at[1] - self.at[1]];
        let sideways = self.normal[1] * from[0] - self.normal[0] * from[1];
        let jag = 0.65 * noise(sideways * 0.22, 0.5, self.jag_seed) + 0.35 * noise(sideways * 0.7, 7.5, self.jag_seed);
        jag * self.jag_mm - dot(from, self.normal)
    }

    /// The share of the bone's depth that lies `inside_mm` before an oblique plane.
    fn share(&self, inside_mm: f32) -> f32 {
        (0.5 + inside_mm / self.tilt_mm.max(0.3)).clamp(0.0, 1.0)
    }

    /// The farthest that any point may have moved, in mm.
    pub(super) fn reach_mm(&self) -> f32 {
        let slid = dot(self.shift, self.shift).sqrt();
        let lever = [self.at[0] - self.pivot[0], self.at[1] - self.pivot[1]];
        let turned = (dot(lever, lever).sqrt() + 30.0) * self.turn.chord();
        slid + turned + self.gap_mm + self.jag_mm + self.tilt_mm
    }

    /// Corners in the body's millimetres of what a radiologist would draw a box around: both broken edges.
    pub(super) fn outline(&self, inside: impl Fn(Point) -> bool) -> Vec<Point> {
        let mut corners = Vec::new();
        let half = self.gap_mm * 0.5 + self.jag_mm + self.tilt_mm * 0.5;
        for direction in [-1.0, 1.0] {
            let sideways = [self.normal[1] * direction, -self.normal[0] * direction];
            let mut width = 0.0;
            while width < 60.0 && inside([self.at[0] + sideways[0] * width, self.at[1] + sideways[1] * width]) {
                width += 0.5;
            }
            for lift in [-half, half] {
                let corner = [
                    self.at[0] + sideways[0] * width + self.normal[0] * lift,
                    self.at[1] + sideways[1] * width + self.normal[1] * lift,
                ];
                corners.push(corner);
                corners.push(self.destination_of(corner));
            }
        }
        corners
    }
}
