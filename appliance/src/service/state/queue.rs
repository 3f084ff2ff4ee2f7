//! Which image is screened when, and what goes on beside it.
//!
//! Two images at most are in work: one is screened while the answer of the one before is kept, since keeping waits for the disk and
//! screening for the processor. That both were begun is written down in the archive, so that a program that ends is counted for both,
//! and for one of them without its doing. Therefore nothing goes on beside what waits from before a start: one of those may be what ended
//! the program, and only a film that was alone shows that it was that one. So no image is counted for another's end more than once.

use std::collections::VecDeque;
use std::time::Duration;

use fieldray_common::screening::Stage;

use super::Task;

/// The images without an answer that is kept.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiting: VecDeque<Turn>,
    reading: Option<Begun>,
    keeping: Option<Begun>,
}

/// An image whose screening was begun, and whose answer is not kept yet.
#[derive(Debug)]
pub(super) struct Begun {
    turn: Turn,
    /// When that was, since the program started.
    pub since: Duration,
    /// How far its screening has come.
    pub stage: Stage,
}

/// What may go on beside the screening of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Company {
    /// The answer of the one before is kept while this one is screened, and this one's while the next is.
    Neighbours,
    /// Nothing.
    Nobody,
}

#[derive(Debug, Clone, Copy)]
struct Turn {
    task: Task,
    company: Company,
}

impl Queue {
    /// This image comes last.
    pub fn push(&mut self, task: Task, company: Company) {
        self.waiting.push_back(Turn { task, company });
    }

    /// This image comes next, and alone.
    pub fn push_next(&mut self, task: Task) {
        self.waiting.push_front(Turn { task, company: Company::Nobody });
    }

    /// How many there are, those in work among them.
    pub fn len(&self) -> usize {
        self.waiting.len() + self.in_work().count()
    }

    /// Whether none is in work.
    pub fn is_idle(&self) -> bool {
        self.in_work().next().is_none()
    }

    /// Those that were begun, the one whose answer comes next first.
    pub fn in_work(&self) -> impl Iterator<Item = &Begun> {
        self.keeping.iter().chain(&self.reading)
    }

    /// The image whose screening begins now, if one's does.
    pub fn begin(&mut self, now: Duration) -> Option<Task> {
        let turn = *self.waiting.front()?;
        let is_in_the_way = |keeping: &Begun| !turn.goes_beside(keeping.turn);
        if self.reading.is_some() || self.keeping.as_ref().is_some_and(is_in_the_way) {
            return None;
        }
        self.waiting.pop_front();
        self.reading = Some(Begun { turn, since: now, stage: Stage::Read });
        Some(turn.task)
    }

    /// The image that is screened has come to this stage.
    pub fn reached(&mut self, stage: Stage) {
        if let Some(reading) = &mut self.reading {
            reading.stage = stage;
        }
    }

    /// The image that was screened is being kept from now on.
    pub fn decided(&mut self) {
        self.keeping = self.reading.take();
    }

    /// The image that was being kept is kept.
    pub fn kept(&mut self) {
        self.keeping = None;
    }

    /// The image that was being kept could not be, and comes last.
    pub fn failed(&mut self) {
        self.waiting.extend(self.keeping.take().map(|begun| begun.turn));
    }
}

impl Begun {
    /// What was begun.
    pub fn task(&self) -> Task {
        self.turn.task
    }
}

impl Turn {
    fn goes_beside(self, other: Self) -> bool {
        (self.company, other.company) == (Company::Neighbours, Company::Neighbours)
    }
}
