//! A run that is killed again and again ends with the weights of a run left alone.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tch::Tensor;

fn run(out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fieldray-train"))
        .args(["run", concat!(env!("CARGO_MANIFEST_DIR"), "/recipes/smoke.toml"), "--only", "resnet10", "--out"])
        .arg(out)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn checkpoint(out: &Path) -> PathBuf {
    out.join("checkpoints/resnet10.safetensors")
}

fn weights(out: &Path) -> Vec<(String, Tensor)> {
    let mut weights = Tensor::read_safetensors(out.join("backbones/resnet10.safetensors")).unwrap();
    weights.sort_by(|one, other| one.0.cmp(&other.0));
    weights
}

#[test]
fn a_killed_run_ends_as_if_it_had_not_been() {
    let folder = tempfile::tempdir().unwrap();
    let (whole, broken) = (folder.path().join("whole"), folder.path().join("broken"));
    assert!(run(&whole).wait().unwrap().success());

    // Killed each time the checkpoint has changed, until it comes through: the writes themselves are hit too, in time.
    let (mut kills, mut seen) = (0, None);
    loop {
        let mut child = run(&broken);
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            let now = checkpoint(&broken).metadata().and_then(|facts| facts.modified()).ok();
            if now != seen && now.is_some() && kills < 5 {
                seen = now;
                break None;
            }
            assert!(started.elapsed() < Duration::from_secs(300), "the smoke run does not end");
            thread::sleep(Duration::from_millis(2));
        };
        match status {
            Some(status) => break assert!(status.success()),
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
            }
        }
    }
    assert!(kills >= 3, "only {kills} kills: the run was too quick to be interrupted");
    for ((name, one), (_, other)) in weights(&whole).iter().zip(&weights(&broken)) {
        assert!(one.equal(other), "{name} differs after {kills} kills");
    }
}
