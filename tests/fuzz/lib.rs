//! What is done with bytes from strangers, one function a door, for a fuzzer to find what it falls over.
//!
//! `tests/hostile_bytes.rs` changes good files at random and gives them to these functions in every run of the tests; cargo-fuzz, led
//! by what each input reaches, goes further:
//!
//! ```sh
//! FIELDRAY_CORPUS=tests/fuzz/corpus cargo test --release -p fieldray-tests --test hostile_bytes
//! RUSTC_BOOTSTRAP=1 cargo fuzz run --fuzz-dir tests/fuzz -s none dicom tests/fuzz/corpus/dicom -- -max_total_time=600
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::path::Component;
use std::time::Duration;

use fieldray_appliance::config::{Config, EXAMPLE};
use fieldray_appliance::log;
use fieldray_common::bundle::{Bundle, Delta, MANIFEST, Manifest, TrustedKey, WEIGHTS, Weights, archive, delta};
use fieldray_common::link::{
    self, Answer, Installation, Introduction, Kind, Message, Models, Offer, Outcome, Reception, Slot, Standing, Start,
    Text,
};
use fieldray_common::phantom::{self, Interpretation};
use fieldray_common::radiograph::{MAX_PIXELS, MIN_SIDE_PX};
use fieldray_common::read::{Accept, dicom_facts, directory, read_accepting};
use ndarray::{Array1, Array2};

/// A door for strangers' bytes.
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// What is done with the bytes.
    pub run: fn(&[u8]),
    /// Good bytes to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// Every door.
pub const TARGETS: [Target; 8] = [
    Target { name: "dicom", run: film, seeds: dicom_films },
    Target { name: "picture", run: film, seeds: pictures },
    Target { name: "dicomdir", run: dicomdir, seeds: dicomdirs },
    Target { name: "link", run: link, seeds: conversations },
    Target { name: "bundle", run: bundle, seeds: bundles },
    Target { name: "delta", run: update, seeds: deltas },
    Target { name: "settings", run: settings, seeds: || vec![EXAMPLE.into()] },
    Target { name: "audit_log", run: audit_log, seeds: audit_logs },
];

/// The reader of images: whatever it takes for a film has a size that a film can have.
pub fn film(bytes: &[u8]) {
    let _ = dicom_facts(bytes, Accept::AnyModality);
    if let Ok(film) = read_accepting(bytes, Accept::AnyModality) {
        let (width_px, height_px) = (film.width_px(), film.height_px());
        assert!(width_px.min(height_px) >= MIN_SIDE_PX && width_px * height_px <= MAX_PIXELS);
    }
}

/// The reader of a medium's index: no path leads out of its folder.
pub fn dicomdir(bytes: &[u8]) {
    for path in directory(bytes).unwrap_or_default() {
        assert!(path.components().all(|part| matches!(part, Component::Normal(_))), "{}", path.display());
    }
}

/// Both ends of the serial link: on the wire, and behind the checksum, which keeps nearly all changed frames out. Each body of at most
/// 255 bytes stands behind its length.
pub fn link(bytes: &[u8]) {
    let (mut sender, mut receiver, mut desk) = (link::Sender::new(1), link::Receiver::default(), Desk::default());
    receiver.hear(bytes, &mut desk);
    sender.hear(bytes, Duration::ZERO);
    let (mut left, mut now) = (bytes, Duration::ZERO);
    while let Some((length, rest)) = left.split_first() {
        let (body, rest) = rest.split_at(rest.len().min((*length).into()));
        now += Duration::from_millis(7);
        receiver.hear(&link::frame::frame(body), &mut desk);
        sender.hear(&link::frame::frame(body), now);
        let _ = sender.say(now);
        left = rest;
    }
}

/// A box that takes whatever is offered, and keeps nothing but its length.
#[derive(Default)]
struct Desk {
    taken: u64,
    whole: u64,
}

impl Reception for Desk {
    fn introduction(&mut self) -> Introduction {
        let (bundle_sha256, free_bytes) = ([7; 32], 1 << 40);
        let text = |text: &str| text.into();
        Introduction {
            protocol: link::PROTOCOL,
            name: text("box"),
            software: text("1"),
            bundle: text("model@1"),
            bundle_sha256,
            free_bytes,
        }
    }

    fn offered(&mut self, offer: &Offer) -> Start {
        (self.taken, self.whole) = (0, offer.bytes);
        Start::At(0)
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), Outcome> {
        self.taken += bytes.len() as u64;
        assert!(self.taken <= self.whole, "more than was announced");
        Ok(())
    }

    fn whole(&mut self) -> Outcome {
        assert_eq!(self.taken, self.whole);
        Outcome::Damaged
    }

    fn answer(&mut self, _: u64) -> Answer {
        Answer::Waiting
    }

    fn models(&mut self) -> Models {
        let slot = |model: &str, standing| Slot { model: model.into(), standing };
        let slots = [slot("model@1", Standing::Active), slot("", Standing::Idle)];
        Models::Store { slots, keys: "clinic".into(), free_bytes: 1 << 40 }
    }

    fn change(&mut self, _: u16) -> Text {
        "other regions".into()
    }

    fn installation(&mut self, _: &[u8; 32]) -> Installation {
        Installation::Unknown
    }

    fn files(&mut self) -> Vec<[u8; 32]> {
        (0..5).map(|number| [number; 32]).collect()
    }

    fn identity(&mut self) -> Text {
        "0123456789abcdef".into()
    }
}

/// The reader of bundles, and of what lies behind the signature: a stranger's bundle is refused.
pub fn bundle(bytes: &[u8]) {
    let key = TrustedKey::parse("demo", include_str!("../../appliance/keys/demo.pub")).expect("the demo key is one");
    assert!(Bundle::open(bytes, &[key]).is_err());
    let Ok(files) = archive::unpack(bytes) else { return };
    if let Some(manifest) = files.get(MANIFEST) {
        let _ = serde_json::from_slice::<Manifest>(manifest);
    }
    if let Some(Ok(weights)) = files.get(WEIGHTS).map(|bytes| Weights::from_bytes(bytes)) {
        let (_, _) = (weights.vector("bias"), weights.matrix("weights"));
        let _ = weights.fusion();
    }
}

/// The reader of deltas, on a box that has one file: what comes out is as long as the delta says.
pub fn update(bytes: &[u8]) {
    let there = kept().into_iter().map(|hash| (hash, KEPT.as_slice())).collect();
    let Ok(delta) = Delta::parse(bytes) else { return };
    if let Ok(whole) = delta.rebuild(&there) {
        assert_eq!(whole.len() as u64, delta.whole_bytes());
    }
}

/// The reader of settings: a fault lies on one of the lines, and is said in one line.
pub fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Err(fault) = Config::parse(&text) {
        assert!(fault.line.is_none_or(|line| line <= text.lines().count().max(1) + 1), "{fault}");
    }
}

/// The check of an audit log: of a log that holds, each line is accounted for.
pub fn audit_log(bytes: &[u8]) {
    if let Ok(Ok(whole)) = log::verify(bytes) {
        assert!(whole.torn.len() as u64 <= whole.lines);
    }
}

fn dicom_films() -> Vec<Vec<u8>> {
    let phantom = phantom::random(7, 64);
    let as_shown = [Interpretation::Monochrome1, Interpretation::Monochrome2];
    as_shown.map(|interpretation| phantom::dicom_as(&phantom, interpretation)).to_vec()
}

/// A DICOMDIR with one image in a folder of its own (PS3.3, F.3).
fn dicomdirs() -> Vec<Vec<u8>> {
    let short = |element: u16, vr: &str, value: &[u8]| {
        [&[4, 0], &element.to_le_bytes()[..], vr.as_bytes(), &(value.len() as u16).to_le_bytes(), value].concat()
    };
    let record = [short(0x1430, "CS", b"IMAGE "), short(0x1500, "CS", b"FILMS\\IM0001 ")].concat();
    let records = [&[0xfe, 0xff, 0, 0xe0], &(record.len() as u32).to_le_bytes()[..], &record].concat();
    let mut file = vec![0; 128];
    file.extend(b"DICM\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0");
    file.extend([4, 0, 0x20, 0x12, b'S', b'Q', 0, 0]);
    file.extend((records.len() as u32).to_le_bytes());
    file.extend(records);
    vec![file]
}

/// A film of three bytes, from the first word to the last.
fn conversations() -> Vec<Vec<u8>> {
    let said = [
        Message::Hello { protocol: link::PROTOCOL, software: "1".into() },
        Message::Put { transfer: 1, kind: Kind::Film, bytes: 3, sha256: [7; 32] },
        Message::GoOn { transfer: 1, at: 0 },
        Message::Piece { transfer: 1, number: 0, at: 0, bytes: vec![1, 2] },
        Message::Piece { transfer: 1, number: 1, at: 2, bytes: vec![3] },
        Message::Heard { transfer: 1, at: 3, number: 1, before: 1 },
        Message::Done { transfer: 1 },
        Message::Outcome { transfer: 1, outcome: Outcome::Damaged },
        Message::Ask { image: 1 },
        Message::AskChange { number: 1 },
        Message::AskInstallation { sha256: [7; 32] },
        Message::Installation { sha256: [7; 32], installation: Installation::Unknown },
        Message::AskFiles { number: 2 },
        Message::Files { number: 2, all: 5, sha256s: vec![[2; 32], [3; 32]] },
        Message::AskIdentity,
        Message::Identity { text: "0123456789abcdef".into() },
    ];
    let behind_length = |message: &Message| {
        let body = message.body();
        [&[body.len() as u8], body.as_slice()].concat()
    };
    vec![said.iter().flat_map(behind_length).collect(), said.iter().flat_map(Message::frame).collect()]
}

fn pictures() -> Vec<Vec<u8>> {
    let picture = image::GrayImage::from_fn(48, 40, |x, y| image::Luma([(3 * x + 2 * y) as u8]));
    let encoded = |format| {
        let mut bytes = std::io::Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("memory takes it");
        bytes.into_inner()
    };
    vec![encoded(image::ImageFormat::Png), encoded(image::ImageFormat::Jpeg)]
}

/// The built-in bundle's manifest with weights of a few numbers; no signature could hold.
fn bundles() -> Vec<Vec<u8>> {
    let whole =
        archive::unpack(include_bytes!("../../appliance/bundle/default.frb")).expect("the built-in bundle is one");
    let mut weights = Weights::default();
    weights.insert_vector("bias", &Array1::zeros(3));
    weights.insert_matrix("weights", &Array2::zeros((2, 3)));
    let weights = weights.to_bytes().expect("a few numbers");
    let files = BTreeMap::from([(MANIFEST, whole[MANIFEST].as_slice()), (WEIGHTS, weights.as_slice())]);
    vec![archive::pack(files).expect("two small files")]
}

/// A file that a box has.
const KEPT: [u8; 700] = [7; 700];

/// Its hash.
fn kept() -> BTreeSet<delta::Hash> {
    let alone = archive::pack([("kept", KEPT.as_slice())]).expect("a small file");
    delta::hashes_in(&alone).expect("an archive")
}

/// Of an archive with that file in the middle, for a box that has it, and for one that has nothing.
fn deltas() -> Vec<Vec<u8>> {
    let files = [("first", b"one".as_slice()), ("kept", &KEPT), ("last", b"two")];
    let whole = archive::pack(files).expect("small files");
    [kept(), BTreeSet::new()].map(|there| Delta::of(&whole, &there).expect("an archive").to_bytes()).to_vec()
}

/// A log of this format whose chain holds: the hash of nothing, and of the line before.
fn audit_logs() -> Vec<Vec<u8>> {
    let folder = std::env::temp_dir().join(format!("fieldray-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let log = log::AuditLog::open(&folder, "00").expect("a log");
    for reason in ["one", "two", "three"] {
        log.add("a sender", log::Deed::Refused { reason: reason.to_owned() }).expect("a line");
    }
    let text = std::fs::read(folder.join(log::FILE)).expect("the log");
    std::fs::remove_dir_all(folder).expect("the temporary folder");
    vec![text]
}
