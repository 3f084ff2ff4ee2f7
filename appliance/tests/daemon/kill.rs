//! An installation that is killed: whatever the moment, the box starts from the old model or from the new one, and that one is whole.
//!
//! `FIELDRAY_INSTALL_KILLS` sets how often.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use fieldray_appliance::choice::demo_key;
use fieldray_appliance::models::{Folder, Slot, Store};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::models::{Box, said};

/// Kills, unless told otherwise.
const KILLS: usize = 25;

/// Where an installation was when it was killed.
#[derive(Debug, Default)]
struct Moments {
    before_writing: usize,
    while_writing_or_tried: usize,
    between_rename_and_switch: usize,
    after_the_switch: usize,
}

#[test]
fn an_installation_that_is_killed_leaves_the_old_model_or_the_new_one() {
    let kills =
        std::env::var("FIELDRAY_INSTALL_KILLS").map_or(KILLS, |kills| kills.parse().expect("a number of kills"));
    let this = Box::new();
    // Of three, one is always in neither slot. Each may follow each, and is tried with one film.
    let bundles = ["1.0.0", "2.0.0", "3.0.0"].map(|version| {
        this.bundle(version, |manifest| {
            manifest["replaces_newer"] = true.into();
            manifest["references"].as_array_mut().unwrap().truncate(1);
        })
    });
    let contents = bundles.clone().map(|path| fs::read(path).unwrap());
    assert!(this.install(&bundles[0]).status.success());
    come_up_well(&this);
    let began = Instant::now();
    assert!(this.install(&bundles[1]).status.success());
    let whole = began.elapsed();
    come_up_well(&this);

    let (mut random, mut moments, mut active) = (Pcg64Mcg::seed_from_u64(8), Moments::default(), 1);
    for number in 0..kills {
        let idle = bytes_of(&this, active_slot(&this).other());
        let new = (0..3).find(|which| *which != active && contents[*which] != idle).unwrap();
        let mut child = this.installing(&bundles[new]);
        // Half of them anywhere, half of them about the moment at which the new bundle gets its name.
        let incoming = this.folder().join("incoming.frb");
        if number % 2 == 0 {
            thread::sleep(whole.mul_f64(random.random_range(0.0..1.1)));
        } else {
            wait_until(&mut child, || incoming.exists());
            wait_until(&mut child, || !incoming.exists());
            thread::sleep(Duration::from_micros(random.random_range(0..4000)));
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let slot = active_slot(&this);
        let starts_from = bytes_of(&this, slot);
        let switched = starts_from == contents[new];
        assert!(switched || starts_from == contents[active], "kill {number}: slot {} is neither model", slot.name());
        let verified = this.models(&["verify"]);
        assert!(verified.status.success(), "kill {number}: {}", said(&verified));
        let renamed = bytes_of(&this, slot.other()) == contents[new];
        match (switched, renamed, incoming.exists()) {
            (true, ..) => moments.after_the_switch += 1,
            (false, true, _) => moments.between_rename_and_switch += 1,
            (false, false, true) => moments.while_writing_or_tried += 1,
            (false, false, false) => moments.before_writing += 1,
        }
        if switched {
            active = new;
            come_up_well(&this);
        }
    }
    println!("{kills} kills: {moments:?}");
    assert!(kills < KILLS || moments.while_writing_or_tried > 0 && moments.after_the_switch > 0, "{moments:?}");
    // And what is left can be gone on with.
    let new = (0..3).find(|which| *which != active).unwrap();
    assert!(this.install(&bundles[new]).status.success());
}

fn store(this: &Box) -> Store<Folder> {
    Store::on(Folder(this.folder()))
}

fn active_slot(this: &Box) -> Slot {
    store(this).slots(&[demo_key()]).unwrap().unwrap().active().unwrap()
}

fn bytes_of(this: &Box, slot: Slot) -> Vec<u8> {
    fs::read(this.folder().join(format!("{}.frb", slot.name()))).unwrap()
}

/// As the daemon does it, without the wait for its sockets.
fn come_up_well(this: &Box) {
    let (mut store, trusted) = (store(this), [demo_key()]);
    store.start(&trusted).unwrap();
    store.mark_good(&trusted).unwrap();
}

/// Waits for something that a child does, or for its end.
fn wait_until(child: &mut Child, done: impl Fn() -> bool) {
    while !done() && child.try_wait().unwrap().is_none() {
        thread::yield_now();
    }
}

impl Box {
    fn folder(&self) -> PathBuf {
        self.path("models")
    }

    fn installing(&self, bundle: &Path) -> Child {
        let mut command = self.command(&["install", bundle.to_str().unwrap()]);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }
}
