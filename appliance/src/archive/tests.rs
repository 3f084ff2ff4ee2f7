//! What intake, worker and a power cut rely on.

use std::collections::{HashMap, HashSet};
use std::io::Write;

use fieldray_common::phantom;
use fieldray_common::radiograph::Source;
use fieldray_common::screening::Decision;
use proptest::prelude::*;
use rusqlite::OptionalExtension;
use tempfile::TempDir;

use super::*;
use crate::clock::Timestamp;
use crate::output::Document;

mod look;

const ROOMY: Limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 22, heatmap_bytes: 10 };

fn identity(uid: &str, study: &str) -> Identity {
    Identity {
        source: Source::Dicom,
        sop_instance_uid: Some(uid.to_owned()),
        study_instance_uid: Some(study.to_owned()),
        patient_id: None,
    }
}

fn admit(archive: &Archive, identity: &Identity, content: &[u8]) -> Result<Admission, Refusal> {
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(content).unwrap();
    archive.admit(incoming, identity, "a test")
}

fn admitted(archive: &Archive, identity: &Identity, content: &[u8]) -> ImageId {
    match admit(archive, identity, content) {
        Ok(Admission { image, copy: Copy::First, .. }) => image,
        other => panic!("{other:?}"),
    }
}

fn again(archive: &Archive, identity: &Identity, content: &[u8]) -> ImageId {
    match admit(archive, identity, content) {
        Ok(Admission { image, copy: Copy::Again, .. }) => image,
        other => panic!("{other:?}"),
    }
}

fn answer(archive: &Archive, image: ImageId) -> Result<Timestamp, AnswerError> {
    let Some(waiting) = archive.begin(image).unwrap() else { return Err(AnswerError::Answered) };
    archive.answer(&waiting, &an_answer())
}

fn an_answer() -> Answer {
    Answer {
        decision: Decision::Normal,
        probability: Some(0.25),
        reason: "no sign of an abnormality was seen".into(),
        region: None,
        input_kind: None,
        operating_point: None,
        heatmap_png: Some(vec![7; 10]),
        bundle: "model@1.2.3".into(),
        bundle_sha256: "00".into(),
        elapsed_ms: StagesMs::default(),
        send: vec![Document::Sr, Document::Sc],
        account: Account { peak: Some([0.25, 0.75]), ..Account::default() },
    }
}

/// Judges every answer of a study; whether it may be removed from then on.
fn review(archive: &Archive, study: &str) -> bool {
    let one = |query: &str| archive.state().database.query_row(query, [study], |row| row.get::<_, i64>(0)).optional();
    let images: Vec<ImageId> = {
        let state = archive.state();
        let query = "SELECT images.id FROM images JOIN studies ON study = studies.id WHERE study_instance_uid = ?1";
        let mut found = state.database.prepare(query).unwrap();
        found.query_map([study], |row| Ok(ImageId(row.get(0)?))).unwrap().map(Result::unwrap).collect()
    };
    images.into_iter().for_each(|image| drop(archive.review(image).unwrap()));
    one("SELECT reviewed_ms FROM studies WHERE study_instance_uid = ?1 AND reviewed_ms IS NOT NULL").unwrap().is_some()
}

fn told(folder: &TempDir) -> Vec<Screened> {
    let mut told = Vec::new();
    screenings::<ArchiveError>(folder.path(), |screened| {
        told.push(screened);
        Ok(())
    })
    .unwrap();
    told
}

#[test]
fn the_same_image_is_known_again_and_a_changed_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let image = admitted(&archive, &identity("1.2", "1"), b"a film");
    assert_eq!(again(&archive, &identity("1.2", "1"), b"a film"), image);
    assert!(matches!(admit(&archive, &identity("1.2", "1"), b"another"), Err(Refusal::Conflict(uid)) if uid == "1.2"));
    // Pictures have no identifier, and are told apart by their content.
    let picture = Identity { source: Source::Jpeg, ..Identity::default() };
    let photograph = admitted(&archive, &picture, b"a photograph");
    assert_eq!(again(&archive, &picture, b"a photograph"), photograph);
    admitted(&archive, &picture, b"another photograph");
    assert_eq!(archive.waiting().unwrap().len(), 3);
}

#[test]
fn the_same_film_in_other_bytes_is_known_again() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let film = phantom::dicom(&phantom::simulate(&phantom::samples()[0].request));
    let image = admitted(&archive, &identity("1.2", "1"), &film);
    // Without the preamble, as some senders leave it away.
    assert_eq!(again(&archive, &identity("1.2", "1"), &film[128..]), image);
    let mut brighter = film;
    *brighter.last_mut().unwrap() ^= 1;
    assert!(matches!(admit(&archive, &identity("1.2", "1"), &brighter), Err(Refusal::Conflict(_))));
}

#[test]
fn an_image_gets_one_answer() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let image = admitted(&archive, &identity("1.2", "1"), b"a film");
    let waiting = archive.begin(image).unwrap().unwrap();
    assert_eq!(fs::read(&waiting.path).unwrap(), b"a film");
    archive.answer(&waiting, &an_answer()).unwrap();
    assert!(matches!(archive.answer(&waiting, &an_answer()), Err(AnswerError::Answered)));
    assert!(archive.begin(image).unwrap().is_none() && archive.waiting().unwrap().is_empty());
    let told = told(&folder);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].decision, told[0].probability), (Decision::Normal, Some(0.25)));
}

#[test]
fn what_was_tried_in_vain_comes_last() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let [first, second] = ["1.1", "1.2"].map(|uid| admitted(&archive, &identity(uid, "1"), uid.as_bytes()));
    assert_eq!(archive.begin(first).unwrap().unwrap().attempts, 0);
    drop(archive);
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    assert_eq!(archive.waiting().unwrap(), [second, first]);
    assert_eq!(archive.begin(first).unwrap().unwrap().attempts, 1);
}

#[test]
fn what_nobody_was_told_of_is_cleared_away() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    admitted(&archive, &identity("1.2", "1"), b"a film");
    // As a power cut leaves them: one half received, one renamed but without its row.
    let mut half = archive.receive().unwrap();
    half.write_all(b"half a film").unwrap();
    half.flush().unwrap();
    std::mem::forget(half);
    fs::create_dir_all(folder.path().join("films/ab")).unwrap();
    fs::write(folder.path().join("films/ab/ab.dcm"), b"a film without a row").unwrap();
    drop(archive);

    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let image = archive.waiting().unwrap()[0];
    assert_eq!(fs::read(archive.begin(image).unwrap().unwrap().path).unwrap(), b"a film");
    assert!(!folder.path().join("films/ab/ab.dcm").exists());
    assert_eq!(fs::read_dir(folder.path().join("incoming")).unwrap().count(), 0);
}

#[test]
fn the_oldest_reviewed_study_makes_room_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { storage_bytes: 270, ..ROOMY };
    let archive = Archive::open(folder.path(), limits).unwrap();
    let film = |number: u8| vec![number; 80];
    let images: Vec<ImageId> = (1..=3)
        .map(|number| admitted(&archive, &identity(&format!("1.{number}"), &number.to_string()), &film(number)))
        .collect();
    assert!(!review(&archive, "2"), "its answer is still to come");
    for image in &images {
        answer(&archive, *image).unwrap();
    }
    let fourth = identity("1.4", "4");
    assert!(matches!(admit(&archive, &fourth, &film(4)), Err(Refusal::Full)));
    assert!(!archive.has_room() && archive.is_full());
    let reviewed_bytes = || room::reviewed_bytes(&archive.state().database).unwrap();
    assert_eq!(reviewed_bytes(), 0);

    assert!(review(&archive, "3") && review(&archive, "2"));
    assert!(!archive.is_full());
    // The films with their heatmaps.
    assert_eq!(reviewed_bytes(), 2 * 90);
    admitted(&archive, &fourth, &film(4));
    let kept = |number: u8| {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder.path().join("films")).unwrap() {
            found.extend(
                fs::read_dir(entry.unwrap().path()).unwrap().map(|film| fs::read(film.unwrap().path()).unwrap()),
            );
        }
        found.contains(&film(number))
    };
    assert_eq!([1, 2, 3, 4].map(kept), [true, false, true, true]);
    assert_eq!(reviewed_bytes(), 90);
    // What was removed is still known and told of.
    assert_eq!(again(&archive, &identity("1.2", "2"), &film(2)), images[1]);
    assert_eq!(told(&folder).len(), 3);
    // A reviewed study that gets another image is not reviewed any more.
    assert!(admit(&archive, &identity("1.5", "3"), &film(5)).is_ok());
}

#[test]
fn an_image_that_is_too_large_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(&vec![0; 1 << 22]).unwrap();
    assert_eq!(incoming.write_all(&[0]).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
}

#[test]
fn one_program_writes_and_others_read() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(open_to_read(folder.path()), Err(ArchiveError::None(_))));
    let archive = Archive::open(folder.path(), ROOMY).unwrap();
    assert!(matches!(Archive::open(folder.path(), ROOMY), Err(ArchiveError::InUse(_))));
    let image = admitted(&archive, &identity("1.2", "1"), b"a film");
    answer(&archive, image).unwrap();
    assert_eq!(told(&folder).len(), 1);
    drop(archive);
    Archive::open(folder.path(), ROOMY).unwrap();
}

/// What can happen to an archive, in the order in which it does.
#[derive(Debug, Clone)]
enum Step {
    Admit { film: u8 },
    Answer,
    Review { study: u8 },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..24_u8).prop_map(|film| Step::Admit { film }),
        3 => Just(Step::Answer),
        2 => (0..6_u8).prop_map(|study| Step::Review { study }),
        1 => Just(Step::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever happens, each image that was acknowledged is there whole until its study was reviewed, and is answered at most once.
    #[test]
    fn nothing_acknowledged_is_lost(steps in prop::collection::vec(step(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let limits = Limits { storage_bytes: 900, ..ROOMY };
        let mut archive = Some(Archive::open(folder.path(), limits).unwrap());
        let mut acknowledged: HashMap<u8, ImageId> = HashMap::new();
        let mut answered: HashSet<ImageId> = HashSet::new();
        let mut reviewed: HashSet<u8> = HashSet::new();
        let content = |film: u8| vec![film; 100];
        for step in steps {
            let open = archive.as_ref().unwrap();
            match step {
                Step::Admit { film } => match admit(open, &identity(&format!("1.{film}"), &(film / 4).to_string()), &content(film)) {
                    Ok(Admission { image, copy: Copy::First, .. }) => {
                        prop_assert!(acknowledged.insert(film, image).is_none());
                    }
                    Ok(Admission { image, copy: Copy::Again, .. }) => prop_assert_eq!(acknowledged.get(&film), Some(&image)),
                    Err(Refusal::Full) => prop_assert!(!acknowledged.contains_key(&film)),
                    Err(error) => panic!("{error}"),
                },
                Step::Answer => if let Some(&image) = open.waiting().unwrap().first() {
                    prop_assert!(answer(open, image).is_ok() && answered.insert(image));
                },
                Step::Review { study } => if review(open, &study.to_string()) {
                    reviewed.insert(study);
                },
                Step::Restart => {
                    drop(archive.take());
                    archive = Some(Archive::open(folder.path(), limits).unwrap());
                }
            }
        }
        let open = archive.as_ref().unwrap();
        let waiting: HashSet<ImageId> = open.waiting().unwrap().into_iter().collect();
        for (film, image) in &acknowledged {
            prop_assert!(waiting.contains(image) != answered.contains(image));
            let file = open.state().database.query_row("SELECT file FROM images WHERE id = ?1", [image.0], |row| {
                row.get::<_, Option<String>>(0)
            }).unwrap();
            match file {
                Some(file) => prop_assert_eq!(fs::read(folder.path().join(file)).unwrap(), content(*film)),
                None => prop_assert!(answered.contains(image) && reviewed.contains(&(film / 4))),
            }
        }
        prop_assert_eq!(told(&folder).len(), answered.len());
        prop_assert_eq!(room::used_bytes(&open.state().database).unwrap(), open.used_bytes());
        prop_assert!(open.used_bytes() <= limits.storage_bytes);
    }
}
