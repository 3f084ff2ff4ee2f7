//! The parts that several screens are made of.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use fieldray_common::screening::Decision;

use super::action::Action;
use super::canvas::Canvas;
use super::element::Element;
use super::kit::Kit;
use super::language::Direction;
use super::measures::{Panel, Role};
use super::sign::{Sign, near};
use super::theme::Ground;
use super::words;

/// A screen: a title, what it shows, and the four keys.
pub(super) fn page<'a>(kit: &Kit, head: Element<'a>, body: Element<'a>, keys: [Option<Action>; 4]) -> Element<'a> {
    let measures = kit.measures;
    Element::column([head.fixed(), body.grow_down(), bar(kit, keys)])
        .gap(measures.gap_px())
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// What a screen is about, with a word at the other end.
pub(super) fn head<'a>(kit: &Kit, title: impl Into<String>, beside: Option<Element<'a>>) -> Element<'a> {
    let title = kit.words(Role::Title, title);
    Element::row([Some(title), beside].into_iter().flatten()).apart().gap(kit.measures.gap_px() * 2.0)
}

/// The four keys along the lower edge: each can be touched, and says what the key below it does.
pub(super) fn bar<'a>(kit: &Kit, keys: [Option<Action>; 4]) -> Element<'a> {
    let slots = keys.into_iter().map(|action| match action {
        Some(action) => key(kit, action),
        None => Element::column([]).grow(1.0).above_key(),
    });
    let gap = match kit.measures.panel {
        Panel::Small => 5.0,
        Panel::Large => 10.0,
    };
    Element::row(slots).filled().gap(gap).fixed()
}

fn key<'a>(kit: &Kit, action: Action) -> Element<'a> {
    let Ground { ground, ink } = kit.palette.key;
    let measures = kit.measures;
    let label = kit.centred(Role::StrongNote, kit.say(action.message()), ink);
    let content = match measures.panel {
        Panel::Small => {
            Element::column([sign(kit, action.sign(), 20.0, ink), label]).in_middle().gap(1.0).padding(2.0, 3.0)
        }
        Panel::Large => Element::row([sign(kit, action.sign(), 24.0, ink), label]).gap(9.0).padding(8.0, 4.0),
    };
    let tall = measures.touch_px();
    content.centred().on(ground, measures.radius_px()).at_least(tall, tall).grow(1.0).does(action).above_key()
}

/// A sign of this size.
pub(super) fn sign<'a>(kit: &Kit, sign: Sign, side_px: f32, ink: Rgb888) -> Element<'a> {
    let direction = kit.direction();
    Element::drawing(side_px, side_px, move |canvas, area| sign.draw(canvas, area, ink, direction))
}

/// The sign of a decision.
pub(super) fn decision_sign(decision: Decision) -> Sign {
    match decision {
        Decision::Normal => Sign::Check,
        Decision::Abnormal => Sign::Warning,
        Decision::Refer => Sign::Person,
        Decision::Unreadable => Sign::BrokenFilm,
    }
}

/// The decision, large: its sign and its word on its colour.
pub(super) fn decision<'a>(kit: &Kit, decision: Decision) -> Element<'a> {
    let Ground { ground, ink } = kit.palette.of(decision);
    let (side, across, down) = match kit.measures.panel {
        Panel::Small => (34.0, 10.0, 5.0),
        Panel::Large => (58.0, 18.0, 12.0),
    };
    let word = kit.inked(Role::Headline, words::decision(kit, decision), ink);
    Element::row([sign(kit, decision_sign(decision), side, ink), word.stretch(1.0)])
        .gap(across)
        .padding(across, down)
        .on(ground, kit.measures.radius_px())
        .fixed()
}

/// The decision in a line of a list: its sign and its word on its colour.
pub(super) fn chip<'a>(kit: &Kit, decision: Decision) -> Element<'a> {
    let Ground { ground, ink } = kit.palette.of(decision);
    let side = kit.type_px(Role::Note) * 1.15;
    let word = kit.inked(Role::StrongNote, words::decision(kit, decision), ink);
    Element::row([sign(kit, decision_sign(decision), side, ink), word]).gap(6.0).padding(8.0, 3.0).on(ground, 6).fixed()
}

/// What the box is not.
pub(super) fn aid<'a>(kit: &Kit) -> Element<'a> {
    kit.words(Role::StrongNote, kit.say("aid"))
}

/// How far something is, from 0 to 1.
pub(super) fn progress<'a>(kit: &Kit, share: f64) -> Element<'a> {
    let (direction, line, accent) = (kit.direction(), kit.palette.line, kit.palette.accent.ground);
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    Element::filling(move |canvas, area| {
        let radius = area.size.height / 2;
        canvas.plate(area, radius, line);
        let filled = (f64::from(area.size.width) * share) as u32;
        if filled >= area.size.height {
            canvas.plate(from_start(area, direction, 0, filled), radius, accent);
        }
    })
    .high(match kit.measures.panel {
        Panel::Small => 14.0,
        Panel::Large => 18.0,
    })
    .fixed()
}

/// The part of `area` between two distances from where reading begins.
pub(super) fn from_start(area: Rectangle, direction: Direction, from_px: u32, to_px: u32) -> Rectangle {
    let width = to_px.saturating_sub(from_px);
    let left = match direction {
        Direction::LeftToRight => from_px,
        Direction::RightToLeft => area.size.width.saturating_sub(to_px),
    };
    Rectangle::new(area.top_left + Point::new(left as i32, 0), Size::new(width, area.size.height))
}

/// A pointer that stands on a bar at this distance from its left edge.
pub(super) fn pointer(canvas: &mut Canvas, bar: Rectangle, at_px: f32, tall_px: f32, ink: Rgb888, halo: Rgb888) {
    let tip = bar.top_left.x as f32 + at_px.clamp(2.0, (bar.size.width as f32 - 2.0).max(2.0));
    let top = bar.top_left.y as f32;
    let bottom = top + bar.size.height as f32;
    let around = Rectangle::with_corners(
        Point::new((tip - tall_px) as i32 - 2, (top - tall_px) as i32 - 2),
        Point::new((tip + tall_px) as i32 + 2, bottom as i32 + 2),
    );
    let arrow = |x: f32, y: f32, grow: f32| {
        let head = y > top - tall_px - grow && (x - tip).abs() <= (top + tall_px * 0.15 + grow - y) * 0.75;
        head || near([x, y], [tip, top], [tip, bottom], 1.8 + grow)
    };
    canvas.paint(around, halo, |x, y| arrow(x, y, 1.6));
    canvas.paint(around, ink, |x, y| arrow(x, y, 0.0));
}

/// A line of a list that can be chosen and touched.
pub(super) fn line<'a>(kit: &Kit, content: Element<'a>, chosen: bool, action: Action) -> Element<'a> {
    let measures = kit.measures;
    let tall = measures.touch_px();
    let card = content
        .padding(measures.padding_px(), 2.0)
        .on(kit.palette.card.ground, measures.radius_px())
        .at_least(tall, tall)
        .does(action);
    if chosen { card.edged(3, kit.palette.accent.ground) } else { card }
}
