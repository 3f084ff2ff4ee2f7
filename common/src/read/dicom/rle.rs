//! RLE Lossless (PS3.5, annex G).
//!
//! Ours, because dicom-rs's decoder takes the lengths in a damaged stream for true, and stops the program.

use super::frame::{Format, damaged};
use crate::{radiograph::Source, read::ReadError};

/// Decodes a frame to cells, little endian.
///
/// # Errors
/// A header that does not fit the format or the stream, and segments too short for the film.
pub(super) fn decode(stream: &[u8], format: &Format) -> Result<Vec<u8>, ReadError> {
    let segments = segments(stream).filter(|segments| segments.len() == format.cell_bytes);
    let segments = segments.ok_or_else(|| damaged("its RLE header is wrong"))?;
    let mut cells = vec![0; format.film_bytes()];
    for (significance, segment) in segments.into_iter().rev().enumerate() {
        // The most significant byte has the first segment.
        let bytes = cells.iter_mut().skip(significance).step_by(format.cell_bytes);
        unpack(segment, bytes).ok_or(ReadError::Truncated(Source::Dicom))?;
    }
    Ok(cells)
}

/// The segments that the header (G.5) lists: their number, then fifteen offsets.
fn segments(stream: &[u8]) -> Option<Vec<&[u8]>> {
    const HEADER_BYTES: usize = 64;
    let header: Vec<usize> =
        stream.get(..HEADER_BYTES)?.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word) as usize).collect();
    let (count, offsets) = header.split_first()?;
    let starts = offsets.get(..*count)?;
    let ends = starts.iter().skip(1).copied().chain([stream.len()]);
    starts.iter().zip(ends).map(|(start, end)| stream.get(*start..end)).collect()
}

/// Unpacks the runs of a segment (G.3.2) into `cells`; what remains of the segment is padding.
fn unpack<'a>(mut segment: &[u8], mut cells: impl ExactSizeIterator<Item = &'a mut u8>) -> Option<()> {
    while cells.len() > 0 {
        let (control, rest) = segment.split_first()?;
        segment = rest;
        match *control as i8 {
            literal @ 0.. => {
                let (bytes, rest) = segment.split_at_checked(literal as usize + 1)?;
                segment = rest;
                bytes.iter().zip(cells.by_ref()).for_each(|(byte, cell)| *cell = *byte);
            }
            // Does nothing, by the standard.
            i8::MIN => {}
            run => {
                let (byte, rest) = segment.split_first()?;
                segment = rest;
                cells.by_ref().take(run.unsigned_abs() as usize + 1).for_each(|cell| *cell = *byte);
            }
        }
    }
    Some(())
}
