//! The films of a study at the display, and a film whose region a person has to name.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use fieldray_appliance::screen::{DetailsView, Film, Layer, ResultView, Review, Screen, StudyFilm, StudyView, WayOut};
use fieldray_appliance::screening::{Act, FilmPictures};
use fieldray_common::screening::Decision;

use super::Clinic;
use super::display::{Answered, Person, answered, elapsed_ms, model};

/// Makes a film part of another study.
fn join_study(film: &Path, study: &str) {
    let mut object = dicom_object::open_file(film).unwrap();
    object.put(DataElement::new(tags::STUDY_INSTANCE_UID, VR::UI, study));
    object.write_to_file(film).unwrap();
}

#[test]
fn the_films_of_a_study_lie_beside_each_other() {
    let clinic = Clinic::new();
    let films = clinic.films(2, 300);
    films.iter().for_each(|film| join_study(film, "2.25.7"));
    let (mut person, _daemon) = Person::at(&clinic, "");
    let model = model();
    answered(&clinic, &films[0], 1);
    let history = answered(&clinic, &films[1], 2);
    let all: Vec<Answered> = films.iter().map(|film| Answered::of(&model, film, &history)).collect();
    person.sees("last", &all[1].result(&model, Layer::Heatmap, Review::Open, WayOut::Home));

    person.presses([2]);
    let received = all[1].received.local();
    let facts = all[1].facts(&model, &received);
    person.sees("facts", &Screen::Details(DetailsView { facts: &facts, first: 0, explains: true, views: true }));
    person.presses([2]);
    let views: Vec<StudyFilm<'_>> = all
        .iter()
        .map(|answered| {
            let screening = &answered.act.screening;
            let peak = screening.heatmap.as_ref().and_then(|heatmap| heatmap.peak_share());
            let (plain, heatmap) = answered.pictures.both();
            StudyFilm {
                film: Some(Film { plain, heatmap, peak: peak.filter(|_| screening.decision == Decision::Abnormal) }),
                position: Some(&answered.view),
                decision: screening.decision,
                probability: screening.probability,
            }
        })
        .collect();
    let study =
        |chosen, layer| Screen::Study(StudyView { patient: Some(&all[0].patient), films: &views, chosen, layer });
    person.sees("study", &study(1, Layer::Heatmap));
    person.presses([1, 2]);
    person.sees("other-view", &study(0, Layer::Film));
    person.presses([3]);
    person.sees("view", &all[0].result(&model, Layer::Heatmap, Review::Open, WayOut::Back));
}

#[test]
fn a_region_that_could_not_be_told_is_named_and_the_film_screened_again() {
    let clinic = Clinic::new();
    let (mut person, _daemon) = Person::at(&clinic, "");
    let model = model();
    let picture = image::GrayImage::from_fn(300, 300, |x, y| image::Luma([(x / 2 + y / 3) as u8]));
    let film = clinic.path("photograph.png");
    picture.save(&film).unwrap();
    let line = answered(&clinic, &film, 1).remove(0);
    assert!(line["region"].is_null() && line["decision"] == "refer", "{line}");
    let sees = |person: &mut Person<'_>, name, region, elapsed_ms| {
        let act = Act::on_file(&model, &film, region).unwrap();
        let pictures = FilmPictures::of(&act).unwrap();
        let view = ResultView::new(&model, &act.screening, None, Some(pictures.both()), elapsed_ms);
        person.sees(name, &Screen::Result(view));
    };
    sees(&mut person, "unclear", None, elapsed_ms(&line));

    person.presses([1, 2, 3]);
    let again = loop {
        let history = clinic.history();
        assert_eq!(history.len(), 1);
        if !history[0]["region"].is_null() {
            break history[0].clone();
        }
        thread::sleep(Duration::from_millis(100));
    };
    assert_eq!((&again["region"], &again["region_source"]), (&model.heads()[1].name.as_str().into(), &"given".into()));
    sees(&mut person, "named", Some(1), elapsed_ms(&again));
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    assert!(log.lines().any(|line| line.contains(r#""what":"region-named""#) && line.contains(r#""who":"display""#)));
}
