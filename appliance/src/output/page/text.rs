//! Text on paper: shaped by `cosmic-text` in every script of the display, and placed glyph by glyph.

use std::collections::BTreeMap;
use std::sync::Arc;

use cosmic_text::{
    Align, Attrs, Buffer, Family, Font, FontSystem, LayoutGlyph, LayoutRun, Metrics, Shaping, Weight, Wrap, fontdb,
};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use pdf_writer::{Content, Name, Str};
use subsetter::GlyphRemapper;

use super::HEIGHT_PT;
use crate::screen::Typesetter;

/// Height of a line over the size of its type.
const LEADING: f32 = 1.35;

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Size of the type in points.
    pub size_pt: f32,
    pub weight: Weight,
    pub align: Align,
    pub ink: Rgb888,
}

/// The part of a page that a text may take: its upper left corner, from the page's, and its width, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    pub left_pt: f32,
    pub top_pt: f32,
    pub width_pt: f32,
}

/// Sets texts, and knows afterwards which glyphs of which fonts that took.
pub(super) struct Compositor {
    fonts: FontSystem,
    family: Family<'static>,
    faces: Vec<Face>,
}

/// A font as far as it is used.
pub(super) struct Face {
    id: fontdb::ID,
    pub font: Arc<Font>,
    /// From its glyphs to those of the part that goes into the file.
    pub remapper: GlyphRemapper,
    /// What each glyph of that part stands for.
    pub meanings: BTreeMap<u16, String>,
}

impl Compositor {
    pub fn new() -> Self {
        let (fonts, family) = Typesetter::new().into_fonts();
        Self { fonts, family, faces: Vec::new() }
    }

    /// Sets a text into its place, in as many lines as it needs; returns their height in points.
    pub fn set(&mut self, content: &mut Content, text: &str, style: Style, place: Place) -> f32 {
        let line_pt = LEADING * style.size_pt;
        let mut buffer = Buffer::new_empty(Metrics::new(style.size_pt, line_pt));
        let attributes = Attrs::new().family(self.family).weight(style.weight);
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_size(Some(place.width_pt), None);
        buffer.set_text(text, &attributes, Shaping::Advanced, Some(style.align));
        buffer.shape_until_scroll(&mut self.fonts, false);
        let ink = [style.ink.r(), style.ink.g(), style.ink.b()].map(|part| f32::from(part) / 255.0);
        content.set_fill_rgb(ink[0], ink[1], ink[2]);
        let mut lines = 0;
        for run in buffer.layout_runs() {
            lines += 1;
            content.begin_text();
            self.line(content, &run, place);
            content.end_text();
        }
        lines as f32 * line_pt
    }

    /// The fonts that were used, in the order of their names.
    pub fn into_faces(self) -> Vec<Face> {
        self.faces
    }

    fn line(&mut self, content: &mut Content, run: &LayoutRun<'_>, place: Place) {
        let mut meant = None;
        for glyph in run.glyphs {
            // All that a cluster means is told by its first glyph.
            let cluster = (glyph.start, glyph.end);
            let meaning = if meant == Some(cluster) { "" } else { run.text.get(glyph.start..glyph.end).unwrap_or("") };
            meant = Some(cluster);
            let Some((face, number)) = self.glyph(glyph, meaning) else { continue };
            let across = place.left_pt + glyph.x + glyph.font_size * glyph.x_offset;
            let down = place.top_pt + run.line_y + glyph.y - glyph.font_size * glyph.y_offset;
            content.set_font(Name(&face_name(face)), glyph.font_size);
            content.set_text_matrix([1.0, 0.0, 0.0, 1.0, across, HEIGHT_PT - down]);
            content.show(Str(&number.to_be_bytes()));
        }
    }

    /// The face of a glyph, by its index, and the glyph's number in the part of it that goes into the file.
    fn glyph(&mut self, glyph: &LayoutGlyph, meaning: &str) -> Option<(usize, u16)> {
        let index = match self.faces.iter().position(|face| face.id == glyph.font_id) {
            Some(index) => index,
            None => {
                let font = self.fonts.get_font(glyph.font_id, glyph.font_weight)?;
                let (remapper, meanings) = (GlyphRemapper::new(), BTreeMap::new());
                self.faces.push(Face { id: glyph.font_id, font, remapper, meanings });
                self.faces.len() - 1
            }
        };
        let face = &mut self.faces[index];
        let number = face.remapper.remap(glyph.glyph_id);
        let known = face.meanings.entry(number).or_default();
        if known.is_empty() {
            meaning.clone_into(known);
        }
        Some((index, number))
    }
}

/// What a face is called on the page.
pub(super) fn face_name(index: usize) -> Vec<u8> {
    format!("F{index}").into_bytes()
}
