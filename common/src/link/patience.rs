//! How long an end waits for the other before it says something again.

use std::time::Duration;

/// Before anything was measured.
const FIRST: Duration = Duration::from_millis(300);
const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(10);

/// Learns from how long answers take, and grows with every time that none came.
#[derive(Debug, Clone, Default)]
pub(super) struct Patience {
    /// The mean time to an answer and its mean deviation, both smoothed.
    usual: Option<(Duration, Duration)>,
    in_vain: u32,
}

impl Patience {
    /// How long to wait now.
    pub fn limit(&self) -> Duration {
        let limit = self.usual.map_or(FIRST, |(mean, deviation)| mean + 4 * deviation);
        (limit.max(SHORTEST) * (1 << self.in_vain.min(4))).min(LONGEST)
    }

    /// An answer came.
    pub fn answered(&mut self) {
        self.in_vain = 0;
    }

    /// An answer came after so long.
    pub fn measured(&mut self, took: Duration) {
        self.answered();
        self.usual = Some(match self.usual {
            None => (took, took / 2),
            Some((mean, deviation)) => ((7 * mean + took) / 8, (3 * deviation + mean.abs_diff(took)) / 4),
        });
    }

    /// None came within the limit.
    pub fn in_vain(&mut self) {
        self.in_vain += 1;
    }
}
