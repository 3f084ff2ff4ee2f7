//! The signs of the display, drawn as shapes in a square of side 1.

use embedded_graphics::geometry::Size;
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;

use super::canvas::Canvas;
use super::language::Direction;

/// A sign that stands for something without words or colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub(super) enum Sign {
    Check,
    Warning,
    Person,
    BrokenFilm,
    Film,
    Heat,
    Grid,
    Views,
    List,
    Lens,
    Sliders,
    Install,
    Info,
    Home,
    Back,
    Forward,
    Up,
    Down,
    Again,
    Cross,
    Delete,
    Storage,
    Thermometer,
    Plug,
    Pulse,
    Clock,
    Dot,
}

impl Sign {
    /// Draws the sign in `ink` as large as fits into `area`, in its middle. What points along the line of reading is mirrored
    /// with it.
    pub fn draw(self, canvas: &mut Canvas, area: Rectangle, ink: Rgb888, direction: Direction) {
        let side_px = area.size.width.min(area.size.height);
        let place = Rectangle::with_center(area.center(), Size::new_equal(side_px));
        let (left, top, side) = (place.top_left.x as f32, place.top_left.y as f32, side_px as f32);
        let mirrored = direction == Direction::RightToLeft
            && matches!(self, Sign::Back | Sign::Forward | Sign::List | Sign::Delete);
        let covers = self.shape();
        canvas.paint(place, ink, |x, y| {
            let across = (x - left) / side;
            covers([if mirrored { 1.0 - across } else { across }, (y - top) / side])
        });
    }

    /// Whether a point of the unit square belongs to the sign.
    fn shape(self) -> fn([f32; 2]) -> bool {
        match self {
            Sign::Check => |at| path(at, &[[0.12, 0.54], [0.40, 0.80], [0.88, 0.22]], 0.09),
            Sign::Warning => |at| {
                path(at, &[[0.5, 0.13], [0.93, 0.86], [0.07, 0.86], [0.5, 0.13]], 0.06)
                    || near(at, [0.5, 0.40], [0.5, 0.60], 0.055)
                    || dot(at, [0.5, 0.74], 0.06)
            },
            Sign::Person => |at| dot(at, [0.5, 0.28], 0.20) || (dot(at, [0.5, 0.95], 0.40) && at[1] < 0.93),
            Sign::BrokenFilm => |at| {
                let [x, y] = at;
                let outside = (0.16..0.84).contains(&x) && (0.06..0.94).contains(&y);
                let inside = (0.24..0.76).contains(&x) && (0.14..0.86).contains(&y);
                let tear = [[0.10, 0.52], [0.34, 0.44], [0.48, 0.60], [0.66, 0.40], [0.90, 0.50]];
                let mark = path(at, &tear, 0.035) && (0.06..0.94).contains(&x);
                (outside && !inside && !path(at, &tear, 0.10)) || mark
            },
            Sign::Film => |at| frame(at) || bone(at),
            Sign::Heat => |at| frame(at) || ring(at, [0.5, 0.5], 0.21, 0.045) || dot(at, [0.5, 0.5], 0.09),
            Sign::Grid => |at| {
                let cell = |value: f32| ((value - 0.1) / 0.27).floor();
                let inside = |value: f32| (value - 0.1).rem_euclid(0.27) < 0.21 && (0.1..0.9).contains(&value);
                let hidden = [[1.0, 0.0], [0.0, 2.0]].contains(&[cell(at[0]), cell(at[1])]);
                inside(at[0]) && inside(at[1]) && !hidden
            },
            Sign::Views => |at| {
                let pane = |left: f32| {
                    let corners = [[left, 0.2], [left + 0.32, 0.2], [left + 0.32, 0.8], [left, 0.8], [left, 0.2]];
                    path(at, &corners, 0.045)
                };
                pane(0.1) || pane(0.58)
            },
            Sign::List => |at| {
                [0.22, 0.5, 0.78]
                    .into_iter()
                    .any(|y| near(at, [0.34, y], [0.90, y], 0.055) || dot(at, [0.13, y], 0.075))
            },
            Sign::Lens => |at| ring(at, [0.42, 0.42], 0.27, 0.055) || near(at, [0.63, 0.63], [0.88, 0.88], 0.075),
            Sign::Sliders => |at| {
                [(0.22, 0.66), (0.5, 0.32), (0.78, 0.58)]
                    .into_iter()
                    .any(|(y, knob)| near(at, [0.08, y], [0.92, y], 0.04) || dot(at, [knob, y], 0.115))
            },
            Sign::Install => |at| {
                near(at, [0.5, 0.08], [0.5, 0.58], 0.065)
                    || path(at, &[[0.29, 0.40], [0.5, 0.61], [0.71, 0.40]], 0.065)
                    || path(at, &[[0.12, 0.64], [0.12, 0.88], [0.88, 0.88], [0.88, 0.64]], 0.055)
            },
            Sign::Info => |at| {
                ring(at, [0.5, 0.5], 0.40, 0.05)
                    || near(at, [0.5, 0.46], [0.5, 0.70], 0.055)
                    || dot(at, [0.5, 0.29], 0.065)
            },
            Sign::Home => |at| {
                path(at, &[[0.08, 0.50], [0.5, 0.12], [0.92, 0.50]], 0.06)
                    || path(at, &[[0.22, 0.48], [0.22, 0.86], [0.78, 0.86], [0.78, 0.48]], 0.055)
                    || near(at, [0.5, 0.62], [0.5, 0.86], 0.07)
            },
            Sign::Back => |at| path(at, &[[0.64, 0.14], [0.30, 0.5], [0.64, 0.86]], 0.075),
            Sign::Forward => |at| path(at, &[[0.36, 0.14], [0.70, 0.5], [0.36, 0.86]], 0.075),
            Sign::Up => |at| path(at, &[[0.14, 0.66], [0.5, 0.32], [0.86, 0.66]], 0.075),
            Sign::Down => |at| path(at, &[[0.14, 0.34], [0.5, 0.68], [0.86, 0.34]], 0.075),
            Sign::Again => |at| {
                let gap = at[0] > 0.5 && at[1] < 0.5 && at[1] > 0.5 - (at[0] - 0.5) * 1.1 - 0.02;
                (ring(at, [0.5, 0.52], 0.34, 0.06) && !gap)
                    || path(at, &[[0.62, 0.05], [0.66, 0.24], [0.48, 0.33]], 0.06)
            },
            Sign::Cross => |at| near(at, [0.2, 0.2], [0.8, 0.8], 0.08) || near(at, [0.8, 0.2], [0.2, 0.8], 0.08),
            Sign::Delete => |at| {
                path(at, &[[0.06, 0.5], [0.32, 0.2], [0.94, 0.2], [0.94, 0.8], [0.32, 0.8], [0.06, 0.5]], 0.045)
                    || near(at, [0.48, 0.38], [0.74, 0.62], 0.05)
                    || near(at, [0.74, 0.38], [0.48, 0.62], 0.05)
            },
            Sign::Storage => |at| {
                path(at, &[[0.12, 0.18], [0.88, 0.18], [0.88, 0.82], [0.12, 0.82], [0.12, 0.18]], 0.05)
                    || near(at, [0.12, 0.5], [0.88, 0.5], 0.05)
                    || dot(at, [0.28, 0.34], 0.06)
                    || dot(at, [0.28, 0.66], 0.06)
            },
            Sign::Thermometer => |at| {
                let tube = near(at, [0.5, 0.2], [0.5, 0.7], 0.15) || dot(at, [0.5, 0.74], 0.22);
                let hollow = near(at, [0.5, 0.2], [0.5, 0.7], 0.075) && at[1] < 0.42;
                tube && !hollow
            },
            Sign::Plug => |at| {
                let body = (0.26..0.74).contains(&at[0]) && (0.36..0.56).contains(&at[1]);
                let round = dot(at, [0.5, 0.54], 0.24) && at[1] >= 0.54;
                body || round
                    || near(at, [0.37, 0.14], [0.37, 0.36], 0.055)
                    || near(at, [0.63, 0.14], [0.63, 0.36], 0.055)
                    || near(at, [0.5, 0.76], [0.5, 0.94], 0.055)
            },
            Sign::Pulse => |at| {
                let beat = [[0.05, 0.52], [0.28, 0.52], [0.40, 0.20], [0.58, 0.82], [0.70, 0.52], [0.95, 0.52]];
                path(at, &beat, 0.06)
            },
            Sign::Clock => {
                |at| ring(at, [0.5, 0.5], 0.36, 0.05) || path(at, &[[0.5, 0.27], [0.5, 0.5], [0.66, 0.62]], 0.05)
            }
            Sign::Dot => |at| dot(at, [0.5, 0.5], 0.16),
        }
    }
}

/// The corners of a film's frame.
fn frame(at: [f32; 2]) -> bool {
    let mirrored = [0.5 - (at[0] - 0.5).abs(), 0.5 - (at[1] - 0.5).abs()];
    path(mirrored, &[[0.30, 0.10], [0.10, 0.10], [0.10, 0.30]], 0.05)
}

/// A bone, from the lower left to the upper right.
fn bone(at: [f32; 2]) -> bool {
    let knobs = [[0.29, 0.62], [0.38, 0.71], [0.62, 0.29], [0.71, 0.38]];
    near(at, [0.37, 0.63], [0.63, 0.37], 0.07) || knobs.into_iter().any(|knob| dot(at, knob, 0.09))
}

/// Whether `at` lies within `radius` of a line through these points.
fn path(at: [f32; 2], points: &[[f32; 2]], radius: f32) -> bool {
    points.windows(2).any(|ends| near(at, ends[0], ends[1], radius))
}

fn dot(at: [f32; 2], centre: [f32; 2], radius: f32) -> bool {
    near(at, centre, centre, radius)
}

/// Whether `at` lies on a circle whose line is twice `half` wide.
pub(super) fn ring(at: [f32; 2], centre: [f32; 2], radius: f32, half: f32) -> bool {
    let gap = (at[0] - centre[0]) * (at[0] - centre[0]) + (at[1] - centre[1]) * (at[1] - centre[1]);
    let (inner, outer) = ((radius - half).max(0.0), radius + half);
    (inner * inner..=outer * outer).contains(&gap)
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
