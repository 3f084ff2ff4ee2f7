//! When the box starts anew with a new model.

use std::time::Duration;

use super::{RECEIVING, SEEN, State};

/// A new model takes over at the earliest so long after it was installed, so that whoever waits for it hears so.
const TOLD: Duration = Duration::from_secs(3);

/// After so long it takes over between two films, although others wait.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// For good, as it was told.
    Stop,
    /// To start anew, with a new model.
    Renew,
}

impl<R: Clone + PartialEq> State<R> {
    /// How the program ends, now that it does.
    pub fn ending(&self) -> Ending {
        match (self.stopping, self.renewing) {
            (None, Some(_)) => Ending::Renew,
            _ => Ending::Stop,
        }
    }

    /// Whether the box is to start anew as soon as no film is in work: none waits, arrives or was just answered, or it has waited so long that
    /// no other is begun.
    pub(super) fn is_to_renew(&self, now: Duration) -> bool {
        let Some(since) = self.renewing else { return false };
        let receives = self.receiving.as_ref().is_some_and(|(_, begun)| now.saturating_sub(*begun) < RECEIVING);
        let is_seen = self.result.as_ref().is_none_or(|(_, shown)| now.saturating_sub(*shown) >= SEEN);
        match now.saturating_sub(since) {
            waited if waited < TOLD => false,
            waited if waited >= LONGEST_WAIT => true,
            _ => self.waiting() == 0 && !receives && is_seen,
        }
    }
}
