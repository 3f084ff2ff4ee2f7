//! The screen while images arrive.

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::widget;
use super::words;

/// What the receiving screen shows; what is not known is not said.
#[derive(Debug, Clone, Default)]
pub struct ReceivingView<'a> {
    /// Where the images come from.
    pub origin: Option<Origin<'a>>,
    /// The patient's number, if it is known yet.
    pub patient: Option<&'a str>,
    /// The image that is arriving, counted from 1.
    pub image: Option<u32>,
    /// How many will come, if the sender says so.
    pub images: Option<u32>,
    /// Bytes of this image that are here.
    pub bytes: Option<u64>,
    /// Bytes of the whole image, if the sender says so.
    pub total_bytes: Option<u64>,
}

/// Where images come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// A DICOM application entity, by its title.
    Dicom(&'a str),
    /// The shared folder.
    Folder,
    /// A USB stick.
    Usb,
    /// The serial cable.
    Serial,
}

pub(super) fn elements<'a>(view: &ReceivingView<'a>, kit: &Kit) -> Element<'a> {
    let ink = kit.palette.paper.ink;
    let (gap, side) = match kit.measures.panel {
        Panel::Small => (5.0, 44.0),
        Panel::Large => (12.0, 92.0),
    };
    let origin = view.origin.map(|origin| match origin {
        Origin::Dicom(name) => kit.say_of("receiving-dicom", [("name", name.into())]),
        Origin::Folder => kit.say("receiving-folder"),
        Origin::Usb => kit.say("receiving-usb"),
        Origin::Serial => kit.say("receiving-serial"),
    });
    let image = view.image.unwrap_or(1);
    let count = match view.images {
        Some(whole) => kit.say_of("receiving-image-of", [("part", image.into()), ("whole", whole.into())]),
        None => kit.say_of("receiving-images", [("count", image.into())]),
    };
    let mut said: Vec<Element<'a>> = origin.map(|origin| kit.faint(Role::Body, origin)).into_iter().collect();
    said.push(kit.words(Role::Figure, count));
    said.push(kit.free(Role::Body, words::patient(kit, view.patient), ink));
    if let Some(here) = view.bytes {
        let bytes = words::bytes(kit, here);
        let amount = match view.total_bytes {
            Some(total) => {
                said.push(widget::progress(kit, here as f64 / total.max(1) as f64));
                let whole = words::bytes(kit, total);
                kit.say_of("part-of", [("part", bytes.into()), ("whole", whole.into())])
            }
            None => bytes,
        };
        said.push(kit.words(Role::Body, amount));
    }
    let card = Element::row([
        widget::sign(kit, Sign::Install, side, kit.palette.well),
        Element::column(said).gap(gap).grow(1.0),
    ])
    .gap(kit.measures.padding_px() * 1.5)
    .padding(kit.measures.padding_px() * 1.5, kit.measures.padding_px())
    .on(kit.palette.card.ground, kit.measures.radius_px())
    .stretch(1.0);
    let body =
        Element::column([card, kit.words(Role::Body, kit.say("receiving-note")).fixed()]).gap(kit.measures.gap_px());
    widget::page(kit, widget::head(kit, kit.say("receiving-title"), None), body, [None, None, None, Some(Action::Home)])
}
