//! Every refusal that there is, brought about and read as a technician reads it.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use fieldray_common::bundle::archive::MAX_BYTES;
use fieldray_common::bundle::{
    ArchiveError, Bundle, BundleError, CARD, Delta, DeltaError, KeyChanges, MANIFEST, Manifest, SIGNATURE,
    SignatureError, Standing, TrustedKey, archive, delta,
};
use minisign::KeyPair;

use super::stick;
use super::{Installer, News, Package, Progress};
use crate::archive::{Archive, Limits};
use crate::choice::BundleChoice;
use crate::config;
use crate::log::AuditLog;
use crate::models::tests::forgetful::Forgetful;
use crate::models::tests::{bundle, demo_secret, disk_with, install, of, trusted};
use crate::models::{
    DemoKey, Disk, Folder, KEYS, Keyring, KeysError, Offer, Refusal, Slot, Source, Store, StoreChoice,
};
use crate::models::{prove, whole};

/// How many lines there are in [`line`].
const LINES: usize = 36;

/// Where a refusal stands in the table, and what it says; `*` is whatever belongs to the case. A new refusal is not compiled before it has
/// its line here, and then wants to be brought about below.
fn line(refusal: &Refusal) -> (usize, &'static str) {
    use ArchiveError::{Damaged, TooLarge, Twice};
    use BundleError::{Archive, Changed, Format, Lacks, RevokesItself, Signature, Unnamed};
    match refusal {
        Refusal::Bundle(Archive(Damaged(_))) => (0, "the file is damaged or not a bundle; copy it again"),
        Refusal::Bundle(Archive(TooLarge(_))) => {
            (1, "the file has * bytes, more than any bundle; check which file it is")
        }
        Refusal::Bundle(Archive(Twice(_))) => (2, "the bundle holds 'card.md' twice; ask who made it"),
        Refusal::Bundle(Lacks(_)) => {
            (3, "the bundle lacks 'manifest.json', so it is damaged or not a Fieldray bundle; copy it again")
        }
        Refusal::Bundle(Signature(SignatureError::Damaged)) => {
            (4, "the signature itself is damaged; copy the bundle again")
        }
        Refusal::Bundle(Signature(SignatureError::Unknown(_))) => (
            5,
            "the signature is by the key *, not by a key this box trusts; ask who made it for a bundle signed with a trusted key",
        ),
        Refusal::Bundle(Signature(SignatureError::Revoked { .. })) => (
            6,
            "the signature is by the key 'demo' (*), which was revoked; ask who made it for a bundle signed with a trusted key",
        ),
        Refusal::Bundle(Signature(SignatureError::Changed(_))) => {
            (7, "the content was changed after 'demo' signed it; copy the bundle again, or ask who made it")
        }
        Refusal::Bundle(Format(_)) => {
            (8, "the bundle has format 99, this appliance reads format *; update the appliance first")
        }
        Refusal::Bundle(BundleError::Manifest(_)) => {
            (9, "the bundle's manifest cannot be understood (*); ask who made it")
        }
        Refusal::Bundle(RevokesItself) => (
            10,
            "the bundle revokes the key that signed it and brings no other, so that no box could be updated again; ask who made it",
        ),
        Refusal::Bundle(Changed(_)) => {
            (11, "'card.md' in the bundle is damaged: it is not what was signed; copy the bundle again")
        }
        Refusal::Bundle(Unnamed(_)) => {
            (12, "the bundle holds 'extra', which its manifest does not name; ask who made it")
        }
        Refusal::Delta(DeltaError::Damaged) => (13, "the update is damaged; copy it again"),
        Refusal::Delta(DeltaError::TooLarge) => (14, "the update makes a file larger than any bundle; ask who made it"),
        Refusal::Delta(DeltaError::Lacks) => {
            (15, "the update was made for another model than the one that is installed; give the whole bundle")
        }
        Refusal::Delta(DeltaError::Differs) => {
            (16, "the update gives another bundle than it was made from; copy it again, or give the whole bundle")
        }
        Refusal::Model(_) => (17, "the model cannot be run: *; ask who made it"),
        Refusal::Reference(_) => (18, "*; ask who made the bundle"),
        Refusal::Unproved => {
            (19, "the bundle has no reference films to prove itself with; export it again with references")
        }
        Refusal::SelfTest { .. } => (
            20,
            "the model gives other answers on this box than it promises: 1 of 1 reference films differ, by up to 0.* where 0.001 is \
             allowed; keep the old model and report this line",
        ),
        Refusal::OtherImages(_) => {
            (21, "* reads CT slices, and this box screens projection radiographs; give a bundle for radiographs")
        }
        Refusal::Downgrade { .. } => (
            22,
            "fracatlas-all@1.0.0 is older than fracatlas-all@2.0.0, which is installed; give a newer bundle, or one that is signed to \
             replace newer ones",
        ),
        Refusal::UpToDate(_) => (23, "fracatlas-all@2.0.0 is installed already; nothing is to be done"),
        Refusal::OnTrial => {
            (24, "the model installed last has not proved itself yet; start 'fieldray run' once, then install this one")
        }
        Refusal::Space { .. } => (25, "1 MB more are needed on the disk; free some space and install again"),
        Refusal::ReadBack => {
            (26, "the disk did not keep what was written to it; check or replace the disk, the old model stays")
        }
        Refusal::Empty(_) => (27, "slot b holds no model; install one first"),
        Refusal::Disk(_) => (28, "the store cannot be used (*); check the disk and who may write there"),
        Refusal::Keys(KeysError::Closed(..)) => (29, "the keys in '*' cannot be read (*); check the folder"),
        Refusal::Keys(KeysError::NoKey(_)) => {
            (30, "'*new.pub' is not a minisign public key; take it out of the folder, or copy it again")
        }
        Refusal::Keys(KeysError::Damaged) => (
            31,
            "what bundles said of keys cannot be read, 'keys.json' and 'keys-copy.json' are damaged; take both out of the store, and give \
             the box its keys anew",
        ),
        Refusal::Keys(KeysError::None(_)) => {
            (32, "this box trusts no key; put the .pub file of whoever makes your models into '*'")
        }
        Refusal::NoStore => (
            33,
            "this box has no store of models; name one in its settings ([model] store), and the keys that may sign them, then it takes them",
        ),
        Refusal::Busy => (34, "another update is being installed; wait until it is done"),
        Refusal::Pulled => {
            (35, "the stick was pulled out before the bundle was read; put it in again, the old model stays")
        }
        // These two are heard of a whole installer, and read below.
        Refusal::Crashed => {
            (LINES, "the program failed while it tried the model; keep the old model and ask who made the bundle")
        }
        Refusal::Another => {
            (LINES + 1, "the bundle is another one than was looked at; take it up again from the beginning")
        }
    }
}

#[test]
fn every_refusal_says_what_is_wrong_and_what_to_do() {
    let mut unseen: Vec<usize> = (0..LINES).collect();
    for refusal in [of_bundles(), of_deltas(), of_models(), of_stores(), of_keys()].into_iter().flatten() {
        let (number, says) = line(&refusal);
        let said = refusal.to_string();
        assert!(reads(&said, says), "'{said}' where '{says}' is expected");
        assert!(said.contains(';') && said.lines().count() == 1, "what is to be done? {said}");
        unseen.retain(|unseen| *unseen != number);
    }
    assert!(unseen.is_empty(), "lines {unseen:?} are of refusals that were not brought about");
}

#[test]
fn what_goes_wrong_while_it_is_installed_is_told() {
    let place = tempfile::tempdir().unwrap();
    let installer = Arc::new(with_a_store(place.path(), |_| {}));
    let told = |read: fn() -> Vec<u8>| {
        let read = move |_: &mut dyn FnMut(u64, u64)| Ok(read());
        let package =
            Package { sha256: "00".into(), who: "a test".into(), read: Box::new(read), over: Box::new(|| {}) };
        installer.begin(package).unwrap();
        loop {
            match installer.progress("00") {
                Some(Progress::Refused(reason)) => return reason,
                Some(Progress::Running(..)) => thread::sleep(Duration::from_millis(5)),
                other => panic!("{other:?}"),
            }
        }
    };
    assert_eq!(told(|| panic!("a model can do this, too")), line(&Refusal::Crashed).1);
    assert_eq!(told(|| b"another".to_vec()), line(&Refusal::Another).1);
    // And the next one is listened to.
    assert_eq!(told(|| b"another".to_vec()), line(&Refusal::Another).1);
}

/// Who installs into a store at this place that takes the demo key.
pub(super) fn with_a_store(place: &Path, tell: impl Fn(News) + Send + Sync + 'static) -> Installer {
    let model = config::Model { store: Some(place.to_owned()), trust_demo_key: true, ..config::Model::default() };
    let Source::Store(choice) = Source::of(&BundleChoice::default(), &model) else { panic!("no store") };
    installer(place, Some(choice), tell)
}

fn installer(place: &Path, store: Option<StoreChoice>, tell: impl Fn(News) + Send + Sync + 'static) -> Installer {
    let limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 24, heatmap_bytes: 1 << 20 };
    let archive = Archive::open(&place.join("archive"), limits).unwrap();
    let log = AuditLog::open(archive.folder(), "b0").unwrap();
    Installer::new(store, Arc::new(archive), Arc::new(log), tell)
}

/// Whether a sentence is as it is expected.
fn reads(said: &str, expected: &str) -> bool {
    let (first, rest) = expected.split_once('*').map_or((expected, None), |(first, rest)| (first, Some(rest)));
    match (said.strip_prefix(first), rest) {
        (Some(left), Some(rest)) => left.char_indices().any(|(at, _)| reads(&left[at..], rest)),
        (left, _) => left == Some(""),
    }
}

fn open(bytes: &[u8]) -> Bundle {
    Bundle::open(bytes, &trusted()).unwrap()
}

fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
    archive::pack(files.iter().copied()).unwrap()
}

/// What a box says that opens these.
fn of_bundles() -> Vec<Refusal> {
    let good = of("1.0.0");
    let files = archive::unpack(&good).unwrap();
    let [manifest, signature, card] = [MANIFEST, SIGNATURE, CARD].map(|name| (name, files[name].as_slice()));
    let sign = |text: &[u8]| minisign::sign(None, &demo_secret(), text, None, None).unwrap().into_string();
    let stranger = KeyPair::generate_unencrypted_keypair().unwrap().sk;
    let brings = |keys: KeyChanges| move |manifest: &mut Manifest| manifest.keys = keys;
    let itself = KeyChanges { revokes: trusted().iter().map(|key| key.key.id()).collect(), ..KeyChanges::default() };
    let refused = [
        b"not a bundle".to_vec(),
        vec![0; MAX_BYTES + 1],
        pack(&[manifest, signature, card, card]),
        pack(&[card]),
        pack(&[manifest, (SIGNATURE, b"nonsense"), card]),
        bundle("1.0.0", |_| {}, &stranger),
        pack(&[(MANIFEST, b"{}"), signature, card]),
        bundle("1.0.0", |manifest| manifest.format = 99, &demo_secret()),
        pack(&[(MANIFEST, b"{}"), (SIGNATURE, sign(b"{}").as_bytes())]),
        bundle("1.0.0", brings(itself), &demo_secret()),
        pack(&[manifest, signature, (CARD, b"another card")]),
        pack(&[manifest, signature, card, ("extra", b"")]),
    ];
    let revoked = trusted().map(|key| TrustedKey { standing: Standing::Revoked { by: "00".into() }, ..key });
    let refused = refused.iter().map(|bytes| Bundle::open(bytes, &trusted())).chain([Bundle::open(&good, &revoked)]);
    refused.map(|opened| opened.unwrap_err().into()).collect()
}

/// What a box says that is given these in place of a bundle.
fn of_deltas() -> Vec<Refusal> {
    let new = of("2.0.0");
    let installed = open(&of("1.0.0"));
    let magic = b"fieldray delta 1\n";
    // One part that is kept, of the largest length that there is.
    let bomb = [magic.as_slice(), &[0; 32], &[1, 1], &[7; 32], &[0xff; 9], &[1]].concat();
    let good = Delta::of(&new, &delta::hashes_in(&new).unwrap()).unwrap().to_bytes();
    let mut of_another = Delta::of(&new, &[].into()).unwrap().to_bytes();
    of_another[magic.len()] ^= 1;
    let refused = [&good[..100], bomb.as_slice(), good.as_slice(), of_another.as_slice()]
        .map(|given| whole(given, Some(&installed)).map(drop));
    refused.map(Result::unwrap_err).into()
}

/// What a box says that tries these, or that has another already.
fn of_models() -> Vec<Refusal> {
    let built_in = BundleChoice::default().open().unwrap();
    let changed = |change: fn(&mut Manifest)| {
        let mut manifest = built_in.manifest().clone();
        manifest.references.truncate(1);
        change(&mut manifest);
        let sign = |text: &[u8]| Ok(minisign::sign(None, &demo_secret(), text, None, None)?.into_string());
        open(&fieldray_common::bundle::write::<anyhow::Error>(manifest, built_in.files(), sign).unwrap())
    };
    let tried = [
        open(&of("1.0.0")),
        changed(|manifest| manifest.references[0].file = "nowhere.dcm".into()),
        changed(|manifest| manifest.references.clear()),
        changed(|manifest| manifest.references[0].probability = 0.123),
    ];
    let tried = tried.iter().map(|bundle| prove(bundle, &mut |_| {}).map(drop));
    let (installed, slices) = (of("2.0.0"), fieldray_common::read::CtWindow::new(-160, 240).ok());
    let slices = bundle("3.0.0", |manifest| manifest.preparation.ct_window_hu = slices, &demo_secret());
    let offered = [slices, of("1.0.0"), installed.clone()];
    let offered = offered.iter().map(|new| Offer::examine(new, &trusted(), Some(&open(&installed))).map(drop));
    tried.chain(offered).map(Result::unwrap_err).collect()
}

/// What a store says that is in this state.
fn of_stores() -> Vec<Refusal> {
    let new = of("2.0.0");
    let refused = |disk: Forgetful| install(&mut Store::on(disk), &new).unwrap_err();
    let proved = disk_with(&[of("1.0.0")]);
    let with = |change: &dyn Fn(&mut Forgetful)| {
        let mut disk = proved.clone();
        change(&mut disk);
        disk
    };
    let mut on_trial = Store::on(proved.clone());
    install(&mut on_trial, &new).unwrap();
    let busy = tempfile::tempdir().unwrap();
    let folder = Folder(busy.path().to_owned());
    let _other = folder.lock().unwrap();
    vec![
        refused(on_trial.into_disk()),
        refused(with(&|disk| disk.space.free_bytes = new.len() as u64 - 1)),
        refused(with(&|disk| disk.is_worn = true)),
        refused(proved.until(0)),
        Store::on(proved.clone()).content(Slot::B, &trusted()).unwrap_err(),
        Store::on(folder).install(&new, &trusted(), &mut |_| {}, |_| Ok(())).unwrap_err(),
        installer(busy.path(), None, |_| {}).examine(&new).unwrap_err(),
        stick::read(&busy.path().join("gone.frb"), 9, &mut |_, _| {}).unwrap_err(),
    ]
}

/// What a store says that has such keys.
fn of_keys() -> Vec<Refusal> {
    let trusted = |write: fn(&Path)| -> Refusal {
        let store = tempfile::tempdir().unwrap();
        write(store.path());
        crate::models::trusted(store.path(), DemoKey::Refused).unwrap_err().into()
    };
    let mut rotten = Forgetful::new();
    for name in ["keys.json", "keys-copy.json"] {
        rotten.replace(name, b"{\"moth").unwrap();
    }
    vec![
        trusted(|store| fs::write(store.join(KEYS), "no folder").unwrap()),
        trusted(|store| {
            fs::create_dir(store.join(KEYS)).unwrap();
            fs::write(store.join(KEYS).join("new.pub"), "no key").unwrap();
        }),
        Keyring::read(&rotten).unwrap_err().into(),
        trusted(|_| {}),
    ]
}
