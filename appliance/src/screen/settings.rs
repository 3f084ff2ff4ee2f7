//! The screen of what can be set.

use super::action::Action;
use super::element::Element;
use super::kit::Kit;
use super::language::Language;
use super::measures::{Panel, Role};
use super::sign::Sign;
use super::theme::Theme;
use super::widget;
use super::words;

/// What the settings screen shows.
#[derive(Debug, Clone)]
pub struct SettingsView<'a> {
    /// The settings, in the order in which they are shown.
    pub settings: &'a [Setting<'a>],
    /// The one that is chosen; the screen shows those around it.
    pub chosen: usize,
}

/// A setting with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting<'a> {
    /// What the display speaks.
    Language(Language),
    /// How it is coloured.
    Theme(Theme),
    /// Whether a result is shown with its heatmap at first.
    Heatmap(bool),
    /// How bright the display is, 0 to 1.
    Brightness(f64),
    /// Where films are decided.
    OperatingPoint(PointOf<'a>),
    /// The name and port under which films are received.
    Dicom {
        /// Application entity title.
        ae_title: &'a str,
        /// TCP port.
        port: u16,
    },
    /// How many bytes of films are kept.
    StorageBytes(u64),
    /// The version of the software.
    Version(&'a str),
}

/// Whose operating points count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PointOf<'a> {
    /// The model's.
    Model,
    /// One at least that the site has chosen.
    Site {
        /// Who chose it.
        by: &'a str,
        /// The day on which it was chosen.
        on: &'a str,
    },
    /// The model's, until the site chooses for this model what it has chosen for another.
    SitePaused,
}

impl Setting<'_> {
    /// Whether a person at the display can change it; the others can only be read.
    fn can_change(&self) -> bool {
        matches!(self, Setting::Language(_) | Setting::Theme(_) | Setting::Heatmap(_) | Setting::Brightness(_))
    }
}

pub(super) fn elements<'a>(view: &SettingsView<'a>, kit: &Kit) -> Element<'a> {
    let measures = kit.measures;
    let page = match measures.panel {
        Panel::Small => 3,
        Panel::Large => 6,
    };
    let first = view.chosen / page * page;
    let shown = view.settings.iter().enumerate().skip(first).take(page);
    let last = view.settings.len().min(first + page);
    let lines = shown.map(|(at, setting)| {
        let (name, value) = read(kit, setting);
        let content = Element::row(
            [
                kit.words(Role::Body, name).wide_share(0.40),
                kit.free(Role::Strong, value, kit.palette.card.ink).grow(1.0),
            ]
            .into_iter()
            .chain(setting.can_change().then(|| widget::sign(kit, Sign::Forward, 18.0, kit.palette.faint))),
        );
        widget::line(kit, content.gap(10.0), at == view.chosen, Action::Change(at)).fixed()
    });
    let body = Element::column(lines).gap(5.0);
    let span = [("first", (first + 1).into()), ("last", last.into()), ("whole", view.settings.len().into())];
    let beside = (view.settings.len() > page).then(|| kit.words(Role::Note, kit.say_of("span-of", span)));
    let keys = [Some(Action::Up), Some(Action::Down), Some(Action::Change(view.chosen)), Some(Action::Back)];
    Element::column([
        widget::head(kit, kit.say("settings-title"), beside).fixed(),
        body.grow_down(),
        widget::bar(kit, keys),
    ])
    .gap(measures.gap_px() * 0.67)
    .padding(measures.margin_px(), measures.margin_px().min(12.0))
}

/// A setting's name and value.
fn read(kit: &Kit, setting: &Setting<'_>) -> (String, String) {
    let (name, value) = match *setting {
        Setting::Language(language) => ("setting-language", language.own_name().to_owned()),
        Setting::Theme(theme) => ("setting-theme", words::theme(kit, theme)),
        Setting::Heatmap(true) => ("setting-heatmap", kit.say("value-on")),
        Setting::Heatmap(false) => ("setting-heatmap", kit.say("value-off")),
        Setting::Brightness(share) => {
            ("setting-brightness", kit.say_of("percent", [("value", format!("{:.0}", share * 100.0).into())]))
        }
        Setting::OperatingPoint(PointOf::Model) => ("setting-operating-point", kit.say("value-bundle-point")),
        Setting::OperatingPoint(PointOf::SitePaused) => ("setting-operating-point", kit.say("value-paused-point")),
        Setting::OperatingPoint(PointOf::Site { by, on }) => {
            let placeables = [("by", by.into()), ("date", on.into())];
            ("setting-operating-point", kit.say_of("value-site-point", placeables))
        }
        Setting::Dicom { ae_title, port } => {
            let placeables = [("name", ae_title.into()), ("port", port.to_string().into())];
            ("setting-dicom", kit.say_of("value-port", placeables))
        }
        Setting::StorageBytes(bytes) => ("setting-storage", words::bytes(kit, bytes)),
        Setting::Version(version) => ("setting-version", version.to_owned()),
    };
    (kit.say(name), value)
}
