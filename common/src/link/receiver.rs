//! The box's end of the link.

use std::collections::BTreeMap;

use super::frame::Deframer;
use super::message::{Answer, FILES, Introduction, Kind, Message, NotUnderstood, Outcome, Sha256};
use super::models::{Installation, Models};
use super::text::Text;
use super::{PIECES, WINDOW_BYTES};

/// What the box does with what comes: the port behind which its disk and its archive lie.
pub trait Reception {
    /// Who the box is now.
    fn introduction(&mut self) -> Introduction;

    /// Something is offered. What was offered before, and has had no outcome, is given up for it.
    fn offered(&mut self, offer: &Offer) -> Start;

    /// Takes the next bytes of what was offered last, in order and without a gap.
    ///
    /// # Errors
    /// With the outcome of the transfer, where they cannot be kept: it is over then.
    fn take(&mut self, bytes: &[u8]) -> Result<(), Outcome>;

    /// All of what was offered last was taken.
    fn whole(&mut self) -> Outcome;

    /// What an image was answered.
    fn answer(&mut self, image: u64) -> Answer;

    /// Which models the box keeps.
    fn models(&mut self) -> Models;

    /// A change that the bundle brings whose head was taken last; empty where there is none of this number.
    fn change(&mut self, number: u16) -> Text;

    /// How far the bundle with this SHA-256 is.
    fn installation(&mut self, sha256: &Sha256) -> Installation;

    /// The SHA-256 of every file in the bundle that the box starts from.
    fn files(&mut self) -> Vec<Sha256>;

    /// Which box it is: what no other box has, and this one keeps.
    fn identity(&mut self) -> Text;
}

/// What the laptop offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// What it is.
    pub kind: Kind,
    /// How long it is.
    pub bytes: u64,
    /// The SHA-256 of all of it.
    pub sha256: Sha256,
}

/// What the box does with an offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// It wants it from this offset on: it has what lies before.
    At(u64),
    /// It does not want it, and this is its outcome.
    Over(Outcome),
}

/// The box's end. It only answers: without a word from the laptop nothing happens, so it needs no clock.
#[derive(Debug, Default)]
pub struct Receiver {
    deframer: Deframer,
    transfer: Option<Transfer>,
    /// The last outcome, in case its laptop did not hear it.
    over: Option<(u16, Outcome)>,
}

/// What is being received.
#[derive(Debug)]
struct Transfer {
    number: u16,
    bytes: u64,
    /// Everything before this was taken.
    at: u64,
    /// Pieces behind a gap, by their offset; they end at most [`WINDOW_BYTES`] behind `at`.
    early: BTreeMap<u64, Vec<u8>>,
    heard: Heard,
}

/// Which numbers came.
#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    number: Option<u32>,
    before: u32,
}

impl Heard {
    fn add(&mut self, number: u32) {
        match self.number {
            None => self.number = Some(number),
            Some(last) if number > last => {
                let by = number - last;
                let moved = if by <= PIECES { (u64::from(self.before) << by) | (1 << (by - 1)) } else { 0 };
                *self = Self { number: Some(number), before: moved as u32 };
            }
            Some(last) if number == last => {}
            Some(last) => self.before |= 1_u32.checked_shl(last - number - 1).unwrap_or(0),
        }
    }
}

impl Receiver {
    /// Takes what came over the line and gives what is to be written to it.
    pub fn hear(&mut self, bytes: &[u8], reception: &mut impl Reception) -> Vec<u8> {
        let mut said = Vec::new();
        for body in self.deframer.take(bytes) {
            let answer = match Message::read(&body) {
                Ok(message) => self.answer(message, reception),
                Err(NotUnderstood(message)) => Some(Message::NotUnderstood { message }),
            };
            said.extend(answer.iter().flat_map(Message::frame));
        }
        said
    }

    /// How many pieces wait behind a gap.
    #[cfg(test)]
    pub(super) fn held_pieces(&self) -> usize {
        self.transfer.as_ref().map_or(0, |transfer| transfer.early.len())
    }

    fn answer(&mut self, message: Message, reception: &mut impl Reception) -> Option<Message> {
        Some(match message {
            Message::Hello { .. } => Message::Introduction(reception.introduction()),
            Message::Put { transfer, kind, bytes, sha256 } => {
                self.put(transfer, Offer { kind, bytes, sha256 }, reception)
            }
            Message::Piece { transfer, number, at, bytes } => {
                return self.piece(transfer, number, at, bytes, reception);
            }
            Message::Done { transfer } => self.done(transfer, reception),
            Message::Ask { image } => Message::Answer { image, answer: reception.answer(image) },
            Message::Ping { number } => Message::Pong { number },
            Message::AskModels => Message::Models(reception.models()),
            Message::AskChange { number } => Message::Change { number, text: reception.change(number) },
            Message::AskInstallation { sha256 } => {
                Message::Installation { sha256, installation: reception.installation(&sha256) }
            }
            Message::AskFiles { number } => {
                let files = reception.files();
                let sha256s = files.iter().skip(number.into()).take(FILES).copied().collect();
                Message::Files { number, all: u16::try_from(files.len()).unwrap_or(u16::MAX), sha256s }
            }
            Message::AskIdentity => Message::Identity { text: reception.identity() },
            _ => return None,
        })
    }

    fn put(&mut self, transfer: u16, offer: Offer, reception: &mut impl Reception) -> Message {
        match &self.transfer {
            Some(known) if known.number == transfer => return Message::GoOn { transfer, at: known.at },
            _ => {}
        }
        if let Some(over) = self.over(transfer) {
            return over;
        }
        self.transfer = None;
        match reception.offered(&offer) {
            Start::Over(outcome) => self.end(transfer, outcome),
            Start::At(at) => {
                let (early, heard) = (BTreeMap::new(), Heard::default());
                self.transfer = Some(Transfer { number: transfer, bytes: offer.bytes, at, early, heard });
                Message::GoOn { transfer, at }
            }
        }
    }

    /// Takes a piece; one that does not fit is passed over.
    fn piece(
        &mut self,
        transfer: u16,
        number: u32,
        at: u64,
        bytes: Vec<u8>,
        reception: &mut impl Reception,
    ) -> Option<Message> {
        let Some(known) = self.transfer.as_mut().filter(|known| known.number == transfer) else {
            return Some(self.over(transfer).unwrap_or(Message::NoTransfer { transfer }));
        };
        let end = at.saturating_add(bytes.len() as u64);
        if end > known.bytes || end > known.at + WINDOW_BYTES {
            return None;
        }
        let place = known.early.entry(at).or_default();
        if bytes.len() > place.len() {
            *place = bytes;
        }
        known.heard.add(number);
        Some(match known.take_what_follows(reception) {
            Ok(()) => known.said(),
            Err(outcome) => self.end(transfer, outcome),
        })
    }

    fn done(&mut self, transfer: u16, reception: &mut impl Reception) -> Message {
        match &self.transfer {
            Some(known) if known.number == transfer => match known.at == known.bytes {
                true => {
                    let outcome = reception.whole();
                    self.end(transfer, outcome)
                }
                false => Message::GoOn { transfer, at: known.at },
            },
            _ => self.over(transfer).unwrap_or(Message::NoTransfer { transfer }),
        }
    }

    /// The outcome of a transfer that is over.
    fn over(&self, transfer: u16) -> Option<Message> {
        let (_, outcome) = self.over.as_ref().filter(|(over, _)| *over == transfer)?;
        Some(Message::Outcome { transfer, outcome: outcome.clone() })
    }

    fn end(&mut self, transfer: u16, outcome: Outcome) -> Message {
        self.transfer = None;
        self.over = Some((transfer, outcome.clone()));
        Message::Outcome { transfer, outcome }
    }
}

impl Transfer {
    fn said(&self) -> Message {
        let (number, before) = (self.heard.number.unwrap_or(0), self.heard.before);
        Message::Heard { transfer: self.number, at: self.at, number, before }
    }

    fn take_what_follows(&mut self, reception: &mut impl Reception) -> Result<(), Outcome> {
        while let Some(first) = self.early.first_entry().filter(|first| *first.key() <= self.at) {
            let (start, bytes) = first.remove_entry();
            let fresh = bytes.get((self.at - start) as usize..).unwrap_or_default();
            if !fresh.is_empty() {
                reception.take(fresh)?;
                self.at += fresh.len() as u64;
            }
        }
        Ok(())
    }
}
