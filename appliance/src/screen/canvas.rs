//! A picture in the making, with smooth edges.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::primitives::{PointsIter, Rectangle};
use image::imageops::{self, FilterType};
use image::{Rgb, RgbImage};

/// Each pixel is looked at in a grid of this many points a side to see how much of it a shape covers.
const POINTS: i32 = 4;

/// A picture in memory; shapes blend into what is there by how much of each pixel they cover.
#[derive(Debug, Clone)]
pub struct Canvas(RgbImage);

impl Canvas {
    /// A canvas of one colour.
    pub fn new(size: Size, colour: Rgb888) -> Self {
        Self(RgbImage::from_pixel(size.width, size.height, rgb(colour)))
    }

    /// All of it.
    pub fn area(&self) -> Rectangle {
        Rectangle::new(Point::zero(), Size::new(self.0.width(), self.0.height()))
    }

    /// Its pixels' colours, row by row.
    pub fn colours(&self) -> impl Iterator<Item = Rgb888> {
        self.0.pixels().map(|Rgb([r, g, b])| Rgb888::new(*r, *g, *b))
    }

    /// Paints every point of `area` that `covers` says belongs to a shape; points are in pixels of the canvas.
    pub fn paint(&mut self, area: Rectangle, colour: Rgb888, covers: impl Fn(f32, f32) -> bool) {
        let seen = area.intersection(&self.area());
        for Point { x, y } in seen.points() {
            let inside = (0..POINTS * POINTS)
                .filter(|point| {
                    let offset = |step: i32| (step as f32 + 0.5) / POINTS as f32;
                    covers(x as f32 + offset(point % POINTS), y as f32 + offset(point / POINTS))
                })
                .count();
            if inside > 0 {
                self.blend(x as u32, y as u32, colour, inside as f32 / (POINTS * POINTS) as f32);
            }
        }
    }

    /// A rectangle with corners rounded by `radius` pixels.
    pub fn plate(&mut self, area: Rectangle, radius: f32, colour: Rgb888) {
        let [left, top] = [area.top_left.x as f32, area.top_left.y as f32];
        let [right, bottom] = [left + area.size.width as f32, top + area.size.height as f32];
        let radius = radius.min((right - left) / 2.0).min((bottom - top) / 2.0);
        self.paint(area, colour, |x, y| {
            let across = x - x.clamp(left + radius, right - radius);
            let down = y - y.clamp(top + radius, bottom - radius);
            across * across + down * down <= radius * radius || radius == 0.0
        });
    }

    /// A picture as large as fits into `area`, in its middle; returns where it lies.
    pub fn picture(&mut self, picture: &RgbImage, area: Rectangle) -> Rectangle {
        let (width, height) = (picture.width() as f32, picture.height() as f32);
        let scale = (area.size.width as f32 / width).min(area.size.height as f32 / height);
        let size = Size::new(((width * scale) as u32).max(1), ((height * scale) as u32).max(1));
        let place = Rectangle::with_center(area.center(), size);
        let fitted = imageops::resize(picture, size.width, size.height, FilterType::Triangle);
        imageops::replace(&mut self.0, &fitted, place.top_left.x.into(), place.top_left.y.into());
        place
    }

    fn blend(&mut self, x: u32, y: u32, colour: Rgb888, share: f32) {
        let below = &mut self.0.get_pixel_mut(x, y).0;
        for (below, above) in below.iter_mut().zip(rgb(colour).0) {
            *below = (f32::from(*below) * (1.0 - share) + f32::from(above) * share).round() as u8;
        }
    }
}

fn rgb(colour: Rgb888) -> Rgb<u8> {
    Rgb([colour.r(), colour.g(), colour.b()])
}
