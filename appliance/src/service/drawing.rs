//! What the daemon has to show, as a screen. The only place where it draws.

use std::sync::Arc;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Size;
use embedded_graphics::pixelcolor::Rgb888;
use fieldray_board::input::Input;
use fieldray_common::screening::Decision;

use super::browse::{Asked, Explanation, List, Page, Update, View};
use super::preferences::Preferences;
use super::results::{Results, Shown};
use super::screener::LIME_SAMPLES;
use crate::archive::{Line, SitePoint};
use crate::screen::{
    self, Action, ChoiceView, DetailsView, Entry, Fact, Fault, FaultView, Film, HistoryRow, HistoryView, Language,
    Layer, Options, Origin, PointOf, ReadingView, ReadyView, ReceivingView, Scene, Screen, Search, Setting,
    SettingsView, StudyFilm, StudyView, Theme, Typesetter, UpdateView, Work,
};

/// What is always the same.
#[derive(Debug, Clone)]
pub(super) struct Nameplate {
    /// What the box is called.
    pub name: String,
    /// The regions the model screens.
    pub regions: Vec<String>,
    /// `name@version` of the model.
    pub bundle: String,
    /// The name under which films are received.
    pub ae_title: String,
    /// The port on which they are.
    pub port: u16,
    /// How many bytes of films are kept.
    pub storage_bytes: u64,
}

/// Who draws, on a panel of one size.
pub(super) struct Drawing {
    pub nameplate: Nameplate,
    pub results: Arc<Results>,
    pub size: Size,
    pub typesetter: Typesetter,
}

impl Drawing {
    /// Draws a view over the whole of `panel`.
    pub fn draw<D>(&mut self, view: &View, panel: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget,
        D::Color: From<Rgb888>,
    {
        let look = view.preferences.look();
        self.with_screen(view, |screen, typesetter| screen::draw(screen, look, typesetter, panel))
    }

    /// What an input at a view asks for.
    pub fn asked(&mut self, view: &View, input: Input) -> Option<Action> {
        let (look, size) = (view.preferences.look(), self.size);
        self.with_screen(view, |screen, typesetter| {
            let scene = Scene::compose(screen, look, size, typesetter);
            match input {
                Input::Key(key) => scene.key(key),
                Input::Touch(point) => scene.touch(point),
            }
        })
    }

    /// Gives the screen of a view to `then`.
    fn with_screen<T>(&mut self, view: &View, then: impl FnOnce(&Screen<'_>, &mut Typesetter) -> T) -> T {
        let Self { nameplate, results, size, typesetter } = self;
        let size = *size;
        let then = |screen: Screen<'_>| then(&screen, typesetter);
        let lost = || Screen::Fault(FaultView { fault: Fault::ReadOnly, code: "NO ANSWER" });
        match &view.page {
            Page::Ready { latest, health, update } => {
                let times = times(latest);
                let last = rows(latest, &times);
                then(Screen::Ready(ReadyView {
                    name: &nameplate.name,
                    bundle: &nameplate.bundle,
                    regions: &nameplate.regions,
                    last: &last,
                    health,
                    update: *update,
                }))
            }
            Page::Update(Update { changes, signer, state }) => {
                then(Screen::Update(UpdateView { changes, signer: signer.as_deref(), state: *state }))
            }
            Page::Receiving(sender) => {
                then(Screen::Receiving(ReceivingView { origin: origin(sender), ..ReceivingView::default() }))
            }
            Page::Reading(image, stage) => {
                let read = results.being_read(*image);
                let film = read.as_ref().map(|read| Film { plain: &read.plain, heatmap: None, peak: None });
                let patient = read.as_ref().and_then(|read| read.patient.as_deref());
                then(Screen::Reading(ReadingView { film, patient, work: Work::Screening(*stage) }))
            }
            Page::Explaining { image, done } => {
                let shown = results.get(*image);
                let plain = shown.as_ref().and_then(Shown::plain);
                let film = plain.map(|plain| Film { plain, heatmap: None, peak: None });
                let patient = shown.as_ref().and_then(|shown| shown.kept.patient.as_deref());
                let work = Work::Explaining { done: *done, samples: LIME_SAMPLES };
                then(Screen::Reading(ReadingView { film, patient, work }))
            }
            Page::Result { image, layer, explanation, way_out } => {
                let explained = match explanation {
                    Explanation::Kept => None,
                    Explanation::Lime => results.explained(*image),
                };
                match explained.or_else(|| results.get(*image)) {
                    Some(shown) => then(Screen::Result(shown.result(*layer, *way_out))),
                    None => then(lost()),
                }
            }
            Page::Details { image, turned, has_views } => match results.get(*image) {
                Some(shown) => {
                    let received = shown.kept.screened.received.local();
                    let facts = facts(&shown, &received);
                    let on_page = DetailsView::facts_on(size).max(1);
                    let first = turned % facts.len().div_ceil(on_page).max(1) * on_page;
                    let explains = shown.kept.screened.probability.is_some() && shown.plain().is_some();
                    then(Screen::Details(DetailsView { facts: &facts, first, explains, views: *has_views }))
                }
                None => then(lost()),
            },
            Page::Study { images, chosen, layer } => {
                let seen = StudyView::shown_on(size, *chosen, images.len());
                let shown: Vec<Option<Shown>> = images
                    .iter()
                    .enumerate()
                    .map(|(at, image)| seen.contains(&at).then(|| results.get(*image)).flatten())
                    .collect();
                let films: Vec<StudyFilm<'_>> = shown.iter().map(|shown| study_film(shown.as_ref())).collect();
                let patient = shown.iter().flatten().find_map(|shown| shown.kept.patient.as_deref());
                then(Screen::Study(StudyView { patient, films: &films, chosen: *chosen, layer: *layer }))
            }
            Page::History(List { digits, entry, before, chosen, found }) => {
                let times = times(&found.lines);
                let rows = rows(&found.lines, &times);
                let search = Search { number: digits, entry: entry.map(|chosen| Entry { chosen }) };
                let (before, found) = (*before, found.whole);
                then(Screen::History(HistoryView { rows: &rows, before, found, chosen: *chosen, search }))
            }
            Page::Settings { chosen, site_point } => {
                let settings = settings(nameplate, view.preferences, site_point);
                then(Screen::Settings(SettingsView { settings: &settings, chosen: *chosen }))
            }
            Page::Choice { of, marked } => {
                let Preferences { language, theme, .. } = view.preferences;
                let (options, current) = match of {
                    Asked::Region(_) => (Options::Regions(&nameplate.regions), None),
                    Asked::Language => (Options::Languages, Language::ALL.iter().position(|known| *known == language)),
                    Asked::Theme => (Options::Themes, Theme::ALL.iter().position(|known| *known == theme)),
                };
                then(Screen::Choice(ChoiceView { options, marked: *marked, current }))
            }
            Page::Trouble(fault, code) => then(Screen::Fault(FaultView { fault: *fault, code })),
        }
    }
}

/// Where a sender sends from, by its name in the records.
fn origin(sender: &str) -> Option<Origin<'_>> {
    let (kind, name) = sender.split_once(' ').unwrap_or((sender, ""));
    Some(match kind {
        "dicom" => Origin::Dicom(name.rsplit_once('@').map_or(name, |(title, _)| title)),
        "folder" => Origin::Folder,
        "stick" => Origin::Usb,
        "serial" => Origin::Serial,
        _ => return None,
    })
}

fn times(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.received.short()).collect()
}

/// Lines as the screen takes them, each with its time.
fn rows<'a>(lines: &'a [Line], times: &'a [String]) -> Vec<HistoryRow<'a>> {
    let row = |(line, time): (&'a Line, &'a String)| {
        let (patient, region) = (line.patient.as_deref(), line.region.as_deref());
        HistoryRow { time, patient, region, decision: line.decision, reviewed: line.reviewed }
    };
    lines.iter().zip(times).map(row).collect()
}

/// A film of a study; one that is not on the panel needs no more than its place.
fn study_film(shown: Option<&Shown>) -> StudyFilm<'_> {
    let unseen = StudyFilm { film: None, position: None, decision: Decision::Unreadable, probability: None };
    shown.map_or(unseen, Shown::in_study)
}

/// What is known of an answer; what is not is left out.
fn facts<'a>(shown: &'a Shown, received: &'a str) -> Vec<Fact<'a>> {
    let kept = &shown.kept;
    let (account, screened) = (&kept.account, &kept.screened);
    let heatmap_by = account.heatmap_by.as_deref().filter(|_| shown.has_heatmap());
    let all = [
        kept.patient.as_deref().map(Fact::Patient),
        screened.region.as_deref().map(Fact::Region),
        account.view.as_deref().map(Fact::View),
        Some(Fact::Received(received)),
        Some(Fact::Decision(screened.decision)),
        screened.probability.map(Fact::Probability),
        screened.operating_point.map(Fact::OperatingPoint),
        screened.operating_point.and(account.point_chosen.as_deref()).map(Fact::Chosen),
        account.times_limit.map(Fact::Distance),
        Some(Fact::ElapsedMs(screened.elapsed_ms.screening.total())),
        account.size_px.map(|[columns, rows]| Fact::Size(columns as u32, rows as u32)),
        heatmap_by.map(|by| Fact::Heatmap(if by == "lime" { "LIME" } else { "Grad-CAM" })),
        Some(Fact::Model(&screened.bundle)),
        screened.sop_instance.as_deref().map(Fact::Instance),
    ];
    all.into_iter().flatten().collect()
}

/// What can be set, and what can only be read, in the order that [`super::browse`] knows.
fn settings<'a>(
    nameplate: &'a Nameplate,
    preferences: Preferences,
    site_point: &'a SitePoint,
) -> [Setting<'a>; super::browse::SETTINGS] {
    [
        Setting::Language(preferences.language),
        Setting::Theme(preferences.theme),
        Setting::Heatmap(preferences.layer == Layer::Heatmap),
        Setting::OperatingPoint(match site_point {
            SitePoint::None => PointOf::Model,
            SitePoint::Chosen { by, on } => PointOf::Site { by, on },
            SitePoint::Suspended => PointOf::SitePaused,
        }),
        Setting::Dicom { ae_title: &nameplate.ae_title, port: nameplate.port },
        Setting::StorageBytes(nameplate.storage_bytes),
        Setting::Version(env!("CARGO_PKG_VERSION")),
    ]
}
