//! A film on its light box. It is never mirrored, in whichever language.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::Rectangle;
use image::RgbImage;

use super::element::Element;
use super::kit::Kit;
use super::sign::{Sign, ring};

/// A film's pictures.
#[derive(Debug, Clone, Copy)]
pub struct Film<'a> {
    /// The film alone.
    pub plain: &'a RgbImage,
    /// The film with its heatmap, if it has one.
    pub heatmap: Option<&'a RgbImage>,
    /// Where the evidence is strongest, as shares of the film's width and height; a ring is drawn there.
    pub peak: Option<[f64; 2]>,
}

/// Which of a film's pictures is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layer {
    /// The film alone.
    Film,
    /// The film under its heatmap, where there is one.
    #[default]
    Heatmap,
}

impl<'a> Film<'a> {
    fn picture(&self, layer: Layer) -> &'a RgbImage {
        match layer {
            Layer::Heatmap => self.heatmap.unwrap_or(self.plain),
            Layer::Film => self.plain,
        }
    }
}

/// A film in the room that is left, or the sign that there is none.
pub(super) fn light_box<'a>(kit: &Kit, film: Option<Film<'a>>, layer: Layer) -> Element<'a> {
    let radius = kit.measures.radius_px();
    match film {
        Some(film) => {
            let element = Element::filling(move |canvas, area| {
                let place = canvas.picture(film.picture(layer), area.offset(-4));
                if let (Layer::Heatmap, Some([across, down])) = (layer, film.peak) {
                    let x = place.top_left.x as f32 + across as f32 * place.size.width as f32;
                    let y = place.top_left.y as f32 + down as f32 * place.size.height as f32;
                    let radius = place.size.height.min(place.size.width) as f32 * 0.075 + 4.0;
                    let around =
                        Rectangle::with_center(Point::new(x as i32, y as i32), Size::new_equal(2 * radius as u32 + 9));
                    for (ink, half) in [(Rgb888::BLACK, 2.8), (Rgb888::WHITE, 1.4)] {
                        canvas.paint(around.intersection(&place), ink, |px, py| ring([px, py], [x, y], radius, half));
                    }
                }
            });
            element.on(kit.palette.light_box, radius)
        }
        None => {
            let (ink, direction) = (kit.palette.faint, kit.direction());
            let element = Element::filling(move |canvas, area| {
                let side = (area.size.width.min(area.size.height) / 2).min(160);
                let place = Rectangle::with_center(area.center(), Size::new_equal(side));
                Sign::BrokenFilm.draw(canvas, place, ink, direction);
            });
            element.on(kit.palette.card.ground, radius)
        }
    }
}
