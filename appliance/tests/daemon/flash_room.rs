//! Room for a new model that comes over a serial cable: what is set aside stays, reviewed studies give way, and the others never do.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;

use fieldray_appliance::archive::{Account, Admission, Answer, Archive, Identity, ImageId, Limits, StagesMs};
use fieldray_common::link::Message;
use fieldray_common::screening::Decision;

use super::Clinic;
use super::cable::{Cable, Faults};
use super::disk::Small;
use super::flash::{flash, refusal, serial, stderr};
use super::models::Box;

/// Whether it is a part of something longer than a head.
fn is_piece_of_a_bundle(message: &Message) -> bool {
    matches!(message, Message::Piece { at, .. } if *at > 1 << 20)
}

/// A box whose archive and store lie on one disk of this size, with a model in the store.
fn on_a_disk<'a>(this: &Box, disk: &'a Path, size: &str) -> Option<Small<'a>> {
    let small = Small::mount(disk, size)?;
    for (folder, link) in [("archive", this.0.archive()), ("models", this.path("models"))] {
        fs::create_dir(disk.join(folder)).unwrap();
        symlink(disk.join(folder), link).unwrap();
    }
    this.0.settle(&format!("{}\n{}", this.settings(), serial(&this.0)));
    let installed = this.install(&this.bundle("1.0.0", |_| {}));
    assert!(installed.status.success(), "{}", stderr(&installed));
    Some(small)
}

#[test]
fn what_comes_over_the_cable_leaves_what_is_set_aside_for_answers() {
    let this = Box(Clinic::new());
    let disk = this.path("disk");
    // It is there twice while it is copied, and an eighth stays free.
    let Some(_small) = on_a_disk(&this, &disk, "24m") else { return };
    let cable = Cable::new(&this.0, Faults::default());
    let _daemon = this.0.start();
    let bundle = this.bundle("2.0.0", |_| {});
    let told = refusal(&flash(&this.0, &bundle, &["--yes", "--whole"]).output().unwrap());
    assert!(told.contains("the box does not take the bundle: ") && told.contains(" MB more are needed"), "{told}");
    assert!(!cable.passed(|passed| passed.messages.iter().any(is_piece_of_a_bundle)));
    assert_eq!(fs::read_dir(this.0.archive().join("partial")).unwrap().count(), 0);
    // For what has to be sent there is room.
    let flashed = flash(&this.0, &bundle, &["--yes"]).output().unwrap();
    assert!(flashed.status.success(), "{}", stderr(&flashed));
}

#[test]
fn a_box_without_room_says_how_much_is_missing() {
    let this = Box(Clinic::new());
    let store = this.path("models");
    let Some(_small) = Small::mount(&store, "14m") else { return };
    this.0.settle(&format!("{}\n{}", this.settings(), serial(&this.0)));
    let installed = this.install(&this.bundle("1.0.0", |_| {}));
    assert!(installed.status.success(), "{}", stderr(&installed));
    let _cable = Cable::new(&this.0, Faults::default());
    let _daemon = this.0.start();
    let told = refusal(&flash(&this.0, &this.bundle("2.0.0", |_| {}), &["--yes"]).output().unwrap());
    assert!(told.contains(" MB more are needed"), "{told}");
}

/// The archive of a box that is off.
fn archive(this: &Box) -> Archive {
    let limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 0 };
    Archive::open(&this.0.archive(), limits).unwrap()
}

/// Puts a study of so many megabytes into it, with its answer.
fn answered(archive: &Archive, megabytes: u8) -> ImageId {
    let identity = Identity { study_instance_uid: Some(megabytes.to_string()), ..Identity::default() };
    let mut incoming = archive.receive().unwrap();
    incoming.write_all(&vec![megabytes; usize::from(megabytes) << 20]).unwrap();
    let Admission { image, .. } = archive.admit(incoming, &identity, "a test").unwrap();
    let answer = Answer {
        decision: Decision::Normal,
        probability: None,
        reason: "no sign of an abnormality was seen".into(),
        region: None,
        input_kind: None,
        operating_point: None,
        heatmap_png: None,
        bundle: "model@1.0.0".into(),
        bundle_sha256: "00".into(),
        elapsed_ms: StagesMs::default(),
        send: vec![],
        account: Account::default(),
    };
    archive.answer(&archive.begin(image).unwrap().unwrap(), &answer).unwrap();
    image
}

#[test]
fn reviewed_studies_give_way_to_a_model_that_comes_and_no_others() {
    let this = Box(Clinic::new());
    let disk = this.path("disk");
    let Some(_small) = on_a_disk(&this, &disk, "40m") else { return };
    let cable = Cable::new(&this.0, Faults::default());
    let bundle = this.bundle("2.0.0", |_| {});
    let films = || {
        let folders = fs::read_dir(this.0.archive().join("films")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        let mut megabytes: Vec<u64> = files.map(|file| file.unwrap().metadata().unwrap().len() >> 20).collect();
        megabytes.sort();
        megabytes
    };
    let open = archive(&this);
    let images = [4, 5, 6].map(|megabytes| answered(&open, megabytes));
    drop(open);

    // Nobody has reviewed any of them.
    let daemon = this.0.start();
    let told = refusal(&flash(&this.0, &bundle, &["--yes", "--whole"]).output().unwrap());
    assert!(told.contains(" MB more are needed"), "{told}");
    assert!(!cable.passed(|passed| passed.messages.iter().any(is_piece_of_a_bundle)));
    assert_eq!(films(), [4, 5, 6]);
    assert_eq!(daemon.terminate(), Some(0));

    // A look removes nothing.
    let open = archive(&this);
    let before = open.space_to_be_had().unwrap().spare_bytes();
    for image in &images[..2] {
        open.review(*image).unwrap();
    }
    // What the laptop is told of room counts what would give way: 9 MB, of which the archive's own rows take a little.
    assert!(open.space_to_be_had().unwrap().spare_bytes() >= before + (8 << 20));
    drop(open);
    let daemon = this.0.start();
    let looked = flash(&this.0, &bundle, &["--dry-run", "--whole"]).output().unwrap();
    assert!(looked.status.success(), "{}", stderr(&looked));
    assert_eq!(films(), [4, 5, 6]);

    let flashed = flash(&this.0, &bundle, &["--yes", "--whole"]).output().unwrap();
    assert!(flashed.status.success(), "{}", stderr(&flashed));
    // The oldest was enough.
    assert_eq!(films(), [5, 6]);
    assert_eq!(this.active().0, "fracatlas-all@2.0.0");
    assert_eq!(daemon.terminate(), Some(0));
}
