//! The parts that screens are made of.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::screening::Decision;

use super::canvas::Canvas;
use super::sign::near;
use super::text::{Style, Weight};
use super::theme::{self, FAINT_INK, INK, LINE, Look, PAPER, WHITE};

/// Capitals lower than this cannot be read at arm's length on the panels of the trade.
const SMALLEST_CAPITAL_PX: f32 = 8.0;

/// Where a screen's two halves lie, and how large everything on it is.
#[derive(Debug, Clone, Copy)]
pub struct Layout {
    /// The picture's place on the left.
    pub picture: Rectangle,
    /// Everything else, on the right.
    pub words: Rectangle,
    /// Size of everything; 1 on a panel of 480 rows.
    pub scale: f32,
}

impl Layout {
    /// The layout for a panel of this size.
    pub fn of(panel: Size) -> Self {
        let scale = (panel.height as f32 / 480.0).min(panel.width as f32 / 720.0);
        let margin = (16.0 * scale).round() as u32;
        let picture_width = (panel.width as f32 * 0.46) as u32;
        let height = panel.height.saturating_sub(2 * margin);
        let left = 2 * margin + picture_width;
        Self {
            picture: Rectangle::new(Point::new_equal(margin as i32), Size::new(picture_width, height)),
            words: Rectangle::new(
                Point::new(left as i32, margin as i32),
                Size::new(panel.width.saturating_sub(left + margin), height),
            ),
            scale,
        }
    }

    /// A text style, its capitals `capital_px` high on a panel of 480 rows, and never too small to read.
    pub fn style(&self, weight: Weight, capital_px: f32) -> Style {
        Style::new(weight, (capital_px * self.scale).max(SMALLEST_CAPITAL_PX), INK)
    }

    /// A length on this panel.
    pub fn px(&self, length: f32) -> f32 {
        (length * self.scale).round()
    }
}

/// The decision: its sign and its word on its colour.
pub fn decision(canvas: &mut Canvas, layout: &Layout, look: &Look, area: Rectangle) {
    canvas.plate(area, layout.px(10.0), look.ground);
    let side = (area.size.height as f32 * 0.62) as u32;
    let inset = (area.size.height - side) / 2;
    look.sign.draw(canvas, area.top_left + Point::new_equal(inset as i32), side, look.ink);
    let x = area.top_left.x as f32 + (inset + side) as f32 + layout.px(14.0);
    let width = area.top_left.x as f32 + area.size.width as f32 - x - layout.px(14.0);
    let style = Style { ink: look.ink, ..layout.style(Weight::Bold, 40.0) }.fitting(look.word, width);
    let baseline = area.top_left.y as f32 + (area.size.height as f32 + style.capital_px) / 2.0;
    style.draw(canvas, look.word, x, baseline);
}

/// The scale from 0 to 100 %, its parts named with what they would mean, and a pointer at `probability`.
/// Returns the bottom of it.
pub fn scale(
    canvas: &mut Canvas,
    layout: &Layout,
    area: Rectangle,
    probability: f64,
    point: Option<&OperatingPoint>,
) -> f32 {
    let (left, width) = (area.top_left.x as f32, area.size.width as f32);
    let at = |share: f64| left + share.clamp(0.0, 1.0) as f32 * width;
    let pointer_px = layout.px(13.0);
    let top = area.top_left.y as f32 + pointer_px;
    let bar_px = layout.px(18.0);
    let bar = |from: f32, to: f32| {
        Rectangle::new(Point::new(from as i32, top as i32), Size::new((to - from).max(0.0) as u32, bar_px as u32))
    };
    canvas.plate(bar(left, left + width), 0.0, LINE);

    let words = layout.style(Weight::Regular, 11.0);
    let baseline = top + bar_px + layout.px(8.0) + words.capital_px;
    if let Some(point) = point {
        let (low, high) = (at(point.normal_below()), at(point.abnormal_from()));
        let ends =
            [(left, low, Decision::Normal), (low, high, Decision::Refer), (high, left + width, Decision::Abnormal)];
        for (from, to, decision) in ends {
            canvas.plate(bar(from.round(), to.round()), 0.0, theme::look(decision).ground);
            let word = decision.name();
            if words.width_px(word) <= to - from {
                words.draw_centred(canvas, word, (from + to) / 2.0, baseline);
            }
        }
        for edge in [low, high] {
            canvas.plate(bar(edge.round() - 1.0, edge.round() + 2.0), 0.0, PAPER);
        }
    }

    let tip = at(probability).clamp(left + layout.px(2.0), left + width - layout.px(2.0));
    let pointer = Rectangle::with_corners(
        Point::new((tip - pointer_px) as i32 - 1, (top - pointer_px) as i32 - 1),
        Point::new((tip + pointer_px) as i32 + 2, (top + bar_px) as i32 + 2),
    );
    let arrow = |x: f32, y: f32, grow: f32| {
        let head = y > top - pointer_px - grow && (x - tip).abs() <= (top + pointer_px * 0.15 + grow - y) * 0.75;
        let line = near([x, y], [tip, top], [tip, top + bar_px], layout.px(2.0) + grow);
        head || line
    };
    canvas.paint(pointer, WHITE, |x, y| arrow(x, y, 1.5));
    canvas.paint(pointer, INK, |x, y| arrow(x, y, 0.0));
    baseline + layout.px(4.0)
}

/// The lines at the foot of every screen: what was used, and what the box is not.
pub fn foot(canvas: &mut Canvas, layout: &Layout, facts: &str) -> f32 {
    let area = layout.words;
    let (left, width) = (area.top_left.x as f32, area.size.width as f32);
    let bottom = (area.top_left.y + area.size.height as i32) as f32 - layout.px(4.0);
    let warning = "Screening aid, not a diagnosis";
    let bold = layout.style(Weight::Bold, 12.0).fitting(warning, width);
    bold.draw(canvas, warning, left, bottom);
    let small = Style { ink: FAINT_INK, ..layout.style(Weight::Regular, 11.0) }.fitting(facts, width);
    let baseline = bottom - layout.px(22.0);
    small.draw(canvas, facts, left, baseline);
    let rule = baseline - small.capital_px - layout.px(10.0);
    canvas.plate(
        Rectangle::new(Point::new(left as i32, rule as i32), Size::new(width as u32, layout.px(2.0).max(1.0) as u32)),
        0.0,
        LINE,
    );
    rule
}

/// A ring around a place on a film, light in dark so that it shows on any grey.
pub fn ring(canvas: &mut Canvas, layout: &Layout, film: Rectangle, [across, down]: [f64; 2]) {
    let x = film.top_left.x as f32 + across as f32 * film.size.width as f32;
    let y = film.top_left.y as f32 + down as f32 * film.size.height as f32;
    let radius = layout.px(22.0);
    let area = Rectangle::with_center(Point::new(x as i32, y as i32), Size::new_equal(2 * radius as u32 + 9))
        .intersection(&film);
    for (ink, half_width) in [(INK, layout.px(3.0)), (WHITE, layout.px(1.5))] {
        canvas.paint(area, ink, |px, py| ((px - x).hypot(py - y) - radius).abs() <= half_width);
    }
}
