//! Whatever comes over the line: no end falls over, takes memory without bound, or gives its reception what nobody offered.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = Text> {
    "\\PC{0,80}".prop_map(|text| text.as_str().into())
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        any::<u64>().prop_map(|image| Outcome::Kept { image }),
        any::<u64>().prop_map(|image| Outcome::Known { image }),
        text().prop_map(|reason| Outcome::Refused { reason }),
        Just(Outcome::Damaged),
        (any::<u16>(), text()).prop_map(|(changes, signer)| Outcome::Welcome { changes, signer }),
        Just(Outcome::Installing),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::NoImage),
        Just(Answer::Waiting),
        (text(), option::of(0.0..1.0), text()).prop_map(|(decision, probability, reason)| Answer::Given {
            decision,
            probability,
            reason
        }),
    ]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Film), Just(Kind::Bundle), Just(Kind::Head)]
}

fn models() -> impl Strategy<Value = Models> {
    let standing = prop::sample::select(vec![Standing::Idle, Standing::Active, Standing::OnTrial, Standing::Failed]);
    let slot = || (text(), standing.clone()).prop_map(|(model, standing)| Slot { model, standing });
    let store = ([slot(), slot()], text(), any::<u64>()).prop_map(|(slots, keys, free_bytes)| Models::Store {
        slots,
        keys,
        free_bytes,
    });
    prop_oneof![text().prop_map(|reason| Models::NoStore { reason }), store]
}

fn installation() -> impl Strategy<Value = Installation> {
    let phase = prop::sample::select(vec![Phase::Check, Phase::Copy, Phase::Try]);
    prop_oneof![
        Just(Installation::Unknown),
        (phase, any::<u64>(), any::<u64>()).prop_map(|(phase, done, of)| Installation::Running { phase, done, of }),
        (text(), any::<u32>(), 0.0..1.0).prop_map(|(slot, films, largest_difference)| Installation::Installed {
            slot,
            films,
            largest_difference
        }),
        text().prop_map(|reason| Installation::Refused { reason }),
    ]
}

/// A message of each row of the table, in its order.
fn messages() -> impl Strategy<Value = Vec<Message>> {
    let numbers = (0u16..50, any::<u32>(), 0u64..40_000, any::<u32>(), any::<u64>());
    let texts = (text(), text(), text());
    let all = (numbers, texts, kind(), any::<Sha256>(), vec(any::<u8>(), 0..=PIECE_BYTES), outcome(), answer());
    (all, models(), installation()).prop_map(|(all, models, installation)| {
        let ((transfer, number, at, before, image), (name, software, bundle), kind, sha256, bytes, outcome, answer) =
            all;
        let introduction = Introduction {
            protocol: transfer,
            name: name.clone(),
            software: software.clone(),
            bundle,
            bundle_sha256: sha256,
            free_bytes: image,
        };
        vec![
            Message::Hello { protocol: transfer, software },
            Message::Introduction(introduction),
            Message::Put { transfer, kind, bytes: at, sha256 },
            Message::GoOn { transfer, at },
            Message::Piece { transfer, number, at, bytes },
            Message::Heard { transfer, at, number, before },
            Message::Done { transfer },
            Message::Outcome { transfer, outcome },
            Message::NoTransfer { transfer },
            Message::Ask { image },
            Message::Answer { image, answer },
            Message::Ping { number },
            Message::Pong { number },
            Message::NotUnderstood { message: transfer as u8 },
            Message::AskModels,
            Message::Models(models),
            Message::AskChange { number: transfer },
            Message::Change { number: transfer, text: name.clone() },
            Message::AskInstallation { sha256 },
            Message::Installation { sha256, installation },
            Message::AskFiles { number: transfer },
            Message::Files { number: transfer, all: transfer, sha256s: vec![sha256; FILES] },
            Message::AskIdentity,
            Message::Identity { text: name },
        ]
    })
}

/// Bytes as an enemy sends them: whole messages in any order, and noise.
fn wire() -> impl Strategy<Value = Vec<u8>> {
    let part = (messages(), any::<prop::sample::Index>(), vec(any::<u8>(), 0..60), 0..4)
        .prop_map(|(messages, which, noise, noisy)| if noisy == 0 { noise } else { which.get(&messages).frame() });
    vec(part, 0..40).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn every_message_passes_and_has_its_number(messages in messages()) {
        for (number, message) in messages.into_iter().enumerate() {
            let body = message.body();
            prop_assert!(body.len() <= frame::BODY_BYTES);
            prop_assert_eq!(usize::from(message.number()), number);
            // Fields that a later version might add behind the last are passed over.
            prop_assert_eq!(Message::read(&[&body[..], b"more"].concat()), Ok(message));
        }
    }

    #[test]
    fn any_body_is_a_message_or_is_not(body in vec(any::<u8>(), 0..200)) {
        if let Err(error) = Message::read(&body) {
            prop_assert_eq!(error.0, body.first().copied().unwrap_or(u8::MAX));
        }
    }

    #[test]
    fn a_box_stands_what_an_enemy_sends(wire in wire(), cut in 1usize..3000) {
        let (mut receiver, mut memory) = (Receiver::default(), Memory::default());
        for part in wire.chunks(cut) {
            let said = receiver.hear(part, &mut memory);
            prop_assert!(said.len() <= 1200 * (2 + part.len() / 4), "{} bytes answered to {}", said.len(), part.len());
        }
        prop_assert!(memory.partial.values().all(|partial| partial.len() < 40_000));
        // And still serves who comes next.
        let mut cable = Cable::new(921_600, Noise::NONE);
        (cable.receiver, cable.memory, cable.sender) = (receiver, memory, Sender::new(60_000));
        let arrived = cable.put(film(3000));
        prop_assert!(matches!(arrived, Some(Reply::Outcome(Outcome::Kept { .. }))), "{:?}", arrived);
    }

    #[test]
    fn a_laptop_stands_what_an_enemy_sends(wire in wire(), cut in 1usize..3000) {
        let mut sender = Sender::new(20);
        sender.put(film(30_000), Duration::ZERO);
        for (number, part) in wire.chunks(cut).enumerate() {
            let now = Duration::from_millis(number as u64 * 40);
            for _ in 0..50 {
                if sender.say(now).is_none() {
                    break;
                }
            }
            sender.hear(part, now);
            prop_assert!(sender.arrived().is_none_or(|arrived| arrived <= 30_000));
        }
    }
}

#[test]
fn an_unknown_message_is_answered_with_its_number() {
    let mut memory = Memory::default();
    let said = Receiver::default().hear(&frame::frame(&[200, 1, 2, 3]), &mut memory);
    assert_eq!(said, Message::NotUnderstood { message: 200 }.frame());
    let mut sender = Sender::new(0);
    sender.greet("9", Duration::ZERO);
    let hello = Message::NotUnderstood { message: 0 }.frame();
    assert_eq!(sender.hear(&hello, Duration::ZERO), Some(Reply::NotUnderstood));
}

/// Pieces of one byte behind a gap, as many as fit.
#[test]
fn what_waits_behind_a_gap_is_bounded() {
    let (mut receiver, mut memory) = (Receiver::default(), Memory::default());
    let put = Message::Put { transfer: 1, kind: Kind::Film, bytes: 1 << 40, sha256: [1; 32] };
    receiver.hear(&put.frame(), &mut memory);
    for number in 0..100_000_u32 {
        let piece = Message::Piece { transfer: 1, number, at: 1 + u64::from(number), bytes: vec![7] };
        receiver.hear(&piece.frame(), &mut memory);
    }
    assert_eq!(receiver.held_pieces(), WINDOW_BYTES as usize - 1);
    assert_eq!(memory.taken_bytes, 0);
}
