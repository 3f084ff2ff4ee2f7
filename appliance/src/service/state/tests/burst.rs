//! Many films at once: which is screened when, and beside which other.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

#[test]
fn while_an_answer_is_kept_the_next_film_is_screened() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![]));
    assert_eq!(bench.after(1, kept(1)), [screen(1), reading(1)]);
    assert_eq!(bench.after(0, kept(2)), []);
    assert_eq!(bench.after(0, kept(3)), []);
    // What is shown is the film whose answer comes next.
    assert_eq!(bench.after(1, Event::Decided), [screen(2)]);
    assert_eq!(bench.after(0, Event::Reached(Stage::Network)), []);
    assert_eq!(bench.state.waiting(), 3);
    assert_eq!(bench.after(0, Event::Screened(None)), [Effect::Show(Face::Reading(image(2), Stage::Network))]);
    assert_eq!(bench.after(1, Event::Decided), [screen(3)]);
    assert_eq!(bench.after(0, Event::Screened(Some("second"))), [Effect::Show(Face::Result("second"))]);
    assert!(!bench.state.is_idle());
    bench.screened(1, Some("third"));
    assert!(bench.state.is_idle());
}

#[test]
fn beside_a_film_that_waited_when_the_program_started_nothing_is_in_work() {
    let mut bench = bench();
    assert_eq!(bench.after(0, Event::Started(vec![image(1), image(2)])), [screen(1), reading(1)]);
    bench.after(0, kept(3));
    bench.after(0, kept(4));
    assert_eq!(bench.after(1, Event::Decided), []);
    assert_eq!(bench.after(0, Event::Screened(None)), [screen(2), reading(2)]);
    assert_eq!(bench.after(1, Event::Decided), []);
    assert_eq!(bench.after(0, Event::Screened(None)), [screen(3), reading(3)]);
    assert_eq!(bench.after(1, Event::Decided), [screen(4)]);
}

#[test]
fn beside_a_film_whose_region_a_person_named_nothing_is_in_work() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![]));
    (1..=3).for_each(|number| drop(bench.after(0, kept(number))));
    let named = Task { image: image(9), region: Some(3) };
    bench.after(0, Event::ScreenAs(named));
    assert_eq!(bench.after(1, Event::Decided), []);
    assert_eq!(bench.after(0, Event::Screened(None)), [Effect::Screen(named), reading(9)]);
    assert_eq!(bench.after(1, Event::Decided), []);
    assert_eq!(bench.after(0, Event::Screened(None)), [screen(2), reading(2)]);
}

#[test]
fn an_answer_that_cannot_be_kept_leaves_the_film_beside_it_to_its_answer() {
    let mut bench = bench();
    bench.after(0, Event::Started(vec![]));
    (1..=3).for_each(|number| drop(bench.after(0, kept(number))));
    assert_eq!(bench.failed(1, "check the disk"), [screen(2), Effect::Show(Face::Fault("check the disk".into()))]);
    assert_eq!(bench.screened(1, None), [Effect::Show(Face::Ready)]);
    assert_eq!(bench.after(4, TICK), [Effect::Alive, screen(3), reading(3)]);
    assert_eq!(bench.after(1, Event::Decided), [screen(1)]);
}

proptest! {
    /// However arrivals, failures and time fall, one image is screened at a time, and one kept, and each until it has its answer, once.
    #[test]
    fn every_image_is_answered_once(steps in prop::collection::vec((0..6_u8, 0..9_u64), 1..80)) {
        let mut bench = bench();
        let (mut arrived, mut answered) = (0, Vec::new());
        let (mut reading, mut keeping) = (None, None);
        let mut effects = bench.after(0, Event::Started(vec![]));
        for (kind, seconds) in steps.into_iter().chain([(2, 9), (3, 9)].into_iter().cycle().take(400)) {
            for effect in effects {
                if let Effect::Screen(Task { image, .. }) = effect {
                    prop_assert_eq!(reading.replace(image), None);
                }
            }
            effects = match (kind, keeping) {
                (0, _) => {
                    arrived += 1;
                    bench.after(seconds, kept(arrived))
                }
                (1, Some(_)) => {
                    keeping = None;
                    bench.after(seconds, Event::Failed("no".into()))
                }
                (2, None) if reading.is_some() => {
                    keeping = reading.take();
                    bench.after(seconds, Event::Decided)
                }
                (3, Some(image)) => {
                    keeping = None;
                    answered.push(image);
                    bench.after(seconds, Event::Screened(None))
                }
                _ => bench.after(seconds, TICK),
            };
        }
        answered.sort();
        prop_assert_eq!(answered, (1..=arrived).map(image).collect::<Vec<_>>());
    }

    /// A film ends the program whenever it is screened, or kept. It is found out, and no other is counted for its ends more than once.
    #[test]
    fn a_film_that_ends_the_program_is_told_from_its_neighbours(count in 1..9_i64, which in 0..9_i64, kills_when_kept: bool) {
        let (deadly, most) = (image(1 + which % count), 6);
        let mut begun: BTreeMap<ImageId, u32> = (1..=count).map(|number| (image(number), 0)).collect();
        let mut waiting: Vec<ImageId> = begun.keys().copied().collect();
        for start in 0..=most {
            let mut bench = bench();
            // The first time they come while the program runs, then they wait from before.
            let first: Vec<Event<_>> = match start {
                0 => [Event::Started(vec![])].into_iter().chain((1..=count).map(kept)).collect(),
                _ => vec![Event::Started(waiting.clone())],
            };
            let mut effects: Vec<_> = first.into_iter().flat_map(|event| bench.after(0, event)).collect();
            let (mut reading, mut keeping) = (None, None);
            loop {
                for effect in effects {
                    if let Effect::Screen(Task { image, .. }) = effect {
                        begun.entry(image).and_modify(|begun| *begun += 1);
                        reading = Some(image);
                    }
                }
                let dies_at = if kills_when_kept { keeping } else { reading };
                if dies_at == Some(deadly) && begun[&deadly] <= most {
                    break;
                }
                effects = match (keeping.take(), reading) {
                    (Some(image), _) => {
                        waiting.retain(|waiting| *waiting != image);
                        bench.after(0, Event::Screened(None))
                    }
                    (None, Some(_)) => {
                        keeping = reading.take();
                        bench.after(0, Event::Decided)
                    }
                    (None, None) => break,
                };
            }
            waiting.sort_by_key(|image| (begun[image], *image));
        }
        prop_assert_eq!(waiting, []);
        prop_assert_eq!(begun.remove(&deadly), Some(most + 1));
        prop_assert!(begun.values().all(|begun| *begun <= 2), "{begun:?}");
    }
}
