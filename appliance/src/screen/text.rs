//! Text at any size, with smooth edges.
//!
//! The largest face of a pixel font is drawn into a mask, and the mask is reduced to the size that is wanted.

use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::pixelcolor::{BinaryColor, Rgb888};
use embedded_graphics::primitives::Rectangle;
use u8g2_fonts::FontRenderer;
use u8g2_fonts::fonts::{u8g2_font_fub42_tf, u8g2_font_fur42_tf};
use u8g2_fonts::types::{FontColor, VerticalPosition};

use super::canvas::Canvas;

/// How heavy the strokes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// For sentences.
    Regular,
    /// For words that matter.
    Bold,
}

/// Text of one weight, size and colour.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Weight of the strokes.
    pub weight: Weight,
    /// Height of a capital letter in pixels.
    pub capital_px: f32,
    /// Colour.
    pub ink: Rgb888,
}

const REGULAR: FontRenderer = FontRenderer::new::<u8g2_font_fur42_tf>().with_ignore_unknown_chars(true);
const BOLD: FontRenderer = FontRenderer::new::<u8g2_font_fub42_tf>().with_ignore_unknown_chars(true);

/// Height of a capital letter in the pixel font.
const FACE_CAPITAL_PX: f32 = 42.0;
/// Room above the baseline for accents, and below it for descenders, in the pixel font.
const FACE_ABOVE_PX: i32 = 60;
const FACE_BELOW_PX: i32 = 16;

/// Distance of two lines' baselines as a multiple of the height of a capital letter.
const LEADING: f32 = 1.7;

impl Style {
    /// A style.
    pub const fn new(weight: Weight, capital_px: f32, ink: Rgb888) -> Self {
        Self { weight, capital_px, ink }
    }

    /// Distance of two lines' baselines.
    pub fn line_px(&self) -> f32 {
        self.capital_px * LEADING
    }

    /// Width of a line of text in pixels.
    pub fn width_px(&self, text: &str) -> f32 {
        self.face_width(text) as f32 * self.scale()
    }

    /// The same style, smaller where `text` would be wider than `width_px`.
    pub fn fitting(&self, text: &str, width_px: f32) -> Self {
        let shrink = (width_px / self.width_px(text).max(1.0)).min(1.0);
        Self { capital_px: self.capital_px * shrink, ..*self }
    }

    /// Draws one line; `x` is its left end and `baseline` its baseline.
    pub fn draw(&self, canvas: &mut Canvas, text: &str, x: f32, baseline: f32) {
        let mask = self.mask(text);
        let scale = self.scale();
        let (above, below) = (FACE_ABOVE_PX as f32 * scale, FACE_BELOW_PX as f32 * scale);
        let area = Rectangle::with_corners(
            Point::new(x.floor() as i32 - 1, (baseline - above).floor() as i32),
            Point::new((x + self.width_px(text)).ceil() as i32 + 2, (baseline + below).ceil() as i32),
        );
        canvas.paint(area, self.ink, |px, py| {
            mask.covers((px - x) / scale, (py - baseline) / scale + FACE_ABOVE_PX as f32)
        });
    }

    /// Draws one line that ends at `right`.
    pub fn draw_right(&self, canvas: &mut Canvas, text: &str, right: f32, baseline: f32) {
        self.draw(canvas, text, right - self.width_px(text), baseline);
    }

    /// Draws one line around `middle`.
    pub fn draw_centred(&self, canvas: &mut Canvas, text: &str, middle: f32, baseline: f32) {
        self.draw(canvas, text, middle - self.width_px(text) / 2.0, baseline);
    }

    /// Draws `text` in lines of at most `area`'s width from its top; smaller where it would not fit, cut off where even that
    /// does not help. Returns the bottom of the last line.
    pub fn draw_wrapped(&self, canvas: &mut Canvas, text: &str, area: Rectangle) -> f32 {
        let (width, height) = (area.size.width as f32, area.size.height as f32);
        let fits = |style: &Style, lines: usize| lines as f32 * style.line_px() <= height;
        let mut style = *self;
        let mut lines = style.wrap(text, width);
        while !fits(&style, lines.len()) && style.capital_px > self.capital_px * SMALLEST {
            style.capital_px *= 0.95;
            lines = style.wrap(text, width);
        }
        let most = ((height / style.line_px()) as usize).max(1);
        if lines.len() > most {
            lines.truncate(most);
            if let Some(last) = lines.last_mut() {
                style.cut(last, width);
            }
        }
        let mut baseline = area.top_left.y as f32 + style.capital_px;
        for line in &lines {
            style.draw(canvas, line, area.top_left.x as f32, baseline);
            baseline += style.line_px();
        }
        baseline - style.line_px() + (FACE_BELOW_PX as f32) * style.scale()
    }

    /// Breaks text between words, and words that are wider than a line wherever the line ends.
    fn wrap(&self, text: &str, width_px: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let line = lines.last().map_or("", String::as_str);
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width_px(&longer) <= width_px {
                lines.pop();
                lines.push(longer);
                continue;
            }
            if line.is_empty() {
                lines.pop();
            }
            lines.push(String::new());
            for letter in word.chars() {
                let line = lines.last().map_or("", String::as_str);
                let longer = format!("{line}{letter}");
                if line.is_empty() || self.width_px(&longer) <= width_px {
                    lines.pop();
                    lines.push(longer);
                } else {
                    lines.push(letter.to_string());
                }
            }
        }
        lines
    }

    /// Ends a line with dots that show that there was more.
    fn cut(&self, line: &mut String, width_px: f32) {
        while !line.is_empty() && self.width_px(&format!("{line}...")) > width_px {
            line.pop();
        }
        line.truncate(line.trim_end().len());
        line.push_str("...");
    }

    fn renderer(&self) -> &'static FontRenderer {
        match self.weight {
            Weight::Regular => &REGULAR,
            Weight::Bold => &BOLD,
        }
    }

    fn scale(&self) -> f32 {
        self.capital_px / FACE_CAPITAL_PX
    }

    fn face_width(&self, text: &str) -> i32 {
        let dimensions = self.renderer().get_rendered_dimensions(text, Point::zero(), VerticalPosition::Baseline);
        dimensions.map_or(0, |dimensions| dimensions.advance.x)
    }

    fn mask(&self, text: &str) -> Mask {
        let mut mask = Mask::new(self.face_width(text).max(0) as u32 + 4);
        let ink = FontColor::Transparent(BinaryColor::On);
        let at = Point::new(0, FACE_ABOVE_PX);
        // A mask takes every pixel and unknown letters are left out, so this cannot fail; were it to, the text is missing.
        let _ = self.renderer().render(text, at, VerticalPosition::Baseline, ink, &mut mask);
        mask
    }
}

/// How far text may shrink to fit before it is cut.
const SMALLEST: f32 = 0.75;

/// Which pixels of a line of the pixel font are inked.
struct Mask {
    size: Size,
    inked: Vec<bool>,
}

impl Mask {
    fn new(width: u32) -> Self {
        let size = Size::new(width, (FACE_ABOVE_PX + FACE_BELOW_PX) as u32);
        Self { size, inked: vec![false; (size.width * size.height) as usize] }
    }

    fn index(&self, x: i32, y: i32) -> Option<usize> {
        let (x, y) = (u32::try_from(x).ok()?, u32::try_from(y).ok()?);
        (x < self.size.width && y < self.size.height).then_some((y * self.size.width + x) as usize)
    }

    /// Whether a point lies inside the letters' outline, which runs between the pixels so that slants have no steps.
    fn covers(&self, x: f32, y: f32) -> bool {
        let (left, above) = ((x - 0.5).floor(), (y - 0.5).floor());
        let (across, down) = (x - 0.5 - left, y - 0.5 - above);
        let ink = |dx, dy| if self.at(left as i32 + dx, above as i32 + dy) { 1.0 } else { 0.0 };
        let row = |dy| ink(0, dy) * (1.0 - across) + ink(1, dy) * across;
        row(0) * (1.0 - down) + row(1) * down >= 0.5
    }

    fn at(&self, x: i32, y: i32) -> bool {
        self.index(x, y).is_some_and(|index| self.inked[index])
    }
}

impl OriginDimensions for Mask {
    fn size(&self) -> Size {
        self.size
    }
}

impl DrawTarget for Mask {
    type Color = BinaryColor;
    type Error = std::convert::Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<BinaryColor>>>(&mut self, pixels: I) -> Result<(), Self::Error> {
        for Pixel(Point { x, y }, colour) in pixels {
            if let Some(index) = self.index(x, y) {
                self.inked[index] = colour.is_on();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STYLE: Style = Style::new(Weight::Regular, 14.0, Rgb888::new(0, 0, 0));

    #[test]
    fn wrapped_lines_fit_and_lose_nothing() {
        let text =
            "the film is unlike those the model was trained on; Donaudampfschifffahrtsgesellschaft should read it";
        for width in [60.0, 140.0, 333.0] {
            let lines = STYLE.wrap(text, width);
            assert!(lines.iter().all(|line| STYLE.width_px(line) <= width), "{lines:?}");
            let kept = |text: &str| text.chars().filter(|letter| *letter != ' ').collect::<String>();
            assert_eq!(kept(&lines.concat()), kept(text));
        }
    }

    #[test]
    fn a_cut_line_says_so() {
        let mut line = "a person should read it".to_owned();
        STYLE.cut(&mut line, 90.0);
        assert!(line.ends_with("...") && STYLE.width_px(&line) <= 90.0, "{line}");
    }

    #[test]
    fn capitals_have_the_height_asked_for() {
        let mask = Style::new(Weight::Bold, 42.0, Rgb888::new(0, 0, 0)).mask("H");
        let rows: Vec<i32> = (0..FACE_ABOVE_PX + FACE_BELOW_PX).filter(|y| (0..40).any(|x| mask.at(x, *y))).collect();
        assert_eq!((rows.len() as f32, rows.last()), (FACE_CAPITAL_PX, Some(&(FACE_ABOVE_PX - 1))));
    }
}
