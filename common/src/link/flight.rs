//! What is on its way: which pieces were sent, which arrived, and which are sent again.

use std::collections::VecDeque;
use std::ops::Range;
use std::time::Duration;

use super::{PIECE_BYTES, PIECES, WINDOW_BYTES};

/// Pieces are never shorter than this: what surrounds them on the wire is about as long.
const SHORTEST_PIECE: usize = 16;

const FIRST_PIECE: usize = 256;

/// A piece on the wire.
#[derive(Debug, Clone)]
struct Sent {
    number: u32,
    part: Range<u64>,
    when: Duration,
}

/// The pieces of one transfer.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    /// The box has everything before this.
    arrived: u64,
    /// Nothing from here on was ever sent.
    fresh: u64,
    end: u64,
    on_the_way: VecDeque<Sent>,
    lost: VecDeque<Range<u64>>,
    next_number: u32,
    piece_bytes: usize,
}

impl Flight {
    /// Sends what lies from `arrived` to `end`, in pieces numbered from `first_number` on.
    pub fn new(arrived: u64, end: u64, first_number: u32) -> Self {
        Self {
            arrived,
            fresh: arrived,
            end,
            on_the_way: VecDeque::new(),
            lost: VecDeque::new(),
            next_number: first_number,
            piece_bytes: FIRST_PIECE,
        }
    }

    /// Up to where the box has everything.
    pub fn arrived(&self) -> u64 {
        self.arrived
    }

    /// Whether the box has everything.
    pub fn is_over(&self) -> bool {
        self.arrived >= self.end
    }

    /// When the piece that waits longest was sent.
    pub fn oldest(&self) -> Option<Duration> {
        self.on_the_way.front().map(|sent| sent.when)
    }

    /// The next piece to send, with its number; `None` while enough is on its way.
    pub fn next(&mut self, now: Duration) -> Option<(u32, Range<u64>)> {
        let oldest = self.on_the_way.front().map_or(self.next_number, |sent| sent.number);
        if self.next_number - oldest >= PIECES {
            return None;
        }
        let part = self.next_part()?;
        let number = self.next_number;
        self.next_number += 1;
        self.on_the_way.push_back(Sent { number, part: part.clone(), when: now });
        Some((number, part))
    }

    /// What was lost goes first.
    fn next_part(&mut self) -> Option<Range<u64>> {
        let most = self.piece_bytes as u64;
        while let Some(lost) = self.lost.pop_front() {
            let start = lost.start.max(self.arrived);
            let end = lost.end.min(start + most);
            if end < lost.end {
                self.lost.push_front(end..lost.end);
            }
            if start < end {
                return Some(start..end);
            }
        }
        if self.on_the_way.is_empty() {
            // Nothing is missing. Should the box have less all the same, it has lost what it had heard.
            self.fresh = self.arrived;
        }
        let part = self.fresh..self.end.min(self.fresh + most).min(self.arrived + WINDOW_BYTES);
        self.fresh = part.end.max(self.fresh);
        (!part.is_empty()).then_some(part)
    }

    /// The box told what came: everything before `arrived`, and of the pieces `number` and those of `before`. Gives how long the
    /// answer took, where one of them is answered for the first time.
    pub fn heard(&mut self, arrived: u64, number: u32, before: u32, now: Duration) -> Option<Duration> {
        self.arrived = self.arrived.max(arrived.min(self.end));
        let (mut took, mut all_came) = (None, true);
        let answered = self.on_the_way.iter().take_while(|sent| sent.number <= number).count();
        for sent in self.on_the_way.drain(..answered) {
            let came = match number - sent.number {
                0 => true,
                back => before.checked_shr(back - 1).unwrap_or(0) & 1 == 1,
            };
            if came || sent.part.end <= self.arrived {
                took = Some(now.saturating_sub(sent.when));
                self.piece_bytes = (self.piece_bytes + self.piece_bytes / 8 + 1).min(PIECE_BYTES);
            } else {
                all_came = false;
                self.lost.push_back(sent.part);
            }
        }
        if !all_came {
            self.shrink();
        }
        took
    }

    /// No answer came: what is on its way counts as lost.
    pub fn in_vain(&mut self) {
        self.lost.extend(self.on_the_way.drain(..).map(|sent| sent.part));
        self.shrink();
    }

    fn shrink(&mut self) {
        self.piece_bytes = (self.piece_bytes / 2).max(SHORTEST_PIECE);
    }
}
