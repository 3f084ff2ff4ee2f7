//! The structure of a JPEG 2000 codestream (ISO/IEC 15444-1, annex A), held against the format before it is decoded.
//!
//! The decoder fills what a short stream leaves out with what it has, a blurred film; so the chain of tile-parts is followed to
//! the end-of-codestream marker first.

use super::{
    compressed::check_stream,
    frame::{Format, damaged},
};
use crate::{radiograph::Source, read::ReadError};

/// Checks that a codestream is one grey image of the format's size that runs to its end.
pub(super) fn check(stream: &[u8], format: &Format) -> Result<(), ReadError> {
    let size = size(stream).ok_or_else(|| damaged("its JPEG 2000 header is wrong"))?;
    check_stream(size.width_px, size.height_px, size.components, format)?;
    if size.bits > 8 * format.cell_bytes {
        return Err(damaged(&format!("{} bits compressed, {} allocated", size.bits, 8 * format.cell_bytes)));
    }
    if size.tiles > MOST_TILES {
        return Err(damaged("its JPEG 2000 stream has too many tiles"));
    }
    walk_tile_parts(stream).ok_or(ReadError::Truncated(Source::Dicom))
}

/// A large film in tiles of 128 pixels; the decoder sets up some kilobytes for each.
const MOST_TILES: usize = 4096;

const START_OF_CODESTREAM: u16 = 0xFF4F;
const SIZE: u16 = 0xFF51;
const START_OF_TILE_PART: u16 = 0xFF90;
const END_OF_CODESTREAM: u16 = 0xFFD9;

/// What the SIZ segment (A.5.1) states.
struct Size {
    width_px: usize,
    height_px: usize,
    components: usize,
    bits: usize,
    tiles: usize,
}

fn size(stream: &[u8]) -> Option<Size> {
    if short(stream, 0)? != START_OF_CODESTREAM || short(stream, 2)? != SIZE {
        return None;
    }
    let field = |index: usize| Some(long(stream, 8 + 4 * index)? as usize);
    let [right, bottom, left, top] = [field(0)?, field(1)?, field(2)?, field(3)?];
    let [tile_width, tile_height, tile_left, tile_top] = [field(4)?, field(5)?, field(6)?, field(7)?];
    let across = right.checked_sub(tile_left)?.checked_div(tile_width)? + 1;
    let down = bottom.checked_sub(tile_top)?.checked_div(tile_height)? + 1;
    let [depth, step_across, step_down] = *stream.get(42..)?.first_chunk()?;
    (step_across == 1 && step_down == 1).then_some(())?;
    Some(Size {
        width_px: right.checked_sub(left)?,
        height_px: bottom.checked_sub(top)?,
        components: usize::from(short(stream, 40)?),
        bits: usize::from(depth & 0x7F) + 1,
        tiles: across.checked_mul(down)?,
    })
}

/// Follows the main header and the tile-parts (A.4) to the end-of-codestream marker.
fn walk_tile_parts(stream: &[u8]) -> Option<()> {
    let mut at = 2;
    loop {
        match short(stream, at)? {
            END_OF_CODESTREAM => return Some(()),
            START_OF_TILE_PART => match long(stream, at + 6)? as usize {
                // The last one may leave its length open; then the marker stands at the end, before the padding.
                0 => return ends(stream).then_some(()),
                length => at = at.checked_add(length)?,
            },
            _ => at += 2 + usize::from(short(stream, at + 2)?),
        }
    }
}

fn ends(stream: &[u8]) -> bool {
    let padding = stream.iter().rev().take_while(|byte| **byte == 0).count();
    stream[..stream.len() - padding].ends_with(&END_OF_CODESTREAM.to_be_bytes())
}

fn short(stream: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*stream.get(at..)?.first_chunk()?))
}

fn long(stream: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*stream.get(at..)?.first_chunk()?))
}
