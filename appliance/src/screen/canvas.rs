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

    /// What is on it.
    pub fn into_picture(self) -> RgbImage {
        self.0
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
                self.blend(x as u32, y as u32, colour, (inside * 255 / (POINTS * POINTS) as usize) as u8);
            }
        }
    }

    /// A rectangle with corners rounded by `radius_px`.
    pub fn plate(&mut self, area: Rectangle, radius_px: u32, colour: Rgb888) {
        let Size { width, height } = area.size;
        let radius = radius_px.min(width / 2).min(height / 2);
        self.fill(
            Rectangle::new(area.top_left + Point::new(0, radius as i32), Size::new(width, height - 2 * radius)),
            colour,
        );
        let across = Size::new(width - 2 * radius, radius);
        let (right, bottom) = ((width - radius) as i32, (height - radius) as i32);
        for top in [0, bottom] {
            self.fill(Rectangle::new(area.top_left + Point::new(radius as i32, top), across), colour);
            for left in [0, right] {
                let corner = Rectangle::new(area.top_left + Point::new(left, top), Size::new_equal(radius));
                let inner = area.top_left
                    + Point::new(
                        if left == 0 { radius as i32 } else { right },
                        if top == 0 { radius as i32 } else { bottom },
                    );
                self.paint(corner, colour, |x, y| {
                    let (across, down) = (x - inner.x as f32, y - inner.y as f32);
                    across * across + down * down <= (radius * radius) as f32
                });
            }
        }
    }

    /// A rectangle.
    pub fn fill(&mut self, area: Rectangle, colour: Rgb888) {
        let seen = area.intersection(&self.area());
        let (left, top) = (seen.top_left.x as u32, seen.top_left.y as u32);
        for y in top..top + seen.size.height {
            for x in left..left + seen.size.width {
                self.0.put_pixel(x, y, rgb(colour));
            }
        }
    }

    /// Blends `colour` into `area` by the `coverage` of each of its pixels, row by row.
    pub fn stamp(&mut self, area: Rectangle, coverage: &[u8], colour: Rgb888) {
        for (point, &share) in area.points().zip(coverage) {
            if share > 0 && self.area().contains(point) {
                self.blend(point.x as u32, point.y as u32, colour, share);
            }
        }
    }

    /// A picture as large as fits into `area`, in its middle; returns where it lies.
    pub fn picture(&mut self, picture: &RgbImage, area: Rectangle) -> Rectangle {
        let (width, height) = (picture.width().max(1) as f32, picture.height().max(1) as f32);
        let scale = (area.size.width as f32 / width).min(area.size.height as f32 / height);
        let size = Size::new(((width * scale) as u32).max(1), ((height * scale) as u32).max(1));
        let place = Rectangle::with_center(area.center(), size);
        let fitted = imageops::resize(picture, size.width, size.height, FilterType::Triangle);
        imageops::replace(&mut self.0, &fitted, place.top_left.x.into(), place.top_left.y.into());
        place
    }

    fn blend(&mut self, x: u32, y: u32, colour: Rgb888, share: u8) {
        let share = u32::from(share);
        let below = &mut self.0.get_pixel_mut(x, y).0;
        for (below, above) in below.iter_mut().zip(rgb(colour).0) {
            *below = ((u32::from(*below) * (255 - share) + u32::from(above) * share + 127) / 255) as u8;
        }
    }
}

fn rgb(colour: Rgb888) -> Rgb<u8> {
    Rgb([colour.r(), colour.g(), colour.b()])
}
