//! How long the laptop waits for word of its pieces before it takes them for lost.

use std::time::Duration;

/// Before anything was measured.
const FIRST: Duration = Duration::from_millis(300);
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);

/// Learns from how long the box takes, and grows with every time that it said nothing, so that a line that is slower than was thought
/// is not flooded.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience {
    /// The mean time to word of a piece and its mean deviation, both smoothed.
    usual: Option<(Duration, Duration)>,
    in_vain: u32,
}

impl Patience {
    /// How long to wait now.
    pub fn limit(&self) -> Duration {
        let limit = self.usual.map_or(FIRST, |(mean, deviation)| mean + 4 * deviation);
        (limit.max(SHORTEST) * (1 << self.in_vain.min(4))).min(LONGEST)
    }

    /// Word of a piece came after so long.
    pub fn measured(&mut self, took: Duration) {
        self.usual = Some(match self.usual {
            None => (took, took / 2),
            Some((mean, deviation)) => ((7 * mean + took) / 8, (3 * deviation + mean.abs_diff(took)) / 4),
        });
        self.in_vain = 0;
    }

    /// None came within the limit.
    pub fn in_vain(&mut self) {
        self.in_vain += 1;
    }
}
