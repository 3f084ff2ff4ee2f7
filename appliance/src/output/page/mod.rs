//! The page: one answer on a sheet of A4, as PDF.

mod facts;
mod font;
mod text;

use cosmic_text::{Align, Weight};
use embedded_graphics::pixelcolor::{Rgb888, RgbColor};
use image::RgbImage;
use image::codecs::jpeg::JpegEncoder;
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use super::dossier::sentence;
use super::{Dossier, NOT_A_DIAGNOSIS};
use crate::screen::Theme;
use text::{Compositor, Place, Style, face_name};

/// The sheet, in points of 1/72 inch.
const WIDTH_PT: f32 = 595.0;
const HEIGHT_PT: f32 = 842.0;
const MARGIN_PT: f32 = 42.0;
const INNER_PT: f32 = WIDTH_PT - 2.0 * MARGIN_PT;

/// Room for the pictures.
const PICTURE_PT: f32 = 330.0;
const GAP_PT: f32 = 10.0;

/// Of the pictures; above it nothing can be seen of the compression.
const JPEG_QUALITY: u8 = 92;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// A font cannot be cut down.
    #[error("a font of the program is damaged ({0}); install it again")]
    Font(#[from] subsetter::Error),
    /// A picture cannot be compressed.
    #[error("a picture cannot be compressed ({0}); report this")]
    Picture(#[from] image::ImageError),
}

/// The page about an answer, as a PDF file.
pub(super) fn pdf(dossier: &Dossier) -> Result<Vec<u8>, PageError> {
    let mut page =
        Page { content: Content::new(), compositor: Compositor::new(), pictures: Vec::new(), top_pt: MARGIN_PT };
    page.head(dossier);
    page.pictures(dossier);
    page.facts(dossier);
    page.foot();
    page.finish()
}

/// A page in the making.
struct Page {
    content: Content,
    compositor: Compositor,
    pictures: Vec<RgbImage>,
    /// Down to here it is full.
    top_pt: f32,
}

impl Page {
    /// The decision, large, and why.
    fn head(&mut self, dossier: &Dossier) {
        let palette = Theme::Light.palette();
        let (ground, paper) = (palette.of(dossier.decision), palette.paper.ink);
        self.words("Fieldray screening", style(15.0, Weight::BOLD, paper), MARGIN_PT, INNER_PT);
        let aid = Style { align: Align::Right, ..style(11.0, Weight::BOLD, paper) };
        self.words(NOT_A_DIAGNOSIS, aid, MARGIN_PT, INNER_PT);
        self.top_pt += 30.0;
        self.plate(MARGIN_PT, INNER_PT, 36.0, ground.ground);
        self.top_pt += 6.0;
        let headline = style(17.0, Weight::BOLD, ground.ink);
        self.words(dossier.decision_in_words(), headline, MARGIN_PT + 12.0, INNER_PT - 24.0);
        self.top_pt += 38.0;
        for line in [Some(dossier.reason_in_words()), dossier.probability_in_words()].into_iter().flatten() {
            self.top_pt += self.words(&line, style(11.0, Weight::NORMAL, paper), MARGIN_PT, INNER_PT);
        }
        self.top_pt += GAP_PT;
    }

    /// The film alone, and beside it the film with its heatmap where there is one.
    fn pictures(&mut self, dossier: &Dossier) {
        let palette = Theme::Light.palette();
        let heated = match &dossier.picture {
            Ok(picture) => picture.clone(),
            Err(unmade) => {
                let said = style(10.0, Weight::NORMAL, palette.faint);
                self.top_pt += self.words(&sentence(&unmade.to_string()), said, MARGIN_PT, INNER_PT) + GAP_PT;
                return;
            }
        };
        let mut shown = vec![("Film", dossier.film_alone().unwrap_or_else(|_| heated.clone()))];
        if dossier.has_heatmap {
            shown.push(("Where the model looked", heated));
        }
        let width = (INNER_PT - GAP_PT * (shown.len() as f32 - 1.0)) / shown.len() as f32;
        let mut left = MARGIN_PT;
        for (title, picture) in shown {
            self.words(title, style(9.0, Weight::NORMAL, palette.faint), left, width);
            self.top_pt += 14.0;
            self.plate(left, width, PICTURE_PT, palette.light_box);
            self.picture(picture, left, width);
            self.top_pt -= 14.0;
            left += width + GAP_PT;
        }
        self.top_pt += 14.0 + PICTURE_PT + GAP_PT;
    }

    /// What is known of patient, study, film and model.
    fn facts(&mut self, dossier: &Dossier) {
        const LABEL_PT: f32 = 120.0;
        let palette = Theme::Light.palette();
        for (label, value) in facts::of(dossier) {
            self.words(label, style(9.0, Weight::NORMAL, palette.faint), MARGIN_PT, LABEL_PT);
            let value_style = style(9.5, Weight::NORMAL, palette.paper.ink);
            self.top_pt += self.words(&value, value_style, MARGIN_PT + LABEL_PT, INNER_PT - LABEL_PT);
        }
    }

    fn foot(&mut self) {
        self.top_pt = HEIGHT_PT - MARGIN_PT - 12.0;
        let said = format!("{NOT_A_DIAGNOSIS}. It sorts films for a person who reads them.");
        let faint = Theme::Light.palette().faint;
        self.words(&said, style(9.0, Weight::NORMAL, faint), MARGIN_PT, INNER_PT);
    }

    /// Words below what is there; their height in points.
    fn words(&mut self, text: &str, style: Style, left_pt: f32, width_pt: f32) -> f32 {
        self.compositor.set(&mut self.content, text, style, Place { left_pt, top_pt: self.top_pt, width_pt })
    }

    fn plate(&mut self, left_pt: f32, width_pt: f32, height_pt: f32, colour: Rgb888) {
        let [r, g, b] = [colour.r(), colour.g(), colour.b()].map(|part| f32::from(part) / 255.0);
        self.content.set_fill_rgb(r, g, b);
        self.content.rect(left_pt, HEIGHT_PT - self.top_pt - height_pt, width_pt, height_pt).fill_nonzero();
    }

    /// A picture in the middle of its place, as large as fits.
    fn picture(&mut self, picture: RgbImage, left_pt: f32, width_pt: f32) {
        let (across, down) = (picture.width() as f32, picture.height() as f32);
        let scale = (width_pt / across).min(PICTURE_PT / down);
        let (width, height) = (across * scale, down * scale);
        let left = left_pt + (width_pt - width) / 2.0;
        let bottom = HEIGHT_PT - self.top_pt - PICTURE_PT + (PICTURE_PT - height) / 2.0;
        self.content.save_state();
        self.content.transform([width, 0.0, 0.0, height, left, bottom]);
        self.content.x_object(Name(&picture_name(self.pictures.len())));
        self.content.restore_state();
        self.pictures.push(picture);
    }

    fn finish(self) -> Result<Vec<u8>, PageError> {
        let mut last = 0;
        let mut next = || {
            last += 1;
            Ref::new(last)
        };
        let (catalog, pages, page, content, about) = (next(), next(), next(), next(), next());
        let faces = self.compositor.into_faces();
        let fonts: Vec<Ref> = faces.iter().map(|_| next()).collect();
        let pictures: Vec<Ref> = self.pictures.iter().map(|_| next()).collect();

        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(pages).lang(TextStr("en"));
        pdf.document_info(about).title(TextStr("Fieldray screening")).producer(TextStr("Fieldray"));
        pdf.pages(pages).kids([page]).count(1);
        let mut sheet = pdf.page(page);
        sheet.media_box(Rect::new(0.0, 0.0, WIDTH_PT, HEIGHT_PT)).parent(pages).contents(content);
        let mut resources = sheet.resources();
        let mut named = resources.fonts();
        for (index, font) in fonts.iter().enumerate() {
            named.pair(Name(&face_name(index)), *font);
        }
        named.finish();
        let mut named = resources.x_objects();
        for (index, picture) in pictures.iter().enumerate() {
            named.pair(Name(&picture_name(index)), *picture);
        }
        named.finish();
        resources.finish();
        sheet.finish();
        pdf.stream(content, &self.content.finish());
        for (index, (face, font)) in faces.iter().zip(fonts).enumerate() {
            font::embed(&mut pdf, face, index, font, &mut next)?;
        }
        for (picture, object) in self.pictures.iter().zip(pictures) {
            let mut jpeg = Vec::new();
            JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY).encode_image(picture)?;
            let mut written = pdf.image_xobject(object, &jpeg);
            written.filter(Filter::DctDecode);
            written.width(picture.width() as i32).height(picture.height() as i32);
            written.color_space().device_rgb();
            written.bits_per_component(8);
        }
        Ok(pdf.finish())
    }
}

fn style(size_pt: f32, weight: Weight, ink: Rgb888) -> Style {
    Style { size_pt, weight, align: Align::Left, ink }
}

fn picture_name(index: usize) -> Vec<u8> {
    format!("P{index}").into_bytes()
}
