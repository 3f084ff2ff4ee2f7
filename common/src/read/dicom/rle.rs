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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::dicom::frame::Sign;

    const FORMAT: Format =
        Format { rows: 2, columns: 3, cell_bytes: 2, bits_stored: 16, high_bit: 15, sign: Sign::Unsigned };

    /// A stream of these segments.
    fn stream(segments: &[&[u8]]) -> Vec<u8> {
        let mut header = vec![segments.len() as u32];
        let mut offset = 64;
        for segment in segments {
            header.push(offset);
            offset += segment.len() as u32;
        }
        header.resize(16, 0);
        header.iter().flat_map(|word| word.to_le_bytes()).chain(segments.concat()).collect()
    }

    #[test]
    fn literals_runs_and_the_byte_that_does_nothing() {
        let high: &[u8] = &[2, 1, 2, 3, 0x80, 0xFE, 9];
        let low: &[u8] = &[0xFB, 7, 0];
        assert_eq!(decode(&stream(&[high, low]), &FORMAT).unwrap(), [7, 1, 7, 2, 7, 3, 7, 9, 7, 9, 7, 9]);
    }

    #[test]
    fn short_segments_and_wrong_headers_are_refused() {
        let whole: &[u8] = &[0xFB, 7];
        assert_eq!(decode(&stream(&[whole, &[0xFD, 7]]), &FORMAT), Err(ReadError::Truncated(Source::Dicom)));
        assert!(decode(&stream(&[whole]), &FORMAT).is_err());
        assert!(decode(&stream(&[whole, whole])[..63], &FORMAT).is_err());
        let mut far = stream(&[whole, whole]);
        far[8] = 0xFF;
        assert!(decode(&far, &FORMAT).is_err());
    }
}
