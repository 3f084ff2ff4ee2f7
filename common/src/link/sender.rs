//! The laptop's end of the link.

use std::sync::Arc;
use std::time::Duration;

use super::flight::Flight;
use super::frame::Deframer;
use super::message::{Answer, Kind, Message, NotUnderstood, PROTOCOL, Sha256};
use super::patience::Patience;
use super::reply::Reply;

/// A request is made again after so long.
const REPEAT: Duration = Duration::from_millis(200);

/// An image that waits for its answer is asked for again after so long.
const ASK_AGAIN: Duration = Duration::from_millis(500);

/// Something to send.
#[derive(Debug, Clone)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// All of it.
    pub content: Arc<[u8]>,
    /// Its SHA-256.
    pub sha256: Sha256,
}

/// The laptop's end. It does one thing at a time: what is asked of it is repeated until the box replies. Moments are told since any one.
#[derive(Debug)]
pub struct Sender {
    deframer: Deframer,
    patience: Patience,
    work: Work,
    transfer: u16,
    thing: Option<Thing>,
    /// The number of the next piece. None is used twice, whatever becomes of a transfer: an old one may still be on its way.
    next_number: u32,
    /// When the box was last heard, or asked something new.
    heard: Duration,
    /// What is said besides.
    besides: Vec<u8>,
}

/// What it does.
#[derive(Debug)]
enum Work {
    Nothing,
    /// It asks, and asks again.
    Request {
        message: Message,
        not_before: Duration,
    },
    /// It sends pieces.
    Pieces(Flight),
}

impl Work {
    fn request(message: Message) -> Self {
        Self::Request { message, not_before: Duration::ZERO }
    }
}

impl Sender {
    /// An end that numbers its transfers from `first_transfer` on. Take another for each run of the program: the box tells by the
    /// number whether it is asked again or anew.
    pub fn new(first_transfer: u16) -> Self {
        Self {
            deframer: Deframer::default(),
            patience: Patience::default(),
            work: Work::Nothing,
            transfer: first_transfer,
            thing: None,
            next_number: 0,
            heard: Duration::ZERO,
            besides: Vec::new(),
        }
    }

    /// Asks who the box is.
    pub fn greet(&mut self, software: &str, now: Duration) {
        self.begin(Message::Hello { protocol: PROTOCOL, software: software.into() }, now);
    }

    /// Sends something.
    pub fn put(&mut self, thing: Thing, now: Duration) {
        self.thing = Some(thing);
        self.heard = now;
        self.offer_anew();
    }

    /// Asks what an image was answered, until it has its answer.
    pub fn ask(&mut self, image: u64, now: Duration) {
        self.begin(Message::Ask { image }, now);
    }

    /// Asks which models the box keeps.
    pub fn ask_models(&mut self, now: Duration) {
        self.begin(Message::AskModels, now);
    }

    /// Asks for one of the changes that the bundle brings whose head was put last.
    pub fn ask_change(&mut self, number: u16, now: Duration) {
        self.begin(Message::AskChange { number }, now);
    }

    /// Asks how far the bundle with this SHA-256 is.
    pub fn ask_installation(&mut self, sha256: Sha256, now: Duration) {
        self.begin(Message::AskInstallation { sha256 }, now);
    }

    /// Asks for the hashes of the files that the box has, from this one on.
    pub fn ask_files(&mut self, number: u16, now: Duration) {
        self.begin(Message::AskFiles { number }, now);
    }

    /// Asks which box it is.
    pub fn ask_identity(&mut self, now: Duration) {
        self.begin(Message::AskIdentity, now);
    }

    /// The line was cut and is there again: what was being done goes on.
    pub fn reconnected(&mut self, now: Duration) {
        self.deframer = Deframer::default();
        self.patience = Patience::default();
        self.heard = now;
        match &mut self.work {
            Work::Pieces(_) => self.offer(),
            Work::Request { not_before, .. } => *not_before = now,
            Work::Nothing => {}
        }
    }

    /// How many bytes of what is sent the box is known to have; `None` before it has told.
    pub fn arrived(&self) -> Option<u64> {
        match (&self.work, &self.thing) {
            (Work::Pieces(flight), _) => Some(flight.arrived()),
            (Work::Request { message: Message::Done { .. }, .. }, Some(thing)) => Some(thing.content.len() as u64),
            _ => None,
        }
    }

    /// Since when nothing was heard of the box.
    pub fn silent_since(&self) -> Duration {
        self.heard
    }

    /// The next frame to write; `None` where there is nothing to say before [`Sender::wake`]. Each is to be written before the next is
    /// asked for.
    pub fn say(&mut self, now: Duration) -> Option<Vec<u8>> {
        if !self.besides.is_empty() {
            return Some(std::mem::take(&mut self.besides));
        }
        match &mut self.work {
            Work::Nothing => None,
            Work::Request { message, not_before } => {
                if now < *not_before {
                    return None;
                }
                *not_before = now + REPEAT;
                Some(message.frame())
            }
            Work::Pieces(flight) => {
                let limit = self.patience.limit();
                if flight.oldest().is_some_and(|sent| now >= sent + limit) {
                    flight.in_vain();
                    self.patience.in_vain();
                }
                let (number, part) = flight.next(now)?;
                self.next_number = number.wrapping_add(1);
                let content = &self.thing.as_ref()?.content;
                let bytes = content.get(part.start as usize..part.end as usize)?.to_vec();
                Some(Message::Piece { transfer: self.transfer, number, at: part.start, bytes }.frame())
            }
        }
    }

    /// When [`Sender::say`] has something to say, if nothing is heard until then.
    pub fn wake(&self) -> Option<Duration> {
        match &self.work {
            Work::Nothing => None,
            Work::Request { not_before, .. } => Some(*not_before),
            Work::Pieces(flight) => Some(flight.oldest().map_or(Duration::ZERO, |sent| sent + self.patience.limit())),
        }
    }

    /// Takes what came over the line, and gives the box's reply, if it came.
    pub fn hear(&mut self, bytes: &[u8], now: Duration) -> Option<Reply> {
        let mut reply = None;
        for body in self.deframer.take(bytes) {
            self.heard = now;
            match Message::read(&body) {
                Ok(message) => reply = self.understand(message, now).or(reply),
                Err(NotUnderstood(message)) => self.besides.extend(Message::NotUnderstood { message }.frame()),
            }
        }
        reply
    }

    fn understand(&mut self, message: Message, now: Duration) -> Option<Reply> {
        let asked = match &self.work {
            Work::Request { message, .. } => Some(message),
            Work::Nothing | Work::Pieces(_) => None,
        };
        match (message, asked) {
            (Message::GoOn { transfer, at }, Some(Message::Put { .. } | Message::Done { .. }))
                if transfer == self.transfer =>
            {
                self.go_on(at);
                None
            }
            (Message::Heard { transfer, at, number, before }, None) if transfer == self.transfer => {
                self.pieces_came(at, number, before, now);
                None
            }
            (Message::NoTransfer { transfer }, _) if transfer == self.transfer && self.arrived().is_some() => {
                self.offer();
                None
            }
            (Message::Outcome { transfer, outcome }, _) if transfer == self.transfer && self.thing.is_some() => {
                self.thing = None;
                self.work = Work::Nothing;
                Some(Reply::Outcome(outcome))
            }
            (Message::Answer { image, answer: Answer::Waiting }, Some(Message::Ask { image: asked }))
                if image == *asked =>
            {
                self.work = Work::Request { message: Message::Ask { image }, not_before: now + ASK_AGAIN };
                None
            }
            (Message::Ping { number }, _) => {
                self.besides.extend(Message::Pong { number }.frame());
                None
            }
            // An answer to what is not asked any more is passed over.
            (message, asked) => {
                let reply = Reply::to(asked?, message)?;
                self.work = Work::Nothing;
                Some(reply)
            }
        }
    }

    fn go_on(&mut self, at: u64) {
        let Some(thing) = &self.thing else { return };
        let flight = Flight::new(at, thing.content.len() as u64, self.next_number);
        self.work = match flight.is_over() {
            true => Work::request(Message::Done { transfer: self.transfer }),
            false => Work::Pieces(flight),
        };
    }

    fn pieces_came(&mut self, arrived: u64, number: u32, before: u32, now: Duration) {
        let Work::Pieces(flight) = &mut self.work else { return };
        if let Some(took) = flight.heard(arrived, number, before, now) {
            self.patience.measured(took);
        }
        if flight.is_over() {
            self.work = Work::request(Message::Done { transfer: self.transfer });
        }
    }

    fn begin(&mut self, message: Message, now: Duration) {
        self.heard = now;
        self.work = Work::request(message);
    }

    fn offer_anew(&mut self) {
        self.transfer = self.transfer.wrapping_add(1);
        self.offer();
    }

    fn offer(&mut self) {
        let Some(Thing { kind, content, sha256 }) = &self.thing else { return };
        let (transfer, bytes) = (self.transfer, content.len() as u64);
        self.work = Work::request(Message::Put { transfer, kind: *kind, bytes, sha256: *sha256 });
    }
}
