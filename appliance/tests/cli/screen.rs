//! `fieldray screen`: what comes out, and where the pictures go.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use anyhow::Error;
use fieldray_common::bundle::{self, Bundle, MANIFEST, SIGNATURE, TrustedKey, WEIGHTS, Weights, archive};
use fieldray_common::classifier::{Classifier, Node, Tree};
use fieldray_common::screening::Model;
use serde_json::Value;

use super::sealed::demo_signature;
use super::{BUNDLE, fieldray, file, status, stderr, stdout, ward};

fn records(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn json_keeps_its_contract() {
    let ward = ward();
    let output = fieldray(ward.path(), &["screen", "--json", "--region", "wrist", "--out", "out", "a.png"]);
    assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
    let records = records(&stdout(&output));
    let [record] = records.as_slice() else { panic!("{records:?}") };

    let fields: Vec<&str> = record.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = BTreeSet::from([
        "file",
        "region",
        "region_source",
        "probability",
        "decision",
        "reason",
        "heatmap",
        "peak",
        "explanation",
        "lime",
        "bundle",
        "elapsed_ms",
    ]);
    assert_eq!(fields.iter().copied().collect::<BTreeSet<_>>(), wanted);
    assert_eq!(record["file"], "a.png");
    assert_eq!((&record["explanation"], &record["lime"]), (&"grad-cam".into(), &Value::Null));
    assert_eq!((&record["region"], &record["region_source"]), (&"hand".into(), &"given".into()));
    assert!((0.0..=1.0).contains(&record["probability"].as_f64().unwrap()));
    assert!(["normal", "abnormal", "refer"].contains(&record["decision"].as_str().unwrap()));
    assert!(record["bundle"].as_str().unwrap().contains('@'));
    if let Some(peak) = record["peak"].as_array() {
        assert!(peak[0].as_u64().unwrap() < 300 && peak[1].as_u64().unwrap() < 320, "{peak:?}");
    }
    for stage in ["read", "prepare", "network", "classify", "explain"] {
        assert!(record["elapsed_ms"][stage].as_f64().unwrap() >= 0.0, "{stage}");
    }
    let heatmap = image::open(ward.path().join(record["heatmap"].as_str().unwrap())).unwrap();
    assert_eq!((heatmap.width(), heatmap.height()), (300, 320));
}

#[test]
fn lime_gives_the_same_answer_over_any_threads_and_says_how_stable_it_is() {
    let ward = ward();
    let answers = ["1", "3"].map(|threads| {
        let arguments = ["screen", "--json", "--region", "hand", "--explain", "lime", "--samples", "24", "--threads"];
        let output = fieldray(ward.path(), &[&arguments[..], &[threads, "--out", "out", "a.png", "DICOMDIR"]].concat());
        assert_eq!(status(&output), 2, "{}", stderr(&output));
        let mut records = records(&stdout(&output));
        records.iter_mut().for_each(|record| record["elapsed_ms"] = Value::Null);
        records
    });
    assert_eq!(answers[0], answers[1]);
    let [film, index] = answers[0].as_slice() else { panic!("{answers:?}") };
    assert_eq!((&film["explanation"], &film["lime"]["samples"]), (&"lime".into(), &24.into()));
    assert!(film["lime"]["superpixels"].as_u64().unwrap() > 10 && film["lime"]["score"].as_f64().unwrap() <= 1.0);
    let stability = &film["lime"]["stability"];
    assert!((-1.0..=1.0).contains(&stability["rank_correlation"].as_f64().unwrap()), "{stability}");
    assert!((0.0..=1.0).contains(&stability["top_overlap"].as_f64().unwrap()), "{stability}");
    assert!(ward.path().join(film["heatmap"].as_str().unwrap()).exists());
    assert_eq!((&index["decision"], &index["explanation"]), (&"unreadable".into(), &Value::Null));
}

/// The built-in bundle with one question in place of every classifier, signed anew with the demo key.
pub(super) fn of_trees() -> Vec<u8> {
    let whole = std::fs::read(BUNDLE).unwrap();
    let key = TrustedKey::parse("demo", include_str!("../../keys/demo.pub")).unwrap();
    let model = Model::load(&Bundle::open(&whole, &[key]).unwrap()).unwrap();
    let mut files = archive::unpack(&whole).unwrap();
    files.retain(|name, _| ![MANIFEST, SIGNATURE].contains(&name.as_str()));
    let mut weights = Weights::from_bytes(&files[WEIGHTS]).unwrap();
    let mut manifest = model.manifest().clone();
    for (entry, head) in manifest.heads.iter_mut().zip(model.heads()) {
        let question = vec![Node::Split { feature: 0, threshold: 0.0, right: 2 }, Node::Leaf(0.2), Node::Leaf(0.9)];
        let mut head = head.clone();
        head.members.truncate(1);
        head.members[0].0 = Classifier::Tree(Tree::new(question).unwrap());
        *entry = head.write(entry.covers.clone(), &mut weights);
    }
    files.insert(WEIGHTS.into(), weights.to_bytes().unwrap());
    bundle::write::<Error>(manifest, &files, |manifest| Ok(demo_signature(manifest))).unwrap()
}

#[test]
fn a_classifier_without_a_gradient_is_explained_by_lime() {
    let ward = ward();
    file(&ward, "trees.frb", of_trees());
    let arguments =
        ["screen", "--json", "--bundle", "trees.frb", "--region", "hand", "--samples", "12", "a.png", "b/a.png"];
    let output = fieldray(ward.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    for record in records(&stdout(&output)) {
        assert_eq!((&record["explanation"], &record["lime"]["samples"]), (&"lime".into(), &12.into()), "{record}");
    }
}

#[test]
fn unreadable_images_get_their_line_and_the_others_go_on() {
    let ward = ward();
    file(&ward, "b/b.dcm", b"");
    file(&ward, "b/broken.png", &std::fs::read(ward.path().join("a.png")).unwrap()[..200]);
    let output = fieldray(ward.path(), &["screen", "--json", "--region", "hand", "."]);
    assert_eq!(status(&output), 2);
    let records = records(&stdout(&output));
    let said: Vec<(&str, bool)> =
        (records.iter()).map(|record| (record["file"].as_str().unwrap(), record["decision"] == "unreadable")).collect();
    let wanted =
        [("./a.png", false), ("./b/a.png", false), ("./b/b.dcm", true), ("./b/broken.png", true), ("./b/c.jpg", false)];
    assert_eq!(said, wanted);
    for record in records.iter().filter(|record| record["decision"] == "unreadable") {
        assert!(record["probability"].is_null() && record["peak"].is_null() && record["heatmap"].is_null());
        assert!(record["reason"].as_str().unwrap().len() > 10, "{record}");
    }
}

#[test]
fn pictures_of_equal_names_do_not_meet() {
    let ward = ward();
    let arguments = ["screen", "--json", "--region", "hand", "--out", "out", "a.png", "b", "a.png", "b/a.png"];
    let output = fieldray(ward.path(), &arguments);
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    let heatmaps: Vec<String> =
        records(&stdout(&output)).iter().map(|record| record["heatmap"].as_str().unwrap().to_owned()).collect();
    assert_eq!(heatmaps.len(), 5);
    assert_eq!(heatmaps.iter().collect::<BTreeSet<_>>().len(), 5, "{heatmaps:?}");
    for heatmap in heatmaps {
        assert!(ward.path().join(&heatmap).exists(), "{heatmap}");
        let display = ward.path().join(heatmap.replace(".heatmap.", ".display."));
        assert_eq!(image::image_dimensions(display).unwrap(), (800, 480));
    }
}

#[test]
fn the_pictures_of_one_run_are_not_the_films_of_the_next() {
    let ward = ward();
    let arguments = ["screen", "--json", "--region", "hand", "--out", "out", "."];
    let lines = [0, 1].map(|_| stdout(&fieldray(ward.path(), &arguments)).lines().count());
    assert_eq!(lines, [3, 3]);
}

#[test]
fn without_json_a_person_reads_it() {
    let ward = ward();
    let output = fieldray(ward.path(), &["screen", "--region", "Shoulder", "a.png"]);
    let said = stdout(&output);
    assert_eq!(status(&output), 0);
    assert!(said.starts_with("a.png: shoulder, ") && said.contains("probability 0.") && said.contains(" ms"), "{said}");
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let ward = ward();
    let mut child = Command::new(env!("CARGO_BIN_EXE_fieldray"))
        .current_dir(ward.path())
        .args(["screen", "--json", "."])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
}
