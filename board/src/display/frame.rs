//! The picture in memory: what is drawn on, and what a panel is given to show.

use embedded_graphics::{
    Pixel,
    draw_target::DrawTarget,
    geometry::{Dimensions, OriginDimensions, Point, Size},
    pixelcolor::{Rgb888, RgbColor},
    primitives::{PointsIter, Rectangle},
};
use image::{ImageError, ImageFormat, Rgb, RgbImage};

/// Bytes of a pixel: red, green, blue.
const BYTES: u32 = 3;

/// A picture in memory that can be drawn on like a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame(RgbImage);

impl Frame {
    /// A black frame.
    pub fn new(size: Size) -> Self {
        Self(RgbImage::new(size.width, size.height))
    }

    /// What is on it.
    pub fn picture(&self) -> &RgbImage {
        &self.0
    }

    /// The smallest rectangle outside which this frame shows the same as `before`; `None` where they are the same everywhere.
    /// Where the sizes differ, it is all of this frame.
    pub fn changed(&self, before: &Frame) -> Option<Rectangle> {
        if self.0.dimensions() != before.0.dimensions() {
            return Some(self.bounding_box());
        }
        let row_bytes = (self.0.width() * BYTES) as usize;
        let rows = || self.0.chunks_exact(row_bytes).zip(before.0.chunks_exact(row_bytes));
        let top = rows().position(|(now, then)| now != then)?;
        let bottom = rows().rposition(|(now, then)| now != then)?;
        let (mut left, mut right) = (row_bytes, 0);
        for (now, then) in rows().skip(top).take(bottom + 1 - top) {
            let differs = |at: &usize| now[*at] != then[*at];
            left = (0..left).find(differs).unwrap_or(left);
            right = (right..row_bytes).rfind(differs).unwrap_or(right);
        }
        let at = |x: usize, y: usize| Point::new(x as i32 / BYTES as i32, y as i32);
        Some(Rectangle::with_corners(at(left, top), at(right, bottom)))
    }

    /// The colours of an area of it that lies in it, row by row.
    pub(super) fn colours(&self, area: Rectangle) -> impl Iterator<Item = Rgb888> {
        area.points().map(|Point { x, y }| {
            let [r, g, b] = self.0[(x as u32, y as u32)].0;
            Rgb888::new(r, g, b)
        })
    }

    /// The picture as a PNG file.
    pub fn to_png(&self) -> Result<Vec<u8>, ImageError> {
        let mut file = std::io::Cursor::new(Vec::new());
        self.0.write_to(&mut file, ImageFormat::Png)?;
        Ok(file.into_inner())
    }
}

impl OriginDimensions for Frame {
    fn size(&self) -> Size {
        Size::new(self.0.width(), self.0.height())
    }
}

impl DrawTarget for Frame {
    type Color = Rgb888;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Rgb888>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(Point { x, y }, colour) in pixels {
            let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
            if let Some(pixel) = at.and_then(|(x, y)| self.0.get_pixel_mut_checked(x, y)) {
                *pixel = Rgb([colour.r(), colour.g(), colour.b()]);
            }
        }
        Ok(())
    }

    fn fill_solid(&mut self, area: &Rectangle, colour: Rgb888) -> Result<(), Self::Error> {
        let seen = area.intersection(&Rectangle::new(Point::zero(), self.size()));
        let (left, top) = (seen.top_left.x as u32, seen.top_left.y as u32);
        for y in top..top + seen.size.height {
            for x in left..left + seen.size.width {
                self.0.put_pixel(x, y, Rgb([colour.r(), colour.g(), colour.b()]));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_outside_is_cut_off() {
        let mut frame = Frame::new(Size::new(4, 3));
        frame.fill_solid(&Rectangle::new(Point::new(-2, 1), Size::new(4, 9)), Rgb888::WHITE).unwrap();
        frame.draw_iter([Pixel(Point::new(3, 0), Rgb888::RED), Pixel(Point::new(-1, 0), Rgb888::RED)]).unwrap();
        let row = |y| (0..4).map(|x| frame.picture()[(x, y)].0).collect::<Vec<_>>();
        let (white, black) = ([255; 3], [0; 3]);
        assert_eq!(row(0), [black, black, black, [255, 0, 0]]);
        assert_eq!(row(1), [white, white, black, black]);
        assert_eq!(row(2), row(1));
    }

    #[test]
    fn what_changed_is_the_smallest_rectangle_round_it() {
        let before = Frame::new(Size::new(40, 30));
        assert_eq!(before.changed(&before), None);
        for area in [
            Rectangle::new(Point::new(3, 4), Size::new(9, 2)),
            Rectangle::new(Point::new(39, 29), Size::new(1, 1)),
            Rectangle::new(Point::zero(), Size::new(40, 30)),
        ] {
            let mut after = before.clone();
            // Blue alone: the last byte of each pixel.
            after.fill_solid(&area, Rgb888::BLUE).unwrap();
            assert_eq!(after.changed(&before), Some(area));
        }
        let mut corners = before.clone();
        corners.draw_iter([Pixel(Point::new(30, 2), Rgb888::RED), Pixel(Point::new(5, 20), Rgb888::RED)]).unwrap();
        assert_eq!(corners.changed(&before), Some(Rectangle::with_corners(Point::new(5, 2), Point::new(30, 20))));
        assert_eq!(Frame::new(Size::new(7, 5)).changed(&before), Some(Rectangle::new(Point::zero(), Size::new(7, 5))));
    }

    #[test]
    fn its_png_holds_its_pixels() {
        let mut frame = Frame::new(Size::new(40, 30));
        frame.fill_solid(&Rectangle::new(Point::new(5, 5), Size::new(9, 7)), Rgb888::new(1, 2, 3)).unwrap();
        let back = image::load_from_memory(&frame.to_png().unwrap()).unwrap().into_rgb8();
        assert_eq!(back, *frame.picture());
    }
}
