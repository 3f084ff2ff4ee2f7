//! `fieldray demo`: the newcomer's first command.

use fieldray_common::phantom;

use super::{fieldray, file, screen::of_trees, status, stderr, stdout};

#[test]
fn every_sample_gets_a_line_a_film_and_two_pictures() {
    let folder = tempfile::tempdir().unwrap();
    let output = fieldray(folder.path(), &["demo"]);
    let said = stdout(&output);
    assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
    let place = folder.path().join("fieldray-demo");
    for sample in phantom::samples() {
        assert!(said.lines().any(|line| line.starts_with(sample.name) && line.ends_with("ms")), "{said}");
        assert!(place.join(format!("{}.heatmap.png", sample.name)).exists(), "{}", sample.name);
        let display = place.join(format!("{}.display.png", sample.name));
        assert_eq!(image::image_dimensions(display).unwrap(), (800, 480));
    }

    // The films it leaves are films.
    let again = fieldray(folder.path(), &["screen", "--json", "fieldray-demo/hand-intact.dcm"]);
    assert_eq!(status(&again), 0, "{}", stdout(&again));
    assert!(stdout(&again).contains(r#""region":"hand","region_source":"dicom""#), "{}", stdout(&again));
}

#[test]
fn a_model_without_a_gradient_gets_its_heatmaps_too() {
    let folder = tempfile::tempdir().unwrap();
    file(&folder, "trees.frb", of_trees());
    let output = fieldray(folder.path(), &["demo", "--bundle", "trees.frb", "--samples", "12"]);
    assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
    for sample in phantom::samples() {
        let heatmap = format!("fieldray-demo/{}.heatmap.png", sample.name);
        assert!(folder.path().join(heatmap).exists(), "{}", sample.name);
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("taken"), "").unwrap();
    let output = fieldray(folder.path(), &["demo", "--out", "taken"]);
    assert_eq!(status(&output), 1);
    assert!(stderr(&output).contains("choose another with --out"), "{}", stderr(&output));
}
