//! The test image: wrong wiring, colours and orientation are seen at a glance.

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::{Line, PrimitiveStyle, Rectangle, Triangle};

/// What a person must see.
pub const MUST_SHOW: &str = "a thin white line along all four edges, an arrow that points up, bars that are red, green and blue from left \
                             to right, and below them sixteen even steps from black to white";

/// Steps of the grey ramp.
const STEPS: u32 = 16;

/// Half the length of a cross's strokes.
const CROSS_PX: i32 = 12;

/// The centres of the crosses that are to be touched: clockwise from the upper left.
pub fn crosses(size: Size) -> [Point; 4] {
    let (width, height) = (size.width as i32, size.height as i32);
    let (x, y) = (width / 10, height / 10);
    [Point::new(x, y), Point::new(width - x, y), Point::new(width - x, height - y), Point::new(x, height - y)]
}

/// Draws it over the whole of a panel.
pub fn draw<D: DrawTarget<Color = Rgb888>>(panel: &mut D) -> Result<(), D::Error> {
    let size = panel.bounding_box().size;
    panel.clear(Rgb888::BLACK)?;
    let fill = PrimitiveStyle::with_fill;
    let white = PrimitiveStyle::with_stroke(Rgb888::WHITE, 1);
    Rectangle::new(Point::zero(), size).into_styled(white).draw(panel)?;

    let (width, height) = (size.width as i32, size.height as i32);
    let (middle, unit) = (width / 2, height / 8);
    let tip = Point::new(middle, unit / 2);
    let foot = |x: i32| Point::new(x, unit * 2);
    Triangle::new(tip, foot(middle - unit), foot(middle + unit)).into_styled(fill(Rgb888::WHITE)).draw(panel)?;

    let (left, bars_width) = (width / 5, width * 3 / 5);
    for (at, colour) in (0..).zip([Rgb888::RED, Rgb888::GREEN, Rgb888::BLUE]) {
        let bar = Rectangle::new(
            Point::new(left + at * bars_width / 3, unit * 5 / 2),
            Size::new(bars_width as u32 / 3, unit as u32 * 2),
        );
        bar.into_styled(fill(colour)).draw(panel)?;
    }
    for step in 0..STEPS {
        let shade = (step * 255 / (STEPS - 1)) as u8;
        let corner = |step: u32| left + (step * bars_width as u32 / STEPS) as i32;
        let patch = Rectangle::new(
            Point::new(corner(step), unit * 5),
            Size::new((corner(step + 1) - corner(step)) as u32, unit as u32 * 3 / 2),
        );
        patch.into_styled(fill(Rgb888::new(shade, shade, shade))).draw(panel)?;
    }
    for centre in crosses(size) {
        for arm in [Point::new(CROSS_PX, 0), Point::new(0, CROSS_PX)] {
            Line::new(centre - arm, centre + arm).into_styled(white).draw(panel)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use fieldray_board::display::Frame;

    use super::*;

    #[test]
    fn a_mirrored_turned_or_miscoloured_panel_shows_another_image() {
        let mut frame = Frame::new(Size::new(320, 240));
        draw(&mut frame).unwrap();
        let seen = frame.picture();
        for wrong in [
            image::imageops::flip_horizontal(seen),
            image::imageops::flip_vertical(seen),
            image::imageops::rotate180(seen),
        ] {
            assert_ne!(&wrong, seen);
        }
        let mut swapped = seen.clone();
        swapped.pixels_mut().for_each(|pixel| pixel.0.reverse());
        assert_ne!(&swapped, seen);
        for edge in [(0, 100), (319, 100), (100, 0), (100, 239)] {
            assert_eq!(seen[edge].0, [255; 3], "{edge:?}");
        }
    }
}
