//! Frames: how one message lies among others, and among noise, on a line of bytes.
//!
//! ```text
//! 0  COBS( body, CRC-32C of it (4 bytes, little-endian) )  0
//! ```
//!
//! COBS leaves no zero byte inside, so a zero byte always ends a frame, whatever went before. Each frame also begins with one, so that
//! noise between two frames spoils neither.

use crc::{CRC_32_ISCSI, Crc};

/// Longest body of a frame.
pub const BODY_BYTES: usize = 1100;

const CHECKSUM_BYTES: usize = 4;

/// Longest frame without its zero bytes: COBS adds a byte to every 254.
const STUFFED_BYTES: usize = cobs::max_encoding_length(BODY_BYTES + CHECKSUM_BYTES);

const CRC_32C: Crc<u32> = Crc::<u32>::new(&CRC_32_ISCSI);

/// The frame of a body, of at most [`BODY_BYTES`].
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut checked = body.to_vec();
    checked.extend(CRC_32C.checksum(body).to_le_bytes());
    let mut frame = vec![0; cobs::max_encoding_length(checked.len()) + 2];
    let stuffed = cobs::encode(&checked, &mut frame[1..]);
    frame.truncate(1 + stuffed);
    frame.push(0);
    frame
}

/// Finds the frames in what comes over a line. Holds at most one frame, whatever comes.
#[derive(Debug, Clone, Default)]
pub struct Deframer {
    held: Vec<u8>,
    /// What is being received is longer than any frame, and passed over to the next zero byte.
    overlong: bool,
}

impl Deframer {
    /// Takes what came, and gives the body of every frame that ended in it. What is damaged is passed over.
    pub fn take(&mut self, bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut bodies = Vec::new();
        for part in bytes.split_inclusive(|byte| *byte == 0) {
            let (content, ends) = part.strip_suffix(&[0]).map_or((part, false), |content| (content, true));
            self.overlong |= self.held.len() + content.len() > STUFFED_BYTES;
            match self.overlong {
                true => self.held.clear(),
                false => self.held.extend(content),
            }
            if ends {
                bodies.extend(body(&mut self.held));
                self.held.clear();
                self.overlong = false;
            }
        }
        bodies
    }
}

/// The body of a frame, if it is whole.
fn body(stuffed: &mut [u8]) -> Option<Vec<u8>> {
    let length = cobs::decode_in_place(stuffed).ok()?;
    let (body, checksum) = stuffed.get(..length)?.split_last_chunk::<CHECKSUM_BYTES>()?;
    (CRC_32C.checksum(body) == u32::from_le_bytes(*checksum)).then(|| body.to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_wire_is_as_it_is_written_down() {
        // The check value of CRC-32C (iSCSI) over "123456789" is E3069283; no byte of it is zero.
        let wanted = [&[0, 14], &b"123456789"[..], &[0x83, 0x92, 0x06, 0xe3], &[0]].concat();
        assert_eq!(frame(b"123456789"), wanted);
        // A zero byte in the body becomes the distance to the next.
        assert_eq!(frame(&[0])[..2], [0, 1]);
    }

    proptest! {
        #[test]
        fn bodies_pass_in_any_pieces(bodies in vec(vec(any::<u8>(), 0..BODY_BYTES), 1..4), cut in 1usize..50) {
            let wire: Vec<u8> = bodies.iter().flat_map(|body| frame(body)).collect();
            let mut deframer = Deframer::default();
            let found: Vec<Vec<u8>> = wire.chunks(cut).flat_map(|part| deframer.take(part)).collect();
            prop_assert_eq!(found, bodies);
        }

        #[test]
        fn noise_costs_no_frame_but_those_it_hits(noise in vec(any::<u8>(), 0..4000), body in vec(any::<u8>(), 0..300)) {
            let mut deframer = Deframer::default();
            deframer.take(&noise);
            prop_assert!(deframer.held.len() <= STUFFED_BYTES);
            prop_assert_eq!(deframer.take(&frame(&body)).pop(), Some(body));
        }

        #[test]
        fn a_frame_with_a_wrong_byte_is_passed_over(body in vec(any::<u8>(), 1..300), at: prop::sample::Index, by in 1u8..) {
            let mut wire = frame(&body);
            let at = 1 + at.index(wire.len() - 2);
            wire[at] ^= by;
            prop_assert!(!Deframer::default().take(&wire).contains(&body));
        }
    }
}
