//! The screen of an update: what would change, how far it is, and how it ended.

use fluent_bundle::FluentValue;

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::update_fault::{self, UpdateFault};
use super::widget;
use super::words;
use crate::models::Change;

/// What the update screen shows.
#[derive(Debug, Clone)]
pub struct UpdateView<'a> {
    /// What would change, or has.
    pub changes: &'a [Change],
    /// The name of the key that signed the bundle.
    pub signer: Option<&'a str>,
    /// How far it is.
    pub state: UpdateState,
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UpdateState {
    /// It waits to be installed.
    Offered,
    /// This phase is going on, done to this share (0 to 1).
    Running(Phase, f64),
    /// It is installed, and takes over as soon as no film waits.
    Installed,
    /// The new model is in use.
    Done,
    /// It was not installed.
    Failed(UpdateFault, Again),
    /// The new model failed, and the old one is in use again.
    WentBack,
}

/// A phase of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The signature and every file are checked.
    Check,
    /// Files are copied.
    Copy,
    /// The new model must give the promised answers.
    Try,
    /// The new version takes over.
    Switch,
}

/// Whether what failed can be tried again at the display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// What it takes is there.
    Possible,
    /// It is not, or not any more.
    Impossible,
}

impl Phase {
    /// Every phase in order.
    pub const ALL: [Phase; 4] = [Phase::Check, Phase::Copy, Phase::Try, Phase::Switch];
}

pub(super) fn elements<'a>(view: &UpdateView<'a>, kit: &Kit) -> Element<'a> {
    let palette = kit.palette;
    let note = |message: &str| kit.words(Role::Body, kit.say(message)).fixed();
    let suspends = view.changes.iter().any(|change| matches!(change, Change::Suspends { .. }));
    let point = suspends.then(|| note("update-point"));
    let mut said = match view.state {
        UpdateState::Offered => vec![banner(kit, Sign::Install, "update-found", palette.accent), changes(view, kit)],
        UpdateState::Running(phase, share) => vec![phases(phase, share, kit), Element::space()],
        UpdateState::Installed => vec![phases(Phase::Switch, 0.0, kit), Element::space()],
        UpdateState::Done => vec![banner(kit, Sign::Check, "update-done", palette.accent), changes(view, kit)],
        UpdateState::Failed(fault, _) => {
            vec![banner(kit, Sign::Warning, "update-failed", palette.trouble), update_fault::sentence(fault, kit)]
        }
        UpdateState::WentBack => {
            vec![banner(kit, Sign::Warning, "update-went-back", palette.trouble), changes(view, kit)]
        }
    };
    said.extend(
        match view.state {
            // Where room is short, what the person must know comes before what calms them.
            UpdateState::Offered if point.is_some() && kit.measures.panel == Panel::Small => vec![point],
            UpdateState::Offered => vec![point, Some(note("update-safe"))],
            UpdateState::Running(..) => vec![Some(note("update-safe"))],
            UpdateState::Installed => vec![Some(note("update-soon"))],
            UpdateState::Done => vec![Some(note("update-done-note")), point],
            UpdateState::Failed(..) => vec![Some(note("update-kept"))],
            UpdateState::WentBack => vec![Some(note("update-went-back-do"))],
        }
        .into_iter()
        .flatten(),
    );
    let keys = match view.state {
        UpdateState::Offered => [Some(Action::Install), None, None, Some(Action::Later)],
        UpdateState::Failed(_, Again::Possible) => [Some(Action::TryAgain), None, None, Some(Action::Home)],
        _ => [None, None, None, Some(Action::Home)],
    };
    let title = match view.state {
        UpdateState::Running(..) | UpdateState::Installed => "update-running",
        _ => "update-title",
    };
    widget::page(kit, widget::head(kit, kit.say(title), None), Element::column(said).gap(kit.measures.gap_px()), keys)
}

fn banner<'a>(kit: &Kit, sign: Sign, message: &str, ground: super::Ground) -> Element<'a> {
    let side = match kit.measures.panel {
        Panel::Small => 26.0,
        Panel::Large => 40.0,
    };
    Element::row([
        widget::sign(kit, sign, side, ground.ink),
        kit.inked(Role::Title, kit.say(message), ground.ink).grow(1.0),
    ])
    .gap(12.0)
    .padding(kit.measures.padding_px(), kit.measures.padding_px() * 0.7)
    .on(ground.ground, kit.measures.radius_px())
    .fixed()
}

/// What changes, a line each; where decisions change, that they do in these regions.
fn changes<'a>(view: &UpdateView<'a>, kit: &Kit) -> Element<'a> {
    let ink = kit.palette.card.ink;
    let regions = |names: &mut dyn Iterator<Item = &String>| {
        kit.inked(Role::Strong, names.map(|name| words::region(kit, name)).collect::<Vec<_>>().join(" · "), ink)
    };
    let line = |name: &str, value: Element<'a>| {
        Element::row([kit.faint(Role::Body, kit.say(name)).wide_share(0.24), value.grow(1.0)]).gap(8.0).fixed()
    };
    let free = |role, text: &'a str| kit.free(role, text, ink);
    let mut lines: Vec<Element<'a>> = view
        .changes
        .iter()
        .filter_map(|change| match change {
            Change::First { model, .. } => Some(line("update-model", free(Role::Strong, model))),
            Change::Model { from, to } => {
                let forward = widget::sign(kit, Sign::Forward, 16.0, kit.palette.faint);
                let versions = Element::row([free(Role::Body, from), forward, free(Role::Strong, to)]);
                Some(line("update-model", versions.gap(8.0)))
            }
            Change::Gains(names) => Some(line("update-gains", regions(&mut names.iter()))),
            Change::Loses(names) => Some(line("update-loses", regions(&mut names.iter()))),
            Change::Point { .. } | Change::Preparation { .. } | Change::Suspends { .. } => None,
        })
        .collect();
    let mut moved = view.changes.iter().filter_map(|change| match change {
        Change::Point { region, .. } => Some(region),
        _ => None,
    });
    if view.changes.iter().any(|change| matches!(change, Change::Point { .. })) {
        lines.push(line("update-thresholds", regions(&mut moved)));
    }
    lines.extend(view.signer.map(|signer| line("update-signer", free(Role::Strong, signer))));
    Element::column(lines)
        .gap(4.0)
        .padding(kit.measures.padding_px(), kit.measures.padding_px() * 0.7)
        .on(kit.palette.card.ground, kit.measures.radius_px())
        .fixed()
}

fn phases<'a>(current: Phase, share: f64, kit: &Kit) -> Element<'a> {
    let now = Phase::ALL.iter().position(|phase| *phase == current).unwrap_or(0);
    // What is not over is not told as 100 %.
    let value = FluentValue::from(format!("{:.0}", (share.clamp(0.0, 1.0) * 100.0).floor().min(99.0)));
    let percent = kit.say_of("percent", [("value", value)]);
    let mut lines = Vec::new();
    for (at, phase) in Phase::ALL.into_iter().enumerate() {
        let name = kit.say(match phase {
            Phase::Check => "update-phase-check",
            Phase::Copy => "update-phase-copy",
            Phase::Try => "update-phase-try",
            Phase::Switch => "update-phase-switch",
        });
        let (sign, role, ink) = match at {
            at if at < now => (Sign::Check, Role::Body, kit.palette.well),
            at if at == now => (Sign::Forward, Role::Strong, kit.palette.paper.ink),
            _ => (Sign::Dot, Role::Body, kit.palette.faint),
        };
        let mut line = vec![
            widget::sign(kit, sign, kit.type_px(Role::Body) * 1.1, ink),
            kit.inked(role, name, if at == now { kit.palette.paper.ink } else { kit.palette.faint }).grow(1.0),
        ];
        // How long the box waits for the last film nobody knows.
        let is_counted = at == now && phase != Phase::Switch;
        if is_counted {
            line.push(kit.words(Role::Strong, percent.clone()).fixed());
        }
        lines.push(Element::row(line).gap(10.0).fixed());
        if is_counted {
            lines.push(widget::progress(kit, share));
        }
    }
    let gap = match kit.measures.panel {
        Panel::Small => 5.0,
        Panel::Large => 14.0,
    };
    Element::column(lines).gap(gap).fixed()
}
