//! The screen from the start of the program until it is ready: a slow board checks its model for a minute.

use super::element::Element;
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;

/// What the starting screen shows.
#[derive(Debug, Clone)]
pub struct StartingView<'a> {
    /// What the box is called.
    pub name: &'a str,
}

pub(super) fn elements<'a>(view: &StartingView<'a>, kit: &Kit) -> Element<'a> {
    let (measures, colours) = (kit.measures, kit.palette.accent);
    let side = match measures.panel {
        Panel::Small => 46.0,
        Panel::Large => 96.0,
    };
    let name = kit.free(Role::Title, view.name, kit.palette.paper.ink).fixed();
    let card = Element::column([
        widget::sign(kit, Sign::Pulse, side, colours.ink),
        kit.centred(Role::Headline, kit.say("starting-title"), colours.ink),
        kit.centred(Role::Strong, kit.say("starting-check"), colours.ink),
        kit.centred(Role::Body, kit.say("starting-note"), colours.ink),
    ])
    .in_middle()
    .centred()
    .gap(measures.gap_px())
    .padding(measures.padding_px(), measures.padding_px())
    .on(colours.ground, measures.radius_px());
    Element::column([name, card.grow_down(), widget::aid(kit).fixed()])
        .gap(measures.gap_px())
        .padding(measures.margin_px(), measures.margin_px().min(12.0))
}
