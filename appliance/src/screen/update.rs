//! The screen of an update: what would change, how far it is, and how it ended.

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;

/// What the update screen shows.
#[derive(Debug, Clone)]
pub struct UpdateView<'a> {
    /// What would change, or has.
    pub changes: &'a [Change<'a>],
    /// Whether the site's own operating point is paused by it.
    pub pauses_operating_point: bool,
    /// How far it is.
    pub state: UpdateState,
}

/// What an update brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change<'a> {
    /// The software, from one version to another.
    Software {
        /// The version that runs.
        from: &'a str,
        /// The version to come.
        to: &'a str,
    },
    /// The model, from one `name@version` to another.
    Model {
        /// The one in use.
        from: &'a str,
        /// The one to come.
        to: &'a str,
    },
}

/// How far an update is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum UpdateState {
    /// It waits to be installed.
    Offered,
    /// This phase is going on, done to this share (0 to 1).
    Running(Phase, f64),
    /// It is installed.
    Done,
    /// It was not installed.
    Failed(UpdateFault),
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

/// Why an update was not installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpdateFault {
    /// The signature does not hold.
    Signature,
    /// A file is damaged.
    Damaged,
    /// A reference film did not get its answer.
    References,
    /// There is no room.
    Space,
}

impl Phase {
    /// Every phase in order.
    pub const ALL: [Phase; 4] = [Phase::Check, Phase::Copy, Phase::Try, Phase::Switch];
}

pub(super) fn elements<'a>(view: &UpdateView<'a>, kit: &Kit) -> Element<'a> {
    let palette = kit.palette;
    let banner = |sign: Sign, message: &str, ground: super::Ground| {
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
    };
    let note = |message: &str| kit.words(Role::Body, kit.say(message)).fixed();
    let (said, keys) = match view.state {
        UpdateState::Offered => {
            let mut said = vec![banner(Sign::Install, "update-found", palette.accent), changes(view, kit)];
            if view.pauses_operating_point {
                said.push(note("update-point"));
            }
            said.push(note("update-safe"));
            (said, [Some(Action::Install), None, None, Some(Action::Later)])
        }
        UpdateState::Running(phase, share) => {
            let said = vec![phases(phase, share, kit), Element::space(), note("update-safe")];
            (said, [None, None, None, None])
        }
        UpdateState::Done => {
            let mut said =
                vec![banner(Sign::Check, "update-done", palette.accent), changes(view, kit), note("update-done-note")];
            if view.pauses_operating_point {
                said.push(note("update-point"));
            }
            (said, [None, None, None, Some(Action::Home)])
        }
        UpdateState::Failed(fault) => {
            let why = match fault {
                UpdateFault::Signature => "update-fault-signature",
                UpdateFault::Damaged => "update-fault-damaged",
                UpdateFault::References => "update-fault-references",
                UpdateFault::Space => "update-fault-space",
            };
            let said = vec![banner(Sign::Warning, "update-failed", palette.trouble), note(why), note("update-kept")];
            (said, [Some(Action::TryAgain), None, None, Some(Action::Home)])
        }
    };
    let title = match view.state {
        UpdateState::Running(..) => "update-running",
        _ => "update-title",
    };
    widget::page(kit, widget::head(kit, kit.say(title), None), Element::column(said).gap(kit.measures.gap_px()), keys)
}

/// What changes from which version to which.
fn changes<'a>(view: &UpdateView<'a>, kit: &Kit) -> Element<'a> {
    let ink = kit.palette.card.ink;
    let lines = view.changes.iter().map(|change| {
        let (name, from, to) = match *change {
            Change::Software { from, to } => ("update-software", from, to),
            Change::Model { from, to } => ("update-model", from, to),
        };
        let versions = Element::row([
            kit.free(Role::Body, from, ink),
            widget::sign(kit, Sign::Forward, 16.0, kit.palette.faint),
            kit.free(Role::Strong, to, ink),
        ])
        .gap(8.0);
        Element::row([kit.faint(Role::Body, kit.say(name)).wide_share(0.24), versions.grow(1.0)]).gap(8.0).fixed()
    });
    Element::column(lines)
        .gap(4.0)
        .padding(kit.measures.padding_px(), kit.measures.padding_px() * 0.7)
        .on(kit.palette.card.ground, kit.measures.radius_px())
        .fixed()
}

fn phases<'a>(current: Phase, share: f64, kit: &Kit) -> Element<'a> {
    let now = Phase::ALL.iter().position(|phase| *phase == current).unwrap_or(0);
    let percent = kit.say_of("percent", [("value", format!("{:.0}", share.clamp(0.0, 1.0) * 100.0).into())]);
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
        if at == now {
            line.push(kit.words(Role::Strong, percent.clone()).fixed());
        }
        lines.push(Element::row(line).gap(10.0).fixed());
        if at == now {
            lines.push(widget::progress(kit, share));
        }
    }
    let gap = match kit.measures.panel {
        Panel::Small => 5.0,
        Panel::Large => 14.0,
    };
    Element::column(lines).gap(gap).fixed()
}
