//! One of every screen, on drawn films: for looking at and for tests.

mod drawn;
mod lists;

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::phantom::{self, Metal, Request, State};
use fieldray_common::radiograph::Source;
use fieldray_common::read::ReadError;
use fieldray_common::region::Region;
use fieldray_common::screening::{Decision, Reason, RegionSource, Stage};

use super::*;
use crate::models::Change;
use drawn::Drawn;
use lists::{ALONE, BACK, FACTS, FAULTS, SETTINGS, UNWELL, WEAK_AND_HOT, WELL, changes, gone_back};

/// The films and lists that the samples show.
pub struct Samples {
    films: Vec<Drawn>,
    rows: Vec<HistoryRow<'static>>,
    regions: Vec<String>,
    changes: Vec<Change>,
    gone_back: Vec<Change>,
}

impl Samples {
    /// Draws the films.
    pub fn new() -> Self {
        let film = |region, state, seed| {
            let request = Request { region, state, metal: Metal::Absent, long_side_px: 720, seed };
            Drawn::new(&phantom::simulate(&request))
        };
        let row = |time, patient, region, decision, reviewed| HistoryRow { time, patient, region, decision, reviewed };
        Self {
            films: vec![
                film(Region::Leg, State::Fractured, 11),
                film(Region::Hand, State::Intact, 2),
                film(Region::Hand, State::Fractured, 20),
                film(Region::Shoulder, State::Fractured, 11),
            ],
            rows: vec![
                row("11-24 09:41", Some("20-1187"), Some("leg"), Decision::Abnormal, false),
                row("11-24 09:35", Some("20-1186"), Some("hand"), Decision::Normal, true),
                row("11-24 09:20", Some("19-0042"), Some("shoulder"), Decision::Refer, false),
                row("11-23 16:02", None, None, Decision::Unreadable, true),
                row("11-23 15:48", Some("20-1171"), Some("hip"), Decision::Normal, true),
            ],
            regions: ["hand", "leg", "hip", "shoulder"].map(str::to_owned).to_vec(),
            changes: changes(),
            gone_back: gone_back(),
        }
    }

    /// The films of a study, for [`Samples::screens`].
    pub fn study(&self) -> Vec<StudyFilm<'_>> {
        let film = |at, position, decision, probability| StudyFilm {
            film: Some(Film { peak: None, ..self.film(at) }),
            position,
            decision,
            probability: Some(probability),
        };
        vec![
            film(0, Some("AP"), Decision::Abnormal, 0.874),
            film(2, Some("LAT"), Decision::Refer, 0.36),
            film(1, None, Decision::Normal, 0.08),
            StudyFilm { film: None, position: None, decision: Decision::Unreadable, probability: None },
        ]
    }

    /// Every screen with its name.
    pub fn screens<'a>(&'a self, study: &'a [StudyFilm<'a>]) -> Vec<(&'static str, Screen<'a>)> {
        let mut all = vec![
            ("starting", Screen::Starting(StartingView { name: self.ready().name })),
            ("ready", Screen::Ready(self.ready())),
            (
                "ready-new",
                Screen::Ready(ReadyView { last: &[], update: Notice::Waits, health: &UNWELL, ..self.ready() }),
            ),
            ("ready-unwell", Screen::Ready(ReadyView { health: &ALONE, ..self.ready() })),
            ("ready-weak-and-hot", Screen::Ready(ReadyView { health: &WEAK_AND_HOT, ..self.ready() })),
            ("ready-went-back", Screen::Ready(ReadyView { health: &BACK, update: Notice::Waits, ..self.ready() })),
            ("receiving", Screen::Receiving(self.receiving())),
            (
                "receiving-unknown",
                Screen::Receiving(ReceivingView {
                    origin: Some(Origin::Usb),
                    patient: None,
                    images: None,
                    total_bytes: None,
                    ..self.receiving()
                }),
            ),
            ("reading", Screen::Reading(self.reading(Work::Screening(Stage::Network)))),
            ("explaining", Screen::Reading(self.reading(Work::Explaining { done: 180, samples: 500 }))),
        ];
        all.extend(self.results().map(|(name, view)| (name, Screen::Result(view))));
        all.extend(self.lists(study));
        all.extend(self.updates());
        all.extend(FAULTS.into_iter().map(|(name, fault)| (name, Screen::Fault(FaultView { fault, code: "S-207" }))));
        all
    }

    fn film(&self, at: usize) -> Film<'_> {
        let Drawn { plain, heated, peak } = &self.films[at];
        Film { plain, heatmap: Some(heated), peak: Some(*peak) }
    }

    fn ready(&self) -> ReadyView<'_> {
        ReadyView {
            name: "Clínica San José",
            bundle: "fracatlas-all@0.2.0",
            regions: &self.regions,
            last: &self.rows,
            health: &WELL,
            update: Notice::Nothing,
        }
    }

    fn receiving(&self) -> ReceivingView<'_> {
        ReceivingView {
            origin: Some(Origin::Dicom("PORTABLE-XR")),
            patient: Some("20-1187"),
            image: Some(2),
            images: Some(3),
            bytes: Some(5_300_000),
            total_bytes: Some(7_600_000),
        }
    }

    fn reading(&self, work: Work) -> ReadingView<'_> {
        ReadingView { film: Some(self.film(0)), patient: Some("20-1187"), work }
    }

    fn results(&self) -> [(&'static str, ResultView<'_>); 7] {
        let point = |low, high| OperatingPoint::new(low, high).ok();
        let abnormal = ResultView {
            film: Some(self.film(0)),
            layer: Layer::Heatmap,
            patient: Some("20-1187"),
            region: Some(("leg".to_owned(), RegionSource::Dicom)),
            decision: Decision::Abnormal,
            why: Why::Screened(Reason::Above),
            probability: Some(0.874),
            operating_point: point(0.22, 0.41),
            elapsed_ms: 1284.0,
            bundle: "fracatlas-all@0.2.0".to_owned(),
            review: Review::Open,
            way_out: WayOut::Home,
        };
        let without_peak = |at| Film { peak: None, ..self.film(at) };
        let plain = ResultView { layer: Layer::Film, ..abnormal.clone() };
        let normal = ResultView {
            film: Some(without_peak(1)),
            patient: Some("20-1186"),
            region: Some(("hand".to_owned(), RegionSource::Predicted)),
            decision: Decision::Normal,
            why: Why::Screened(Reason::Below),
            probability: Some(0.08),
            operating_point: point(0.22, 0.41),
            elapsed_ms: 84.2,
            layer: Layer::Film,
            review: Review::Done,
            way_out: WayOut::Back,
            ..abnormal.clone()
        };
        let refer = ResultView {
            film: Some(without_peak(3)),
            patient: Some("19-0042"),
            region: Some(("shoulder".to_owned(), RegionSource::Given)),
            decision: Decision::Refer,
            why: Why::Screened(Reason::TooCloseToCall),
            probability: Some(0.33),
            ..abnormal.clone()
        };
        let unfamiliar = ResultView {
            why: Why::Screened(Reason::Unfamiliar { times_limit: 1.7 }),
            probability: Some(0.996),
            operating_point: point(0.05, 0.5),
            review: Review::Done,
            bundle: "clinic-with-a-very-long-model-name-indeed@12.10.3".to_owned(),
            patient: Some("H-2026-004711-B/2"),
            ..refer.clone()
        };
        let unclear = ResultView {
            region: None,
            why: Why::Screened(Reason::RegionUnclear),
            probability: None,
            operating_point: None,
            layer: Layer::Film,
            film: Some(Film { heatmap: None, ..without_peak(3) }),
            ..refer.clone()
        };
        let unreadable = ResultView {
            film: None,
            patient: None,
            region: None,
            decision: Decision::Unreadable,
            why: Why::Refused(ReadError::Truncated(Source::Dicom)),
            probability: None,
            operating_point: None,
            elapsed_ms: 3.1,
            ..abnormal.clone()
        };
        [
            ("result", abnormal),
            ("result-film", plain),
            ("result-normal", normal),
            ("result-refer", refer),
            ("result-unfamiliar", unfamiliar),
            ("result-unclear", unclear),
            ("result-unreadable", unreadable),
        ]
    }

    fn lists<'a>(&'a self, study: &'a [StudyFilm<'a>]) -> Vec<(&'static str, Screen<'a>)> {
        let found = |search, rows, found, chosen| HistoryView { rows, before: 0, found, chosen, search };
        let entry = Some(Entry { chosen: 7 });
        vec![
            (
                "study",
                Screen::Study(StudyView { patient: Some("20-1187"), films: study, chosen: 0, layer: Layer::Heatmap }),
            ),
            ("history", Screen::History(found(Search::default(), &self.rows, 213, Some(1)))),
            ("history-search", Screen::History(found(Search { number: "118", entry }, &self.rows[..2], 2, None))),
            ("history-none", Screen::History(found(Search { number: "4711", entry: None }, &[], 0, None))),
            ("details", Screen::Details(DetailsView { facts: &FACTS, first: 0, explains: true, views: true })),
            (
                "choice-region",
                Screen::Choice(ChoiceView { options: Options::Regions(&self.regions), marked: 1, current: None }),
            ),
            (
                "choice-language",
                Screen::Choice(ChoiceView { options: Options::Languages, marked: 4, current: Some(0) }),
            ),
            ("settings", Screen::Settings(SettingsView { settings: &SETTINGS, chosen: 1 })),
        ]
    }

    fn updates(&self) -> [(&'static str, Screen<'_>); 8] {
        let of = |changes, state| Screen::Update(UpdateView { changes, signer: Some("workshop-2026"), state });
        let (all, model) = (self.changes.as_slice(), &self.changes[..1]);
        let failed = UpdateState::Failed(UpdateFault::References { failing: 3, films: 8 }, Again::Possible);
        let unsigned = UpdateState::Failed(UpdateFault::Signature, Again::Possible);
        let back = UpdateView { changes: &self.gone_back, signer: None, state: UpdateState::WentBack };
        [
            ("update", of(all, UpdateState::Offered)),
            ("update-small", of(model, UpdateState::Offered)),
            ("update-running", of(all, UpdateState::Running(Phase::Try, 0.64))),
            ("update-installed", of(all, UpdateState::Installed)),
            ("update-done", of(model, UpdateState::Done)),
            ("update-failed", of(all, failed)),
            ("update-unsigned", of(all, unsigned)),
            ("update-went-back", Screen::Update(back)),
        ]
    }
}

impl Default for Samples {
    fn default() -> Self {
        Self::new()
    }
}
