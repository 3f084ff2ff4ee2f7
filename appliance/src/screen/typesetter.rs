//! Text in every script of the display: shaped, broken into lines and ordered by `cosmic-text`, rasterised by `swash`.
//!
//! The fonts are part of the program and no other is looked for, so that every box shows the same pixels.

use std::sync::Arc;

use cosmic_text::fontdb::{Database, Source};
use cosmic_text::{
    Align, Attrs, Buffer, Ellipsize, EllipsizeHeightLimit, Fallback, Family, FontSystem, Metrics, Shaping, SwashCache,
    Weight, Wrap,
};
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics::primitives::Rectangle;
use unicode_script::Script;

use super::canvas::Canvas;

const LATIN: &str = "Noto Sans";
const DEVANAGARI: &str = "Noto Sans Devanagari";
const ARABIC: &str = "Noto Sans Arabic";
const CHINESE: &str = "Noto Sans CJK SC";

static FONTS: [&[u8]; 8] = [
    include_bytes!("../../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../fonts/NotoSansDevanagari-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../fonts/NotoSansArabic-Bold.ttf"),
    include_bytes!("../../fonts/NotoSansCJKsc-Regular.otf"),
    include_bytes!("../../fonts/NotoSansCJKsc-Bold.otf"),
];

/// More rasterised glyphs than every screen of one language needs; a box that saw more of them starts anew.
const MOST_GLYPHS: usize = 6000;

/// The fonts made ready, and what was rasterised of them. Making one takes a moment: keep it.
pub struct Typesetter {
    fonts: FontSystem,
    glyphs: SwashCache,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Setting {
    /// Size of the type (the em) in pixels.
    pub size_px: f32,
    /// Distance of two lines in pixels.
    pub line_px: f32,
    /// From the top of a line to what letters stand on, whichever font they come from, so that neighbours stand level.
    pub baseline_px: f32,
    /// Weight of the strokes.
    pub weight: Weight,
    /// Where a line lies in the width it has.
    pub align: Align,
    /// What happens where the width is too small.
    pub length: Length,
}

/// What happens to a text that is wider than its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// It is broken between words.
    Lines,
    /// It is free text of any length on one line, and ends with dots that say there was more.
    Cut,
}

/// A text that has been shaped.
#[derive(Debug)]
pub(super) struct Paragraph {
    buffer: Buffer,
    pub setting: Setting,
}

/// What a paragraph takes up in a width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Extent {
    /// Width of the longest line, rounded up.
    pub width_px: f32,
    /// Height of all lines, rounded up.
    pub height_px: f32,
}

impl Typesetter {
    /// A typesetter with the fonts of the program.
    pub fn new() -> Self {
        let mut fonts = Database::new();
        for font in FONTS {
            fonts.load_font_source(Source::Binary(Arc::new(font)));
        }
        let locale = "zh-Hans".to_owned();
        Self {
            fonts: FontSystem::new_with_locale_and_db_and_fallback(locale, fonts, OurFonts),
            glyphs: SwashCache::new(),
        }
    }

    /// Its fonts, and which is asked first, for those who set text elsewhere.
    pub(crate) fn into_fonts(self) -> (FontSystem, Family<'static>) {
        (self.fonts, Family::Name(LATIN))
    }

    /// Shapes a text: in the weight that is asked for, if that has all its characters. In bold there are only the Chinese ones of
    /// our own messages.
    pub(super) fn shape(&mut self, text: &str, setting: Setting) -> Paragraph {
        let paragraph = self.shape_in(setting.weight, text, setting);
        match setting.weight == Weight::NORMAL || !paragraph.lacks_glyphs() {
            true => paragraph,
            false => self.shape_in(Weight::NORMAL, text, setting),
        }
    }

    fn shape_in(&mut self, weight: Weight, text: &str, setting: Setting) -> Paragraph {
        let mut buffer = Buffer::new_empty(Metrics::new(setting.size_px, setting.line_px));
        let attributes = Attrs::new().family(Family::Name(LATIN)).weight(weight);
        buffer.set_text(text, &attributes, Shaping::Advanced, Some(setting.align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        Paragraph { buffer, setting }
    }

    /// What a paragraph takes up in this width; in a width of its own choice where there is none.
    pub(super) fn fit(&mut self, paragraph: &mut Paragraph, width_px: Option<f32>) -> Extent {
        match (paragraph.setting.length, width_px) {
            (Length::Lines, _) | (Length::Cut, None) => {
                paragraph.buffer.set_wrap(Wrap::Word);
                paragraph.buffer.set_ellipsize(Ellipsize::None);
            }
            (Length::Cut, Some(_)) => {
                paragraph.buffer.set_wrap(Wrap::None);
                paragraph.buffer.set_ellipsize(Ellipsize::Middle(EllipsizeHeightLimit::Lines(1)));
            }
        }
        paragraph.buffer.set_size(width_px, None);
        paragraph.buffer.shape_until_scroll(&mut self.fonts, false);
        let (mut width, mut lines) = (0_f32, 0);
        for run in paragraph.buffer.layout_runs() {
            width = width.max(run.line_w);
            lines += 1;
        }
        Extent { width_px: width.ceil(), height_px: (lines as f32 * paragraph.setting.line_px).ceil() }
    }

    /// Width of the longest word, below which a paragraph cannot be set.
    pub(super) fn longest_word_px(&mut self, paragraph: &mut Paragraph) -> f32 {
        match paragraph.setting.length {
            Length::Lines => self.fit(paragraph, Some(1.0)).width_px,
            Length::Cut => 3.0 * paragraph.setting.size_px,
        }
    }

    /// Paints a paragraph that was fitted, its box at `corner`.
    pub(super) fn paint(&mut self, paragraph: &Paragraph, corner: Point, ink: Rgb888, canvas: &mut Canvas) {
        if self.glyphs.image_cache.len() > MOST_GLYPHS {
            self.glyphs = SwashCache::new();
        }
        self.each_glyph(paragraph, corner, |area, coverage| canvas.stamp(area, coverage, ink));
    }

    #[cfg(test)]
    /// The smallest rectangle around the ink of a paragraph whose box is at `corner`.
    pub(super) fn ink(&mut self, paragraph: &Paragraph, corner: Point) -> Option<Rectangle> {
        let mut ink: Option<Rectangle> = None;
        self.each_glyph(paragraph, corner, |area, _| {
            ink = Some(ink.map_or(area, |ink| around(ink, area)));
        });
        ink
    }

    fn each_glyph(&mut self, paragraph: &Paragraph, corner: Point, mut each: impl FnMut(Rectangle, &[u8])) {
        for run in paragraph.buffer.layout_runs() {
            let baseline = run.line_top.round() + paragraph.setting.baseline_px;
            for glyph in run.glyphs {
                let glyph = glyph.physical((corner.x as f32, corner.y as f32 + baseline), 1.0);
                let Some(image) = self.glyphs.get_image(&mut self.fonts, glyph.cache_key) else { continue };
                let place = image.placement;
                if place.width > 0 && place.height > 0 {
                    let corner = Point::new(glyph.x + place.left, glyph.y - place.top);
                    each(Rectangle::new(corner, Size::new(place.width, place.height)), &image.data);
                }
            }
        }
    }
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Paragraph {
    /// Fonts and glyphs, in the order in which they stand.
    #[cfg(test)]
    pub(super) fn glyphs(&self) -> Vec<(cosmic_text::fontdb::ID, u16)> {
        let runs = self.buffer.layout_runs();
        runs.flat_map(|run| run.glyphs.iter().map(|glyph| (glyph.font_id, glyph.glyph_id))).collect()
    }

    /// Whether a character of it is in no font.
    pub(super) fn lacks_glyphs(&self) -> bool {
        self.buffer.layout_runs().any(|run| run.glyphs.iter().any(|glyph| glyph.glyph_id == 0))
    }
}

#[cfg(test)]
fn around(one: Rectangle, other: Rectangle) -> Rectangle {
    let end = |area: Rectangle| area.top_left + Point::new(area.size.width as i32, area.size.height as i32);
    let first = one.top_left.component_min(other.top_left);
    let last = end(one).component_max(end(other));
    Rectangle::new(first, Size::new((last.x - first.x) as u32, (last.y - first.y) as u32))
}

/// The fonts that are asked for what is not in the Latin one.
struct OurFonts;

impl Fallback for OurFonts {
    fn common_fallback(&self) -> &[&'static str] {
        &[DEVANAGARI, ARABIC, CHINESE]
    }

    fn forbidden_fallback(&self) -> &[&'static str] {
        &[]
    }

    fn script_fallback(&self, script: Script, _locale: &str) -> &[&'static str] {
        match script {
            Script::Devanagari => &[DEVANAGARI],
            Script::Arabic => &[ARABIC],
            Script::Han => &[CHINESE],
            _ => &[],
        }
    }
}
