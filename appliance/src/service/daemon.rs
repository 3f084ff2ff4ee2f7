//! What the daemon is made from. Each step starts one part of it; [`super::run`] says in which order.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::mpsc::Sender;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fieldray_board::display::Panel;
use fieldray_common::bundle::Bundle;
use fieldray_common::screening::Model;
use tracing::warn;

use super::WHO;
use super::browse::{Browse, Extent};
use super::catch_up::catch_up;
use super::desk::Event;
use super::display::Display;
use super::doors::Doors;
use super::drawing::{Drawing, Nameplate};
use super::explainer::Explainer;
use super::keeper::Keeper;
use super::model::InUse;
use super::preferences::Preferences;
use super::results::Results;
use super::screener::Screener;
use super::self_check::SelfChecker;
use super::state::{self, Task};
use super::threads::Screening;
use crate::archive::{Archive, Records};
use crate::cli::plain;
use crate::config::Config;
use crate::intake::Intake;
use crate::log::{AuditLog, Deed};
use crate::screen::{HistoryView, Typesetter};
use crate::screening::{load_side_by_side, side_by_side};
use crate::update::{Installer, WentBack};

/// What all parts work with.
pub(super) struct Daemon {
    pub settings: Config,
    pub archive: Arc<Archive>,
    pub log: Arc<AuditLog>,
    pub bundle: Arc<Bundle>,
    pub model: Arc<Model>,
    /// Where the loop hears what happened. When the program ends nobody listens any more.
    pub events: Sender<Event>,
}

/// How the display speaks and is coloured.
pub(super) fn preferences(settings: &Config, archive: &Archive) -> Preferences {
    let (preferences, unread) = Preferences::configured(&settings.display).or_set(archive.folder());
    if let Some(said) = unread {
        warn!(said, "what was set at the display cannot be read; the settings' file holds");
    }
    preferences
}

/// The model, ready to screen.
pub(super) fn loaded(bundle: &Bundle) -> Result<Arc<Model>> {
    let model = load_side_by_side(bundle).context("the bundle cannot be used")?;
    Ok(Arc::new(model.running_backbones(side_by_side)))
}

/// The audit log, with the lines that it still lacks and those of this start.
pub(super) fn begun_log(archive: &Archive, in_use: &InUse) -> Result<Arc<AuditLog>> {
    let log = AuditLog::open(archive.folder(), in_use.bundle.sha256()).map_err(|error| {
        anyhow!("the audit log in '{}' cannot be used ({}); check the disk", archive.folder().display(), plain(&error))
    })?;
    catch_up(archive, &log)?;
    let model = in_use.bundle.manifest().id();
    log.add(WHO, Deed::Started { version: env!("CARGO_PKG_VERSION").into(), bundle: model.clone() })?;
    if in_use.went_back {
        log.add(WHO, Deed::ModelWentBack { model })?;
    }
    Ok(Arc::new(log))
}

impl Daemon {
    /// Holds the model against its reference films, now and once a day; gives whether films may be screened with it. `scored` hears of each
    /// film that is scored now.
    pub fn check_itself(&self, scored: fn()) -> Result<Arc<AtomicBool>> {
        let trusted = Arc::new(AtomicBool::new(true));
        let checker = SelfChecker {
            records: Records::open(self.archive.folder())?,
            log: Arc::clone(&self.log),
            model: Arc::clone(&self.model),
            trusted: Arc::clone(&trusted),
        };
        checker.start(Arc::clone(&self.bundle), self.events.clone(), scored)?;
        Ok(trusted)
    }

    /// Whoever screens, and keeps the answers.
    pub fn start_screening(
        &self,
        results: &Arc<Results>,
        trusted: Arc<AtomicBool>,
    ) -> Result<(Sender<Task>, Screening)> {
        let screener = Screener {
            archive: Arc::clone(&self.archive),
            records: Records::open(self.archive.folder())?,
            model: Arc::clone(&self.model),
            bundle_sha256: self.bundle.sha256().to_owned(),
            trusted,
            results: Arc::clone(results),
        };
        let keeper = Keeper {
            archive: Arc::clone(&self.archive),
            log: Arc::clone(&self.log),
            model: Arc::clone(&self.model),
            bundle_sha256: self.bundle.sha256().to_owned(),
            send: self.settings.send.wanted().to_vec(),
            results: Arc::clone(results),
        };
        Screening::start(screener, keeper, self.events.clone())
    }

    /// Whoever explains.
    pub fn start_explainer(&self, results: &Arc<Results>) -> Result<Explainer> {
        let events = self.events.clone();
        let tell = move |explaining| drop(events.send(Event::Explaining(explaining)));
        Explainer::start(Arc::clone(&self.model), Arc::clone(results), tell)
    }

    /// Whoever installs models.
    pub fn installer(&self, in_use: &InUse) -> Arc<Installer> {
        let events = self.events.clone();
        let tell = move |news| drop(events.send(Event::Update(news)));
        let (archive, log) = (Arc::clone(&self.archive), Arc::clone(&self.log));
        Arc::new(Installer::new(in_use.store.clone(), archive, log, tell))
    }

    /// The ways in, each opened.
    pub fn open_doors(&self, installer: &Arc<Installer>) -> Result<Doors> {
        let events = self.events.clone();
        let tell = move |arrival| drop(events.send(Event::Box(state::Event::Arrived(arrival))));
        let intake = Intake::new(Arc::clone(&self.archive), Arc::clone(&self.log), tell);
        Doors::open(&self.settings, &self.bundle, &intake, installer)
    }

    /// The display.
    pub fn start_display(
        &self,
        panel: Option<Box<dyn Panel>>,
        typesetter: Typesetter,
        results: Arc<Results>,
        doors: &Doors,
    ) -> Result<Display> {
        let nameplate = Nameplate {
            name: self.settings.display.name.clone(),
            regions: self.bundle.manifest().heads.iter().map(|head| head.name.clone()).collect(),
            bundle: self.bundle.manifest().id(),
            ae_title: self.settings.dicom.ae_title.as_str().to_owned(),
            port: doors.port(),
            storage_bytes: self.settings.archive.limits().storage_bytes,
        };
        let size = self.settings.display.size.0;
        Display::start(panel, Drawing { nameplate, results, size, typesetter })
    }

    /// Where the person at the display begins, and what is to be told of models.
    pub fn browse(&self, in_use: &InUse, preferences: Preferences) -> Browse {
        let rows = HistoryView::rows_on(self.settings.display.size.0);
        let mut browse = Browse::new(preferences, Extent { rows, regions: self.bundle.manifest().heads.len() });
        if let Some(before) = in_use.took_over_from() {
            browse.took_over(before.as_deref(), &self.bundle.manifest().id(), Duration::ZERO);
        }
        if let Some(back) = WentBack::kept(self.archive.folder()) {
            browse.went_back(&back);
        }
        browse
    }
}
