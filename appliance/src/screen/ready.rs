//! The screen between films.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use super::canvas::Canvas;
use super::sign::near;
use super::text::{Style, Weight};
use super::theme::{BRAND, FAINT_INK, WHITE};
use super::widget::{self, Layout};

/// What the ready screen shows.
#[derive(Debug, Clone)]
pub struct ReadyView<'a> {
    /// The regions the model screens.
    pub regions: &'a [String],
    /// `name@version` of the model.
    pub bundle: &'a str,
}

pub(super) fn draw(view: &ReadyView<'_>, canvas: &mut Canvas) {
    let layout = Layout::of(canvas.area().size);
    canvas.plate(layout.picture, layout.px(6.0), BRAND);
    film_sign(canvas, layout.picture);

    let words = layout.words;
    let left = words.top_left.x as f32;
    let title = layout.style(Weight::Bold, 34.0);
    let mut baseline = words.top_left.y as f32 + layout.px(60.0) + title.capital_px;
    title.draw(canvas, "Ready", left, baseline);

    let lead = layout.style(Weight::Regular, 18.0);
    baseline += layout.px(30.0);
    let foot = widget::foot(canvas, &layout, view.bundle);
    let area = |top: f32| {
        Rectangle::new(Point::new(words.top_left.x, top as i32), Size::new(words.size.width, (foot - top) as u32))
    };
    let bottom = lead.draw_wrapped(canvas, "Waiting for a film.", area(baseline));
    let small = Style { ink: FAINT_INK, ..layout.style(Weight::Regular, 14.0) };
    let screens = format!("It screens {}.", list(view.regions));
    small.draw_wrapped(canvas, &screens, area(bottom + layout.px(20.0)));
}

/// A film with a bone on it.
fn film_sign(canvas: &mut Canvas, area: Rectangle) {
    let side = area.size.width.min(area.size.height) as f32 * 0.62;
    let centre = area.center();
    let [left, top] = [centre.x as f32 - side / 2.0, centre.y as f32 - side / 2.0];
    canvas.paint(area, WHITE, |x, y| {
        let at = [(x - left) / side, (y - top) / side];
        let knob = |place: [f32; 2]| near(at, place, place, 0.105);
        let bone = near(at, [0.36, 0.64], [0.64, 0.36], 0.075)
            || [[0.27, 0.64], [0.36, 0.73], [0.64, 0.27], [0.73, 0.36]].into_iter().any(knob);
        let frame = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
        let corner = (0..4).any(|k| {
            let ([cx, cy], inward) = (frame[k], |value: f32| 0.22 * (1.0 - 2.0 * value));
            near(at, [cx, cy], [cx + inward(cx), cy], 0.035) || near(at, [cx, cy], [cx, cy + inward(cy)], 0.035)
        });
        bone || corner
    });
}

fn list(names: &[String]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}
