//! Which of two slots the box starts from: a small table, and what may happen to it. Nothing here touches a disk.
//!
//! A new model is on trial: each start takes one from the starts it has left, a healthy start ends the trial, and when none is left the box
//! goes back to the slot before, or to the model that the box brought, where it had no other. (RAUC and U-Boot's boot counter do the same
//! with whole systems.)

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
    /// What the box starts from; with none, from the model that it brought.
    active: Option<Slot>,
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
    /// The slot to go back to; with none, to the model that the box brought.
    fallback: Option<Slot>,
}

/// What a start is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The model has proved itself.
    Good,
    /// It has not yet: [`Slots::healthy`] is owed when it has.
    Trial {
        /// The slot that was active before; with none, the model that the box brought was in use.
        before: Option<Slot>,
    },
    /// The model before is in use again.
    WentBack {
        /// The slot of the one that was left.
        from: Slot,
    },
}

impl Slots {
    /// The table of a box that has its first model in slot A.
    pub fn first() -> Self {
        Self { active: None, trial: None, failed: None }.switch()
    }

    /// The table of a box whose model in this slot has proved itself.
    pub fn good(active: Slot) -> Self {
        Self { active: Some(active), trial: None, failed: None }
    }

    /// What the box starts from; with none, from the model that it brought.
    pub fn active(&self) -> Option<Slot> {
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

    /// Where a new model may be put; `None` while the active one must prove itself yet.
    pub fn idle(&self) -> Option<Slot> {
        (!self.on_trial()).then_some(self.next())
    }

    /// The model in the other slot takes over, and must prove itself.
    pub fn switch(self) -> Self {
        let trial = Trial { starts_left: STARTS, fallback: self.active };
        Self { active: Some(self.next()), trial: Some(trial), failed: None }
    }

    /// The box starts: the table from now on, to be kept before anything else is done.
    pub fn start(self) -> (Self, Start) {
        match (self.trial, self.active) {
            (Some(Trial { starts_left: 0, fallback }), Some(from)) => {
                (self.gone_back(fallback), Start::WentBack { from })
            }
            (Some(Trial { starts_left, fallback }), Some(_)) => {
                let trial = Some(Trial { starts_left: starts_left - 1, fallback });
                (Self { trial, ..self }, Start::Trial { before: fallback })
            }
            (_, None) | (None, _) => (Self { trial: None, ..self }, Start::Good),
        }
    }

    /// The box started and is well.
    pub fn healthy(self) -> Self {
        Self { trial: None, ..self }
    }

    /// The active model is left for the one before; for the other one where it had proved itself.
    pub fn back(self) -> Self {
        self.gone_back(match self.trial {
            Some(trial) => trial.fallback,
            None => self.active.map(Slot::other),
        })
    }

    /// The active model cannot be used at all: the table with the next in its place that was not given up before.
    pub fn unusable(self) -> Self {
        let back = self.back();
        match back.active {
            Some(slot) if self.failed == Some(slot) => self.gone_back(None),
            _ => back,
        }
    }

    fn next(&self) -> Slot {
        self.active.map_or(Slot::A, Slot::other)
    }

    fn gone_back(self, to: Option<Slot>) -> Self {
        Self { active: to, trial: None, failed: self.active }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Starts until there is another active model than at first; how many it took, and the last one.
    fn starts_until_left(slots: Slots) -> (u8, Slots, Start) {
        let mut tried = 0;
        let mut next = slots.start();
        while next.0.active() == slots.active() {
            assert_eq!(next.0.idle(), None);
            tried += 1;
            next = next.0.start();
        }
        (tried, next.0, next.1)
    }

    #[test]
    fn a_model_that_never_comes_up_well_is_left_after_three_starts() {
        let good = Slots::first().start().0.healthy();
        assert_eq!(good.start(), (good, Start::Good));
        assert_eq!(good.switch().start().1, Start::Trial { before: Some(Slot::A) });
        let (tried, back, start) = starts_until_left(good.switch());
        assert_eq!((tried, start, back.failed()), (STARTS, Start::WentBack { from: Slot::B }, Some(Slot::B)));
        assert_eq!((back.start().1, back.active(), back.idle()), (Start::Good, Some(Slot::A), Some(Slot::B)));
        assert_eq!(back.switch().failed(), None);
    }

    #[test]
    fn one_healthy_start_ends_the_trial() {
        let slots = Slots::first().healthy().switch().start().0.start().0.healthy();
        assert_eq!((slots.start().1, slots.active(), slots.idle()), (Start::Good, Some(Slot::B), Some(Slot::A)));
    }

    #[test]
    fn the_first_model_gives_way_to_the_one_that_the_box_brought() {
        let (tried, back, start) = starts_until_left(Slots::first());
        assert_eq!((tried, start, back.active()), (STARTS, Start::WentBack { from: Slot::A }, None));
        assert_eq!((back.start().1, back.failed(), back.idle()), (Start::Good, Some(Slot::A), Some(Slot::A)));
        assert_eq!(back.switch(), Slots::first());
    }

    #[test]
    fn what_was_given_up_before_is_not_gone_back_to() {
        let both = Slots::good(Slot::A).switch().healthy();
        assert_eq!((both.unusable().active(), both.unusable().unusable().active()), (Some(Slot::A), None));
        // A person may want it all the same.
        assert_eq!(both.back().back().active(), Some(Slot::B));
    }

    #[test]
    fn a_table_of_an_older_program_is_read() {
        let slots: Slots = serde_json::from_str(r#"{"active":"b","trial":null,"failed":"a"}"#).unwrap();
        assert_eq!((slots.active(), slots.failed()), (Some(Slot::B), Some(Slot::A)));
    }
}
