//! The lead letter that says which side of the patient is shown.

use super::{
    body::{Body, Tissue},
    frame::{Frame, Point},
    material,
    shape::{Shape, Tube},
};

/// A side of the patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The patient's left.
    Left,
    /// The patient's right.
    Right,
}

impl Side {
    /// `L` or `R`, as DICOM's Image Laterality (0020,0062) has it.
    pub fn letter(self) -> &'static str {
        match self {
            Side::Left => "L",
            Side::Right => "R",
        }
    }
}

/// The side's letter in lead, `height_mm` tall, centred at a place of the film.
pub(super) fn letter(side: Side, centre: Point, degrees: f32, height_mm: f32) -> Body {
    // In a box one unit high and about two thirds wide.
    let strokes: &[&[Point]] = match side {
        Side::Left => &[&[[-0.3, -0.5], [-0.3, 0.5], [0.32, 0.5]]],
        Side::Right => &[
            &[
                [-0.3, 0.5],
                [-0.3, -0.5],
                [0.1, -0.5],
                [0.26, -0.42],
                [0.32, -0.25],
                [0.26, -0.08],
                [0.1, 0.0],
                [-0.3, 0.0],
            ],
            &[[0.02, 0.0], [0.34, 0.5]],
        ],
    };
    let shapes = strokes
        .iter()
        .map(|stroke| {
            let points: Vec<[f32; 3]> =
                stroke.iter().map(|&[x, y]| [x * height_mm, y * height_mm, 0.085 * height_mm]).collect();
            Shape::Tube(Tube::straight(&points, 1.0))
        })
        .collect();
    Body::new(shapes, Frame::new(centre, degrees, 1.0), Tissue::solid(material::LEAD, material::AIR))
}
