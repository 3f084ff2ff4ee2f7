//! The screen while a film is screened, stage by stage, or explained further.

use fieldray_common::screening::Stage;

use super::action::Action;
use super::element::Element;
use super::film::{Film, Layer, light_box};
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;
use super::words;

/// What the reading screen shows.
#[derive(Debug, Clone)]
pub struct ReadingView<'a> {
    /// The film, once it could be read.
    pub film: Option<Film<'a>>,
    /// The patient's number, if the film tells it.
    pub patient: Option<&'a str>,
    /// What is being done.
    pub work: Work,
}

/// What is being done with a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// It is screened, and this stage is going on.
    Screening(Stage),
    /// It is screened again and again with parts of it hidden.
    Explaining {
        /// How often it was.
        done: u32,
        /// How often it will be.
        samples: u32,
    },
}

pub(super) fn elements<'a>(view: &ReadingView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let patient =
        view.patient.map(|number| kit.free(Role::Body, words::patient(kit, Some(number)), kit.palette.paper.ink));
    let film = light_box(kit, view.film, Layer::Film).wide_share(0.40);
    let (title, said, keys) = match view.work {
        Work::Screening(current) => ("reading-title", screening(kit, current), [None, None, None, Some(Action::Home)]),
        Work::Explaining { done, samples } => {
            ("explaining-title", explaining(kit, done, samples), [Some(Action::Cancel), None, None, Some(Action::Home)])
        }
    };
    let body = Element::row([film, said.grow(1.0)]).filled().gap(measures.gap_px() * 1.5);
    widget::page(kit, widget::head(kit, kit.say(title), patient), body, keys)
}

fn screening<'a>(kit: &Kit, current: Stage) -> Element<'a> {
    let now = Stage::ALL.iter().position(|stage| *stage == current).unwrap_or(0);
    let steps = Stage::ALL.into_iter().enumerate().map(|(at, stage)| {
        let name = words::stage(kit, stage);
        let (sign, ink, role) = match at {
            at if at < now => (Sign::Check, kit.palette.well, Role::Body),
            at if at == now => (Sign::Forward, kit.palette.paper.ink, Role::Strong),
            _ => (Sign::Dot, kit.palette.faint, Role::Body),
        };
        let said = kit.inked(role, name, if at == now { kit.palette.paper.ink } else { kit.palette.faint });
        Element::row([widget::sign(kit, sign, kit.type_px(Role::Body) * 1.1, ink), said.grow(1.0)]).gap(10.0).fixed()
    });
    let gap = match kit.measures.panel {
        Panel::Small => 4.0,
        Panel::Large => 14.0,
    };
    let count = kit.say_of("reading-step", [("part", (now + 1).into()), ("whole", Stage::ALL.len().into())]);
    let share = (now as f64 + 0.5) / Stage::ALL.len() as f64;
    Element::column([
        Element::column(steps).gap(gap),
        Element::space(),
        kit.words(Role::Body, count),
        widget::progress(kit, share),
    ])
    .gap(gap)
}

fn explaining<'a>(kit: &Kit, done: u32, samples: u32) -> Element<'a> {
    let count = kit.say_of("part-of", [("part", done.into()), ("whole", samples.into())]);
    Element::column([
        kit.words(Role::Body, kit.say("explaining-note")),
        Element::space(),
        kit.words(Role::Figure, count),
        widget::progress(kit, f64::from(done) / f64::from(samples.max(1))),
    ])
    .gap(kit.measures.gap_px())
}
