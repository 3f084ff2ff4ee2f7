//! The screen after a film: what was seen, where, and why.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::explain::Heatmap;
use fieldray_common::read::ReadError;
use fieldray_common::screening::{Decision, Model, Reason, RegionSource, Screening};
use image::RgbImage;

use super::action::Action;
use super::element::Element;
use super::film::{Film, Layer, light_box};
use super::kit::Kit;
use super::language::Direction;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget::{self, from_start};
use super::words::{self, Why};

/// What the result screen shows.
#[derive(Debug, Clone)]
pub struct ResultView<'a> {
    /// The film, if there is one.
    pub film: Option<Film<'a>>,
    /// Whether its heatmap is shown.
    pub layer: Layer,
    /// The patient's number, if the film tells it.
    pub patient: Option<&'a str>,
    /// The region it was screened as, and how that is known.
    pub region: Option<(String, RegionSource)>,
    /// What was decided.
    pub decision: Decision,
    /// Why.
    pub why: Why,
    /// Calibrated probability of `abnormal`.
    pub probability: Option<f64>,
    /// Where the decision changes.
    pub operating_point: Option<OperatingPoint>,
    /// How long it took.
    pub elapsed_ms: f64,
    /// `name@version` of the model.
    pub bundle: String,
    /// Whether a person has judged it.
    pub review: Review,
    /// Where its last key leads.
    pub way_out: WayOut,
}

/// Whether a person has judged a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Review {
    /// Not yet: it can be marked so.
    Open,
    /// It is marked so.
    Done,
}

/// Where one goes from a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WayOut {
    /// To the ready screen.
    Home,
    /// To the list or study it was opened from.
    Back,
}

impl<'a> ResultView<'a> {
    /// The view of a screening that took this long. `film` and `heated` are the pictures of the film without and with its heatmap,
    /// `refusal` says why it could not be read.
    pub fn new(
        model: &Model,
        screening: &Screening,
        refusal: Option<&ReadError>,
        pictures: Option<(&'a RgbImage, Option<&'a RgbImage>)>,
        elapsed_ms: f64,
    ) -> Self {
        let strongest = screening.heatmap.as_ref().and_then(Heatmap::peak_share);
        let peak = strongest.filter(|_| screening.decision == Decision::Abnormal);
        let why = match (refusal, &screening.reason) {
            (Some(refusal), _) => Why::Refused(refusal.clone()),
            // A film that could be read is unreadable only for being blank.
            (None, Reason::Unreadable(_)) if pictures.is_some() => Why::Blank,
            (None, reason) => Why::Screened(reason.clone()),
        };
        Self {
            film: pictures.map(|(plain, heatmap)| Film { plain, heatmap, peak }),
            layer: Layer::default(),
            patient: None,
            region: screening.region.as_ref().map(|choice| (choice.name.clone(), choice.source)),
            decision: screening.decision,
            why,
            probability: screening.probability,
            operating_point: screening.operating_point,
            elapsed_ms,
            bundle: model.manifest().id(),
            review: Review::Open,
            way_out: WayOut::Home,
        }
    }
}

pub(super) fn elements<'a>(view: &ResultView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let has_heatmap = view.film.is_some_and(|film| film.heatmap.is_some());
    let toggle = has_heatmap.then_some(match view.layer {
        Layer::Heatmap => Action::HideHeatmap,
        Layer::Film => Action::ShowHeatmap,
    });
    let unclear = matches!(view.why, Why::Screened(Reason::RegionUnclear));
    let first = if unclear { Some(Action::ChooseRegion) } else { toggle };

    let share = match measures.panel {
        Panel::Small => 0.42,
        Panel::Large => 0.46,
    };
    let film = light_box(kit, view.film, view.layer).wide_share(share);
    let film = if let Some(toggle) = toggle { film.does(toggle) } else { film };
    let mut said = vec![about(view, kit), widget::decision(kit, view.decision), reason(view, kit), Element::space()];
    if let Some(probability) = view.probability {
        said.push(likelihood(kit, probability, view.operating_point.as_ref()));
    }
    let said = Element::column(said).gap(measures.gap_px()).grow(1.0);
    let body = Element::row([film, said]).filled().gap(measures.gap_px() * 1.5).grow_down();

    let elapsed = kit.say_of("result-time", [("time", words::time(kit, view.elapsed_ms).into())]);
    let mut foot = vec![widget::aid(kit).stretch(1.0)];
    if view.review == Review::Done {
        let side = kit.type_px(Role::Note) * 1.15;
        let word = kit.words(Role::StrongNote, kit.say("history-reviewed"));
        foot.push(Element::row([widget::sign(kit, Sign::Check, side, kit.palette.well), word]).gap(6.0).fixed());
    }
    foot.push(kit.faint(Role::Note, elapsed));
    if measures.panel == Panel::Large {
        foot.push(kit.free(Role::Note, view.bundle.clone(), kit.palette.faint));
    }
    let foot = Element::row(foot).gap(measures.gap_px() * 1.5).fixed();
    let review = (view.review == Review::Open).then_some(Action::Review);
    let way_out = match view.way_out {
        WayOut::Home => Action::Home,
        WayOut::Back => Action::Back,
    };
    let keys = [first, Some(Action::Details), review, Some(way_out)];
    Element::column([body, foot, widget::bar(kit, keys)])
        .gap(measures.gap_px() * 0.67)
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// What the film shows and whose it is.
fn about<'a>(view: &ResultView<'a>, kit: &Kit) -> Element<'a> {
    let name = match &view.region {
        Some((name, _)) => words::region(kit, name),
        None if view.film.is_some() => kit.say("region-none"),
        None => kit.say("result-no-film"),
    };
    let patient = view.patient.map(|number| {
        let said = match kit.measures.panel {
            Panel::Small => number.to_owned(),
            Panel::Large => words::patient(kit, Some(number)),
        };
        kit.free(Role::Body, said, kit.palette.paper.ink)
    });
    let region =
        Element::row([Some(kit.words(Role::Strong, name).fixed()), patient].into_iter().flatten()).apart().gap(10.0);
    match (&view.region, kit.measures.panel) {
        (Some((_, source)), Panel::Large) => {
            Element::column([region, kit.faint(Role::Note, words::region_source(kit, *source))]).fixed()
        }
        _ => region.fixed(),
    }
}

fn reason<'a>(view: &ResultView<'a>, kit: &Kit) -> Element<'a> {
    let why = kit.words(Role::Body, words::why(kit, &view.why));
    let large = kit.measures.panel == Panel::Large;
    let ring = large && view.layer == Layer::Heatmap && view.film.is_some_and(|film| film.peak.is_some());
    let note = ring.then(|| kit.faint(Role::Note, kit.say("result-ring")));
    Element::column([Some(why), note].into_iter().flatten()).gap(kit.measures.gap_px() * 0.5).fixed()
}

/// The probability in figures and on a scale whose parts have the colours and signs of what they would mean.
fn likelihood<'a>(kit: &Kit, probability: f64, point: Option<&OperatingPoint>) -> Element<'a> {
    let label = kit.words(Role::Note, kit.say("result-probability"));
    let figure = kit.words(Role::Figure, words::percent(kit, probability));
    let top = Element::row([label.stretch(1.0), figure.fixed()]).gap(10.0).fixed();
    let (tall, pointer) = match kit.measures.panel {
        Panel::Small => (18.0, 9.0),
        Panel::Large => (26.0, 13.0),
    };
    let bar = scale(kit, probability, point.copied(), pointer).high(tall + pointer).fixed();
    let note = point.map(|point| kit.faint(Role::Note, words::operating_point(kit, point)));
    Element::column([Some(top), Some(bar), note].into_iter().flatten()).gap(3.0).fixed()
}

fn scale<'a>(kit: &Kit, probability: f64, point: Option<OperatingPoint>, pointer_px: f32) -> Element<'a> {
    let (palette, direction) = (kit.palette, kit.direction());
    Element::filling(move |canvas, area| {
        let above = Point::new(0, pointer_px as i32);
        let bar = Rectangle::new(
            area.top_left + above,
            Size::new(area.size.width, area.size.height.saturating_sub(pointer_px as u32)),
        );
        let along = |share: f64| (share.clamp(0.0, 1.0) * f64::from(bar.size.width)).round() as u32;
        let along_reading = |from_left: i32| match direction {
            Direction::LeftToRight => from_left as u32,
            Direction::RightToLeft => bar.size.width.saturating_sub(from_left as u32),
        };
        canvas.fill(bar, palette.line);
        if let Some(point) = point {
            let (low, high) = (along(point.normal_below()), along(point.abnormal_from()));
            let parts =
                [(0, low, Decision::Normal), (low, high, Decision::Refer), (high, bar.size.width, Decision::Abnormal)];
            for (from, to, decision) in parts {
                let part = from_start(bar, direction, from, to);
                let colours = palette.of(decision);
                canvas.fill(part, colours.ground);
                // A sign where there is room for it and the pointer does not hide it, so that the parts do not differ by colour alone.
                let side = bar.size.height * 2 / 3;
                let hidden =
                    along_reading(part.center().x - bar.top_left.x).abs_diff(along(probability)) < side * 3 / 4;
                if part.size.width > side + 6 && !hidden {
                    let place = Rectangle::with_center(part.center(), Size::new_equal(side));
                    widget::decision_sign(decision).draw(canvas, place, colours.ink, direction);
                }
            }
            for edge in [low, high] {
                canvas.fill(from_start(bar, direction, edge.saturating_sub(1), edge + 1), palette.paper.ground);
            }
        }
        let at = along_reading(along(probability) as i32);
        widget::pointer(canvas, bar, at as f32, pointer_px, palette.paper.ink, palette.paper.ground);
    })
}
