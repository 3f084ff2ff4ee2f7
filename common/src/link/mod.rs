//! The link: how a laptop and the box talk over a serial line, so that a film or a bundle arrives whole over a cable that is
//! noisy, slow and pulled out.
//!
//! Both ends are state machines without a port or a clock: bytes that came and the moment go in, bytes to write come out.
//!
//! | part | what it does |
//! |---|---|
//! | [`frame`] | a message on the wire: COBS between zero bytes, with a checksum; after noise the next zero byte begins anew |
//! | [`message`] | the table of messages |
//! | [`models`] | what is said of models and of how they are installed |
//! | [`Sender`] | the laptop's end: asks until it is answered, sends pieces and sends again what was lost |
//! | [`Receiver`] | the box's end: answers, puts pieces in order, and gives them to its [`Reception`] |
//!
//! Every request may be made twice, because any answer may be lost: the box answers the same again. Pieces carry their offset and a
//! number; the box says how far it has everything and which of the last 33 numbers came. A line keeps the order, so a number that is
//! missing before one that came is lost, and its piece is sent again at once. Pieces shrink where the line is noisy, and grow where it
//! is not. A transfer that is cut off goes on at the offset that the box tells, also after it has restarted.

mod flight;
pub mod frame;
pub mod message;
pub mod models;
mod patience;
mod receiver;
mod reply;
mod sender;
#[cfg(test)]
mod tests;
mod text;

pub use message::{Answer, FILES, Introduction, Kind, Message, Outcome, PROTOCOL, Sha256};
pub use models::{Installation, Models, Phase, Slot, Standing};
pub use receiver::{Offer, Receiver, Reception, Start};
pub use reply::Reply;
pub use sender::{Sender, Thing};
pub use text::Text;

/// Most bytes of one piece.
pub const PIECE_BYTES: usize = 1024;

/// So many pieces may be on their way at once.
const PIECES: u32 = 32;

/// A piece may end so many bytes behind what the box has without a gap.
const WINDOW_BYTES: u64 = PIECES as u64 * PIECE_BYTES as u64;
