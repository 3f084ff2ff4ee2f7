//! The structure of a JPEG stream: the size its frame header states, and whether it runs to its end.
//!
//! Decoders differ in what they make of a stream that stops early, and some show grey where the film is missing. So the
//! markers (ISO/IEC 10918-1, annex B) are walked before any decoder starts.

/// The marker that every stream starts with, and the first byte of the next.
pub(super) const START_OF_IMAGE: &[u8] = &[0xFF, 0xD8, 0xFF];

/// What a frame header (ISO/IEC 10918-1, B.2.2) states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub width_px: usize,
    pub height_px: usize,
    /// Bits per sample.
    pub precision: u8,
    pub components: u8,
    pub process: Process,
}

/// The family of coding processes, by the frame header's marker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Process {
    /// Sequential or progressive, by the discrete cosine transform.
    Transform,
    /// Process 14.
    Lossless,
    /// JPEG-LS (ISO/IEC 14495-1).
    Ls,
}

/// Why a stream is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// No end-of-image marker.
    Truncated,
    /// No frame header before the end.
    NoFrame,
}

/// Walks a stream from its start to its end-of-image marker; what follows that is not looked at.
pub(super) fn walk(stream: &[u8]) -> Result<Frame, Flaw> {
    let mut frame = None;
    let mut at = 2;
    loop {
        let (marker, after) = next_marker(stream, at).ok_or(Flaw::Truncated)?;
        at = after;
        match marker {
            END_OF_IMAGE => return frame.ok_or(Flaw::NoFrame),
            _ if has_no_segment(marker) => {}
            _ => {
                let segment = segment(stream, at).ok_or(Flaw::Truncated)?;
                if let (Some(process), None) = (process(marker), frame) {
                    frame = Some(frame_header(segment, process).ok_or(Flaw::NoFrame)?);
                }
                at += segment.len();
            }
        }
    }
}

const END_OF_IMAGE: u8 = 0xD9;

/// The next marker at or after `at`, and the position behind it. Within coded data a 0xFF is followed by a byte below 0x80.
fn next_marker(stream: &[u8], mut at: usize) -> Option<(u8, usize)> {
    loop {
        at += stream.get(at..)?.iter().position(|byte| *byte == 0xFF)? + 1;
        match *stream.get(at)? {
            // 0xFF again is a fill byte.
            0xFF => {}
            marker if marker >= 0x80 => return Some((marker, at + 1)),
            _ => at += 1,
        }
    }
}

/// Restart markers and a further start of image stand alone.
fn has_no_segment(marker: u8) -> bool {
    matches!(marker, 0xD0..=0xD8)
}

/// A marker's segment with its length field, which counts itself.
fn segment(stream: &[u8], at: usize) -> Option<&[u8]> {
    let length = u16::from_be_bytes(*stream.get(at..)?.first_chunk()?);
    stream.get(at..at + usize::from(length.max(2)))
}

fn process(marker: u8) -> Option<Process> {
    match marker {
        0xC4 | 0xC8 | 0xCC => None,
        0xC3 | 0xC7 | 0xCB | 0xCF => Some(Process::Lossless),
        0xC0..=0xCF => Some(Process::Transform),
        0xF7 => Some(Process::Ls),
        _ => None,
    }
}

fn frame_header(segment: &[u8], process: Process) -> Option<Frame> {
    let &[_, _, precision, high, low, wide, narrow, components, ..] = segment else { return None };
    Some(Frame {
        width_px: usize::from(u16::from_be_bytes([wide, narrow])),
        height_px: usize::from(u16::from_be_bytes([high, low])),
        precision,
        components,
        process,
    })
}
