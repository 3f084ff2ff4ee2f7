//! The messages, in one table.
//!
//! | number | message | from | fields | answered by |
//! |---|---|---|---|---|
//! | 0 | hello | laptop | protocol, software | introduction |
//! | 1 | introduction | box | protocol, name, software, bundle, its SHA-256, free bytes | |
//! | 2 | put | laptop | transfer, kind, bytes, SHA-256 | go on, or outcome |
//! | 3 | go on | box | transfer, offset | pieces from there |
//! | 4 | piece | laptop | transfer, number, offset, bytes | heard, no transfer, or outcome |
//! | 5 | heard | box | transfer, offset, number, bits | |
//! | 6 | done | laptop | transfer | outcome, go on, or no transfer |
//! | 7 | outcome | box | transfer, outcome | |
//! | 8 | no transfer | box | transfer | put again |
//! | 9 | ask | laptop | image | answer |
//! | 10 | answer | box | image, answer | |
//! | 11 | ping | either | number | pong |
//! | 12 | pong | either | number | |
//! | 13 | not understood | either | message's number | |
//! | 14 | ask models | laptop | | models |
//! | 15 | models | box | models | |
//! | 16 | ask change | laptop | number | change |
//! | 17 | change | box | number, text | |
//! | 18 | ask installation | laptop | the bundle's SHA-256 | installation |
//! | 19 | installation | box | the bundle's SHA-256, installation | |
//! | 20 | ask files | laptop | number | files |
//! | 21 | files | box | number, all, SHA-256s | |
//! | 22 | ask identity | laptop | | identity |
//! | 23 | identity | box | text | |
//!
//! A body is the message's number and its fields in the order of the table, written by `postcard`: numbers as variable-length integers,
//! texts and bytes behind their length, enumerations as the number of the variant. What was ever shipped is never changed, renumbered
//! or taken out: something new is a new message, or a new variant, at the end. A message that is not known, or cannot be read, is
//! answered by *not understood*; bytes behind the last field are passed over.

use serde::{Deserialize, Serialize};

use super::frame;
use super::models::{Installation, Models};
use super::text::Text;

/// The version of the protocol that this program speaks.
pub const PROTOCOL: u16 = 1;

/// Most files in one message: a long one does not come through where the line is bad.
pub const FILES: usize = 2;

/// A SHA-256.
pub type Sha256 = [u8; 32];

/// A message. The order of the variants, and of their fields, is the wire format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Message {
    /// Who is there?
    Hello {
        /// The protocol that the laptop speaks.
        protocol: u16,
        /// Version of the laptop's software.
        software: Text,
    },
    /// The box says who it is.
    Introduction(Introduction),
    /// The laptop has something for the box. Said again with the same transfer, it is answered the same.
    Put {
        /// The laptop's number for this transfer.
        transfer: u16,
        /// What it is.
        kind: Kind,
        /// How long it is.
        bytes: u64,
        /// The SHA-256 of all of it.
        sha256: Sha256,
    },
    /// The box wants it, from this offset on.
    GoOn {
        /// Which transfer.
        transfer: u16,
        /// How many bytes the box has already.
        at: u64,
    },
    /// A part of it.
    Piece {
        /// Which transfer.
        transfer: u16,
        /// Counts every piece on the wire; one that is sent again gets a new number.
        number: u32,
        /// Where it begins.
        at: u64,
        /// At most [`super::PIECE_BYTES`].
        bytes: Vec<u8>,
    },
    /// Which pieces came.
    Heard {
        /// Which transfer.
        transfer: u16,
        /// The box has everything before this offset.
        at: u64,
        /// The highest number that came.
        number: u32,
        /// Bit `i`: number - 1 - i came, too.
        before: u32,
    },
    /// Everything was sent: what becomes of it?
    Done {
        /// Which transfer.
        transfer: u16,
    },
    /// What became of it.
    Outcome {
        /// Which transfer.
        transfer: u16,
        /// The outcome.
        outcome: Outcome,
    },
    /// The box knows nothing of this transfer, as after a restart.
    NoTransfer {
        /// Which transfer.
        transfer: u16,
    },
    /// What was answered to an image?
    Ask {
        /// The image's number in the box.
        image: u64,
    },
    /// What was answered.
    Answer {
        /// The image's number in the box.
        image: u64,
        /// The answer.
        answer: Answer,
    },
    /// Is anybody there?
    Ping {
        /// Comes back.
        number: u32,
    },
    /// Yes.
    Pong {
        /// The ping's.
        number: u32,
    },
    /// A message that this end does not know or cannot read.
    NotUnderstood {
        /// The message's number.
        message: u8,
    },
    /// Which models do you keep?
    AskModels,
    /// These.
    Models(Models),
    /// What would the bundle change whose head was taken last?
    AskChange {
        /// Which change, counted from 0.
        number: u16,
    },
    /// A change.
    Change {
        /// Which one.
        number: u16,
        /// What changes; empty where there is none of this number.
        text: Text,
    },
    /// How far is a bundle?
    AskInstallation {
        /// SHA-256 of the bundle's file.
        sha256: Sha256,
    },
    /// So far.
    Installation {
        /// SHA-256 of the bundle's file.
        sha256: Sha256,
        /// How far it is.
        installation: Installation,
    },
    /// Which files are in the bundle that you start from?
    AskFiles {
        /// Those from this one on, counted from 0.
        number: u16,
    },
    /// These.
    Files {
        /// The first of them.
        number: u16,
        /// How many there are in all.
        all: u16,
        /// The SHA-256 of each, at most [`FILES`].
        sha256s: Vec<Sha256>,
    },
    /// Which box are you, however you are called?
    AskIdentity,
    /// This one.
    Identity {
        /// What no other box has, and this one keeps.
        text: Text,
    },
}

/// Who the box is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Introduction {
    /// The protocol that it speaks.
    pub protocol: u16,
    /// What it is called.
    pub name: Text,
    /// Version of its software.
    pub software: Text,
    /// `name@version` of its bundle.
    pub bundle: Text,
    /// SHA-256 of its bundle's file.
    pub bundle_sha256: Sha256,
    /// How many bytes of films still fit.
    pub free_bytes: u64,
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    /// A radiograph: DICOM, JPEG or PNG. It brings its own facts.
    Film,
    /// A model.
    Bundle,
    /// The head of a bundle (see [`crate::bundle::Head`]): whether the box would take it, and what it would change.
    Head,
}

/// What became of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// The film is kept, for good, and gets its answer.
    Kept {
        /// Its number in the box.
        image: u64,
    },
    /// The film was here before.
    Known {
        /// Its number in the box.
        image: u64,
    },
    /// It was not taken in.
    Refused {
        /// Why, and what to do.
        reason: Text,
    },
    /// What arrived is not what was announced; the box has forgotten it.
    Damaged,
    /// The box would take this bundle.
    Welcome {
        /// How many changes can be asked for.
        changes: u16,
        /// The name of the trusted key that signed it.
        signer: Text,
    },
    /// The box has the bundle, and installs it.
    Installing,
}

/// What an image was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// There is no such image.
    NoImage,
    /// It waits for its answer.
    Waiting,
    /// It has its answer.
    Given {
        /// `normal`, `abnormal`, `refer` or `unreadable`.
        decision: Text,
        /// Calibrated probability of `abnormal`, where a classifier ran.
        probability: Option<f64>,
        /// Why.
        reason: Text,
    },
}

/// A body that is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("message {0} is not known, or cannot be read")]
pub struct NotUnderstood(pub u8);

impl Message {
    /// The body of its frame.
    pub fn body(&self) -> Vec<u8> {
        // Writing into memory fails for lengths that are not known, of which there are none.
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// Its frame, ready for the line.
    pub fn frame(&self) -> Vec<u8> {
        frame::frame(&self.body())
    }

    /// The message in a body.
    pub fn read(body: &[u8]) -> Result<Self, NotUnderstood> {
        let read = postcard::take_from_bytes(body).map(|(message, _)| message);
        read.map_err(|_| NotUnderstood(body.first().copied().unwrap_or(u8::MAX)))
    }

    /// Its number in the table.
    pub fn number(&self) -> u8 {
        self.body().first().copied().unwrap_or(u8::MAX)
    }
}
