//! What a screen is made of: elements in rows and columns, each with its text or drawing, its plate, and what touching it does.

use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use taffy::prelude::{
    AlignItems, Dimension, FlexDirection, JustifyContent, LengthPercentage, Rect, Size, Style, length, percent,
};

use super::action::Action;
use super::canvas::Canvas;
use super::typesetter::Setting;

/// A part of a screen, with what is inside it.
pub(super) struct Element<'a> {
    pub style: Style,
    pub plate: Option<Plate>,
    pub content: Content<'a>,
    pub action: Option<Action>,
    pub place: Place,
    pub children: Vec<Element<'a>>,
}

/// What is behind an element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Plate {
    pub ground: Rgb888,
    pub radius_px: u32,
    /// A line of this width and colour inside its edge.
    pub edge: Option<(u32, Rgb888)>,
}

/// Where an element belongs on the box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// On the screen.
    Screen,
    /// Above one of the four keys.
    Key,
}

/// What an element shows.
pub(super) enum Content<'a> {
    Nothing,
    Text { text: String, setting: Setting, ink: Rgb888 },
    Drawing(Drawing<'a>),
}

/// Paints into the area that the layout gave.
pub(super) type Drawing<'a> = Box<dyn Fn(&mut Canvas, Rectangle) + 'a>;

impl<'a> Element<'a> {
    fn new(content: Content<'a>, children: Vec<Element<'a>>) -> Self {
        Self { style: Style::default(), plate: None, content, action: None, place: Place::Screen, children }
    }

    /// Elements side by side, in the direction of reading.
    pub fn row(children: impl IntoIterator<Item = Element<'a>>) -> Self {
        let mut row = Self::new(Content::Nothing, children.into_iter().collect());
        row.style.align_items = AlignItems::CENTER;
        row
    }

    /// Elements below each other.
    pub fn column(children: impl IntoIterator<Item = Element<'a>>) -> Self {
        let mut column = Self::new(Content::Nothing, children.into_iter().collect());
        column.style.flex_direction = FlexDirection::Column;
        column
    }

    /// A text.
    pub fn text(text: String, setting: Setting, ink: Rgb888) -> Self {
        Self::new(Content::Text { text, setting, ink }, Vec::new())
    }

    /// A drawing of this size.
    pub fn drawing(width_px: f32, height_px: f32, paint: impl Fn(&mut Canvas, Rectangle) + 'a) -> Self {
        Self::new(Content::Drawing(Box::new(paint)), Vec::new()).wide(width_px).high(height_px).fixed()
    }

    /// A drawing that takes the room it is given.
    pub fn filling(paint: impl Fn(&mut Canvas, Rectangle) + 'a) -> Self {
        Self::new(Content::Drawing(Box::new(paint)), Vec::new())
    }

    /// Room that takes what the others leave.
    pub fn space() -> Self {
        Self::new(Content::Nothing, Vec::new()).grow(1.0)
    }

    /// Takes a share of the room that is left, whatever is in it.
    pub fn grow(mut self, share: f32) -> Self {
        self.style.flex_grow = share;
        self.style.flex_basis = length(0.0);
        self.style.min_size.width = length(0.0);
        self
    }

    /// Takes the height that the others leave.
    pub fn grow_down(mut self) -> Self {
        self.style.flex_grow = 1.0;
        self.style.flex_basis = length(0.0);
        self.style.min_size.height = length(0.0);
        self
    }

    /// Takes what it needs and a share of the room that is left.
    pub fn stretch(mut self, share: f32) -> Self {
        self.style.flex_grow = share;
        self
    }

    /// Never smaller than it asks for.
    pub fn fixed(mut self) -> Self {
        self.style.flex_shrink = 0.0;
        self
    }

    pub fn wide(mut self, px: f32) -> Self {
        self.style.size.width = Dimension::length(px);
        self
    }

    /// A share of the width around it.
    pub fn wide_share(mut self, share: f32) -> Self {
        self.style.size.width = percent(share);
        self.fixed()
    }

    pub fn high(mut self, px: f32) -> Self {
        self.style.size.height = Dimension::length(px);
        self
    }

    pub fn at_least(mut self, width_px: f32, height_px: f32) -> Self {
        self.style.min_size = Size { width: length(width_px), height: length(height_px) };
        self.fixed()
    }

    /// Between the elements in it.
    pub fn gap(mut self, px: f32) -> Self {
        self.style.gap = Size { width: length(px), height: length(px) };
        self
    }

    /// Between its edge and what is in it.
    pub fn padding(mut self, across_px: f32, down_px: f32) -> Self {
        let (across, down): (LengthPercentage, LengthPercentage) = (length(across_px), length(down_px));
        self.style.padding = Rect { left: across, right: across, top: down, bottom: down };
        self
    }

    /// Elements lie in the middle across the direction they are lined up in.
    pub fn in_middle(mut self) -> Self {
        self.style.align_items = AlignItems::CENTER;
        self
    }

    /// Elements are as large as there is room across the direction they are lined up in.
    pub fn filled(mut self) -> Self {
        self.style.align_items = AlignItems::STRETCH;
        self
    }

    /// Elements lie in the middle of the direction they are lined up in.
    pub fn centred(mut self) -> Self {
        self.style.justify_content = JustifyContent::CENTER;
        self
    }

    /// Elements lie at both ends of the direction they are lined up in.
    pub fn apart(mut self) -> Self {
        self.style.justify_content = JustifyContent::SPACE_BETWEEN;
        self
    }

    /// On a plate of this colour.
    pub fn on(mut self, ground: Rgb888, radius_px: u32) -> Self {
        self.plate = Some(Plate { ground, radius_px, edge: None });
        self
    }

    /// With a line inside the edge of its plate.
    pub fn edged(mut self, width_px: u32, colour: Rgb888) -> Self {
        if let Some(plate) = &mut self.plate {
            plate.edge = Some((width_px, colour));
        }
        self
    }

    /// What touching it does.
    pub fn does(mut self, action: Action) -> Self {
        self.action = Some(action);
        self
    }

    /// It stands above one of the keys.
    pub fn above_key(mut self) -> Self {
        self.place = Place::Key;
        self
    }
}
