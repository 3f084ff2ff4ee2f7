//! A run that is killed again and again ends with the weights of a run left alone.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tch::Tensor;

const SMOKE: &str = include_str!("../recipes/smoke.toml");

fn run(recipe: &Path, backbone: &str, out: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_fieldray-train"))
        .arg("run")
        .arg(recipe)
        .args(["--only", backbone, "--out"])
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

/// Learns ResNet10 twice, after the backbones it needs: once left alone, once killed each time the checkpoint has changed, until
/// it comes through (the writes themselves are hit too, in time).
fn assert_kills_change_nothing(recipe: &str, before: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let [whole, broken, file] = ["whole", "broken", "recipe.toml"].map(|name| folder.path().join(name));
    fs::write(&file, recipe).unwrap();
    for (backbone, out) in before.iter().flat_map(|backbone| [(backbone, &whole), (backbone, &broken)]) {
        assert!(run(&file, backbone, out).wait().unwrap().success());
    }
    assert!(run(&file, "resnet10", &whole).wait().unwrap().success());

    let (mut kills, mut seen) = (0, None);
    loop {
        let mut child = run(&file, "resnet10", &broken);
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

#[test]
fn a_killed_run_ends_as_if_it_had_not_been() {
    assert_kills_change_nothing(SMOKE, &[]);
}

/// The same with every option that has a state, or a place in the order of things, of its own.
#[test]
fn a_killed_run_with_every_option_ends_as_if_it_had_not_been() {
    let teacher = "architecture = \"squeezenet1_1\"\nstart = \"scratch\"\nrole = \"teacher\"";
    let student = "architecture = \"resnet10\"\nstart = \"scratch\"\n\
                   teacher = { backbones = [\"squeezenet1_1\"], temperature = 2, weight = 0.5 }";
    let first = "optimiser = { sgd = { momentum = 0.9 } }\nmixup = 0.4\nviews = \"mirrored\"\npatience = 1\nhead_rate";
    let second = "averaging = { equal = { from = 0.3 } }\nfinal_rate = 0.5\nhead_rate";
    let recipe = SMOKE
        .replace("architecture = \"resnet10\"\nstart = \"scratch\"", teacher)
        .replace("architecture = \"squeezenet1_1\"\nstart = \"scratch\"\n\n", &format!("{student}\n\n"))
        .replacen("head_rate", first, 1);
    let (before, after) = recipe.rsplit_once("head_rate").unwrap();
    assert_kills_change_nothing(&format!("{before}{second}{after}"), &["squeezenet1_1"]);
}
