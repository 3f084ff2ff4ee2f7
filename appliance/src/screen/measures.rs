//! How large things are on a panel.
//!
//! Two panels are designed for: 800 x 480 pixels on 7 inches (133 dots an inch) and 480 x 320 on 3.5 inches (165). A finger finds
//! 9 mm, so whatever can be touched has at least 48 and 59 pixels a side. The smallest type is 16 and 15 pixels, and where a
//! language's words are too long for a screen it is set smaller, step by step, down to 13.

use cosmic_text::Weight;
use embedded_graphics::geometry::Size;

/// What a text is for, which says how large and heavy it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// What is read on a second look.
    Note,
    /// A note that matters.
    StrongNote,
    /// Sentences.
    Body,
    /// Words that matter.
    Strong,
    /// Sentences that a screen is about.
    Lead,
    /// What a screen is about.
    Title,
    /// A number that matters.
    Figure,
    /// The decision.
    Headline,
}

/// The lengths of one panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Measures {
    /// Which of the two designs.
    pub panel: Panel,
    /// What the type is shrunk by.
    pub shrink: f32,
}

/// The designs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Panel {
    /// 480 x 320 pixels, and whatever lies near it.
    Small,
    /// 800 x 480 pixels, and whatever lies near it.
    Large,
}

/// What the type is shrunk by, one after the other, until a screen fits.
pub(super) const SHRINKS: [f32; 6] = [1.0, 0.95, 0.9, 0.86, 0.82, 0.78];

/// No type is smaller than this.
pub(super) const SMALLEST_PX: f32 = 13.0;

impl Measures {
    pub fn of(panel: Size, shrink: f32) -> Self {
        let panel = if panel.height < 460 || panel.width < 760 { Panel::Small } else { Panel::Large };
        Self { panel, shrink }
    }

    fn pick(self, small: f32, large: f32) -> f32 {
        match self.panel {
            Panel::Small => small,
            Panel::Large => large,
        }
    }

    /// Size of the type for a role, in a script that is `enlarged`.
    pub fn type_px(self, role: Role, enlarged: f32) -> f32 {
        let full = match role {
            Role::Note | Role::StrongNote => self.pick(15.0, 16.0),
            Role::Body | Role::Strong => self.pick(17.0, 20.0),
            Role::Lead => self.pick(20.0, 28.0),
            Role::Title => self.pick(20.0, 26.0),
            Role::Figure => self.pick(22.0, 32.0),
            Role::Headline => self.pick(27.0, 46.0),
        };
        (full * self.shrink * enlarged).max(SMALLEST_PX)
    }

    pub fn weight(role: Role) -> Weight {
        match role {
            Role::Note | Role::Body | Role::Lead => Weight::NORMAL,
            _ => Weight::BOLD,
        }
    }

    /// Least side of what can be touched: 9 mm.
    pub fn touch_px(self) -> f32 {
        self.pick(59.0, 48.0)
    }

    /// From the panel's edge to what is on it.
    pub fn margin_px(self) -> f32 {
        self.pick(8.0, 16.0)
    }

    /// Between things.
    pub fn gap_px(self) -> f32 {
        self.pick(6.0, 12.0)
    }

    /// Inside a card.
    pub fn padding_px(self) -> f32 {
        self.pick(8.0, 14.0)
    }

    /// Radius of corners.
    pub fn radius_px(self) -> u32 {
        self.pick(6.0, 10.0) as u32
    }
}
