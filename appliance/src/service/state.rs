//! What the daemon does next: a state, the events that reach it, and the effects that follow. Nothing here waits, reads a clock or
//! touches anything, so a test can drive it with a clock turned by hand.

mod queue;
mod renew;

pub use renew::Ending;

use std::time::Duration;

use fieldray_common::screening::Stage;

use crate::archive::ImageId;
use crate::intake::Arrival;
use queue::{Company, Queue};

/// After a screening whose answer could not be kept, so long is waited before the next.
const RETRY: Duration = Duration::from_secs(5);

/// A screening that takes so long is stuck: the watchdog is left to bark. LIME on a slow box takes minutes.
const STUCK: Duration = Duration::from_secs(900);

/// A film that began to arrive and of which nothing more is heard is forgotten after so long.
const RECEIVING: Duration = Duration::from_secs(30);

/// A result is seen for so long, even where the next film is there already, unless that has its own result sooner.
const SEEN: Duration = Duration::from_secs(4);

/// When told to stop, a screening that runs may take so long to end.
const STOPPING: Duration = Duration::from_secs(20);

/// What happened. `R` is what can be shown of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<R> {
    /// The program starts, and these images wait from before.
    Started(Vec<ImageId>),
    /// Something came in.
    Arrived(Arrival),
    /// The screening has come to this stage.
    Reached(Stage),
    /// What the image that was screened is answered is decided, and is being kept from now on.
    Decided,
    /// The image whose answer was being kept has it; nothing is shown of one that had it before.
    Screened(Option<R>),
    /// Its answer could not be kept, for this reason: it still waits.
    Failed(String),
    /// The model was held against the bundle's reference films, and gave what they promise, or not.
    SelfChecked {
        /// Whether it did.
        holds: bool,
    },
    /// Time has passed; the archive has room again, or not.
    Tick {
        /// Whether it has.
        room: bool,
    },
    /// The result that is shown was seen.
    Dismissed,
    /// A person says which region an image shows that has its answer: it is to be screened again.
    ScreenAs(Task),
    /// A person wants what failed to be done again.
    TryAgain,
    /// A new model is installed: the program is to start anew with it, as soon as no film waits.
    Renew,
    /// The program is told to end.
    Stop,
}

/// An image to be screened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Which.
    pub image: ImageId,
    /// The number of the region that a person named; then its answer is given anew.
    pub region: Option<usize>,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect<R> {
    /// Screen an image; there is no other before its answer is decided.
    Screen(Task),
    /// Show this.
    Show(Face<R>),
    /// Tell the supervisor that the program is alive.
    Alive,
    /// End the program.
    End,
}

/// What the display shows.
#[derive(Debug, Clone, PartialEq)]
pub enum Face<R> {
    /// It waits for a film.
    Ready,
    /// A film is arriving from this sender.
    Receiving(String),
    /// This film is being screened, and has come to this stage.
    Reading(ImageId, Stage),
    /// A film was screened.
    Result(R),
    /// There is no room for another film.
    Full,
    /// The model failed its self-check: every film is referred to a person.
    Untrusted,
    /// Something is wrong, and says what to do.
    Fault(String),
}

/// Where the daemon stands. Times are since it started.
#[derive(Debug)]
pub struct State<R> {
    result_stays: Duration,
    queue: Queue,
    not_before: Duration,
    receiving: Option<(String, Duration)>,
    result: Option<(R, Duration)>,
    full: bool,
    untrusted: bool,
    fault: Option<String>,
    stopping: Option<Duration>,
    renewing: Option<Duration>,
    shown: Option<Face<R>>,
}

impl<R: Clone + PartialEq> State<R> {
    /// The state at the start; a result stays on the display for so long.
    pub fn new(result_stays: Duration) -> Self {
        Self {
            result_stays,
            queue: Queue::default(),
            not_before: Duration::ZERO,
            receiving: None,
            result: None,
            full: false,
            untrusted: false,
            fault: None,
            stopping: None,
            renewing: None,
            shown: None,
        }
    }

    /// How many images wait for their answer, those in work among them.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Whether nothing is being screened, and no answer kept.
    pub fn is_idle(&self) -> bool {
        self.queue.is_idle()
    }

    /// What follows from an event at a moment.
    pub fn step(&mut self, event: Event<R>, now: Duration) -> Vec<Effect<R>> {
        let mut effects = Vec::new();
        match event {
            Event::Started(waiting) => {
                waiting.into_iter().for_each(|image| self.queue.push(Task::first(image), Company::Nobody));
            }
            Event::Reached(stage) => self.queue.reached(stage),
            Event::Decided => self.queue.decided(),
            Event::Arrived(arrival) => self.arrived(arrival, now),
            Event::Screened(result) => {
                self.queue.kept();
                self.fault = None;
                self.result = result.map(|result| (result, now)).or(self.result.take());
            }
            Event::Failed(reason) => {
                // What fails once may pass the next time, and must not keep the others from their answers.
                self.queue.failed();
                self.not_before = now + RETRY;
                self.fault = Some(reason);
            }
            Event::SelfChecked { holds } => self.untrusted = !holds,
            Event::Tick { room } => {
                self.full &= !room;
                if self.queue.in_work().all(|begun| now.saturating_sub(begun.since) < STUCK) {
                    effects.push(Effect::Alive);
                }
            }
            Event::Dismissed => self.result = None,
            Event::ScreenAs(task) => {
                self.queue.push_next(task);
                self.result = None;
            }
            Event::TryAgain => {
                self.not_before = now;
                self.fault = None;
            }
            Event::Renew => self.renewing = self.renewing.or(Some(now)),
            Event::Stop => self.stopping = self.stopping.or(Some(now)),
        }
        if self.stopping.is_none() && !self.is_to_renew(now) {
            effects.extend(self.next(now));
        }
        effects.extend(self.show(now));
        let stops = self.stopping.is_some_and(|since| self.is_idle() || now.saturating_sub(since) >= STOPPING);
        if stops || self.is_idle() && self.is_to_renew(now) {
            effects.push(Effect::End);
        }
        effects
    }

    fn arrived(&mut self, arrival: Arrival, now: Duration) {
        self.receiving = None;
        match arrival {
            Arrival::Begun(sender) => self.receiving = Some((sender, now)),
            Arrival::Kept(image) => {
                self.queue.push(Task::first(image), Company::Neighbours);
                self.full = false;
            }
            Arrival::Full => self.full = true,
            Arrival::Again(_) | Arrival::Refused => {}
        }
    }

    /// The next screening, if there is one to begin.
    fn next(&mut self, now: Duration) -> Option<Effect<R>> {
        if now < self.not_before {
            return None;
        }
        self.queue.begin(now).map(Effect::Screen)
    }

    /// What is to be shown, where that is something else than before.
    fn show(&mut self, now: Duration) -> Option<Effect<R>> {
        let face = self.face(now);
        (self.shown.as_ref() != Some(&face)).then(|| {
            self.shown = Some(face.clone());
            Effect::Show(face)
        })
    }

    fn face(&self, now: Duration) -> Face<R> {
        let since = |moment: Duration| now.saturating_sub(moment);
        let result_for = |stays: Duration| self.result.as_ref().filter(|(_, shown)| since(*shown) < stays);
        if let Some(fault) = &self.fault {
            Face::Fault(fault.clone())
        } else if self.full {
            Face::Full
        } else if self.untrusted {
            Face::Untrusted
        } else if let Some((result, _)) = result_for(SEEN.min(self.result_stays)) {
            Face::Result(result.clone())
        } else if let Some(begun) = self.queue.in_work().next() {
            Face::Reading(begun.task().image, begun.stage)
        } else if let Some((sender, _)) = self.receiving.as_ref().filter(|(_, begun)| since(*begun) < RECEIVING) {
            Face::Receiving(sender.clone())
        } else {
            result_for(self.result_stays).map_or(Face::Ready, |(result, _)| Face::Result(result.clone()))
        }
    }
}

impl Task {
    /// An image to be screened for the first time.
    pub fn first(image: ImageId) -> Self {
        Self { image, region: None }
    }
}

#[cfg(test)]
mod tests;
