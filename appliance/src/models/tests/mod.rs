//! A store on a disk that loses its power at every operation, against what a technician is promised: the old model until the switch, the new
//! one after, and always one that holds.

pub(crate) mod forgetful;
mod rotation;
mod signatures;

use std::collections::BTreeMap;

use anyhow::Error;
use fieldray_common::bundle::{Bundle, TrustedKey};
use minisign::{KeyPair, SecretKey, SecretKeyBox};
use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;

use super::*;
use crate::choice::{BundleChoice, demo_key};
use forgetful::Forgetful;

pub(crate) fn demo_secret() -> SecretKey {
    let text = include_str!("../../../../trainer/keys/demo.key");
    SecretKeyBox::from_string(text).unwrap().into_unencrypted_secret_key().unwrap()
}

/// A bundle of this version with next to nothing in it, signed with a key.
pub(crate) fn bundle(
    version: &str,
    change: impl FnOnce(&mut fieldray_common::bundle::Manifest),
    key: &SecretKey,
) -> Vec<u8> {
    let mut manifest = BundleChoice::default().open().unwrap().manifest().clone();
    manifest.version = version.to_owned();
    change(&mut manifest);
    let files = BTreeMap::from([("card.md".to_owned(), version.repeat(400_000).into_bytes())]);
    let sign = |text: &[u8]| Ok(minisign::sign(None, key, text, None, None)?.into_string());
    fieldray_common::bundle::write::<Error>(manifest, &files, sign).unwrap()
}

pub(crate) fn of(version: &str) -> Vec<u8> {
    bundle(version, |_| {}, &demo_secret())
}

pub(crate) fn trusted() -> [TrustedKey; 1] {
    [demo_key()]
}

/// The keys that a box knows which was given the demo key.
fn known(disk: &Forgetful) -> Vec<TrustedKey> {
    Keyring::read(disk).unwrap().over(trusted().into())
}

pub(crate) fn install(store: &mut Store<Forgetful>, bytes: &[u8]) -> Result<Slot, Refusal> {
    let known = known(store.disk_mut());
    store.install(bytes, &known, &mut |_| {}, |_| Ok(()))
}

/// It starts, and comes up well; the version.
fn start(store: &mut Store<Forgetful>) -> String {
    let known = known(store.disk_mut());
    let started = store.start(&known).unwrap();
    store.mark_good(&known).unwrap();
    started.bundle.unwrap().manifest().version.clone()
}

/// A disk on which these models were installed and proved themselves, one after the other.
pub(crate) fn disk_with(bundles: &[Vec<u8>]) -> Forgetful {
    let mut store = Store::on(Forgetful::new());
    for bytes in bundles {
        install(&mut store, bytes).unwrap();
        start(&mut store);
    }
    store.into_disk()
}

/// The version that a disk starts with.
fn version(disk: Forgetful) -> String {
    let known = known(&disk);
    Store::on(disk).start(&known).unwrap().bundle.unwrap().manifest().version.clone()
}

/// Does something to a disk with the power going at each operation in turn, some times each, and looks at what is left.
fn cut_everywhere(disk: &Forgetful, deed: impl Fn(&mut Store<Forgetful>), look: impl Fn(&Forgetful, Forgetful)) {
    let mut whole = Store::on(disk.clone());
    deed(&mut whole);
    let whole = whole.into_disk();
    let operations = whole.operations - disk.operations;
    assert!(operations > 5);
    let mut random = Pcg64Mcg::seed_from_u64(5);
    for cut in 0..=operations {
        let mut store = Store::on(disk.until(cut));
        deed(&mut store);
        let cut_off = store.into_disk();
        for _ in 0..12 {
            look(&whole, cut_off.after_power_cut(&mut random));
        }
    }
}

#[test]
fn a_power_cut_at_any_operation_of_an_installation_leaves_the_old_model_or_the_new_one() {
    let [old, before, new] = ["1.1.0", "1.0.0", "2.0.0"].map(of);
    let disk = disk_with(&[before, old]);
    cut_everywhere(
        &disk,
        |store| drop(install(store, &new)),
        |_, left| {
            let found = version(left.clone());
            assert!(["1.1.0", "2.0.0"].contains(&found.as_str()), "{found}");
            // And what is left can be gone on with.
            let mut store = Store::on(left);
            start(&mut store);
            install(&mut store, &of("3.0.0")).unwrap();
            assert_eq!(version(store.into_disk()), "3.0.0");
        },
    );
}

#[test]
fn what_was_said_to_be_installed_is_there_after_a_power_cut() {
    let disk = disk_with(&[of("1.0.0")]);
    let mut store = Store::on(disk);
    install(&mut store, &of("2.0.0")).unwrap();
    let disk = store.into_disk();
    let mut random = Pcg64Mcg::seed_from_u64(6);
    for _ in 0..50 {
        assert_eq!(version(disk.after_power_cut(&mut random)), "2.0.0");
    }
}

#[test]
fn a_power_cut_at_any_start_of_a_model_on_trial_never_leaves_the_box_without_one() {
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    install(&mut store, &of("2.0.0")).unwrap();
    let started_often = |store: &mut Store<Forgetful>| {
        for _ in 0..=STARTS {
            let _ = store.start(&trusted());
        }
    };
    cut_everywhere(&store.into_disk(), started_often, |whole, left| {
        let found = version(left);
        assert!(["1.0.0", "2.0.0"].contains(&found.as_str()), "{found}");
        assert_eq!(version(whole.clone()), "1.0.0");
    });
}

#[test]
fn a_model_that_rots_on_the_disk_gives_way_to_the_other() {
    let mut store = Store::on(disk_with(&[of("1.0.0"), of("2.0.0")]));
    let mut disk = store.disk_mut().clone();
    disk.create("b.frb").unwrap();
    disk.append("b.frb", b"moth").unwrap();
    let Started { start, bundle } = Store::on(disk.clone()).start(&trusted()).unwrap();
    assert_eq!((start, bundle.unwrap().manifest().version.as_str()), (Start::WentBack { from: Slot::B }, "1.0.0"));
    // With both gone it is the model that the box brought, which is said once.
    let mut empty = disk.clone();
    empty.create("a.frb").unwrap();
    let mut store = Store::on(empty);
    for start in [Start::WentBack { from: Slot::A }, Start::Good] {
        let started = store.start(&trusted()).unwrap();
        assert!(started.start == start && started.bundle.is_none(), "{:?}", started.start);
    }
    install(&mut store, &of("3.0.0")).unwrap();
    assert_eq!(version(store.into_disk()), "3.0.0");
    // A table that rots is made anew from the slots.
    disk.create("slots.json").unwrap();
    disk.append("slots.json", b"{").unwrap();
    assert_eq!(version(disk), "1.0.0");
}

#[test]
fn a_first_model_that_never_comes_up_well_gives_way_to_the_one_that_the_box_brought() {
    let mut store = Store::on(Forgetful::new());
    install(&mut store, &of("1.0.0")).unwrap();
    for _ in 0..STARTS {
        assert_eq!(store.start(&trusted()).unwrap().start, Start::Trial { before: None });
    }
    let started = store.start(&trusted()).unwrap();
    assert!(started.start == Start::WentBack { from: Slot::A } && started.bundle.is_none());
    assert!(store.active(&trusted()).unwrap().is_none());
}

#[test]
fn a_store_says_why_it_takes_nothing() {
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    let mut disk = store.disk_mut().clone();
    disk.space.free_bytes = 1 << 20;
    let full = install(&mut Store::on(disk), &of("2.0.0")).unwrap_err().to_string();
    assert!(full.starts_with("1 MB more are needed"), "{full}");
    install(&mut store, &of("2.0.0")).unwrap();
    let early = install(&mut store, &of("3.0.0")).unwrap_err().to_string();
    assert!(early.contains("has not proved itself yet"), "{early}");
    let other = KeyPair::generate_unencrypted_keypair().unwrap();
    let stranger = bundle("3.0.0", |_| {}, &other.sk);
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    let refused = install(&mut store, &stranger).unwrap_err().to_string();
    assert!(refused.contains("not by a key this box trusts"), "{refused}");
    let failed = store.install(&of("2.0.0"), &trusted(), &mut |_| {}, |_| Err(Refusal::Unproved)).unwrap_err();
    assert!(matches!(failed, Refusal::Unproved));
    assert_eq!(version(store.into_disk()), "1.0.0");
}

#[test]
fn two_programs_do_not_install_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Folder(folder.path().to_owned());
    let other = disk.lock().unwrap();
    let mut store = Store::on(disk);
    let refused = store.install(&of("1.0.0"), &trusted(), &mut |_| {}, |_| Ok(())).unwrap_err().to_string();
    assert_eq!(refused, "another update is being installed; wait until it is done");
    drop(other);
    store.install(&of("1.0.0"), &trusted(), &mut |_| {}, |_| Ok(())).unwrap();
    assert_eq!(store.start(&trusted()).unwrap().bundle.unwrap().manifest().version, "1.0.0");
}

#[test]
fn an_offer_is_held_against_what_is_installed() {
    let open = |bytes: &[u8]| Bundle::open(bytes, &trusted()).unwrap();
    let examine = |bytes: &[u8], installed: &[u8]| {
        Offer::examine(bytes, &trusted(), Some(&open(installed))).map(|_| ()).map_err(|refusal| refusal.to_string())
    };
    let [old, new] = ["1.9.0", "1.10.0"].map(of);
    assert_eq!(examine(&new, &old), Ok(()));
    assert!(examine(&old, &new).unwrap_err().contains("is older than fracatlas-all@1.10.0, which is installed"));
    assert_eq!(examine(&bundle("1.9.0", |manifest| manifest.replaces_newer = true, &demo_secret()), &new), Ok(()));
    assert_eq!(examine(&bundle("1.9.0", |manifest| manifest.name = "other".into(), &demo_secret()), &new), Ok(()));
    assert!(examine(&new, &new).unwrap_err().contains("installed already"));
    let slices = |manifest: &mut fieldray_common::bundle::Manifest| {
        manifest.preparation.ct_window_hu = fieldray_common::read::CtWindow::new(-160, 240).ok();
    };
    let refused = examine(&bundle("2.0.0", slices, &demo_secret()), &new).unwrap_err();
    assert!(refused.contains("reads CT slices, and this box screens projection radiographs"), "{refused}");

    let fewer = bundle("2.0.0", |manifest| drop(manifest.heads.remove(0)), &demo_secret());
    let said = changes(open(&fewer).manifest(), Some(open(&new).manifest()));
    let said = said.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(said.contains("2.0.0 takes the place of") && said.contains("NO LONGER screens hand"), "{said}");
}
