//! What the daemon does next: a state, the events that reach it, and the effects that follow. Nothing here waits, reads a clock or
//! touches anything, so a test can drive it with a clock turned by hand.

use std::collections::VecDeque;
use std::time::Duration;

use crate::archive::ImageId;
use crate::intake::Arrival;

/// After a screening whose answer could not be kept, so long is waited before the next.
const RETRY: Duration = Duration::from_secs(5);

/// A screening that takes so long is stuck: the watchdog is left to bark.
const STUCK: Duration = Duration::from_secs(300);

/// A film that began to arrive and of which nothing more is heard is forgotten after so long.
const RECEIVING: Duration = Duration::from_secs(30);

/// When told to stop, a screening that runs may take so long to end.
const STOPPING: Duration = Duration::from_secs(20);

/// What happened. `R` is what can be shown of a result.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<R> {
    /// The program starts, and these images wait from before.
    Started(Vec<ImageId>),
    /// Something came in.
    Arrived(Arrival),
    /// An image has its answer, and it is kept; nothing is shown of one that had it before.
    Screened(Option<R>),
    /// An image has no answer that could be kept, for this reason: it still waits.
    Failed(String),
    /// Time has passed; the archive has room again, or not.
    Tick {
        /// Whether it has.
        room: bool,
    },
    /// The program is told to end.
    Stop,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect<R> {
    /// Screen this image; one at a time.
    Screen(ImageId),
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
    /// A film is arriving.
    Receiving,
    /// A film is being screened.
    Reading,
    /// A film was screened.
    Result(R),
    /// There is no room for another film.
    Full,
    /// Something is wrong, and says what to do.
    Fault(String),
}

/// Where the daemon stands. Times are since it started.
#[derive(Debug)]
pub struct State<R> {
    result_stays: Duration,
    waiting: VecDeque<ImageId>,
    reading: Option<(ImageId, Duration)>,
    not_before: Duration,
    receiving: Option<Duration>,
    result: Option<(R, Duration)>,
    full: bool,
    fault: Option<String>,
    stopping: Option<Duration>,
    shown: Option<Face<R>>,
}

impl<R: Clone + PartialEq> State<R> {
    /// The state at the start; a result stays on the display for so long.
    pub fn new(result_stays: Duration) -> Self {
        Self {
            result_stays,
            waiting: VecDeque::new(),
            reading: None,
            not_before: Duration::ZERO,
            receiving: None,
            result: None,
            full: false,
            fault: None,
            stopping: None,
            shown: None,
        }
    }

    /// How many images wait for their answer, the one that is being screened among them.
    pub fn waiting(&self) -> usize {
        self.waiting.len() + usize::from(self.reading.is_some())
    }

    /// Whether nothing is being screened.
    pub fn is_idle(&self) -> bool {
        self.reading.is_none()
    }

    /// What follows from an event at a moment.
    pub fn step(&mut self, event: Event<R>, now: Duration) -> Vec<Effect<R>> {
        let mut effects = Vec::new();
        match event {
            Event::Started(waiting) => self.waiting.extend(waiting),
            Event::Arrived(arrival) => self.arrived(arrival, now),
            Event::Screened(result) => {
                self.reading = None;
                self.fault = None;
                self.result = result.map(|result| (result, now)).or(self.result.take());
            }
            Event::Failed(reason) => {
                // What fails once may pass the next time, and must not keep the others from their answers.
                self.waiting.extend(self.reading.take().map(|(image, _)| image));
                self.not_before = now + RETRY;
                self.fault = Some(reason);
            }
            Event::Tick { room } => {
                self.full &= !room;
                if self.reading.is_none_or(|(_, since)| now.saturating_sub(since) < STUCK) {
                    effects.push(Effect::Alive);
                }
            }
            Event::Stop => self.stopping = self.stopping.or(Some(now)),
        }
        match self.stopping {
            None => effects.extend(self.next(now)),
            Some(since) if self.reading.is_none() || now.saturating_sub(since) >= STOPPING => effects.push(Effect::End),
            Some(_) => {}
        }
        effects.extend(self.show(now));
        effects
    }

    fn arrived(&mut self, arrival: Arrival, now: Duration) {
        self.receiving = (arrival == Arrival::Begun).then_some(now);
        match arrival {
            Arrival::Kept(image) => {
                self.waiting.push_back(image);
                self.full = false;
            }
            Arrival::Full => self.full = true,
            Arrival::Begun | Arrival::Again(_) | Arrival::Refused => {}
        }
    }

    /// The next screening, if there is one to begin.
    fn next(&mut self, now: Duration) -> Option<Effect<R>> {
        if self.reading.is_some() || now < self.not_before {
            return None;
        }
        let image = self.waiting.pop_front()?;
        self.reading = Some((image, now));
        Some(Effect::Screen(image))
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
        if let Some(fault) = &self.fault {
            Face::Fault(fault.clone())
        } else if self.full {
            Face::Full
        } else if self.reading.is_some() {
            Face::Reading
        } else if self.receiving.is_some_and(|begun| since(begun) < RECEIVING) {
            Face::Receiving
        } else {
            match &self.result {
                Some((result, shown)) if since(*shown) < self.result_stays => Face::Result(result.clone()),
                _ => Face::Ready,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A state with a clock turned by hand.
    struct Bench {
        state: State<&'static str>,
        now: Duration,
    }

    fn bench() -> Bench {
        Bench { state: State::new(Duration::from_secs(60)), now: Duration::ZERO }
    }

    impl Bench {
        fn after(&mut self, seconds: u64, event: Event<&'static str>) -> Vec<Effect<&'static str>> {
            self.now += Duration::from_secs(seconds);
            self.state.step(event, self.now)
        }
    }

    fn image(number: i64) -> ImageId {
        ImageId::for_test(number)
    }

    fn kept(number: i64) -> Event<&'static str> {
        Event::Arrived(Arrival::Kept(image(number)))
    }

    const TICK: Event<&'static str> = Event::Tick { room: true };

    #[test]
    fn a_film_from_its_first_byte_to_its_result() {
        let mut bench = bench();
        assert_eq!(bench.after(0, Event::Started(vec![])), [Effect::Show(Face::Ready)]);
        assert_eq!(bench.after(1, Event::Arrived(Arrival::Begun)), [Effect::Show(Face::Receiving)]);
        assert_eq!(bench.after(1, kept(1)), [Effect::Screen(image(1)), Effect::Show(Face::Reading)]);
        assert_eq!(bench.after(1, Event::Screened(Some("normal"))), [Effect::Show(Face::Result("normal"))]);
        assert_eq!(bench.after(59, TICK), [Effect::Alive]);
        assert_eq!(bench.after(1, TICK), [Effect::Alive, Effect::Show(Face::Ready)]);
    }

    #[test]
    fn what_waits_from_before_comes_first_and_one_at_a_time() {
        let mut bench = bench();
        let started = bench.after(0, Event::Started(vec![image(1), image(2)]));
        assert_eq!(started, [Effect::Screen(image(1)), Effect::Show(Face::Reading)]);
        assert_eq!(bench.after(1, kept(3)), []);
        assert_eq!(bench.after(1, Event::Screened(None)), [Effect::Screen(image(2))]);
        assert_eq!(bench.after(1, Event::Screened(None)), [Effect::Screen(image(3))]);
        assert_eq!(bench.state.waiting(), 1);
    }

    #[test]
    fn an_answer_that_cannot_be_kept_is_tried_again_behind_the_others() {
        let mut bench = bench();
        bench.after(0, Event::Started(vec![image(1), image(2)]));
        let failed = bench.after(1, Event::Failed("check the disk".into()));
        assert_eq!(failed, [Effect::Show(Face::Fault("check the disk".into()))]);
        assert_eq!(bench.after(4, TICK), [Effect::Alive]);
        assert_eq!(bench.after(1, TICK), [Effect::Alive, Effect::Screen(image(2))]);
        assert_eq!(bench.after(1, Event::Screened(None)), [Effect::Screen(image(1)), Effect::Show(Face::Reading)]);
    }

    #[test]
    fn when_it_is_full_it_says_so_until_there_is_room() {
        let mut bench = bench();
        bench.after(0, Event::Started(vec![]));
        assert_eq!(bench.after(1, Event::Arrived(Arrival::Full)), [Effect::Show(Face::Full)]);
        assert_eq!(bench.after(1, Event::Tick { room: false }), [Effect::Alive]);
        assert_eq!(bench.after(1, TICK), [Effect::Alive, Effect::Show(Face::Ready)]);
    }

    #[test]
    fn a_film_that_never_comes_whole_is_forgotten() {
        let mut bench = bench();
        bench.after(0, Event::Started(vec![]));
        bench.after(1, Event::Arrived(Arrival::Begun));
        assert_eq!(bench.after(30, TICK), [Effect::Alive, Effect::Show(Face::Ready)]);
    }

    #[test]
    fn the_watchdog_barks_at_a_screening_that_is_stuck() {
        let mut bench = bench();
        bench.after(0, Event::Started(vec![image(1)]));
        assert_eq!(bench.after(299, TICK), [Effect::Alive]);
        assert_eq!(bench.after(1, TICK), []);
        assert_eq!(bench.after(1, Event::Screened(None)), [Effect::Show(Face::Ready)]);
        assert_eq!(bench.after(1, TICK), [Effect::Alive]);
    }

    #[test]
    fn it_ends_when_the_screening_that_runs_has_ended() {
        let mut bench = bench();
        bench.after(0, Event::Started(vec![image(1), image(2)]));
        assert_eq!(bench.after(1, Event::Stop), []);
        assert!(bench.after(1, Event::Screened(None)).contains(&Effect::End));
        let mut bench = self::bench();
        bench.after(0, Event::Started(vec![image(1)]));
        bench.after(1, Event::Stop);
        assert_eq!(bench.after(20, TICK), [Effect::Alive, Effect::End]);
        assert!(self::bench().after(0, Event::Stop).contains(&Effect::End));
    }

    proptest! {
        /// However arrivals, failures and time fall, one image is screened at a time, and each until it has its answer, once.
        #[test]
        fn every_image_is_answered_once(steps in prop::collection::vec((0..4_u8, 0..9_u64), 1..80)) {
            let mut bench = bench();
            let (mut arrived, mut answered) = (0, Vec::new());
            let mut running = None;
            let mut effects = bench.after(0, Event::Started(vec![]));
            for (kind, seconds) in steps.into_iter().chain(std::iter::repeat_n((3, 9), 200)) {
                for effect in effects {
                    if let Effect::Screen(image) = effect {
                        prop_assert_eq!(running.replace(image), None);
                    }
                }
                effects = match (kind, running) {
                    (0, _) => {
                        arrived += 1;
                        bench.after(seconds, kept(arrived))
                    }
                    (1, Some(_)) => {
                        running = None;
                        bench.after(seconds, Event::Failed("no".into()))
                    }
                    (3, Some(image)) => {
                        running = None;
                        answered.push(image);
                        bench.after(seconds, Event::Screened(None))
                    }
                    _ => bench.after(seconds, TICK),
                };
            }
            answered.sort();
            prop_assert_eq!(answered, (1..=arrived).map(image).collect::<Vec<_>>());
        }
    }
}
