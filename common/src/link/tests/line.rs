//! One direction of a serial line: as fast as its baud rate, as late as an adapter, and as noisy as it is told to be.

use std::collections::VecDeque;
use std::fmt;

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// What waits to be written is at most so much, as in a driver.
const BUFFER_BYTES: usize = 4096;

/// A byte is so many milliseconds on its way.
const LATE_MS: usize = 5;

/// How likely each of these happens to a byte.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Noise {
    pub corrupted: f64,
    pub dropped: f64,
    pub doubled: f64,
}

impl Noise {
    pub const NONE: Self = Self { corrupted: 0.0, dropped: 0.0, doubled: 0.0 };
}

impl fmt::Display for Noise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [corrupted, dropped, doubled] = [self.corrupted, self.dropped, self.doubled].map(|share| share * 100.0);
        write!(f, "{corrupted} % of bytes corrupted, {dropped} % dropped, {doubled} % doubled")
    }
}

pub(super) struct Line {
    bytes_a_ms: f64,
    /// What could have been sent and was not yet, in bytes.
    credit: f64,
    noise: Noise,
    chance: Pcg64Mcg,
    written: VecDeque<u8>,
    /// How much was ever written.
    pub total_bytes: usize,
    /// What was sent in each of the last milliseconds.
    on_the_way: VecDeque<Vec<u8>>,
}

impl Line {
    pub fn new(baud: u64, noise: Noise, seed: u64) -> Self {
        Self {
            // Eight bits, a start bit and a stop bit.
            bytes_a_ms: baud as f64 / 10.0 / 1000.0,
            credit: 0.0,
            noise,
            chance: Pcg64Mcg::seed_from_u64(seed),
            written: VecDeque::new(),
            total_bytes: 0,
            on_the_way: vec![Vec::new(); LATE_MS].into(),
        }
    }

    pub fn has_room(&self) -> bool {
        self.written.len() < BUFFER_BYTES
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.written.extend(bytes);
        self.total_bytes += bytes.len();
    }

    /// A millisecond passes: what comes out at the far end.
    pub fn tick(&mut self) -> Vec<u8> {
        self.credit += self.bytes_a_ms;
        let count = (self.credit as usize).min(self.written.len());
        self.credit = (self.credit - count as f64).min(self.bytes_a_ms);
        let sent: Vec<u8> = self.written.drain(..count).collect();
        let sent = sent.into_iter().flat_map(|byte| self.spoil(byte)).collect();
        self.on_the_way.push_back(sent);
        self.on_the_way.pop_front().unwrap_or_default()
    }

    /// Everything that was written and has not arrived is lost.
    pub fn cut(&mut self) {
        self.written.clear();
        self.on_the_way.iter_mut().for_each(Vec::clear);
    }

    fn spoil(&mut self, byte: u8) -> Vec<u8> {
        let mut happens = |share: f64| share > 0.0 && self.chance.random_bool(share);
        if happens(self.noise.dropped) {
            return Vec::new();
        }
        let (corrupted, doubled) = (happens(self.noise.corrupted), happens(self.noise.doubled));
        let byte = if corrupted { self.chance.next_u32() as u8 } else { byte };
        vec![byte; 1 + usize::from(doubled)]
    }
}
