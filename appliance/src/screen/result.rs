//! The screen after a film: what was seen, where, and why.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::explain::Peak;
use fieldray_common::screening::{Decision, Model, RegionSource, Screening};
use image::RgbImage;

use super::canvas::Canvas;
use super::sign::Sign;
use super::text::{Style, Weight};
use super::theme::{self, FAINT_INK, LIGHT_BOX, LINE};
use super::widget::{self, Layout};

/// What the result screen shows.
#[derive(Debug, Clone)]
pub struct ResultView<'a> {
    /// The film with its heatmap, if there is a film.
    pub film: Option<&'a RgbImage>,
    /// Where the evidence is strongest, as shares of the film's width and height.
    pub peak: Option<[f64; 2]>,
    /// The region it was screened as, and how that is known.
    pub region: Option<(String, RegionSource)>,
    /// What was decided.
    pub decision: Decision,
    /// Why, in a few words.
    pub reason: String,
    /// Calibrated probability of `abnormal`.
    pub probability: Option<f64>,
    /// Where the decision changes.
    pub operating_point: Option<OperatingPoint>,
    /// How long it took.
    pub elapsed_ms: f64,
    /// `name@version` of the model.
    pub bundle: String,
}

impl<'a> ResultView<'a> {
    /// The view of a screening; `film` is the film with its heatmap.
    pub fn new(model: &Model, screening: &Screening, film: Option<&'a RgbImage>, elapsed_ms: f64) -> Self {
        let peak = screening.heatmap.as_ref().and_then(|heatmap| match heatmap.peak {
            Peak::At([x, y]) => Some([
                (x as f64 + 0.5) / heatmap.placement.film_width_px as f64,
                (y as f64 + 0.5) / heatmap.placement.film_height_px as f64,
            ]),
            Peak::NoPositiveEvidence => None,
        });
        Self {
            film,
            peak: if screening.decision == Decision::Abnormal { peak } else { None },
            region: screening.region.as_ref().map(|choice| (choice.name.clone(), choice.source)),
            decision: screening.decision,
            reason: screening.reason.to_string(),
            probability: screening.probability,
            operating_point: screening.region.as_ref().map(|choice| model.heads()[choice.head].operating_point),
            elapsed_ms,
            bundle: model.manifest().id(),
        }
    }
}

/// Height of the decision on a panel of 480 rows.
const DECISION_PX: f32 = 100.0;

pub(super) fn draw(view: &ResultView<'_>, canvas: &mut Canvas) {
    let layout = Layout::of(canvas.area().size);
    film(view, &layout, canvas);

    let words = layout.words;
    let width = words.size.width;
    let line = |top: f32, height: f32| {
        Rectangle::new(Point::new(words.top_left.x, top as i32), Size::new(width, height.max(0.0) as u32))
    };
    let mut top = heading(view, &layout, canvas) + layout.px(12.0);

    let plate = line(top, layout.px(DECISION_PX));
    widget::decision(canvas, &layout, &theme::look(view.decision), plate);
    top += layout.px(DECISION_PX + 20.0);

    let foot = widget::foot(canvas, &layout, &format!("{:.0} ms with {}", view.elapsed_ms, view.bundle));
    // The scale stands on the foot, and the reason takes the room between.
    let scale_top = foot - layout.px(if view.probability.is_some() { 96.0 } else { 0.0 });
    let reason = layout.style(Weight::Regular, 18.0);
    let room = scale_top - layout.px(6.0);
    let said = reason.draw_wrapped(canvas, &sentence(&view.reason), line(top, room - top)) + layout.px(8.0);
    if view.peak.is_some() {
        let note = Style { ink: FAINT_INK, ..layout.style(Weight::Regular, 13.0) };
        note.draw_wrapped(canvas, "The ring marks the strongest of them.", line(said, room - said));
    }

    if let Some(probability) = view.probability {
        let value = layout.style(Weight::Bold, 18.0);
        let figure = percent(probability);
        let room = width as f32 - value.width_px(&figure) - layout.px(10.0);
        let label = layout.style(Weight::Regular, 13.0).fitting("Probability of an abnormality", room);
        let baseline = scale_top + value.capital_px;
        let right = (words.top_left.x + width as i32) as f32;
        label.draw(canvas, "Probability of an abnormality", words.top_left.x as f32, baseline);
        value.draw_right(canvas, &figure, right, baseline);
        let bar = line(baseline + layout.px(7.0), layout.px(50.0));
        widget::scale(canvas, &layout, bar, probability, view.operating_point.as_ref());
    }
}

/// The film on its light box, or the sign that there is none.
fn film(view: &ResultView<'_>, layout: &Layout, canvas: &mut Canvas) {
    match view.film {
        Some(film) => {
            canvas.plate(layout.picture, layout.px(6.0), LIGHT_BOX);
            let inset = layout.px(6.0) as i32;
            let inside = layout.picture.offset(-inset);
            let place = canvas.picture(film, inside);
            if let Some(peak) = view.peak {
                widget::ring(canvas, layout, place, peak);
            }
        }
        None => {
            canvas.plate(layout.picture, layout.px(6.0), LINE);
            let side = layout.picture.size.width / 2;
            let corner = layout.picture.center() - Point::new_equal(side as i32 / 2);
            Sign::BrokenFilm.draw(canvas, corner, side, FAINT_INK);
        }
    }
}

/// The region and how it is known; returns the bottom of it.
fn heading(view: &ResultView<'_>, layout: &Layout, canvas: &mut Canvas) -> f32 {
    let style = layout.style(Weight::Bold, 18.0);
    let (left, top) = (layout.words.top_left.x as f32, layout.words.top_left.y as f32);
    let baseline = top + style.capital_px;
    let (name, source) = match &view.region {
        Some((name, RegionSource::Given)) => (sentence(name), "as given"),
        Some((name, RegionSource::Dicom)) => (sentence(name), "named by the film"),
        Some((name, RegionSource::Predicted)) => (sentence(name), "recognised"),
        None if view.film.is_some() => ("Film".to_owned(), "not screened"),
        None => ("No film".to_owned(), ""),
    };
    let name = name.trim_end_matches('.');
    style.draw(canvas, name, left, baseline);
    let small = Style { ink: FAINT_INK, ..layout.style(Weight::Regular, 12.0) };
    small.draw_right(canvas, source, left + layout.words.size.width as f32, baseline);
    baseline
}

/// A capital letter at the beginning and a full stop at the end.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().map(|letter| letter.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

/// A probability in whole percent, never rounded to certainty.
fn percent(probability: f64) -> String {
    match probability {
        p if p < 0.01 => "below 1 %".to_owned(),
        p if p > 0.99 => "above 99 %".to_owned(),
        p => format!("{:.0} %", p * 100.0),
    }
}
