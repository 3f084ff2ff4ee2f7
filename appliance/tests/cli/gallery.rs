//! `fieldray screen-gallery`: every screen, for looking at.

use super::{fieldray, status, stderr, stdout};

#[test]
fn the_contact_sheet_names_every_picture() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["screen-gallery", "out", "--language", "hi", "--theme", "light", "--size", "480x320"];
    let output = fieldray(folder.path(), &arguments);
    assert_eq!((status(&output), stderr(&output).as_str()), (0, ""));
    let out = folder.path().join("out");
    let sheet = std::fs::read_to_string(out.join("index.html")).unwrap();
    let files = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pictures: Vec<String> = files.filter(|name| name.ends_with(".png")).collect();
    assert!(stdout(&output).starts_with(&format!("{} screens in out", pictures.len())), "{}", stdout(&output));
    for name in &pictures {
        assert!(name.ends_with("_480x320_light_hi.png") && sheet.contains(&format!("src=\"{name}\"")), "{name}");
        assert_eq!(image::image_dimensions(out.join(name)).unwrap(), (480, 320));
    }
    for screen in
        ["ready", "receiving", "reading", "result", "study", "history", "details", "settings", "update", "fault"]
    {
        assert!(pictures.iter().any(|name| name.starts_with(&format!("{screen}_"))), "{screen}");
    }
}

#[test]
fn a_size_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for size in ["big", "800", "10x10", "800x-1"] {
        let output = fieldray(folder.path(), &["screen-gallery", "out", "--size", size]);
        assert_eq!(status(&output), 1, "{size}");
        assert!(stderr(&output).contains("such as 800x480"), "{}", stderr(&output));
    }
}
