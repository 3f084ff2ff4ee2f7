//! The daemon's decisions, with a clock turned by hand.

use super::*;

mod burst;

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

    /// The screening comes to its end, and its answer is kept in no time.
    fn screened(&mut self, seconds: u64, result: Option<&'static str>) -> Vec<Effect<&'static str>> {
        let decided = self.after(seconds, Event::Decided);
        [decided, self.after(0, Event::Screened(result))].concat()
    }

    /// The screening comes to its end, and its answer cannot be kept.
    fn failed(&mut self, seconds: u64, reason: &str) -> Vec<Effect<&'static str>> {
        let decided = self.after(seconds, Event::Decided);
        [decided, self.after(0, Event::Failed(reason.into()))].concat()
    }
}

fn image(number: i64) -> ImageId {
    ImageId::for_test(number)
}

fn kept(number: i64) -> Event<&'static str> {
    Event::Arrived(Arrival::Kept(image(number)))
}

fn begun() -> Event<&'static str> {
    Event::Arrived(Arrival::Begun("dicom XR@10.0.0.7".into()))
}

fn screen(number: i64) -> Effect<&'static str> {
    Effect::Screen(Task::first(image(number)))
}

fn reading(number: i64) -> Effect<&'static str> {
    Effect::Show(Face::Reading(image(number), Stage::Read))
}

const TICK: Event<&'static str> = Event::Tick { room: true };

#[test]
fn a_film_from_its_first_byte_to_its_result() {
    let mut bench = bench();
    assert_eq!(bench.after(0, Event::Started(vec![])), [Effect::Show(Face::Ready)]);
    assert_eq!(bench.after(1, begun()), [Effect::Show(Face::Receiving("dicom XR@10.0.0.7".into()))]);
    assert_eq!(bench.after(1, kept(1)), [screen(1), reading(1)]);
    assert_eq!(bench.screened(1, Some("normal")), [Effect::Show(Face::Result("normal"))]);
    assert_eq!(bench.after(59, TICK), [Effect::Alive]);
    assert_eq!(bench.after(1, TICK), [Effect::Alive, Effect::Show(Face::Ready)]);
}

#[test]
fn what_waits_from_before_comes_first_and_one_at_a_time() {
    let mut bench = bench();
    let started = bench.after(0, Event::Started(vec![image(1), image(2)]));
    assert_eq!(started, [screen(1), reading(1)]);
    assert_eq!(bench.after(1, kept(3)), []);
    assert_eq!(bench.screened(1, None), [screen(2), reading(2)]);
    assert_eq!(bench.screened(1, None), [screen(3), reading(3)]);
    assert_eq!(bench.state.waiting(), 1);
}

#[test]
fn the_stage_of_a_screening_shows() {
    let mut bench = bench();
    assert_eq!(bench.after(0, Event::Reached(Stage::Network)), [Effect::Show(Face::Ready)]);
    bench.after(0, Event::Started(vec![image(1)]));
    let network = Effect::Show(Face::Reading(image(1), Stage::Network));
    assert_eq!(bench.after(1, Event::Reached(Stage::Network)), [network]);
}

#[test]
fn a_result_that_was_seen_goes_and_one_is_given_anew_where_a_person_names_the_region() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1), image(2)]));
    bench.screened(1, Some("unclear"));
    bench.screened(1, Some("unclear"));
    assert_eq!(bench.after(1, Event::Dismissed), [Effect::Show(Face::Ready)]);
    let named = Task { image: image(1), region: Some(3) };
    assert_eq!(bench.after(1, Event::ScreenAs(named)), [Effect::Screen(named), reading(1)]);
    assert_eq!(bench.screened(1, Some("normal")), [Effect::Show(Face::Result("normal"))]);
}

#[test]
fn what_failed_is_done_again_at_once_where_a_person_wants_it() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1)]));
    bench.failed(1, "check the disk");
    assert_eq!(bench.after(1, Event::TryAgain), [screen(1), reading(1)]);
}

#[test]
fn each_result_is_seen_where_films_come_one_after_the_other() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1), image(2), image(3)]));
    let result = |name| Effect::Show(Face::Result(name));
    assert_eq!(bench.screened(1, Some("first")), [screen(2), result("first")]);
    assert_eq!(bench.screened(1, Some("second")), [screen(3), result("second")]);
    assert_eq!(bench.after(4, TICK), [Effect::Alive, reading(3)]);
    assert_eq!(bench.after(1, Event::Stop), []);
    assert_eq!(bench.screened(1, Some("third")), [result("third"), Effect::End]);
}

#[test]
fn an_answer_that_cannot_be_kept_is_tried_again_behind_the_others() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1), image(2)]));
    let failed = bench.failed(1, "check the disk");
    assert_eq!(failed, [Effect::Show(Face::Fault("check the disk".into()))]);
    assert_eq!(bench.after(4, TICK), [Effect::Alive]);
    assert_eq!(bench.after(1, TICK), [Effect::Alive, screen(2)]);
    assert_eq!(bench.screened(1, None), [screen(1), reading(1)]);
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
    bench.after(1, begun());
    assert_eq!(bench.after(30, TICK), [Effect::Alive, Effect::Show(Face::Ready)]);
}

#[test]
fn the_watchdog_barks_at_a_screening_that_is_stuck() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1)]));
    assert_eq!(bench.after(899, TICK), [Effect::Alive]);
    assert_eq!(bench.after(1, TICK), []);
    assert_eq!(bench.screened(1, None), [Effect::Show(Face::Ready)]);
    assert_eq!(bench.after(1, TICK), [Effect::Alive]);
    // And at an answer that is never kept.
    bench.after(0, kept(2));
    bench.after(0, kept(3));
    bench.after(100, Event::Decided);
    assert_eq!(bench.after(799, TICK), [Effect::Alive]);
    assert_eq!(bench.after(1, TICK), []);
    bench.after(0, Event::Screened(None));
    assert_eq!(bench.after(0, TICK), [Effect::Alive]);
}

#[test]
fn it_ends_when_the_screening_that_runs_has_ended() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![image(1), image(2)]));
    assert_eq!(bench.after(1, Event::Stop), []);
    assert!(bench.screened(1, None).contains(&Effect::End));
    let mut bench = self::bench();
    bench.after(0, Event::Started(vec![image(1)]));
    bench.after(1, Event::Stop);
    assert_eq!(bench.after(20, TICK), [Effect::Alive, Effect::End]);
    let mut bench = self::bench();
    bench.after(0, Event::Started(vec![]));
    (1..=3).for_each(|number| drop(bench.after(0, kept(number))));
    bench.after(1, Event::Decided);
    assert_eq!(bench.after(0, Event::Stop), []);
    assert_eq!(bench.after(0, Event::Screened(None)), [reading(2)]);
    assert!(bench.screened(1, None).contains(&Effect::End));
    assert!(self::bench().after(0, Event::Stop).contains(&Effect::End));
}

#[test]
fn a_model_that_fails_its_self_check_is_said_until_it_holds() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![]));
    assert_eq!(bench.after(1, Event::SelfChecked { holds: false }), [Effect::Show(Face::Untrusted)]);
    // Films are still taken, and each gets its answer.
    assert_eq!(bench.after(1, kept(1)), [screen(1)]);
    assert_eq!(bench.screened(1, Some("refer")), []);
    assert_eq!(bench.after(1, Event::SelfChecked { holds: true }), [Effect::Show(Face::Result("refer"))]);
}

#[test]
fn a_new_model_takes_over_when_no_film_waits_and_whoever_asked_has_heard_so() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![]));
    bench.after(0, kept(1));
    bench.after(0, kept(2));
    assert_eq!(bench.after(1, Event::Renew), []);
    assert!(bench.screened(20, Some("normal")).contains(&screen(2)));
    bench.screened(1, Some("normal"));
    // The result is seen, and a film arrives.
    assert!(!bench.after(3, TICK).contains(&Effect::End));
    bench.after(1, begun());
    assert!(!bench.after(2, TICK).contains(&Effect::End));
    bench.after(1, Event::Arrived(Arrival::Refused));
    assert!(bench.after(1, TICK).contains(&Effect::End));
    assert_eq!(bench.state.ending(), Ending::Renew);
}

#[test]
fn who_is_told_to_stop_does_not_start_anew_and_films_without_end_do_not_hold_a_new_model_off() {
    let mut stopped = bench();
    stopped.after(0, Event::Started(vec![]));
    assert_eq!(stopped.after(0, Event::Renew), []);
    assert!(stopped.after(0, Event::Stop).contains(&Effect::End));
    assert_eq!(stopped.state.ending(), Ending::Stop);

    let mut busy = bench();
    busy.after(0, Event::Started((1..90).map(image).collect()));
    busy.after(0, Event::Renew);
    let ends = |_: &i32| busy.screened(10, Some("normal")).contains(&Effect::End);
    assert_eq!((1..80).find(ends), Some(60));

    // One that was begun beside another gets its answer first.
    let mut burst = bench();
    burst.after(0, Event::Started(vec![]));
    (1..90).for_each(|number| drop(burst.after(0, kept(number))));
    burst.after(0, Event::Renew);
    let ends = |_: &i32| burst.screened(10, Some("normal")).contains(&Effect::End);
    assert_eq!((1..80).find(ends), Some(60));
}
