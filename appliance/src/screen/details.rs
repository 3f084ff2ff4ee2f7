//! The screen of one result's facts.

use embedded_graphics::geometry::Size;
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::screening::Decision;

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Measures, Panel, Role};
use super::widget;
use super::words;

/// What the details screen shows.
#[derive(Debug, Clone)]
pub struct DetailsView<'a> {
    /// The facts, in the order in which they are shown.
    pub facts: &'a [Fact<'a>],
    /// The first of them on this screen.
    pub first: usize,
    /// Whether the result can be explained further.
    pub explains: bool,
    /// Whether the study has other films.
    pub views: bool,
}

/// One fact of a result.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fact<'a> {
    /// The patient's number.
    Patient(&'a str),
    /// The region it was screened as, by its name in the bundle.
    Region(&'a str),
    /// View and side, such as `PA`, `L`.
    View(&'a str),
    /// When it came.
    Received(&'a str),
    /// Columns and rows of the film.
    Size(u32, u32),
    /// What was decided.
    Decision(Decision),
    /// Calibrated probability of `abnormal`.
    Probability(f64),
    /// Where the decision changes.
    OperatingPoint(OperatingPoint),
    /// Who chose that, and when.
    Chosen(&'a str),
    /// How far the film is from the training films, as a multiple of the model's limit.
    Distance(f64),
    /// How long it took.
    ElapsedMs(f64),
    /// What made the heatmap.
    Heatmap(&'a str),
    /// `name@version` of the model.
    Model(&'a str),
    /// The SOP instance UID.
    Instance(&'a str),
}

impl DetailsView<'_> {
    /// How many facts a panel of this size shows.
    pub fn facts_on(panel: Size) -> usize {
        facts(Measures::of(panel, 1.0).panel)
    }
}

fn facts(panel: Panel) -> usize {
    match panel {
        Panel::Small => 5,
        Panel::Large => 8,
    }
}

pub(super) fn elements<'a>(view: &DetailsView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let most = facts(measures.panel);
    let shown: Vec<_> = view.facts.iter().skip(view.first).take(most).collect();
    let last = view.first + shown.len();
    let lines = shown.into_iter().map(|fact| {
        let (name, value) = read(kit, fact);
        let value = kit.free(Role::Strong, value, kit.palette.card.ink);
        Element::row([kit.faint(Role::Body, name).wide_share(0.38), value.grow(1.0)]).gap(10.0).fixed()
    });
    let card = Element::column(lines)
        .gap(match measures.panel {
            Panel::Small => 4.0,
            Panel::Large => 9.0,
        })
        .padding(measures.padding_px(), measures.padding_px())
        .on(kit.palette.card.ground, measures.radius_px());
    let span = [("first", (view.first + 1).into()), ("last", last.into()), ("whole", view.facts.len().into())];
    let beside = (view.facts.len() > most).then(|| kit.words(Role::Note, kit.say_of("span-of", span)));
    let keys = [
        view.explains.then_some(Action::Explain),
        view.views.then_some(Action::Views),
        (view.facts.len() > most).then_some(Action::NextPage),
        Some(Action::Back),
    ];
    let head = widget::head(kit, kit.say("details-title"), beside).fixed();
    Element::column([head, card.grow_down(), widget::aid(kit).fixed(), widget::bar(kit, keys)])
        .gap(measures.gap_px() * 0.67)
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// A fact's name and value.
fn read(kit: &Kit, fact: &Fact<'_>) -> (String, String) {
    let (name, value) = match *fact {
        Fact::Patient(number) => ("fact-patient", number.to_owned()),
        Fact::Region(name) => ("fact-region", words::region(kit, name)),
        Fact::View(view) => ("fact-view", view.to_owned()),
        Fact::Received(time) => ("fact-received", time.to_owned()),
        Fact::Size(columns, rows) => ("fact-size", format!("{columns} × {rows}")),
        Fact::Decision(decision) => ("fact-decision", words::decision(kit, decision)),
        Fact::Probability(probability) => ("fact-probability", words::percent(kit, probability)),
        Fact::OperatingPoint(point) => ("fact-operating-point", words::operating_point(kit, &point)),
        Fact::Chosen(by) => ("fact-chosen", by.to_owned()),
        Fact::Distance(times) => {
            let times = kit.language.decimal(times, 1);
            ("fact-likeness", kit.say_of("likeness", [("times", times.into())]))
        }
        Fact::ElapsedMs(elapsed) => ("fact-elapsed", words::time(kit, elapsed)),
        Fact::Heatmap(method) => ("fact-heatmap", method.to_owned()),
        Fact::Model(id) => ("fact-model", id.to_owned()),
        Fact::Instance(uid) => ("fact-instance", uid.to_owned()),
    };
    (kit.say(name), value)
}
