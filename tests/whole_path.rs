//! The default bundle gives the probabilities that other people's tools give with the same numbers: pydicom or Pillow,
//! onnxruntime and numpy from the file to the answer.

use std::{fs, process::Command};

use fieldray_common::{
    bundle::{Bundle, TrustedKey},
    phantom::{self, Metal, Request, State},
    read,
    region::Region,
    screening::{self, Model},
};
use fieldray_tests::{oracle_python, repository};

fn default_bundle() -> Bundle {
    let key = fs::read_to_string(repository().join("appliance/keys/demo.pub")).unwrap();
    let key = TrustedKey::parse("demo", &key).unwrap();
    let content = fs::read(repository().join("appliance/bundle/default.frb")).unwrap();
    Bundle::open(&content, &[key]).unwrap()
}

#[test]
fn the_references_get_the_probabilities_they_must() {
    let bundle = default_bundle();
    let rescored = screening::rescore(&bundle, &Model::load(&bundle).unwrap()).unwrap();
    assert_eq!(rescored.len(), 2 * bundle.manifest().heads.len());
    assert!(rescored.iter().all(screening::Rescored::agrees), "{rescored:?}");
}

#[test]
fn independent_tools_give_the_same_probability() {
    let Some(python) = oracle_python("the whole path against pydicom, Pillow, onnxruntime and numpy") else { return };
    let model = Model::load(&default_bundle()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (number, region) in [Region::Hand, Region::Leg, Region::Hip, Region::Shoulder].into_iter().enumerate() {
        let Some(head) = model.manifest().head_for(region) else { continue };
        let state = if number % 2 == 0 { State::Fractured } else { State::Intact };
        let request = Request { region, state, metal: Metal::BySeed, long_side_px: 700, seed: 40 + number as u64 };
        let phantom = phantom::simulate(&request);
        let (png, dicom) = (folder.path().join(format!("{number}.png")), folder.path().join(format!("{number}.dcm")));
        fs::write(&png, phantom::png(&phantom)).unwrap();
        fs::write(&dicom, phantom::dicom(&phantom)).unwrap();
        let output = Command::new(&python)
            .arg(repository().join("tests/oracles/screen.py"))
            .arg(repository().join("appliance/bundle/default.frb"))
            .arg(&model.heads()[head].name)
            .args([&png, &dicom])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        for (line, path) in lines.lines().zip([&png, &dicom]) {
            let theirs = serde_json::from_str::<serde_json::Value>(line).unwrap()["probability"].as_f64().unwrap();
            let film = read::read(&fs::read(path).unwrap()).unwrap();
            let ours = screening::screen(&model, &film, Some(head), &mut |_| ()).unwrap().probability.unwrap();
            assert!((ours - theirs).abs() < 1e-3, "{}: ours {ours}, theirs {theirs}", path.display());
        }
    }
}
