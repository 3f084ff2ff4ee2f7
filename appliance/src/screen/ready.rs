//! The screen between films.

use super::action::Action;
use super::element::Element;
use super::history::{HistoryRow, short_summary};
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;
use super::words;

/// What the ready screen shows.
#[derive(Debug, Clone)]
pub struct ReadyView<'a> {
    /// What the box is called.
    pub name: &'a str,
    /// `name@version` of the model.
    pub bundle: &'a str,
    /// The regions the model screens.
    pub regions: &'a [String],
    /// The last results, the latest first.
    pub last: &'a [HistoryRow<'a>],
    /// How the box is doing.
    pub health: &'a [Health],
    /// Whether there is something to see of an update.
    pub update: Notice,
}

/// Whether something waits to be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Notice {
    /// Nothing does.
    #[default]
    Nothing,
    /// Something does.
    Waits,
}

/// How one of the box's vital signs is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Health {
    /// What was looked at.
    pub vital: Vital,
    /// Whether it wants attention.
    pub attention: bool,
}

/// A vital sign of the box, as it was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Vital {
    /// The share of the storage that is free, 0 to 1.
    StorageFree(f64),
    /// The hottest sensor.
    TemperatureCelsius(f64),
    /// The supply gives too little, which makes cards forget what was written to them.
    SupplyWeak,
    /// Bytes of memory that a program can still have.
    MemoryFree(u64),
    /// How many results no person has judged.
    ToReview(u64),
    /// The box's clock was never set.
    ClockUnset,
    /// The site's operating point was chosen for another model, and is to be chosen again.
    OperatingPointPaused,
    /// The X-ray unit is connected.
    LinkUp,
    /// The X-ray unit is not connected.
    LinkDown,
    /// The model did as it should on its reference films.
    CheckPassed,
    /// The model did not.
    CheckFailed,
    /// A new model failed, and the one before is in use again.
    WentBack,
}

/// How many of the last results are shown on a panel.
fn rows(panel: Panel) -> usize {
    match panel {
        Panel::Small => 1,
        Panel::Large => 3,
    }
}

pub(super) fn elements<'a>(view: &ReadyView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let name = kit.free(Role::Title, view.name, kit.palette.paper.ink).stretch(1.0);
    let bundle = kit.free(Role::Note, view.bundle, kit.palette.faint).fixed();
    let head = Element::row([name, bundle]).gap(measures.gap_px()).fixed();

    let last =
        Element::column([kit.faint(Role::StrongNote, kit.say("ready-last"))].into_iter().chain(results(view, kit)))
            .gap(measures.gap_px() * 0.5);
    let health = Element::row(view.health.iter().map(|health| vital(kit, *health))).gap(measures.gap_px()).filled();
    let body = match measures.panel {
        Panel::Large => {
            let right = Element::column([last.grow_down(), health.fixed()]).gap(measures.gap_px()).grow(1.0);
            Element::row([waiting(view, kit).wide_share(0.38), right]).filled().gap(measures.gap_px())
        }
        Panel::Small => {
            Element::column([waiting(view, kit).stretch(1.0), last.fixed(), health.fixed()]).gap(measures.gap_px())
        }
    };
    let latest = (!view.last.is_empty()).then_some(Action::Last);
    let update = (view.update == Notice::Waits).then_some(Action::Update);
    let keys = [latest, Some(Action::History), update, Some(Action::Settings)];
    Element::column([head, body.grow_down(), widget::aid(kit).fixed(), widget::bar(kit, keys)])
        .gap(measures.gap_px() * 0.67)
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// That it waits for a film.
fn waiting<'a>(view: &ReadyView<'a>, kit: &Kit) -> Element<'a> {
    let colours = kit.palette.accent;
    let regions = view.regions.iter().map(|region| words::region(kit, region)).collect::<Vec<_>>().join(" · ");
    let screens = kit.say_of("ready-screens", [("regions", regions.into())]);
    let radius = kit.measures.radius_px();
    match kit.measures.panel {
        Panel::Large => Element::column([
            widget::sign(kit, Sign::Film, 96.0, colours.ink),
            kit.centred(Role::Headline, kit.say("ready-title"), colours.ink),
            kit.centred(Role::Strong, kit.say("ready-waiting"), colours.ink),
            kit.centred(Role::Note, screens, colours.ink),
        ])
        .in_middle()
        .centred()
        .gap(8.0)
        .padding(16.0, 12.0)
        .on(colours.ground, radius),
        Panel::Small => {
            let said = Element::column([
                kit.inked(Role::Title, kit.say("ready-title"), colours.ink),
                kit.inked(Role::Body, kit.say("ready-waiting"), colours.ink),
            ]);
            Element::row([widget::sign(kit, Sign::Film, 46.0, colours.ink), said.grow(1.0)])
                .gap(12.0)
                .padding(12.0, 4.0)
                .on(colours.ground, radius)
        }
    }
}

fn results<'a>(view: &ReadyView<'a>, kit: &Kit) -> Vec<Element<'a>> {
    if view.last.is_empty() {
        return vec![kit.words(Role::Body, kit.say("ready-none"))];
    }
    let shown = view.last.iter().take(rows(kit.measures.panel)).enumerate();
    shown.map(|(at, row)| widget::line(kit, short_summary(kit, row), false, Action::Open(at)).fixed()).collect()
}

/// A vital sign: its sign, its name, and how it is in words; where it wants attention the colour and a second sign say so too.
fn vital<'a>(kit: &Kit, health: Health) -> Element<'a> {
    let number = |value: f64| kit.language.decimal(value, 0);
    let (picture, name, found) = match health.vital {
        Vital::StorageFree(share) => (
            Sign::Storage,
            "health-storage",
            kit.say_of("health-storage-free", [("share", number(share * 100.0).into())]),
        ),
        Vital::TemperatureCelsius(degrees) => (
            Sign::Thermometer,
            "health-temperature",
            kit.say_of("health-celsius", [("degrees", number(degrees).into())]),
        ),
        Vital::SupplyWeak => (Sign::Plug, "health-supply", kit.say("health-supply-weak")),
        Vital::MemoryFree(bytes) => (Sign::Grid, "health-memory", words::bytes(kit, bytes)),
        Vital::ToReview(count) => {
            (Sign::List, "health-results", kit.say_of("health-to-review", [("count", number(count as f64).into())]))
        }
        Vital::ClockUnset => (Sign::Clock, "health-clock", kit.say("health-clock-unset")),
        Vital::OperatingPointPaused => (Sign::Sliders, "health-point", kit.say("health-point-paused")),
        Vital::LinkUp => (Sign::Plug, "health-link", kit.say("health-link-up")),
        Vital::LinkDown => (Sign::Plug, "health-link", kit.say("health-link-down")),
        Vital::CheckPassed => (Sign::Pulse, "health-check", kit.say("health-check-passed")),
        Vital::CheckFailed => (Sign::Pulse, "health-check", kit.say("health-check-failed")),
        Vital::WentBack => (Sign::Again, "health-model", kit.say("health-model-back")),
    };
    let (ground, ink, picture) = match health.attention {
        true => (kit.palette.trouble.ground, kit.palette.trouble.ink, Sign::Warning),
        false => (kit.palette.card.ground, kit.palette.card.ink, picture),
    };
    let radius = kit.measures.radius_px();
    let content = match kit.measures.panel {
        Panel::Large => Element::column([
            widget::sign(kit, picture, 26.0, ink),
            kit.centred(Role::Note, kit.say(name), ink),
            kit.centred(Role::StrongNote, found, ink),
        ])
        .in_middle()
        .centred()
        .gap(3.0)
        .padding(4.0, 8.0),
        Panel::Small => Element::row([widget::sign(kit, picture, 18.0, ink), kit.inked(Role::StrongNote, found, ink)])
            .centred()
            .gap(5.0)
            .padding(3.0, 3.0),
    };
    content.on(ground, radius).stretch(1.0)
}

impl Health {
    /// A vital sign that is well.
    pub fn well(vital: Vital) -> Self {
        Self { vital, attention: false }
    }

    /// A vital sign that wants attention.
    pub fn attention(vital: Vital) -> Self {
        Self { vital, attention: true }
    }
}
