//! What every screen is built with: its words in the language, its colours, its measures.

use cosmic_text::Align;
use embedded_graphics::geometry::Size;
use embedded_graphics::pixelcolor::Rgb888;
use fluent_bundle::FluentValue;

use super::element::Element;
use super::language::Direction;
use super::measures::{Measures, Role};
use super::messages::Messages;
use super::theme::Palette;
use super::typesetter::{Length, Setting};
use super::{Language, Look};

/// Words, colours and measures of one look on one panel.
pub(super) struct Kit {
    pub language: Language,
    pub palette: &'static Palette,
    pub measures: Measures,
    messages: &'static Messages,
}

impl Kit {
    pub fn new(look: Look, panel: Size, shrink: f32) -> Self {
        Self {
            language: look.language,
            palette: look.theme.palette(),
            measures: Measures::of(panel, shrink),
            messages: Messages::of(look.language),
        }
    }

    pub fn direction(&self) -> Direction {
        self.language.direction()
    }

    /// A message.
    pub fn say(&self, name: &str) -> String {
        self.messages.say(name)
    }

    /// A message with its placeables filled.
    pub fn say_of<const N: usize>(&self, name: &str, placeables: [(&'static str, FluentValue<'_>); N]) -> String {
        self.messages.say_of(name, placeables)
    }

    /// Size of the type for a role.
    pub fn type_px(&self, role: Role) -> f32 {
        self.measures.type_px(role, self.language.enlarged())
    }

    /// Words of the display, on paper or a card.
    pub fn words<'a>(&self, role: Role, text: impl Into<String>) -> Element<'a> {
        self.inked(role, text, self.palette.paper.ink)
    }

    /// Words of less weight, on paper or a card.
    pub fn faint<'a>(&self, role: Role, text: impl Into<String>) -> Element<'a> {
        self.inked(role, text, self.palette.faint)
    }

    /// Words in a colour.
    pub fn inked<'a>(&self, role: Role, text: impl Into<String>, ink: Rgb888) -> Element<'a> {
        Element::text(text.into(), self.setting(role, Length::Lines), ink)
    }

    /// Words in the middle of their place.
    pub fn centred<'a>(&self, role: Role, text: impl Into<String>, ink: Rgb888) -> Element<'a> {
        Element::text(text.into(), Setting { align: Align::Center, ..self.setting(role, Length::Lines) }, ink)
    }

    /// Text that is not ours and of any length, on one line; there are dots in its middle where there is more, because numbers and versions differ at their ends.
    pub fn free<'a>(&self, role: Role, text: impl Into<String>, ink: Rgb888) -> Element<'a> {
        Element::text(text.into(), self.setting(role, Length::Cut), ink)
    }

    fn setting(&self, role: Role, length: Length) -> Setting {
        let size_px = self.type_px(role);
        let align = match self.direction() {
            Direction::LeftToRight => Align::Left,
            Direction::RightToLeft => Align::Right,
        };
        let line_px = (size_px * self.language.leading()).round();
        Setting {
            size_px,
            line_px,
            baseline_px: (line_px / 2.0 + size_px * self.language.middle()).round(),
            weight: Measures::weight(role),
            align,
            length,
        }
    }
}
