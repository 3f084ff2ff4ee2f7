//! Fonts in the file: of each no more than the glyphs that are used.

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Finish, Name, Pdf, Rect, Ref, Str};

use super::text::Face;

const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Widths are told in thousandths of the size of the type.
const EM: f32 = 1000.0;

/// Writes the used part of a font as the object `font`; `next` gives the numbers of the objects it is made of. Text can be copied and
/// searched for.
///
/// # Errors
/// Where the font cannot be cut down.
pub(super) fn embed(
    pdf: &mut Pdf,
    face: &Face,
    index: usize,
    font: Ref,
    mut next: impl FnMut() -> Ref,
) -> Result<(), subsetter::Error> {
    let part = subsetter::subset(face.font.data(), 0, &face.remapper)?;
    let outlines = table(&part, *b"CFF ");
    let [descendant, descriptor, file, meanings] = [(); 4].map(|()| next());
    // A part of a font has a tag of six letters before its name (ISO 32000-1, 9.6.4).
    let name = format!("FRSUB{}+Fieldray{index}", char::from(b'A' + (index % 26) as u8));
    let name = Name(name.as_bytes());

    pdf.type0_font(font)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(descendant)
        .to_unicode(meanings);

    let swash = face.font.as_swash();
    let widths = swash.glyph_metrics(&[]).scale(EM);
    let mut cid_font = pdf.cid_font(descendant);
    cid_font
        .subtype(if outlines.is_some() { CidFontType::Type0 } else { CidFontType::Type2 })
        .base_font(name)
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .default_width(0.0);
    if outlines.is_none() {
        cid_font.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    cid_font.widths().consecutive(0, face.remapper.remapped_gids().map(|glyph| widths.advance_width(glyph)));
    cid_font.finish();

    let metrics = swash.metrics(&[]).scale(EM);
    let mut described = pdf.font_descriptor(descriptor);
    described
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(-EM, -metrics.descent, 2.0 * EM, metrics.ascent))
        .italic_angle(0.0)
        .ascent(metrics.ascent)
        .descent(-metrics.descent)
        .cap_height(metrics.cap_height)
        .stem_v(80.0);
    match outlines {
        Some(_) => described.font_file3(file),
        None => described.font_file2(file),
    };
    described.finish();
    match outlines {
        Some(outlines) => drop(pdf.stream(file, outlines).pair(Name(b"Subtype"), Name(b"CIDFontType0C"))),
        None => drop(pdf.stream(file, &part)),
    }

    let mut map = UnicodeCmap::new(Name(b"Fieldray"), IDENTITY);
    for (glyph, meaning) in face.meanings.iter().filter(|(_, meaning)| !meaning.is_empty()) {
        map.pair_with_multiple(*glyph, meaning.chars());
    }
    pdf.cmap(meanings, &map.finish()).name(Name(b"Fieldray")).system_info(IDENTITY);
    Ok(())
}

/// A table of an OpenType font, where it has it.
fn table(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let directory = font.get(12..)?.as_chunks::<16>().0;
    let [_, _, _, _, high, low, ..] = font else { return None };
    let count = usize::from(u16::from_be_bytes([*high, *low]));
    let record = directory.iter().take(count).find(|record| record[..4] == tag)?;
    let [.., o0, o1, o2, o3, l0, l1, l2, l3] = *record;
    let offset = u32::from_be_bytes([o0, o1, o2, o3]) as usize;
    font.get(offset..)?.get(..u32::from_be_bytes([l0, l1, l2, l3]) as usize)
}
