//! A screen laid out on a panel: where everything lies, what it looks like, and what touching it does.
//!
//! `taffy` places the elements by the rules of CSS flexbox, so that six languages of very different length need one description a
//! screen, mirrored where the language is read from right to left. Pixels placed by hand would have to be placed for each
//! language, panel and text anew.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use fieldray_board::input::Key;
use taffy::prelude::{AvailableSpace, NodeId, TaffyTree};
use taffy::{LayoutInput, LayoutOutput, Style, compute_leaf_layout};

use super::action::Action;
use super::canvas::Canvas;
use super::element::{Content, Drawing, Element, Place, Plate};
use super::kit::Kit;
use super::language::Direction;
use super::measures::SHRINKS;
use super::typesetter::{Paragraph, Typesetter};
use super::{Look, Screen};

/// A screen laid out on a panel.
pub struct Scene<'a> {
    size: Size,
    pub(super) paper: Rgb888,
    pub(super) parts: Vec<Part<'a>>,
}

/// An element in its place.
pub(super) struct Part<'a> {
    pub area: Rectangle,
    pub parent: Option<usize>,
    pub plate: Option<Plate>,
    pub content: Laid<'a>,
    pub action: Option<Action>,
    pub place: Place,
}

impl Part<'_> {
    fn is_set(&self) -> bool {
        !matches!(&self.content, Laid::Text(text) if text.overflows)
    }
}

/// What a part shows.
pub(super) enum Laid<'a> {
    Nothing,
    Text(Text),
    Drawing(Drawing<'a>),
}

/// A text in its place.
pub(super) struct Text {
    pub paragraph: Paragraph,
    pub ink: Rgb888,
    /// Whether its lines are taller or wider than its place.
    pub overflows: bool,
    #[cfg_attr(not(test), allow(dead_code))]
    pub said: String,
    #[cfg_attr(not(test), allow(dead_code))]
    pub size_px: f32,
}

impl<'a> Scene<'a> {
    /// Lays out a screen on a panel of this size, in the largest type in which all of it fits.
    pub fn compose(screen: &Screen<'a>, look: Look, size: Size, typesetter: &mut Typesetter) -> Self {
        let at = |shrink: f32, typesetter: &mut Typesetter| {
            let kit = Kit::new(look, size, shrink);
            Self::lay_out(screen.elements(&kit), &kit, size, typesetter)
        };
        let [first, rest @ ..] = SHRINKS;
        rest.into_iter().fold(at(first, typesetter), |scene, shrink| match scene.fits() {
            true => scene,
            false => at(shrink, typesetter),
        })
    }

    /// Paints it.
    pub fn paint(&self, typesetter: &mut Typesetter) -> Canvas {
        let mut canvas = Canvas::new(self.size, self.paper);
        for part in &self.parts {
            if let Some(Plate { ground, radius_px, edge }) = part.plate {
                canvas.plate(part.area, radius_px, edge.map_or(ground, |(_, colour)| colour));
                if let Some((width_px, _)) = edge {
                    let inside = part.area.offset(-(width_px as i32));
                    canvas.plate(inside, radius_px.saturating_sub(width_px), ground);
                }
            }
            match &part.content {
                Laid::Nothing => {}
                Laid::Text(text) => typesetter.paint(&text.paragraph, part.area.top_left, text.ink, &mut canvas),
                Laid::Drawing(paint) => paint(&mut canvas, part.area),
            }
        }
        canvas
    }

    /// What touching this point of the panel asks for.
    pub fn touch(&self, point: Point) -> Option<Action> {
        // What was laid later lies on top.
        self.parts.iter().rev().filter(|part| part.area.contains(point)).find_map(|part| part.action)
    }

    /// What pressing a key below the panel asks for.
    pub fn key(&self, key: Key) -> Option<Action> {
        let mut slots: Vec<&Part<'_>> = self.parts.iter().filter(|part| part.place == Place::Key).collect();
        slots.sort_by_key(|slot| slot.area.top_left.x);
        slots.get(key as usize)?.action
    }

    /// Whether everything lies inside what it is part of, and every text has the room it needs.
    fn fits(&self) -> bool {
        self.parts.iter().all(|part| self.is_inside(part) && part.is_set())
    }

    fn is_inside(&self, part: &Part<'_>) -> bool {
        let around = part.parent.map_or(Rectangle::new(Point::zero(), self.size), |parent| self.parts[parent].area);
        around.intersection(&part.area) == part.area || part.area.is_zero_sized()
    }

    /// What does not fit, for people.
    #[cfg(test)]
    pub(super) fn troubles(&self) -> Vec<String> {
        let told = |part: &Part<'_>| match &part.content {
            Laid::Text(text) => format!("'{}' at {} px, {:?}", text.said, text.size_px, part.area),
            _ => format!("{:?} {:?}", part.action, part.area),
        };
        self.parts.iter().filter(|part| !(self.is_inside(part) && part.is_set())).map(told).collect()
    }

    /// The colour that a part lies on.
    #[cfg(test)]
    pub(super) fn ground_of(&self, part: &Part<'_>) -> Rgb888 {
        match (part.plate, part.parent) {
            (Some(plate), _) => plate.ground,
            (None, Some(parent)) => self.ground_of(&self.parts[parent]),
            (None, None) => self.paper,
        }
    }

    fn lay_out(root: Element<'a>, kit: &Kit, size: Size, typesetter: &mut Typesetter) -> Self {
        let mut plan =
            Plan { tree: TaffyTree::new(), parts: Vec::new(), nodes: Vec::new(), direction: kit.direction() };
        let (width, height) = (size.width as f32, size.height as f32);
        let root = plan.add(root.wide(width).high(height), None, typesetter);
        let Plan { mut tree, mut parts, nodes, .. } = plan;
        let available =
            taffy::Size { width: AvailableSpace::Definite(width), height: AvailableSpace::Definite(height) };
        // Its only errors are nodes that are not in the tree.
        let _ = tree.compute_layout_with_measure(root, available, |input, _, part: Option<&mut usize>, style| {
            let text = part.and_then(|part| match &mut parts[*part].content {
                Laid::Text(text) => Some(text),
                _ => None,
            });
            measure(input, style, text, typesetter)
        });
        for at in 0..parts.len() {
            let Ok(layout) = tree.layout(nodes[at]) else { continue };
            let corner = parts[at].parent.map_or(Point::zero(), |parent| parts[parent].area.top_left);
            let (x, y) = (layout.location.x.round() as i32, layout.location.y.round() as i32);
            let size = Size::new(layout.size.width.round() as u32, layout.size.height.round() as u32);
            let part = &mut parts[at];
            part.area = Rectangle::new(corner + Point::new(x, y), size);
            if let Laid::Text(text) = &mut part.content {
                let extent = typesetter.fit(&mut text.paragraph, Some(size.width as f32));
                text.overflows = extent.width_px > size.width as f32 || extent.height_px > size.height as f32;
            }
        }
        Self { size, paper: kit.palette.paper.ground, parts }
    }
}

/// The room that a text wants.
fn measure(input: LayoutInput, style: &Style, text: Option<&mut Text>, typesetter: &mut Typesetter) -> LayoutOutput {
    compute_leaf_layout(
        input,
        style,
        |_, _| 0.0,
        |known, available| {
            let Some(text) = text else { return taffy::Size { width: 0.0, height: 0.0 } };
            let paragraph = &mut text.paragraph;
            let width = known.width.or(match available.width {
                AvailableSpace::Definite(width) => {
                    let natural = typesetter.fit(paragraph, None).width_px;
                    Some(natural.min(width.floor()))
                }
                AvailableSpace::MinContent => Some(typesetter.longest_word_px(paragraph)),
                AvailableSpace::MaxContent => None,
            });
            let extent = typesetter.fit(paragraph, width);
            taffy::Size { width: width.unwrap_or(extent.width_px), height: known.height.unwrap_or(extent.height_px) }
        },
    )
}

/// Elements on their way into a layout.
struct Plan<'a> {
    tree: TaffyTree<usize>,
    parts: Vec<Part<'a>>,
    nodes: Vec<NodeId>,
    direction: Direction,
}

impl<'a> Plan<'a> {
    fn add(&mut self, element: Element<'a>, parent: Option<usize>, typesetter: &mut Typesetter) -> NodeId {
        let Element { mut style, plate, content, action, place, children } = element;
        style.direction = match self.direction {
            Direction::LeftToRight => taffy::Direction::Ltr,
            Direction::RightToLeft => taffy::Direction::Rtl,
        };
        let content = match content {
            Content::Nothing => Laid::Nothing,
            Content::Drawing(paint) => Laid::Drawing(paint),
            Content::Text { text, setting, ink } => {
                let paragraph = typesetter.shape(&text, setting);
                Laid::Text(Text { paragraph, ink, overflows: false, said: text, size_px: setting.size_px })
            }
        };
        let at = self.parts.len();
        self.parts.push(Part { area: Rectangle::zero(), parent, plate, content, action, place });
        // A tree in memory takes any number of nodes: its only errors are nodes that are not in it.
        let node = self.tree.new_leaf_with_context(style, at).unwrap_or_else(|_| NodeId::from(at as u64));
        self.nodes.push(node);
        for child in children {
            let child = self.add(child, Some(at), typesetter);
            let _ = self.tree.add_child(node, child);
        }
        node
    }
}
