//! A model inside an update system's image, as `docs/fleet.md` says, by the stock tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

use super::{BUNDLE, fieldray, stderr, stdout};

fn docs(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/update").join(name)
}

/// Runs a program in a folder; `None` where it is not installed.
fn run(program: &str, arguments: &[&str], folder: &Path) -> Option<Output> {
    match Command::new(program).args(arguments).current_dir(folder).output() {
        Ok(output) => Some(output),
        Err(_) => {
            println!("skipped: a model in an image of RAUC ({program} is not installed)");
            None
        }
    }
}

#[test]
fn a_rauc_bundle_carries_the_same_bytes_and_its_hook_installs_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let content = at.join("content");
    fs::create_dir(&content).unwrap();
    fs::copy(BUNDLE, content.join("model.frb")).unwrap();
    for name in ["manifest.raucm", "install-model.sh"] {
        fs::copy(docs(name), content.join(name)).unwrap();
    }
    let request = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=workshop -keyout key.pem -out cert.pem";
    let Some(made) = run("openssl", &request.split(' ').collect::<Vec<_>>(), at) else { return };
    assert!(made.status.success(), "{}", stderr(&made));
    let bundle = ["bundle", "--cert=cert.pem", "--key=key.pem", "content", "fieldray.raucb"];
    let Some(bundled) = run("rauc", &bundle, at) else { return };
    if run("mksquashfs", &["-version"], at).is_none() {
        return;
    }
    assert!(bundled.status.success(), "{}", stderr(&bundled));

    let sha256: String = Sha256::digest(fs::read(BUNDLE).unwrap()).iter().map(|byte| format!("{byte:02x}")).collect();
    let told = run("rauc", &["info", "--keyring=cert.pem", "fieldray.raucb"], at).unwrap();
    assert!(stdout(&told).contains("'fieldray-box'") && stdout(&told).contains(&sha256), "{}", stdout(&told));
    let extracted = run("rauc", &["extract", "--keyring=cert.pem", "fieldray.raucb", "out"], at).unwrap();
    assert!(extracted.status.success(), "{}", stderr(&extracted));
    assert!(fs::read(at.join("out/model.frb")).unwrap() == fs::read(BUNDLE).unwrap());

    // As RAUC calls it.
    let store = at.join("store");
    let hook = || {
        let program = Path::new(env!("CARGO_BIN_EXE_fieldray")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut hook = Command::new(at.join("out/install-model.sh"));
        hook.arg("slot-install").env("PATH", path);
        hook.env("RAUC_IMAGE_NAME", at.join("out/model.frb")).env("RAUC_SLOT_DEVICE", &store);
        hook.output().unwrap()
    };
    let refused = hook();
    assert!(!refused.status.success() && stderr(&refused).contains("this box trusts no key"), "{}", stderr(&refused));
    fs::create_dir_all(store.join("keys")).unwrap();
    fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/keys/demo.pub"), store.join("keys/demo.pub")).unwrap();
    for _ in 0..2 {
        let installed = hook();
        assert!(installed.status.success(), "{}", stderr(&installed));
    }
    let listed = fieldray(at, &["models", "list", "--store", "store"]);
    assert!(
        stdout(&listed).contains("slot a (active, on trial)") && stdout(&listed).contains(&sha256),
        "{}",
        stdout(&listed)
    );
}
