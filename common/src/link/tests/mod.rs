//! Both ends, over a simulated line that counts bytes instead of seconds.

mod hostile;
mod line;
mod memory;
mod models;

use std::collections::BTreeSet;
use std::time::Duration;

use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256 as Hash};

use super::*;
use line::{Line, Noise};
use memory::Memory;

fn film(bytes: usize) -> Thing {
    let content: Vec<u8> = (0..bytes as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    Thing { kind: Kind::Film, sha256: Hash::digest(&content).into(), content: content.into() }
}

/// A laptop and a box with a line between them.
struct Cable {
    sender: Sender,
    receiver: Receiver,
    memory: Memory,
    to_box: Line,
    to_laptop: Line,
    now: Duration,
}

impl Cable {
    fn new(baud: u64, noise: Noise) -> Self {
        Self {
            sender: Sender::new(40),
            receiver: Receiver::default(),
            memory: Memory::default(),
            to_box: Line::new(baud, noise, 1),
            to_laptop: Line::new(baud, noise, 2),
            now: Duration::ZERO,
        }
    }

    /// Lets a millisecond pass.
    fn tick(&mut self) -> Option<Reply> {
        while self.to_box.has_room()
            && let Some(frame) = self.sender.say(self.now)
        {
            self.to_box.write(&frame);
        }
        self.now += Duration::from_millis(1);
        let came = self.to_box.tick();
        self.to_laptop.write(&self.receiver.hear(&came, &mut self.memory));
        let came = self.to_laptop.tick();
        self.sender.hear(&came, self.now)
    }

    /// Lets time pass until the box replies, or has said nothing for a minute.
    fn reply(&mut self) -> Option<Reply> {
        while self.now < self.sender.silent_since() + Duration::from_secs(60) {
            if let Some(reply) = self.tick() {
                return Some(reply);
            }
        }
        None
    }

    fn put(&mut self, thing: Thing) -> Option<Reply> {
        self.sender.put(thing, self.now);
        self.reply()
    }

    fn cut(&mut self) {
        self.to_box.cut();
        self.to_laptop.cut();
        self.sender.reconnected(self.now);
    }
}

#[test]
fn the_box_introduces_itself_and_takes_films() {
    let mut cable = Cable::new(115_200, Noise::NONE);
    cable.sender.greet("0.1.0", cable.now);
    let Some(Reply::Introduction(introduction)) = cable.reply() else { panic!("no introduction") };
    assert_eq!(introduction, Memory::default().introduction());
    for (number, bytes) in [1, 16, 1023, 1024, 1025, 100_000].into_iter().enumerate() {
        let kept = Reply::Outcome(Outcome::Kept { image: number as u64 });
        assert_eq!(cable.put(film(bytes)), Some(kept), "{bytes} bytes");
        assert_eq!(cable.memory.kept[number][..], film(bytes).content[..]);
    }
    assert_eq!(cable.put(film(16)), Some(Reply::Outcome(Outcome::Known { image: 1 })));
    cable.sender.ask(0, cable.now);
    let given = Answer::Given { decision: "refer".into(), probability: Some(0.25), reason: "so".into() };
    assert_eq!(cable.reply(), Some(Reply::Answer(given)));
    assert_eq!(cable.memory.asked, 3);
    let bundle = Thing { kind: Kind::Bundle, ..film(9) };
    assert_eq!(cable.put(bundle), Some(Reply::Outcome(Outcome::Refused { reason: "no bundles here".into() })));
}

/// What a line carries, against what it could carry; a line of 5 ms, as a USB adapter has it.
#[test]
fn on_a_clean_line_the_protocol_takes_less_than_a_twentieth() {
    for (baud, noise, least) in [
        (115_200, Noise::NONE, 0.95),
        (921_600, Noise::NONE, 0.95),
        (3_000_000, Noise::NONE, 0.95),
        (921_600, Noise { corrupted: 1e-5, dropped: 1e-5, doubled: 0.0 }, 0.9),
        (921_600, Noise { corrupted: 1e-3, dropped: 1e-3, doubled: 1e-3 }, 0.4),
        (921_600, Noise { corrupted: 0.01, dropped: 0.01, doubled: 0.0 }, 0.15),
    ] {
        let mut cable = Cable::new(baud, noise);
        let bytes = if noise == Noise::NONE { 4_000_000 } else { 400_000 };
        assert!(matches!(cable.put(film(bytes)), Some(Reply::Outcome(Outcome::Kept { .. }))));
        let could = cable.now.as_secs_f64() * baud as f64 / 10.0;
        let share = bytes as f64 / could;
        println!("goodput at {baud} baud, {noise}: {:.1} % of the line", share * 100.0);
        assert!(share > least, "{share}");
    }
}

#[test]
fn a_line_that_stays_dead_is_noticed() {
    let mut cable = Cable::new(115_200, Noise { corrupted: 0.0, dropped: 1.0, doubled: 0.0 });
    assert_eq!(cable.put(film(100)), None);
}

#[test]
fn a_refusal_in_the_middle_ends_the_transfer() {
    let mut cable = Cable::new(115_200, Noise::NONE);
    cable.memory.most_bytes = Some(10_000);
    assert_eq!(cable.put(film(50_000)), Some(Reply::Outcome(Outcome::Refused { reason: "full".into() })));
}

#[test]
fn what_is_damaged_is_said_to_be() {
    let mut cable = Cable::new(115_200, Noise::NONE);
    let wrong = Thing { sha256: [9; 32], ..film(5000) };
    assert_eq!(cable.put(wrong), Some(Reply::Outcome(Outcome::Damaged)));
}

/// A transfer that is going on: the line is cut, or the box starts anew, and what it has is not sent again.
#[test]
fn after_a_cut_only_the_rest_is_sent() {
    for box_restarts in [false, true] {
        let mut cable = Cable::new(921_600, Noise::NONE);
        cable.sender.put(film(200_000), cable.now);
        while cable.memory.taken_bytes < 120_000 {
            assert_eq!(cable.tick(), None);
        }
        let before = cable.to_box.total_bytes;
        match box_restarts {
            false => cable.cut(),
            true => cable.receiver = Receiver::default(),
        }
        assert_eq!(cable.reply(), Some(Reply::Outcome(Outcome::Kept { image: 0 })));
        // What was on its way when the line was cut is sent again, and nothing else.
        let rest = cable.to_box.total_bytes - before;
        println!("{rest} bytes were written for the last 80000");
        assert!(rest < 90_000, "{rest}");
        assert_eq!(cable.memory.taken_bytes, 200_000, "the box restarts: {box_restarts}");
        assert_eq!(cable.memory.kept, [film(200_000).content.to_vec()]);
    }
}

/// A laptop whose program is started again.
#[test]
fn another_run_goes_on_where_the_first_one_ended() {
    let mut cable = Cable::new(921_600, Noise::NONE);
    cable.sender.put(film(200_000), cable.now);
    while cable.memory.taken_bytes < 120_000 {
        cable.tick();
    }
    cable.sender = Sender::new(9_000);
    assert_eq!(cable.put(film(200_000)), Some(Reply::Outcome(Outcome::Kept { image: 0 })));
    assert_eq!((cable.memory.taken_bytes, cable.memory.offered), (200_000, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever the line does, every film arrives whole and once, and both ends agree on it.
    #[test]
    fn films_arrive_whole_over_a_bad_line(
        seed in any::<u64>(),
        sizes in vec(1usize..20_000, 1..4),
        corrupted in 0.0..0.01,
        dropped in 0.0..0.01,
        doubled in 0.0..0.01,
        cuts in vec((1u64..3_000, any::<bool>()), 0..10),
    ) {
        let noise = Noise { corrupted, dropped, doubled };
        let mut cable = Cable::new(921_600, noise);
        cable.to_box = Line::new(921_600, noise, seed);
        cable.to_laptop = Line::new(921_600, noise, !seed);
        let mut cuts = cuts.into_iter();
        let mut next = cuts.next();
        let films: Vec<Vec<u8>> = sizes.iter().map(|bytes| film(*bytes).content.to_vec()).collect();
        for (number, bytes) in sizes.iter().enumerate() {
            cable.sender.put(film(*bytes), cable.now);
            let (mut reply, mut ticks) = (None, 0);
            while reply.is_none() {
                reply = cable.tick();
                ticks += 1;
                prop_assert!(cable.now < cable.sender.silent_since() + Duration::from_secs(60));
                if let Some((_, box_restarts)) = next.filter(|(after, _)| ticks >= *after) {
                    if box_restarts {
                        cable.receiver = Receiver::default();
                    }
                    cable.cut();
                    (next, ticks) = (cuts.next(), 0);
                }
            }
            let is_here = cable.memory.kept.contains(&films[number]);
            let is_taken = matches!(reply, Some(Reply::Outcome(Outcome::Kept { .. } | Outcome::Known { .. })));
            prop_assert!(is_here && is_taken, "{:?}", reply);
        }
        let kept: BTreeSet<&Vec<u8>> = cable.memory.kept.iter().collect();
        prop_assert_eq!(kept.len(), cable.memory.kept.len(), "a film was kept twice");
    }
}
