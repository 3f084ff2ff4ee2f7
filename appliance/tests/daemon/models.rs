//! A technician updates a box, by the real program: a model goes in, proves itself, and gives way where it fails.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fieldray_appliance::choice::{BundleChoice, demo_key};
use fieldray_common::bundle::{Bundle, TrustedKey, archive};
use minisign::KeyPair;
use serde_json::{Value, json};

use super::sealed::with_manifest;
use super::{Clinic, Starting};

const DEFAULT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bundle/default.frb");

/// A box with a store that takes the demo key, for want of another.
pub struct Box(pub Clinic);

impl Box {
    pub fn new() -> Self {
        let this = Self(Clinic::new());
        this.0.settle(&this.settings());
        this
    }

    /// The settings that name its store.
    pub fn settings(&self) -> String {
        format!("[model]\nstore = \"{}\"\ntrust_demo_key = true", self.path("models").display())
    }

    /// The built-in bundle as another version, with something else changed.
    pub fn bundle(&self, version: &str, change: impl FnOnce(&mut Value)) -> PathBuf {
        let path = self.0.path(&format!("{version}.frb"));
        let changed = with_manifest(&fs::read(DEFAULT).unwrap(), |manifest| {
            manifest["version"] = version.into();
            change(manifest);
        });
        fs::write(&path, changed).unwrap();
        path
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
        command.arg("models").args(arguments).args(["--trust-demo-key", "--store"]).arg(self.path("models"));
        command
    }

    pub fn models(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    pub fn install(&self, bundle: &Path) -> Output {
        self.models(&["install", bundle.to_str().unwrap()])
    }

    /// The daemon starts, and ends before it is ready: its port is taken.
    pub fn fails_to_start(&self) {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = self.0.command();
        command.arg("--dicom-port").arg(taken.local_addr().unwrap().port().to_string());
        Starting::of(command).said_at_its_end();
    }

    /// The active version, and whether it is on trial.
    pub fn active(&self) -> (String, bool) {
        let listed = said(&self.models(&["list", "--json"]));
        let lines = listed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let active = lines.into_iter().find(|line| line["active"] == true).unwrap();
        (active["model"].as_str().unwrap().to_owned(), active["on_trial"] == true)
    }
}

/// The model that every box brings.
fn built_in() -> Bundle {
    BundleChoice::default().open().unwrap()
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr }).into_owned()
}

#[test]
fn a_model_goes_in_proves_itself_and_can_be_gone_back_from() {
    let this = Box::new();
    let [first, second] = ["1.0.0", "2.0.0"].map(|version| this.bundle(version, |_| {}));
    // Until the first comes it is the built-in one.
    let daemon = this.0.start();
    assert!(daemon.said().contains(&built_in().manifest().id()), "{}", daemon.said());
    daemon.terminate();

    let compared = said(&this.models(&["compare", first.to_str().unwrap()]));
    assert!(
        compared.contains("the first model of this box") && compared.contains("nothing was installed"),
        "{compared}"
    );
    assert!(this.install(&first).status.success());
    this.0.start().terminate();
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));

    // Screening goes on with the old model until the next start.
    let daemon = this.0.start();
    let installed = this.install(&second);
    assert!(said(&installed).contains("2.0.0 takes the place of fracatlas-all@1.0.0"), "{}", said(&installed));
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), true));
    daemon.terminate();
    let daemon = this.0.start();
    assert!(daemon.said().contains("fracatlas-all@2.0.0"), "{}", daemon.said());
    daemon.terminate();
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), false));

    let again = this.install(&second);
    assert!(said(&again).contains("is installed already"), "{}", said(&again));
    let older = this.install(&first);
    assert!(said(&older).contains("is older than fracatlas-all@2.0.0"), "{}", said(&older));
    assert!(this.models(&["rollback"]).status.success());
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));
    assert!(said(&this.models(&["verify"])).contains("gives the answers that it promises"));
    assert!(said(&this.models(&["show"])).contains("fracatlas-all@1.0.0, exported on"));
}

#[test]
fn a_model_that_does_not_hold_here_is_not_installed_and_one_that_fails_later_is_left() {
    let this = Box::new();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    this.0.start().terminate();
    let drifted = this.bundle("2.0.0", |manifest| manifest["references"][0]["probability"] = 0.123.into());
    let refused = this.install(&drifted);
    assert!(said(&refused).contains("1 of 8 reference films differ"), "{}", said(&refused));
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));

    // One that was put there whole and cannot start: the program ends each time, and the fourth start is with the old one.
    let unusable = this.bundle("3.0.0", |_| {});
    assert!(this.install(&unusable).status.success());
    for _ in 0..3 {
        this.fails_to_start();
        assert_eq!(this.active(), ("fracatlas-all@3.0.0".into(), true));
    }
    let daemon = this.0.start();
    assert!(daemon.said().contains("the one before is in use again"), "{}", daemon.said());
    assert_eq!(this.active(), ("fracatlas-all@1.0.0".into(), false));
    let log = fs::read_to_string(this.0.archive().join("audit.jsonl")).unwrap();
    assert!(log.contains(r#""what":"model-went-back""#));
    assert!(said(&this.models(&["list"])).contains("slot b (gone back from)"));
}

#[test]
fn a_box_starts_whatever_is_the_matter_with_its_store() {
    let this = Box::new();
    this.0.settle(&format!("[model]\nstore = \"{}\"", this.path("models").display()));
    let says = |wanted: &str| {
        let daemon = this.0.start();
        let said = daemon.said();
        assert!(said.contains(wanted) && said.contains(&built_in().manifest().id()), "{said}");
        assert_eq!(daemon.terminate(), Some(0));
    };
    let notice = this.0.archive().join("went-back.json");
    says("this box trusts no key; put the .pub file");
    let keys = this.path("models/keys");
    fs::create_dir_all(&keys).unwrap();
    fs::write(keys.join("clinic.pub"), "no key").unwrap();
    says("is not a minisign public key; take it out of the folder");
    assert!(!notice.exists());

    // Beside another key the wrong one is left out. A first model that fails three starts is left for the built-in one, which is told.
    this.0.settle(&this.settings());
    assert!(this.install(&this.bundle("3.0.0", |_| {})).status.success());
    (0..3).for_each(|_| this.fails_to_start());
    says("the one before is in use again");
    assert!(fs::read_to_string(&notice).unwrap().contains("fracatlas-all@3.0.0"));
    assert!(said(&this.models(&["list"])).contains("slot a (gone back from)"));
    assert!(said(&this.models(&["show"])).starts_with(&built_in().manifest().id()));
}

#[test]
fn an_update_brings_only_what_the_installed_model_does_not_have() {
    let this = Box::new();
    let [first, second, third] = ["1.0.0", "2.0.0", "3.0.0"].map(|version| this.bundle(version, |_| {}));
    let bare = this.0.path("bare.frb");
    fs::write(&bare, without_backbones(&fs::read(&first).unwrap())).unwrap();
    let update = |new: &Path, old: &Path, name: &str| {
        let out = this.0.path(name);
        let made = Command::new(env!("CARGO_BIN_EXE_fieldray"))
            .args(["models", "delta", new.to_str().unwrap(), "--against", old.to_str().unwrap(), "--out"])
            .arg(&out)
            .output()
            .unwrap();
        (out, said(&made))
    };
    let (small, saved) = update(&second, &first, "small.frd");
    assert!(saved.contains(": 0.0 MB instead of 7.9 MB, 99 % saved"), "{saved}");

    let none = this.install(&small);
    assert!(said(&none).contains("made for another model than the one that is installed"), "{}", said(&none));
    assert!(this.install(&first).status.success());
    this.0.start().terminate();
    let installed = this.install(&small);
    assert!(
        said(&installed).contains("given as an update: 0.0 MB instead of 7.9 MB, 99 % saved"),
        "{}",
        said(&installed)
    );
    // Byte for byte, so that whoever signed it signed this.
    assert_eq!(fs::read(this.0.path("models/b.frb")).unwrap(), fs::read(&second).unwrap());
    this.0.start().terminate();
    assert_eq!(this.active(), ("fracatlas-all@2.0.0".into(), false));

    let (half, saved) = update(&third, &bare, "half.frd");
    assert!(!saved.contains("99 %"), "{saved}");
    fs::write(&half, &fs::read(&half).unwrap()[..100_000]).unwrap();
    let damaged = this.install(&half);
    assert!(said(&damaged).contains("the update is damaged; copy it again"), "{}", said(&damaged));
    let no_bundle = update(&small, &first, "none.frd").1;
    assert!(no_bundle.contains("the file is damaged or not a bundle"), "{no_bundle}");
}

#[test]
fn keys_that_come_and_go_are_in_the_audit_log_once_their_model_has_proved_itself() {
    let this = Box::new();
    assert!(this.install(&this.bundle("1.0.0", |_| {})).status.success());
    this.0.start().terminate();
    let next = KeyPair::generate_unencrypted_keypair().unwrap().pk.to_base64();
    let next_id = TrustedKey::parse("next", &next).unwrap().key.id().to_string();
    let keys = json!({"trusts": {"next": next}, "revokes": [demo_key().key.id()]});
    assert!(this.install(&this.bundle("2.0.0", |manifest| manifest["keys"] = keys)).status.success());
    let told = || {
        let log = fs::read_to_string(this.0.archive().join("audit.jsonl")).unwrap();
        let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        let of_keys = lines.filter(|line| line["what"].as_str().unwrap().starts_with("key-"));
        of_keys
            .map(|line| [&line["what"], &line["key"], &line["by"]].map(|told| told.as_str().unwrap().to_owned()))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(), Vec::<[String; 3]>::new());
    for _ in 0..2 {
        this.0.start().terminate();
        let by = "fracatlas-all@2.0.0";
        let revoked = demo_key().key.id().to_string();
        assert_eq!(told(), [["key-trusted", &next_id, by], ["key-revoked", &revoked, by]]);
    }
    this.0.verified_log().unwrap();
}

/// A bundle of which the largest files are not there.
fn without_backbones(bundle: &[u8]) -> Vec<u8> {
    let files = archive::unpack(bundle).unwrap();
    let files = files.iter().filter(|(name, _)| !name.starts_with("backbones/"));
    archive::pack(files.map(|(name, content)| (name.as_str(), content.as_slice()))).unwrap()
}

#[test]
fn a_box_without_keys_takes_nothing() {
    let this = Box::new();
    let bundle = this.bundle("1.0.0", |_| {});
    let refused = Command::new(env!("CARGO_BIN_EXE_fieldray"))
        .args(["models", "install", bundle.to_str().unwrap(), "--store"])
        .arg(this.0.path("models"))
        .output()
        .unwrap();
    assert!(said(&refused).contains("this box trusts no key; put the .pub file"), "{}", said(&refused));
}
