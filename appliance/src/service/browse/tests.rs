//! Where a person gets to by touches and keys, with a clock turned by hand.

use fieldray_common::screening::{Decision, Stage};

use super::*;
use crate::archive::Line;
use crate::clock::Timestamp;
use crate::screen::{Action, Fault, Language, Layer, WayOut};

/// So many answers of as many patients, the last of number 0; three films a study.
struct Shelf(usize);

fn image(number: usize) -> ImageId {
    ImageId::for_test(number as i64)
}

impl Library for Shelf {
    fn page(&self, digits: &str, before: usize, count: usize) -> archive::Page {
        let line = |number: usize| Line {
            image: image(number),
            received: Timestamp::from_unix_ms(0),
            patient: Some(number.to_string()),
            region: None,
            decision: Decision::Normal,
            reviewed: false,
        };
        let found: Vec<usize> = (0..self.0).filter(|number| number.to_string().contains(digits)).collect();
        let lines = found.iter().skip(before).take(count).map(|number| line(*number)).collect();
        archive::Page { lines, whole: found.len() }
    }

    fn study_of(&self, _: ImageId) -> Vec<ImageId> {
        (0..3).map(image).collect()
    }
}

/// A person at a display of five rows.
struct Person {
    browse: Browse,
    shelf: Shelf,
    now: Duration,
}

const PREFERENCES: Preferences =
    Preferences { language: Language::English, theme: crate::screen::Theme::Dark, layer: Layer::Heatmap };

fn person(answers: usize) -> Person {
    let browse = Browse::new(PREFERENCES, Extent { rows: 5, regions: 4 });
    Person { browse, shelf: Shelf(answers), now: Duration::from_secs(1000) }
}

fn settings(chosen: usize) -> Page {
    Page::Settings { chosen, site_point: SitePoint::None }
}

impl Person {
    /// The box shows something by itself, and some seconds pass.
    fn face(&mut self, face: Face<ImageId>) -> Option<Errand> {
        let errand = self.browse.face(face, self.now);
        self.page();
        self.now += Duration::from_secs(3);
        errand
    }

    fn page(&mut self) -> Page {
        self.browse.view(&self.shelf).page
    }

    fn asks(&mut self, action: Action) -> Option<Errand> {
        let errand = self.browse.asked(action, self.now, &self.shelf);
        self.page();
        errand
    }

    fn goes<const N: usize>(&mut self, actions: [Action; N]) -> Page {
        actions.into_iter().for_each(|action| assert_eq!(self.asks(action), None, "{action:?}"));
        self.page()
    }

    fn waits(&mut self, time: Duration) -> Page {
        self.now += time;
        self.browse.tick(self.now);
        self.page()
    }

    fn list(&mut self) -> List {
        match self.page() {
            Page::History(list) => list,
            other => panic!("{other:?}"),
        }
    }
}

fn result(number: usize, layer: Layer, way_out: WayOut) -> Page {
    Page::Result { image: image(number), layer, explanation: Explanation::Kept, way_out }
}

#[test]
fn whoever_opened_something_is_not_pushed_away_and_finds_the_new_result_when_they_go_home() {
    let mut person = person(9);
    person.face(Face::Result(image(1)));
    assert_eq!(person.page(), result(1, Layer::Heatmap, WayOut::Home));
    assert_eq!(person.goes([Action::HideHeatmap]), result(1, Layer::Film, WayOut::Home));
    person.face(Face::Result(image(2)));
    assert_eq!(person.page(), result(1, Layer::Film, WayOut::Home));
    assert_eq!(person.goes([Action::Home]), result(2, Layer::Heatmap, WayOut::Home));
    // This one was seen, and goes.
    assert_eq!(person.asks(Action::Home), Some(Errand::Dismiss));
}

#[test]
fn who_leaves_without_a_word_is_not_waited_for() {
    let mut person = person(9);
    person.face(Face::Ready);
    person.goes([Action::History]);
    person.face(Face::Result(image(2)));
    assert!(matches!(person.waits(LEFT - Duration::from_secs(4)), Page::History(_)));
    assert_eq!(person.waits(Duration::from_secs(1)), result(2, Layer::Heatmap, WayOut::Home));
}

#[test]
fn what_is_wrong_comes_before_everything_but_those_who_review_go_on_when_the_storage_is_full() {
    let mut person = person(9);
    person.face(Face::Ready);
    person.goes([Action::Settings]);
    person.face(Face::Full);
    assert_eq!(person.page(), Page::Trouble(Fault::StorageFull, "STORAGE FULL".to_owned()));
    person.goes([Action::History, Action::Open(2)]);
    assert_eq!(person.asks(Action::Review), Some(Errand::Review(image(2))));
    person.face(Face::Receiving("dicom XR".to_owned()));
    person.face(Face::Full);
    assert!(matches!(person.goes([Action::Back]), Page::History(_)));
    person.face(Face::Fault("check the disk".to_owned()));
    assert!(matches!(person.page(), Page::Trouble(Fault::ReadOnly, _)));
    assert!(matches!(person.goes([Action::Home]), Page::Ready { .. }));
    assert!(matches!(person.waits(LEFT), Page::Trouble(Fault::ReadOnly, _)));
}

#[test]
fn a_key_pressed_as_a_result_comes_up_does_not_review_it() {
    let mut person = person(9);
    person.browse.face(Face::Result(image(3)), person.now);
    person.page();
    assert_eq!(person.asks(Action::Review), None);
    person.now += Duration::from_secs(1);
    assert_eq!(person.asks(Action::Review), Some(Errand::Review(image(3))));
}

#[test]
fn the_history_is_gone_through_row_by_row_and_page_by_page() {
    let mut person = person(12);
    person.goes([Action::History]);
    assert_eq!((person.list().chosen, person.list().found.whole), (Some(0), 12));
    person.goes([Action::Down; 5]);
    assert_eq!((person.list().before, person.list().chosen), (5, Some(0)));
    person.goes([Action::Down; 9]);
    assert_eq!((person.list().before, person.list().chosen), (10, Some(1)));
    person.goes([Action::Up; 2]);
    assert_eq!((person.list().before, person.list().chosen), (5, Some(4)));
    assert_eq!(person.goes([Action::Open(4)]), result(9, Layer::Heatmap, WayOut::Back));
    person.goes([Action::Back]);
    assert_eq!((person.list().before, person.list().chosen), (5, Some(4)));
    person.goes([Action::Up; 10]);
    assert_eq!((person.list().before, person.list().chosen), (0, None));
}

#[test]
fn a_number_is_searched_for_with_four_keys() {
    let mut person = person(40);
    person.goes([Action::History, Action::Search, Action::Next, Action::Next]);
    assert_eq!(person.list().entry, Some(3));
    person.goes([Action::Digit(3), Action::Previous, Action::Previous, Action::Previous]);
    assert_eq!((person.list().digits.as_str(), person.list().entry, person.list().found.whole), ("3", Some(10), 13));
    person.goes([Action::Delete, Action::Digit(3), Action::Digit(7), Action::Done]);
    assert_eq!((person.list().digits.as_str(), person.list().entry, person.list().chosen), ("37", None, Some(0)));
    assert_eq!(person.goes([Action::Open(0)]), result(37, Layer::Heatmap, WayOut::Back));
    person.goes([Action::Back, Action::Search, Action::Digit(9), Action::Digit(9), Action::Done]);
    assert_eq!((person.list().found.whole, person.list().chosen), (0, None));
}

#[test]
fn from_a_result_to_its_facts_and_views_and_back() {
    let mut person = person(9);
    person.face(Face::Ready);
    let details = Page::Details { image: image(0), turned: 1, has_views: true };
    assert_eq!(person.goes([Action::Last, Action::Details, Action::NextPage]), details);
    let study = |chosen| Page::Study { images: (0..3).map(image).collect(), chosen, layer: Layer::Heatmap };
    assert_eq!(person.goes([Action::Views]), study(0));
    assert_eq!(person.goes([Action::Next, Action::Next]), study(2));
    assert_eq!(person.goes([Action::Open(2)]), result(2, Layer::Heatmap, WayOut::Back));
    assert_eq!(person.goes([Action::Back]), study(2));
    assert_eq!(person.goes([Action::Back]), details);
    assert_eq!(person.goes([Action::Back]), result(0, Layer::Heatmap, WayOut::Home));
}

#[test]
fn an_explanation_is_shown_to_whoever_waits_for_it_and_to_nobody_else() {
    let mut person = person(9);
    person.face(Face::Result(image(1)));
    person.goes([Action::Details]);
    assert_eq!(person.asks(Action::Explain), Some(Errand::Explain(image(1))));
    person.browse.explaining(image(1), 40);
    assert_eq!(person.waits(LEFT), Page::Explaining { image: image(1), done: 40 });
    person.browse.explained(image(1), true, person.now);
    let by_lime =
        Page::Result { image: image(1), layer: Layer::Heatmap, explanation: Explanation::Lime, way_out: WayOut::Home };
    assert_eq!(person.page(), by_lime);

    person.goes([Action::Details]);
    person.asks(Action::Explain);
    assert_eq!(person.asks(Action::Cancel), Some(Errand::Cancel));
    assert!(matches!(person.page(), Page::Details { .. }));
    person.browse.explained(image(1), false, person.now);
    assert!(matches!(person.page(), Page::Details { .. }));

    person.asks(Action::Explain);
    assert_eq!(person.face(Face::Fault("check the disk".to_owned())), Some(Errand::Cancel));
}

#[test]
fn settings_are_changed_and_kept() {
    let mut person = person(0);
    assert_eq!(person.goes([Action::Settings, Action::Down, Action::Down]), settings(2));
    let plain = Preferences { layer: Layer::Film, ..PREFERENCES };
    assert_eq!(person.asks(Action::Change(2)), Some(Errand::Keep(plain)));
    person.goes([Action::Change(0)]);
    assert_eq!(person.goes([Action::Down, Action::Down]), Page::Choice { of: Asked::Language, marked: 2 });
    let spanish = Preferences { language: Language::Spanish, ..plain };
    assert_eq!(person.asks(Action::Choose(2)), Some(Errand::Keep(spanish)));
    assert_eq!(person.browse.view(&person.shelf).preferences, spanish);
    assert_eq!(person.goes([Action::Change(4), Action::Change(99)]), settings(SETTINGS - 1));
}

#[test]
fn a_region_that_could_not_be_told_is_chosen() {
    let mut person = person(9);
    person.face(Face::Result(image(1)));
    person.goes([Action::ChooseRegion, Action::Down, Action::Down, Action::Down, Action::Down, Action::Down]);
    assert_eq!(person.page(), Page::Choice { of: Asked::Region(image(1)), marked: 3 });
    assert_eq!(person.asks(Action::Choose(3)), Some(Errand::ScreenAs(image(1), 3)));
    person.face(Face::Reading(image(1), Stage::Network));
    assert_eq!(person.page(), Page::Reading(image(1), Stage::Network));
    // Who does not want to watch goes home, and the result comes up by itself.
    assert!(matches!(person.goes([Action::Home]), Page::Ready { .. }));
    person.face(Face::Result(image(1)));
    assert_eq!(person.page(), result(1, Layer::Heatmap, WayOut::Home));
}
