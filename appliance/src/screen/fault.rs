//! The screen of a fault: what happened, and what to do.

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;

/// What the fault screen shows.
#[derive(Debug, Clone)]
pub struct FaultView<'a> {
    /// What is wrong.
    pub fault: Fault,
    /// What to say to a technician.
    pub code: &'a str,
}

/// What can be wrong with the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// There is no room for films.
    StorageFull,
    /// The model cannot be opened.
    Model,
    /// The model did not give the promised answers.
    SelfCheck,
    /// Nothing can be written.
    ReadOnly,
    /// The box is too hot.
    Hot,
    /// The X-ray unit does not answer.
    Link,
    /// The program stopped.
    Program,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Fault; 7] =
        [Fault::StorageFull, Fault::Model, Fault::SelfCheck, Fault::ReadOnly, Fault::Hot, Fault::Link, Fault::Program];

    /// The messages of what happened and what to do.
    fn messages(self) -> [&'static str; 2] {
        match self {
            Fault::StorageFull => ["fault-storage", "fault-storage-do"],
            Fault::Model => ["fault-model", "fault-model-do"],
            Fault::SelfCheck => ["fault-check", "fault-check-do"],
            Fault::ReadOnly => ["fault-read-only", "fault-read-only-do"],
            Fault::Hot => ["fault-hot", "fault-hot-do"],
            Fault::Link => ["fault-link", "fault-link-do"],
            Fault::Program => ["fault-program", "fault-program-do"],
        }
    }
}

pub(super) fn elements<'a>(view: &FaultView<'a>, kit: &Kit) -> Element<'a> {
    let trouble = kit.palette.trouble;
    let measures = kit.measures;
    let [what, remedy] = view.fault.messages();
    let side = match measures.panel {
        Panel::Small => 40.0,
        Panel::Large => 72.0,
    };
    let banner = Element::row([
        widget::sign(kit, Sign::Warning, side, trouble.ink),
        kit.inked(Role::Figure, kit.say(what), trouble.ink).grow(1.0),
    ])
    .gap(measures.padding_px() * 1.2)
    .padding(measures.padding_px() * 1.2, measures.padding_px())
    .on(trouble.ground, measures.radius_px())
    .fixed();
    let remedy = kit.words(Role::Lead, kit.say(remedy));
    let code = kit.faint(Role::Note, kit.say_of("fault-code", [("code", view.code.into())]));
    let history = (view.fault == Fault::StorageFull).then_some(Action::History);
    let keys = [Some(Action::TryAgain), history, None, Some(Action::Home)];
    let body = Element::column([banner, remedy.fixed(), Element::space(), code.fixed()]).gap(measures.gap_px());
    Element::column([body.grow_down(), widget::bar(kit, keys)])
        .gap(measures.gap_px())
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}
