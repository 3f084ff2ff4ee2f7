//! The signs of the decisions, drawn as shapes in a square of side 1.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;

use super::canvas::Canvas;

/// A sign that stands for a decision without words or colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// A tick.
    Check,
    /// A triangle with an exclamation mark.
    Warning,
    /// A person.
    Person,
    /// A torn film.
    BrokenFilm,
}

impl Sign {
    /// Draws the sign in `ink` into a square with this top left corner and side.
    pub fn draw(self, canvas: &mut Canvas, top_left: Point, side_px: u32, ink: Rgb888) {
        let area = Rectangle::new(top_left, Size::new_equal(side_px));
        let side = side_px as f32;
        let covers = self.shape();
        canvas.paint(area, ink, |x, y| covers([(x - top_left.x as f32) / side, (y - top_left.y as f32) / side]));
    }

    /// Whether a point of the unit square belongs to the sign.
    fn shape(self) -> fn([f32; 2]) -> bool {
        match self {
            Sign::Check => {
                |at| near(at, [0.12, 0.54], [0.40, 0.80], 0.09) || near(at, [0.40, 0.80], [0.88, 0.22], 0.09)
            }
            Sign::Warning => |at| {
                let corners = [[0.5, 0.13], [0.93, 0.86], [0.07, 0.86]];
                let edge = (0..3).any(|k| near(at, corners[k], corners[(k + 1) % 3], 0.06));
                edge || near(at, [0.5, 0.40], [0.5, 0.60], 0.055) || near(at, [0.5, 0.74], [0.5, 0.74], 0.06)
            },
            Sign::Person => |at| {
                let shoulders = near([at[0], (at[1] - 0.95) * 1.0], [0.5, 0.0], [0.5, 0.0], 0.40) && at[1] < 0.93;
                near(at, [0.5, 0.28], [0.5, 0.28], 0.20) || shoulders
            },
            Sign::BrokenFilm => |at| {
                let [x, y] = at;
                let outside = (0.16..0.84).contains(&x) && (0.06..0.94).contains(&y);
                let inside = (0.24..0.76).contains(&x) && (0.14..0.86).contains(&y);
                let tear = [[0.10, 0.52], [0.34, 0.44], [0.48, 0.60], [0.66, 0.40], [0.90, 0.50]];
                let torn = tear.windows(2).any(|ends| near(at, ends[0], ends[1], 0.10));
                let mark = tear.windows(2).any(|ends| near(at, ends[0], ends[1], 0.035));
                (outside && !inside && !torn) || (mark && (0.06..0.94).contains(&x))
            },
        }
    }
}

/// Whether `at` lies within `radius` of the line between `from` and `to`.
pub(super) fn near(at: [f32; 2], from: [f32; 2], to: [f32; 2], radius: f32) -> bool {
    let along = [to[0] - from[0], to[1] - from[1]];
    let off = [at[0] - from[0], at[1] - from[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let share = if length > 0.0 { ((off[0] * along[0] + off[1] * along[1]) / length).clamp(0.0, 1.0) } else { 0.0 };
    let gap = [off[0] - share * along[0], off[1] - share * along[1]];
    gap[0] * gap[0] + gap[1] * gap[1] <= radius * radius
}
