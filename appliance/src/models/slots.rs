//! Which of two slots the box starts from: a small table, and what may happen to it. Nothing here touches a disk.
//!
//! A new model is on trial: each start takes one from the starts it has left, a healthy start ends the trial, and when none is left the box
//! goes back to the slot before. (RAUC and U-Boot's boot counter do the same with whole systems.)

use serde::{Deserialize, Serialize};

/// A new model gets so many starts to prove itself.
pub const STARTS: u8 = 3;

/// One of the two places of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names say it
pub enum Slot {
    A,
    B,
}

impl Slot {
    /// Both.
    pub const ALL: [Slot; 2] = [Slot::A, Slot::B];

    /// Its name, as files and commands have it.
    pub fn name(self) -> &'static str {
        match self {
            Slot::A => "a",
            Slot::B => "b",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Slot::A => Slot::B,
            Slot::B => Slot::A,
        }
    }
}

/// The table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// What the box starts from.
    active: Slot,
    /// Whether that must prove itself yet.
    trial: Option<Trial>,
    /// The slot that was gone back from last, until another model is installed.
    #[serde(default)]
    failed: Option<Slot>,
}

/// A model that must prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trial {
    /// Starts it has left.
    starts_left: u8,
    /// The slot to go back to; none on a box that had no model.
    fallback: Option<Slot>,
}

/// What a start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The model in this slot has proved itself.
    Good(Slot),
    /// The one in this slot has not yet: [`Slots::healthy`] is owed when it has.
    Trial(Slot),
    /// The new model used up its starts; this slot's is in use again.
    WentBack(Slot),
}

impl Start {
    /// The slot to start from.
    pub fn slot(self) -> Slot {
        match self {
            Start::Good(slot) | Start::Trial(slot) | Start::WentBack(slot) => slot,
        }
    }
}

impl Slots {
    /// The table of a box whose first model lies in slot A.
    pub fn first() -> Self {
        Self { active: Slot::A, trial: Some(Trial { starts_left: STARTS, fallback: None }), failed: None }
    }

    /// The table of a box whose model in this slot has proved itself.
    pub fn good(active: Slot) -> Self {
        Self { active, trial: None, failed: None }
    }

    /// What the box starts from.
    pub fn active(&self) -> Slot {
        self.active
    }

    /// Whether that must prove itself yet.
    pub fn on_trial(&self) -> bool {
        self.trial.is_some()
    }

    /// The slot that was gone back from last.
    pub fn failed(&self) -> Option<Slot> {
        self.failed
    }

    /// Where a new model may be put; `None` while the one in the other slot may still be needed to go back to.
    pub fn idle(&self) -> Option<Slot> {
        match self.trial {
            Some(Trial { fallback: Some(_), .. }) => None,
            Some(Trial { fallback: None, .. }) | None => Some(self.active.other()),
        }
    }

    /// The model in the other slot takes over, and must prove itself.
    pub fn switch(self) -> Self {
        let trial = Trial { starts_left: STARTS, fallback: Some(self.active) };
        Self { active: self.active.other(), trial: Some(trial), failed: None }
    }

    /// The box starts: the table from now on, to be kept before anything else is done.
    pub fn start(self) -> (Self, Start) {
        match self.trial {
            None => (self, Start::Good(self.active)),
            Some(Trial { starts_left: 0, fallback: Some(fallback) }) => {
                (self.gone_back(fallback), Start::WentBack(fallback))
            }
            // There is nothing to go back to.
            Some(Trial { starts_left: 0, fallback: None }) => (self, Start::Trial(self.active)),
            Some(Trial { starts_left, fallback }) => {
                let trial = Some(Trial { starts_left: starts_left - 1, fallback });
                (Self { trial, ..self }, Start::Trial(self.active))
            }
        }
    }

    /// The box started and is well.
    pub fn healthy(self) -> Self {
        Self { trial: None, ..self }
    }

    /// The active model cannot be used at all: the table with the other slot in its place.
    pub fn unusable(self) -> Self {
        self.gone_back(self.active.other())
    }

    fn gone_back(self, fallback: Slot) -> Self {
        Self { active: fallback, trial: None, failed: Some(fallback.other()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_never_comes_up_well_is_left_after_three_starts() {
        let good = Slots::first().start().0.healthy();
        assert_eq!(good.start(), (good, Start::Good(Slot::A)));
        let mut slots = good.switch();
        for _ in 0..STARTS {
            let (next, start) = slots.start();
            assert_eq!((start, next.idle()), (Start::Trial(Slot::B), None));
            slots = next;
        }
        let (back, start) = slots.start();
        assert_eq!((start, back.failed()), (Start::WentBack(Slot::A), Some(Slot::B)));
        assert_eq!((back.start().1, back.idle()), (Start::Good(Slot::A), Some(Slot::B)));
        assert_eq!(back.switch().failed(), None);
    }

    #[test]
    fn one_healthy_start_ends_the_trial() {
        let slots = Slots::first().healthy().switch().start().0.start().0.healthy();
        assert_eq!((slots.start().1, slots.on_trial(), slots.idle()), (Start::Good(Slot::B), false, Some(Slot::A)));
    }

    #[test]
    fn the_first_model_has_nothing_to_go_back_to() {
        let tired = (0..10).fold(Slots::first(), |slots, _| slots.start().0);
        assert_eq!((tired.start().1, tired.idle()), (Start::Trial(Slot::A), Some(Slot::B)));
    }
}
