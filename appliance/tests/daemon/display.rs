//! A person at the display, by keys and touches: what is shown is held against what the screens draw for what is to be seen.

use std::fs::{self, File};
use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use embedded_graphics::geometry::{Point, Size};
use fieldray_appliance::choice::BundleChoice;
use fieldray_appliance::clock::Timestamp;
use fieldray_appliance::screen::{
    self, Action, ChoiceView, DetailsView, Entry, Fact, HistoryRow, HistoryView, Language, Layer, Look, Options,
    PointOf, ResultView, Review, Scene, Screen, Search, Setting, SettingsView, Theme, Typesetter, WayOut,
};
use fieldray_appliance::screening::{Act, Effort, FilmPictures};
use fieldray_board::display::Frame;
use fieldray_common::screening::Model;
use image::RgbImage;
use serde_json::Value;

use super::{Clinic, Daemon, PATIENCE, Starting};

const PANEL: Size = Size::new(800, 480);

/// A person at the display of a clinic's box.
pub struct Person<'a> {
    clinic: &'a Clinic,
    look: Look,
    typesetter: Typesetter,
}

impl<'a> Person<'a> {
    /// Starts a daemon that takes films from a folder and hears this person.
    pub fn at(clinic: &'a Clinic, settings: &str) -> (Self, Daemon) {
        fs::create_dir_all(clinic.path("stick")).unwrap();
        let watch = format!("[watch]\nfolder = \"{}\"\nevery_s = 1", clinic.path("stick").display());
        clinic.settle(&format!("{settings}\n{watch}"));
        let mut command = clinic.command();
        command.arg("--input").arg(format!("lines:{}", clinic.path("keys").display()));
        let daemon = Starting::of(command).wait();
        (Self { clinic, look: Look::default(), typesetter: Typesetter::new() }, daemon)
    }

    /// Does what a line of input says.
    pub fn does(&self, line: &str) {
        writeln!(File::options().write(true).open(self.clinic.path("keys")).unwrap(), "{line}").unwrap();
    }

    /// Presses keys, from left to right 1 to 4.
    pub fn presses<const N: usize>(&self, keys: [u8; N]) {
        keys.into_iter().for_each(|key| self.does(&format!("key {key}")));
    }

    /// Touches what asks for this on a screen.
    fn touches(&mut self, screen: &Screen<'_>, action: Action) {
        let scene = Scene::compose(screen, self.look, PANEL, &mut self.typesetter);
        let points =
            (0..PANEL.height as i32).step_by(8).flat_map(|y| (0..PANEL.width as i32).step_by(8).map(move |x| (x, y)));
        let (x, y) = points.into_iter().find(|(x, y)| scene.touch(Point::new(*x, *y)) == Some(action)).unwrap();
        self.does(&format!("touch {x} {y}"));
    }

    /// Waits until the display shows a screen.
    pub fn sees(&mut self, name: &str, screen: &Screen<'_>) {
        let mut wanted = Frame::new(PANEL);
        screen::draw(screen, self.look, &mut self.typesetter, &mut wanted).unwrap();
        let begun = Instant::now();
        while self.picture().as_ref() != Some(wanted.picture()) {
            if begun.elapsed() > PATIENCE {
                let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
                wanted.picture().save(folder.join(format!("{name}-wanted.png"))).unwrap();
                fs::copy(self.clinic.path("screen/screen.png"), folder.join(format!("{name}-shown.png"))).unwrap();
                panic!("the display never showed {name}; see {}", folder.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// What is on the display.
    fn picture(&self) -> Option<RgbImage> {
        Some(image::open(self.clinic.path("screen/screen.png")).ok()?.into_rgb8())
    }
}

/// A film with what is to be seen of it.
pub struct Answered {
    pub act: Act,
    pub pictures: FilmPictures,
    elapsed_ms: f64,
    pub received: Timestamp,
    time: String,
    pub patient: String,
    pub view: String,
    uid: String,
    bundle: String,
}

impl Answered {
    pub fn of(model: &Model, film: &Path, history: &[Value]) -> Self {
        let act = Act::on_file(model, film, None).unwrap();
        let facts = act.film.as_ref().unwrap().facts().clone();
        let uid = facts.sop_instance_uid.unwrap();
        let line = history.iter().find(|line| line["sop_instance"] == uid.as_str()).unwrap();
        let received = chrono::DateTime::parse_from_rfc3339(line["received"].as_str().unwrap()).unwrap();
        let received = Timestamp::from_unix_ms(received.timestamp_millis());
        Self {
            pictures: FilmPictures::of(&act).unwrap(),
            elapsed_ms: elapsed_ms(line),
            received,
            time: received.short(),
            patient: facts.patient_id.unwrap(),
            view: [facts.view_position, facts.laterality].into_iter().flatten().collect::<Vec<_>>().join(", "),
            uid,
            bundle: model.manifest().id(),
            act,
        }
    }

    pub fn result(&self, model: &Model, layer: Layer, review: Review, way_out: WayOut) -> Screen<'_> {
        let view = ResultView::new(model, &self.act.screening, None, Some(self.pictures.both()), self.elapsed_ms);
        Screen::Result(ResultView { layer, review, way_out, patient: Some(&self.patient), ..view })
    }

    pub fn row(&self, reviewed: bool) -> HistoryRow<'_> {
        let region = self.act.screening.region.as_ref().map(|choice| choice.name.as_str());
        let decision = self.act.screening.decision;
        HistoryRow { time: &self.time, patient: Some(&self.patient), region, decision, reviewed }
    }

    pub fn facts<'a>(&'a self, model: &Model, received: &'a str) -> Vec<Fact<'a>> {
        let region = self.act.screening.region.as_ref().unwrap();
        let film = self.act.film.as_ref().unwrap();
        vec![
            Fact::Patient(&self.patient),
            Fact::Region(&region.name),
            Fact::View(&self.view),
            Fact::Received(received),
            Fact::Decision(self.act.screening.decision),
            Fact::Probability(self.act.screening.probability.unwrap()),
            Fact::OperatingPoint(model.heads()[region.head].operating_point),
            Fact::ElapsedMs(self.elapsed_ms),
            Fact::Size(film.width_px() as u32, film.height_px() as u32),
            Fact::Heatmap("Grad-CAM"),
            Fact::Model(&self.bundle),
            Fact::Instance(&self.uid),
        ]
    }
}

/// How long the screening took that a line of the history tells of.
pub fn elapsed_ms(line: &Value) -> f64 {
    let stages = ["read", "prepare", "network", "classify", "explain"];
    stages.map(|stage| line["elapsed_ms"][stage].as_f64().unwrap()).iter().sum()
}

pub fn model() -> Model {
    Model::load(&BundleChoice::default().open().unwrap()).unwrap()
}

/// Puts a film where the box finds it, and waits for its answer: the `count`th.
pub fn answered(clinic: &Clinic, film: &Path, count: usize) -> Vec<Value> {
    fs::copy(film, clinic.path("stick").join(film.file_name().unwrap())).unwrap();
    clinic.history_of(count)
}

fn settings(daemon: &Daemon, language: Language) -> [Setting<'static>; 7] {
    [
        Setting::Language(language),
        Setting::Theme(Theme::Dark),
        Setting::Heatmap(true),
        Setting::OperatingPoint(PointOf::Model),
        Setting::Dicom { ae_title: "FIELDRAY", port: daemon.address.port() },
        Setting::StorageBytes(16_384 << 20),
        Setting::Version(env!("CARGO_PKG_VERSION")),
    ]
}

#[test]
fn a_nurse_goes_from_a_result_through_everything() {
    let clinic = Clinic::new();
    let films: Vec<PathBuf> = clinic.films(3, 300);
    let (mut person, daemon) = Person::at(&clinic, "");
    let model = model();
    let mut history = Vec::new();
    for (number, film) in films.iter().enumerate() {
        history = answered(&clinic, film, number + 1);
    }
    let all: Vec<Answered> = films.iter().rev().map(|film| Answered::of(&model, film, &history)).collect();
    let last = &all[0];

    // The result, its heatmap off and on, its facts.
    let result = |layer, review| last.result(&model, layer, review, WayOut::Home);
    person.sees("result", &result(Layer::Heatmap, Review::Open));
    person.presses([1]);
    person.sees("film", &result(Layer::Film, Review::Open));
    person.presses([1]);
    person.sees("heatmap", &result(Layer::Heatmap, Review::Open));
    let received = last.received.local();
    let facts = last.facts(&model, &received);
    let details = |first| Screen::Details(DetailsView { facts: &facts, first, explains: true, views: false });
    person.presses([2]);
    person.sees("details", &details(0));
    person.presses([3]);
    person.sees("more-details", &details(8));
    person.presses([4]);

    // It is judged.
    person.presses([3]);
    person.sees("reviewed", &result(Layer::Heatmap, Review::Done));
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    let judged: Vec<&str> = log.lines().filter(|line| line.contains(r#""what":"reviewed""#)).collect();
    assert!(
        judged.len() == 1 && judged[0].contains(&last.uid) && judged[0].contains(r#""who":"display""#),
        "{judged:?}"
    );

    // The history, and a search.
    let rows: Vec<HistoryRow<'_>> = all.iter().enumerate().map(|(at, answered)| answered.row(at == 0)).collect();
    let list = |rows, found, chosen, search| Screen::History(HistoryView { rows, before: 0, found, chosen, search });
    person.presses([4, 2]);
    person.sees("history", &list(&rows, 3, Some(0), Search::default()));
    person.presses([1, 3]);
    let entering = list(&rows, 3, None, Search { number: "", entry: Some(Entry { chosen: 1 }) });
    person.sees("search", &entering);
    let digits = all[1].patient[all[1].patient.len() - 3..].to_owned();
    let sought: Vec<u8> = digits.bytes().map(|digit| digit - b'0').collect();
    sought.iter().for_each(|digit| person.touches(&entering, Action::Digit(*digit)));
    person.presses([4]);
    person.sees("found", &list(&rows[1..2], 1, Some(0), Search { number: &digits, entry: None }));
    person.presses([3]);
    let opened = all[1].result(&model, Layer::Heatmap, Review::Open, WayOut::Back);
    person.sees("opened", &opened);

    // The settings, and another language, at once and after the next start.
    person.presses([4, 4, 4]);
    let set = settings(&daemon, Language::English);
    person.sees("settings", &Screen::Settings(SettingsView { settings: &set, chosen: 0 }));
    person.presses([3]);
    let choice = |marked| Screen::Choice(ChoiceView { options: Options::Languages, marked, current: Some(0) });
    person.sees("languages", &choice(0));
    person.presses([2, 3]);
    person.look.language = Language::French;
    let set = settings(&daemon, Language::French);
    person.sees("french", &Screen::Settings(SettingsView { settings: &set, chosen: 0 }));
    assert_eq!(daemon.terminate(), Some(0));
    assert!(clinic.verified_log().is_ok());
    let (mut person, daemon) = Person::at(&clinic, "");
    person.look.language = Language::French;
    person.presses([4]);
    let set = settings(&daemon, Language::French);
    person.sees("french-again", &Screen::Settings(SettingsView { settings: &set, chosen: 0 }));
}

#[test]
fn an_answer_is_explained_and_films_go_before() {
    let clinic = Clinic::new();
    let films: Vec<PathBuf> = clinic.films(2, 300);
    let (mut person, daemon) = Person::at(&clinic, "");
    let model = model();
    let history = answered(&clinic, &films[0], 1);
    let mut first = Answered::of(&model, &films[0], &history);
    person.sees("result", &first.result(&model, Layer::Heatmap, Review::Open, WayOut::Home));

    // Ended as soon as it is begun, and one is where one was.
    person.presses([2, 1, 1]);
    let received = first.received.local();
    let facts = first.facts(&model, &received);
    person.sees("details", &Screen::Details(DetailsView { facts: &facts, first: 0, explains: true, views: false }));

    // A film that comes meanwhile is answered first.
    person.presses([1]);
    answered(&clinic, &films[1], 2);
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let before_each = || ControlFlow::Continue(());
    first.act.explain_by_lime(&model, Effort { samples: 500, threads, before_each: &before_each }).unwrap();
    first.pictures = FilmPictures::of(&first.act).unwrap();
    person.sees("explained", &first.result(&model, Layer::Heatmap, Review::Open, WayOut::Home));
    let said = daemon.said();
    let (answered, explained) = (said.rfind(" screened ").unwrap(), said.find(" explained ").unwrap());
    assert!(answered < explained && said.matches(" explained ").count() == 1, "{said}");
}
