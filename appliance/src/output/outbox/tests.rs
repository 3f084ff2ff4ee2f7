//! What a receiver and a power cut rely on.

use std::io::Write;

use fieldray_common::phantom;
use fieldray_common::screening::Decision;
use tempfile::TempDir;

use super::*;
use crate::archive::{Account, Admission, Answer, Identity, ImageId, Limits, Reviewed, StagesMs};
use crate::output::Document;

const ROOMY: Limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 10 };

/// An archive with one answered film whose documents wait to be sent.
fn answered(folder: &TempDir) -> Archive {
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    answer(&archive, "1", &phantom::dicom(&phantom::random(3, 200)));
    archive
}

/// Takes in a film of this study, and answers it.
fn answer(archive: &Archive, study: &str, film: &[u8]) -> ImageId {
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(film).unwrap();
    let identity = Identity {
        sop_instance_uid: Some(format!("1.{study}")),
        study_instance_uid: Some(study.to_owned()),
        ..Identity::default()
    };
    let Admission { image, .. } = archive.admit(incoming, &identity, "a test").unwrap();
    let waiting = archive.begin(image).unwrap().unwrap();
    let answer = Answer {
        decision: Decision::Refer,
        probability: None,
        operating_point: None,
        reason: "too close to call".into(),
        region: None,
        input_kind: None,
        heatmap_png: None,
        bundle: "model@1.2.3".into(),
        bundle_sha256: "00".into(),
        elapsed_ms: StagesMs::default(),
        account: Account::default(),
        send: vec![Document::Sr, Document::Sc, Document::Sr],
    };
    archive.answer(&waiting, &answer).unwrap();
    image
}

fn due(archive: &Archive, later_s: u64) -> Vec<(Document, u32)> {
    let due = archive.due(Timestamp::now().after(Duration::from_secs(later_s)), 9).unwrap();
    due.iter().map(|delivery| (delivery.document, delivery.refusals)).collect()
}

fn outbox(archive: Archive) -> Shared {
    let log = Arc::new(AuditLog::open(archive.folder(), "00").unwrap());
    let pseudonyms = Pseudonyms::new(archive.secret().unwrap());
    Shared { archive: Arc::new(archive), log, pseudonyms, gate: Mutex::new(Gate::Open) }
}

fn object(document: Document) -> Object {
    let image = Image { sop_instance: Some("1.2".into()), sha256: "00".into() };
    Object { image, document, instance: Some("2.25.1".into()), identified: false }
}

fn deeds(folder: &TempDir) -> Vec<String> {
    let log = std::fs::read_to_string(folder.path().join(crate::log::FILE)).unwrap();
    let what =
        |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["what"].as_str().unwrap().to_owned();
    log.lines().map(what).collect()
}

#[test]
fn what_is_refused_rests_longer_each_time_and_is_given_up_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(answered(&folder));
    let mut waits = Vec::new();
    for refusals in 0..5 {
        let later = Timestamp::now().after(Duration::from_secs(1 << 20));
        let delivery = outbox.archive.due(later, 1).unwrap()[0];
        assert_eq!((delivery.document, delivery.refusals), (Document::Sc, refusals));
        outbox.refused(&delivery, object(Document::Sc), "not wanted".into()).unwrap();
        let is_due = |power: &u32| due(&outbox.archive, 1 << power).iter().any(|(due, _)| *due == Document::Sc);
        waits.push((0..14).find(is_due));
    }
    assert_eq!(waits, [Some(6), Some(8), Some(10), Some(12), None]);
    assert_eq!(due(&outbox.archive, 1 << 20), [(Document::Sr, 0)]);
    outbox.write_log().unwrap();
    assert_eq!(deeds(&folder), ["not-sent"]);
}

#[test]
fn what_is_sent_is_logged_once_even_where_the_power_was_cut_before() {
    let folder = tempfile::tempdir().unwrap();
    let archive = answered(&folder);
    let delivery = archive.due(Timestamp::now(), 9).unwrap()[1];
    let done = Deed::Sent { object: object(Document::Sr), to: "PACS".into(), done: "now".into() };
    archive.settle(&delivery, WHO, &done).unwrap();
    // The power is cut here: the line is not written yet.
    drop(archive);
    let outbox = outbox(Archive::open(folder.path(), ROOMY).unwrap());
    outbox.write_log().unwrap();
    outbox.write_log().unwrap();
    assert_eq!(deeds(&folder), ["sent"]);
    assert_eq!(due(&outbox.archive, 0), [(Document::Sc, 0)]);
}

#[test]
fn nothing_is_written_down_after_the_outbox_was_closed() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(answered(&folder));
    *outbox.gate() = Gate::Closed;
    let delivery = outbox.archive.due(Timestamp::now(), 1).unwrap()[0];
    assert!(outbox.give_up(&delivery, object(Document::Sc), "no".into()).is_err());
    assert_eq!(due(&outbox.archive, 0).len(), 2);
}

#[test]
fn an_object_is_the_same_however_often_it_is_made_and_another_where_it_names_the_patient() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = outbox(answered(&folder));
    let delivery = outbox.archive.due(Timestamp::now(), 1).unwrap()[0];
    let make = |document, privacy| {
        let kept = outbox.archive.kept(delivery.image).unwrap().unwrap();
        Instance::of(document, &Dossier::of(&kept, privacy, &outbox.pseudonyms).unwrap()).unwrap()
    };
    for document in [Document::Sr, Document::Sc] {
        for privacy in [Privacy::Identified, Privacy::DeIdentified] {
            assert_eq!(make(document, privacy).file(), make(document, privacy).file());
        }
        assert_ne!(make(document, Privacy::Identified).uid(), make(document, Privacy::DeIdentified).uid());
    }
}

#[test]
fn what_is_not_sent_yet_makes_room_last_and_is_then_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), Limits { storage_bytes: 180, ..ROOMY }).unwrap();
    let images = ["1", "2"].map(|study| answer(&archive, study, study.repeat(80).as_bytes()));
    for delivery in archive.due(Timestamp::now(), 9).unwrap().iter().filter(|delivery| delivery.image == images[1]) {
        archive.settle(delivery, WHO, &Deed::Stopped).unwrap();
    }
    assert!(images.iter().all(|image| matches!(archive.review(*image), Ok(Reviewed::Now(_)))));
    let is_there = |archive: &Archive, image| archive.kept(image).unwrap().unwrap().film.is_some();
    // The older one is still to be sent: the other goes first.
    answer(&archive, "3", "3".repeat(80).as_bytes());
    assert_eq!(images.map(|image| is_there(&archive, image)), [true, false]);
    answer(&archive, "4", "4".repeat(80).as_bytes());
    assert_eq!(images.map(|image| is_there(&archive, image)), [false, false]);
    let outbox = outbox(archive);
    let kept = outbox.archive.kept(images[0]).unwrap().unwrap();
    let made = Dossier::of(&kept, Privacy::DeIdentified, &outbox.pseudonyms);
    assert_eq!(made.map(drop), Err(Unmade::Removed));
}
