//! What a receiver and a power cut rely on.

use std::io::Write;

use fieldray_common::phantom;
use fieldray_common::screening::Decision;
use tempfile::TempDir;

use super::*;
use crate::archive::{Admission, Answer, Identity, Limits, StagesMs};
use crate::output::Document;

const ROOMY: Limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 10 };

/// An archive with one answered film whose documents wait to be sent.
fn answered(folder: &TempDir) -> Archive {
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let film = phantom::dicom(&phantom::random(3, 200));
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(&film).unwrap();
    let identity =
        Identity { sop_instance_uid: Some("1.2".into()), study_instance_uid: Some("1".into()), ..Identity::default() };
    let Admission { image, .. } = archive.admit(incoming, &identity, "a test").unwrap();
    let waiting = archive.begin(image).unwrap().unwrap();
    let answer = Answer {
        decision: Decision::Refer,
        probability: None,
        operating_point: None,
        reason: "too close to call".into(),
        region: None,
        heatmap_png: None,
        bundle: "model@1.2.3".into(),
        bundle_sha256: "00".into(),
        elapsed_ms: StagesMs::default(),
        send: vec![Document::Sr, Document::Sc],
    };
    archive.answer(&waiting, &answer).unwrap();
    archive
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
