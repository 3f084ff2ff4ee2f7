//! A picture with words under it, for what leaves the box.

use cosmic_text::{Align, Weight};
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use fieldray_common::screening::Decision;
use image::RgbImage;

use super::canvas::Canvas;
use super::language::Direction;
use super::theme::Theme;
use super::typesetter::{Length, Paragraph, Setting, Typesetter};
use super::widget::decision_sign;

/// Words need at least this width.
const LEAST_WIDTH_PX: u32 = 480;

/// What stands under a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// Whose sign and colour it has.
    pub decision: Decision,
    /// The decision in words.
    pub headline: String,
    /// Further paragraphs.
    pub lines: Vec<String>,
}

/// The picture with its caption below, at least 480 pixels wide.
pub fn captioned(picture: &RgbImage, caption: &Caption) -> RgbImage {
    let palette = Theme::Dark.palette();
    let width_px = picture.width().max(LEAST_WIDTH_PX);
    let size_px = (width_px as f32 / 44.0).clamp(15.0, 24.0);
    let margin_px = size_px as i32;
    let mut typesetter = Typesetter::new();
    let mut set = |text: &str, size_px: f32, weight: Weight, indent_px: i32| {
        let mut paragraph = typesetter.shape(text, setting(size_px, weight));
        let room_px = width_px as i32 - 2 * margin_px - indent_px;
        let height_px = typesetter.fit(&mut paragraph, Some(room_px as f32)).height_px as i32;
        (paragraph, height_px)
    };
    let sign_px = (2.0 * size_px) as i32;
    let indent_px = sign_px + margin_px / 2;
    let (headline, headline_px) = set(&caption.headline, 1.5 * size_px, Weight::BOLD, indent_px);
    let lines: Vec<(Paragraph, i32)> = caption.lines.iter().map(|line| set(line, size_px, Weight::NORMAL, 0)).collect();

    let band_px = headline_px.max(sign_px) + margin_px;
    let lines_px: i32 = lines.iter().map(|(_, height_px)| height_px).sum();
    let top = picture.height() as i32;
    let height_px = (top + band_px + lines_px + 2 * margin_px) as u32;
    let mut canvas = Canvas::new(Size::new(width_px, height_px), palette.paper.ground);
    let light_box = Rectangle::new(Point::zero(), Size::new(width_px, picture.height()));
    canvas.fill(light_box, palette.light_box);
    canvas.picture(picture, light_box);

    let ground = palette.of(caption.decision);
    canvas.fill(Rectangle::new(Point::new(0, top), Size::new(width_px, band_px as u32)), ground.ground);
    let sign = Rectangle::new(Point::new(margin_px, top + (band_px - sign_px) / 2), Size::new_equal(sign_px as u32));
    decision_sign(caption.decision).draw(&mut canvas, sign, ground.ink, Direction::LeftToRight);
    let mut paint = |paragraph: &Paragraph, corner: Point, ink: Rgb888| {
        typesetter.paint(paragraph, corner, ink, &mut canvas);
    };
    paint(&headline, Point::new(margin_px + indent_px, top + (band_px - headline_px) / 2), ground.ink);
    let mut below = top + band_px + margin_px;
    for (line, height_px) in &lines {
        paint(line, Point::new(margin_px, below), palette.paper.ink);
        below += height_px;
    }
    canvas.into_picture()
}

fn setting(size_px: f32, weight: Weight) -> Setting {
    Setting {
        size_px,
        line_px: (1.35 * size_px).round(),
        baseline_px: size_px.round(),
        weight,
        align: Align::Left,
        length: Length::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_stays_as_it_is_and_words_stand_below() {
        let picture = RgbImage::from_fn(600, 200, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let caption = |lines: Vec<String>| Caption { decision: Decision::Refer, headline: "Refer".into(), lines };
        let short = captioned(&picture, &caption(vec![]));
        let long = captioned(&picture, &caption(vec!["many words ".repeat(30)]));
        assert_eq!(short.width(), 600);
        assert!(short.height() > 230 && long.height() > short.height() + 60);
        assert!(picture.enumerate_pixels().all(|(x, y, pixel)| long.get_pixel(x, y) == pixel));
        let ink = |picture: &RgbImage| picture.pixels().filter(|pixel| pixel.0.iter().all(|part| *part > 200)).count();
        assert!(ink(&long) > ink(&short) + 500);
    }
}
