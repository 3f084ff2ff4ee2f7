//! Skeletons: where the bones of a region lie, where they break, and where a surgeon would put metal.
//!
//! Every skeleton is drawn in millimetres for an adult's right side, in the frontal view. Sizes are rounded from common
//! anthropometric tables; outlines are our own.

mod arm;
mod leg;
mod pelvis;
mod shoulder;

use super::{
    body::{Body, Tissue},
    chance::Chance,
    frame::{Frame, Point, along},
    shape::{Ellipsoid, End, Shaft, Shape, Slab, Tube},
};
use crate::region::Region;

/// The bodies of a region and what may be done to them.
pub(super) struct Skeleton {
    pub(super) bones: Vec<Body>,
    /// Organs and air within the flesh.
    pub(super) organs: Vec<Body>,
    pub(super) flesh: Vec<Shape>,
    pub(super) fat_mm: f32,
    pub(super) sites: Vec<Site>,
    pub(super) mounts: Vec<Mount>,
    pub(super) view: View,
}

/// What the film shows of a skeleton.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    pub(super) centre: Point,
    pub(super) width_mm: f32,
    pub(super) height_mm: f32,
    pub(super) scatter: f32,
    /// How far the patient may lie askew.
    pub(super) askew_degrees: f32,
}

/// A place where bones of this kind break, in the millimetres of its bone.
#[derive(Debug, Clone)]
pub(super) struct Site {
    pub(super) bone: usize,
    pub(super) at: Point,
    /// Towards the part that moves.
    pub(super) normal: Point,
    /// About which that part turns.
    pub(super) pivot: Point,
    /// Width of the bone here, in mm: how far things move is in proportion.
    pub(super) width_mm: f32,
    pub(super) manner: &'static [Manner],
}

/// How a bone breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// A fine line, nothing moved.
    Crack,
    /// Slid and turned.
    Displaced,
    /// One part driven into the other.
    Impacted,
}

pub(super) const SHAFT_BREAKS: &[Manner] = &[Manner::Displaced, Manner::Displaced, Manner::Crack];
pub(super) const END_BREAKS: &[Manner] = &[Manner::Impacted, Manner::Displaced, Manner::Crack];

/// A straight length of bone that metal can be fixed to, in the skeleton's millimetres.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mount {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) half_width_mm: f32,
    pub(super) kind: MountKind,
}

/// What kind of metal a place takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MountKind {
    /// Plate, nail or wires along a shaft.
    Shaft,
    /// Small plate or wires.
    Slender,
    /// Screws from the lateral side into the head.
    Neck,
}

/// The skeleton of a region, varied by chance; `None` where the region has none.
pub(super) fn of(region: Region, chance: &mut Chance) -> Skeleton {
    match region {
        Region::Hand => arm::hand(chance),
        Region::Wrist => arm::wrist(chance),
        Region::Forearm => arm::forearm(chance),
        Region::Humerus => shoulder::humerus(chance),
        Region::Shoulder => shoulder::shoulder(chance),
        Region::Hip => pelvis::hip(chance),
        Region::Leg => leg::leg(chance),
        _ => leg::leg(chance),
    }
}

impl Skeleton {
    fn new(fat_mm: f32, view: View) -> Self {
        Self {
            bones: Vec::new(),
            organs: Vec::new(),
            flesh: Vec::new(),
            fat_mm,
            sites: Vec::new(),
            mounts: Vec::new(),
            view,
        }
    }

    /// Adds a bone and gives its number.
    fn bone(&mut self, shapes: Vec<Shape>, place: Frame, cortex_mm: f32) -> usize {
        let grain_seed = (self.bones.len() as u32 + 1).wrapping_mul(0x9e37_79b9);
        self.bones.push(Body::new(shapes, place, Tissue::bone(cortex_mm, grain_seed)));
        self.bones.len() - 1
    }

    /// Adds a long bone that stands at `from` and points to `to`; `rows` as [`Shaft::new`] wants them.
    fn long_bone(&mut self, from: Point, to: Point, rows: &[[f32; 5]], ends: [End; 2], cortex_mm: f32) -> usize {
        self.bone(vec![Shape::Shaft(Shaft::new(rows, ends))], Frame::between(from, to), cortex_mm)
    }

    /// Notes that the long bone may break across at a share of its length; the part towards `moves` goes.
    fn breaks(&mut self, bone: usize, share: f32, tilt_degrees: f32, moves: Moves, manner: &'static [Manner]) {
        let Some(Shape::Shaft(shaft)) = self.bones[bone].shapes.first() else { return };
        let length = shaft.length_mm();
        let y = share * length;
        let [left, right] = shaft.silhouette(y);
        let (sine, cosine) = super::frame::sine_cosine(tilt_degrees);
        let (sign, far) = match moves {
            Moves::Near => (-1.0, 0.0),
            Moves::Far => (1.0, length),
        };
        self.sites.push(Site {
            bone,
            at: [(left + right) * 0.5, y],
            normal: [sine * sign, cosine * sign],
            pivot: [0.0, far],
            width_mm: right - left,
            manner,
        });
    }

    fn tissue_tube(&mut self, points: &[[f32; 3]], flatness: f32) {
        self.flesh.push(Shape::Tube(Tube::curved(points, flatness)));
    }
}

/// Which part of a long bone moves when it breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moves {
    /// The one at its start.
    Near,
    /// The one at its end.
    Far,
}

fn head(bulge: f32, round_mm: f32) -> End {
    End { bulge, slant: 0.0, round_mm }
}

fn ellipsoid(centre: Point, radii: [f32; 3]) -> Shape {
    Shape::Ellipsoid(Ellipsoid { centre, radii })
}

fn curve(points: &[[f32; 3]], flatness: f32) -> Shape {
    Shape::Tube(Tube::curved(points, flatness))
}

fn plate(corners: &[Point], half_depth_mm: f32, rim_mm: f32) -> Shape {
    Shape::Slab(Slab::new(corners, half_depth_mm, rim_mm))
}

/// A point `length` mm from `from`, `degrees` clockwise from straight up.
fn reach(from: Point, degrees: f32, length: f32) -> Point {
    let (sine, cosine) = super::frame::sine_cosine(degrees);
    [from[0] + sine * length, from[1] - cosine * length]
}

fn midpoint(a: Point, b: Point) -> Point {
    along(a, b, 0.5)
}
