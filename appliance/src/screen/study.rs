//! The screen of a study: its films beside each other, each with its decision.

use std::ops::Range;

use embedded_graphics::geometry::Size;
use fieldray_common::screening::Decision;

use super::action::Action;
use super::element::Element;
use super::film::{Film, Layer, light_box};
use super::kit::Kit;
use super::measures::{Measures, Panel, Role};
use super::widget;
use super::words;

/// What the study screen shows.
#[derive(Debug, Clone)]
pub struct StudyView<'a> {
    /// The patient's number, if the films tell it.
    pub patient: Option<&'a str>,
    /// All films of the study, in the order in which they came.
    pub films: &'a [StudyFilm<'a>],
    /// The film that is chosen.
    pub chosen: usize,
    /// Whether heatmaps are shown.
    pub layer: Layer,
}

/// One film of a study.
#[derive(Debug, Clone, Copy)]
pub struct StudyFilm<'a> {
    /// The film, if it could be read.
    pub film: Option<Film<'a>>,
    /// Its view, such as `PA`, if the film tells it.
    pub position: Option<&'a str>,
    /// What was decided.
    pub decision: Decision,
    /// Calibrated probability of `abnormal`.
    pub probability: Option<f64>,
}

impl StudyView<'_> {
    /// Which of `count` films a panel of this size shows when the film at `chosen` is chosen; the others need no pictures.
    pub fn shown_on(panel: Size, chosen: usize, count: usize) -> Range<usize> {
        let page = beside(Measures::of(panel, 1.0).panel);
        let first = chosen / page * page;
        first.min(count)..count.min(first + page)
    }
}

/// How many films lie beside each other on a panel.
fn beside(panel: Panel) -> usize {
    match panel {
        Panel::Small => 2,
        Panel::Large => 3,
    }
}

pub(super) fn elements<'a>(view: &StudyView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let page = beside(measures.panel);
    let first = view.chosen / page * page;
    let shown = view.films.iter().enumerate().skip(first).take(page);
    let films = shown.map(|(at, film)| pane(film, at, at == view.chosen, view.layer, kit));
    let films = Element::row(films).filled().gap(measures.gap_px()).grow_down();

    let count = kit.say_of("study-views", [("count", view.films.len().into())]);
    let patient = kit.free(Role::Body, words::patient(kit, view.patient), kit.palette.paper.ink);
    let beside = Element::row([patient, kit.words(Role::Body, count).fixed()]).gap(measures.gap_px() * 2.0);
    let head = widget::head(kit, kit.say("study-title"), Some(beside)).fixed();
    let toggle = match view.layer {
        Layer::Heatmap => Action::HideHeatmap,
        Layer::Film => Action::ShowHeatmap,
    };
    let next = (view.films.len() > 1).then_some(Action::Next);
    let keys = [Some(toggle), next, Some(Action::Open(view.chosen)), Some(Action::Back)];
    Element::column([head, films, widget::aid(kit).fixed(), widget::bar(kit, keys)])
        .gap(measures.gap_px() * 0.67)
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

fn pane<'a>(film: &StudyFilm<'a>, at: usize, chosen: bool, layer: Layer, kit: &Kit) -> Element<'a> {
    let name = match film.position {
        Some(position) => kit.free(Role::Strong, position, kit.palette.paper.ink),
        None => kit.words(Role::Strong, kit.say_of("study-view", [("number", (at + 1).into())])),
    };
    let probability =
        film.probability.map(|probability| kit.words(Role::Body, words::percent(kit, probability)).fixed());
    let top = Element::row([Some(name), probability].into_iter().flatten()).apart().gap(6.0).fixed();
    let decision = Element::row([widget::chip(kit, film.decision).stretch(1.0)]).fixed();
    let pane = Element::column([top, light_box(kit, film.film, layer).grow_down(), decision])
        .gap(4.0)
        .padding(6.0, 5.0)
        .on(kit.palette.card.ground, kit.measures.radius_px())
        .grow(1.0)
        .does(Action::Open(at));
    if chosen { pane.edged(3, kit.palette.accent.ground) } else { pane }
}
