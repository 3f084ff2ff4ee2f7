//! A watched folder, by the real program.

use std::fs;

use super::Clinic;

#[test]
fn films_of_every_kind_on_a_stick_are_answered() {
    let clinic = Clinic::new();
    let films = clinic.films(2, 300);
    let stick = clinic.path("stick");
    fs::create_dir_all(stick.join("DICOM")).unwrap();
    fs::copy(&films[0], stick.join("DICOM/IM0001")).unwrap();
    fs::write(stick.join("DICOMDIR"), b"an index").unwrap();
    let picture = image::GrayImage::from_fn(300, 300, |x, y| image::Luma([(x / 2 + y / 3) as u8]));
    picture.save(stick.join("photograph.jpg")).unwrap();
    picture.save(stick.join("photograph.png")).unwrap();
    fs::write(stick.join("broken.jpg"), [0xff, 0xd8, 0xff, 0xe0, 0, 2, 0xff, 0xd9]).unwrap();
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1", stick.display()));
    let daemon = clinic.start();
    let history = clinic.history_of(4);
    assert_eq!(history.len(), 4);
    assert_eq!(history.iter().filter(|line| line["sop_instance"].is_null()).count(), 3);
    let broken = history.iter().find(|line| line["sender"].as_str().unwrap().ends_with("broken.jpg")).unwrap();
    assert_eq!(broken["decision"], "unreadable", "{broken}");
    // Films come on, after a stick as after a start.
    fs::copy(&films[1], stick.join("DICOM/IM0002")).unwrap();
    clinic.history_of(5);
    drop(daemon);
    let daemon = clinic.start();
    fs::copy(&films[1], stick.join("copy")).unwrap();
    while !daemon.said().contains("copy=Again") {
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    assert_eq!(clinic.history().len(), 5);
}
