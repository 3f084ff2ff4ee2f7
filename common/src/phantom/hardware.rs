//! Metal in the patient: plates with screws, nails and wires. It says nothing about a fracture, old or new.

use super::{
    body::{Body, Tissue},
    chance::Chance,
    frame::{Frame, Point, along, distance},
    material,
    shape::{Shape, Tube},
    skeleton::{Mount, MountKind},
};

/// What a surgeon left in the bone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hardware {
    /// A plate beside the bone, held by screws.
    Plate,
    /// A nail inside the shaft, locked by cross screws.
    Nail,
    /// Thin straight (Kirschner) wires.
    Wires,
    /// Long screws alone.
    Screws,
}

impl Hardware {
    /// The name used in lists.
    pub fn name(self) -> &'static str {
        match self {
            Hardware::Plate => "plate",
            Hardware::Nail => "nail",
            Hardware::Wires => "wires",
            Hardware::Screws => "screws",
        }
    }
}

/// Metal of a kind that suits the place.
pub(super) fn fit(mount: &Mount, chance: &mut Chance) -> (Hardware, Body) {
    let kind = match mount.kind {
        MountKind::Shaft => *chance.pick(&[Hardware::Plate, Hardware::Plate, Hardware::Nail, Hardware::Screws]),
        MountKind::Slender => *chance.pick(&[Hardware::Plate, Hardware::Wires, Hardware::Wires]),
        MountKind::Neck => Hardware::Screws,
    };
    let length = distance(mount.from, mount.to);
    let half = mount.half_width_mm;
    // From here on x runs across the bone and y along it, from `mount.from`.
    let rods = match (kind, mount.kind) {
        (Hardware::Plate, _) => plate(length, half, chance),
        (Hardware::Nail, _) => nail(length, half, chance),
        (Hardware::Wires, _) => wires(length, half, chance),
        (Hardware::Screws, MountKind::Neck) => neck_screws(length, chance),
        (Hardware::Screws, _) => lag_screws(length, half, chance),
    };
    let metal = if chance.happens(0.5) { material::STEEL } else { material::TITANIUM };
    let body = Body::new(rods, Frame::between(mount.from, mount.to), Tissue::solid(metal, material::MUSCLE));
    (kind, body)
}

fn rod(from: Point, to: Point, radius: f32, flatness: f32) -> Shape {
    Shape::Tube(Tube::straight(&[[from[0], from[1], radius], [to[0], to[1], radius]], flatness))
}

fn screw(from: Point, to: Point, radius: f32) -> [Shape; 2] {
    // The head is a short thick piece at the start.
    let shoulder = along(from, to, (2.0 * radius / distance(from, to).max(1.0)).min(0.3));
    [rod(from, shoulder, radius * 1.7, 1.0), rod(from, to, radius, 1.0)]
}

fn plate(length: f32, half: f32, chance: &mut Chance) -> Vec<Shape> {
    let side = if chance.happens(0.5) { 1.0 } else { -1.0 };
    let thick = 0.06 * half + 1.0;
    let (start, end) = (length * chance.between(0.02, 0.12), length * chance.between(0.85, 0.98));
    let holes = (((end - start) / (half * 1.25 + 3.0)) as usize).clamp(4, 10);
    // Seen on edge beside the bone, or flat on it.
    let on_edge = chance.happens(0.6);
    let x = if on_edge { side * (half + thick) } else { side * half * 0.15 };
    let mut shapes = vec![if on_edge {
        rod([x, start], [x, end], thick, 2.5)
    } else {
        rod([x, start], [x, end], half * 0.2 + 2.0, 0.3)
    }];
    let empty = (chance.bits() % holes as u64) as usize;
    for k in (0..holes).filter(|&k| k != empty) {
        let y = start + (end - start) * (k as f32 + 0.5) / holes as f32;
        let radius = 0.07 * half + 0.75;
        if on_edge {
            shapes.extend(screw([x + side * thick, y], [-side * (half + 1.0), y + chance.between(-1.0, 1.0)], radius));
        } else {
            shapes.push(rod([x, y - 0.1], [x, y + 0.1], radius * 1.6, 2.5));
        }
    }
    shapes
}

fn nail(length: f32, half: f32, chance: &mut Chance) -> Vec<Shape> {
    let radius = half * 0.36;
    let mut shapes = vec![rod([0.0, -length * 0.25], [0.0, length * 1.1], radius, 1.0)];
    for y in [-0.12, -0.02, 0.95, 1.03] {
        let tilt = chance.between(-2.0, 2.0);
        shapes.extend(screw([half * 1.25, length * y + tilt], [-half * 1.15, length * y], 0.08 * half + 1.0));
    }
    shapes
}

fn wires(length: f32, half: f32, chance: &mut Chance) -> Vec<Shape> {
    let radius = chance.between(0.6, 0.95);
    (0..2 + chance.bits() % 2)
        .map(|k| {
            let side = if k % 2 == 0 { 1.0 } else { -1.0 };
            let from = [side * (half + chance.between(2.0, 6.0)), length * chance.between(0.85, 1.15)];
            let to = [-side * half * chance.between(0.3, 0.9), length * chance.between(0.0, 0.3)];
            rod(from, to, radius, 1.0)
        })
        .collect()
}

fn lag_screws(length: f32, half: f32, chance: &mut Chance) -> Vec<Shape> {
    (0..2 + chance.bits() % 2)
        .flat_map(|k| {
            let y = length * (0.35 + 0.15 * k as f32) + chance.between(-2.0, 2.0);
            screw([half + 1.0, y - half * 0.3], [-half - 1.0, y + half * 0.3], 0.06 * half + 0.9)
        })
        .collect()
}

fn neck_screws(length: f32, chance: &mut Chance) -> Vec<Shape> {
    [-8.0, 0.5, 8.5]
        .into_iter()
        .flat_map(|x| screw([x, chance.between(-3.0, 3.0)], [x * 0.9, length + chance.between(2.0, 12.0)], 3.2))
        .collect()
}
