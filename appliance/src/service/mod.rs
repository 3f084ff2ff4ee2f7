//! `fieldray run`: the daemon. Films come in, are kept, screened one after the other, and shown.
//!
//! [`state`] decides what the box does, [`browse`] what the person at it sees, and everything else waits or touches: threads send events to
//! the loop in [`desk`], and it carries out the effects.

mod arguments;
mod browse;
mod catch_up;
mod desk;
mod display;
mod doors;
mod drawing;
mod equipment;
mod explainer;
mod health;
mod messages;
mod model;
mod preferences;
mod results;
mod self_check;
pub mod state;
mod supervisor;
mod threads;
mod worker;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use fieldray_common::screening::Model;
use tracing::{info, warn};

use crate::archive::{Archive, Records};
use crate::cli::plain;
use crate::config::EXAMPLE;
use crate::intake::{Intake, Lookout};
use crate::log::{AuditLog, Deed};
use crate::output::outbox::{Outbox, Receiver};
use crate::screen::{HistoryView, Typesetter};
use crate::screening::side_by_side;
use crate::update::{Installer, WentBack};
use browse::{Browse, Extent};
use catch_up::catch_up;
use desk::{Clock, Desk, Event};
use display::Display;
use doors::{listen, listen_to_serial, watch};
use drawing::{Drawing, Nameplate};
use equipment::Equipment;
use explainer::Explainer;
use model::InUse;
use preferences::Preferences;
use results::Results;
use self_check::SelfChecker;
use state::{Ending, State};
use threads::{listen_for_signals, listen_to_people, start_worker};
use worker::Worker;

pub use arguments::Arguments;
pub(crate) use equipment::profile;

/// Who the audit log says has started, screened and stopped.
const WHO: &str = "fieldray";

/// Who the audit log says has judged an answer: whoever was at the display.
const AT_DISPLAY: &str = "display";

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.print_config {
        io::stdout().lock().write_all(EXAMPLE.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut settings = arguments.settings()?;
    messages::start(settings.messages.level)?;
    let Equipment { mut panel, buttons, pulse } = Equipment::open(&mut settings)?;
    // Its lock comes first: a second program must not use up a new model's starts.
    let archive = Arc::new(Archive::open(&settings.archive.folder, settings.archive.limits())?);
    let (preferences, unread) = Preferences::configured(&settings.display).or_set(archive.folder());
    if let Some(said) = unread {
        warn!(said, "what was set at the display cannot be read; the settings' file holds");
    }
    let mut typesetter = Typesetter::new();
    if let Some(panel) = &mut panel {
        display::show_starting(&settings.display.name, preferences.look(), &mut typesetter, panel.as_mut());
    }
    let mut in_use = InUse::open(&arguments.bundle, &settings.model, archive.folder())?;
    let bundle = Arc::clone(&in_use.bundle);
    let model = Model::load(&bundle).context("the bundle cannot be used")?;
    let model = Arc::new(model.running_backbones(side_by_side));

    let log = AuditLog::open(archive.folder(), bundle.sha256()).map_err(|error| {
        anyhow!("the audit log in '{}' cannot be used ({}); check the disk", archive.folder().display(), plain(&error))
    })?;
    let log = Arc::new(log);
    catch_up(&archive, &log)?;
    log.add(WHO, Deed::Started { version: env!("CARGO_PKG_VERSION").into(), bundle: bundle.manifest().id() })?;
    if in_use.went_back() {
        log.add(WHO, Deed::ModelWentBack { model: bundle.manifest().id() })?;
    }
    info!(version = env!("CARGO_PKG_VERSION"), bundle = bundle.manifest().id(), "started");

    let (events, happened) = mpsc::channel();
    listen_for_signals(events.clone())?;
    let trusted = Arc::new(AtomicBool::new(true));
    let checker = SelfChecker {
        records: Records::open(archive.folder())?,
        log: Arc::clone(&log),
        model: Arc::clone(&model),
        trusted: Arc::clone(&trusted),
    };
    // Before the first film, so that none is answered by a model that does not hold.
    checker.start(Arc::clone(&bundle), events.clone())?;
    in_use.was_checked(trusted.load(Ordering::Relaxed))?;
    let results = Arc::new(Results::new(Arc::clone(&archive)));
    let worker = Worker {
        archive: Arc::clone(&archive),
        records: Records::open(archive.folder())?,
        log: Arc::clone(&log),
        model: Arc::clone(&model),
        bundle_sha256: bundle.sha256().to_owned(),
        trusted,
        send: settings.send.wanted().to_vec(),
        results: Arc::clone(&results),
    };
    let (screen, screening) = start_worker(worker, events.clone())?;
    let explainer = Explainer::start(Arc::clone(&model), Arc::clone(&results), {
        let events = events.clone();
        move |explaining| drop(events.send(Event::Explaining(explaining)))
    })?;
    let outbox = Outbox::start(Arc::clone(&archive), Arc::clone(&log), Receiver::of(&settings))?;
    // What waits from before is known before anything new comes.
    let waiting = archive.waiting()?;
    let intake = Intake::new(Arc::clone(&archive), Arc::clone(&log), {
        let events = events.clone();
        // Nobody listens any more when the program ends.
        move |arrival| drop(events.send(Event::Box(state::Event::Arrived(arrival))))
    });
    let installer = Arc::new(Installer::new(in_use.store().cloned(), archive.folder().to_owned(), Arc::clone(&log), {
        let events = events.clone();
        move |news| drop(events.send(Event::Update(news)))
    }));
    let scp = listen(&settings, intake.clone())?;
    let watches = watch(&settings, &intake, &installer)?;
    let serial = listen_to_serial(&settings, &bundle, intake, Arc::clone(&installer))?;
    let nameplate = Nameplate {
        name: settings.display.name.clone(),
        regions: bundle.manifest().heads.iter().map(|head| head.name.clone()).collect(),
        bundle: bundle.manifest().id(),
        ae_title: settings.dicom.ae_title.as_str().to_owned(),
        port: scp.address().port(),
        storage_bytes: settings.archive.limits().storage_bytes,
    };
    let size = settings.display.size.0;
    let extent = Extent { rows: HistoryView::rows_on(size), regions: nameplate.regions.len() };
    let drawing = Drawing { nameplate, results, size, typesetter };
    let display = Display::start(panel, drawing)?;
    listen_to_people(&settings, buttons, events)?;
    supervisor::ready();
    in_use.came_up_well()?;
    let mut browse = Browse::new(preferences, extent);
    if let Some(before) = in_use.took_over_from() {
        browse.took_over(before.as_deref(), &bundle.manifest().id(), Duration::ZERO);
    }
    if let Some(back) = WentBack::kept(archive.folder()) {
        browse.went_back(&back);
    }

    let mut desk = Desk {
        state: State::new(Duration::from_secs(settings.display.result_s.get())),
        browse,
        records: Records::open(archive.folder())?,
        bundle_sha256: bundle.sha256().to_owned(),
        archive,
        log: Arc::clone(&log),
        screen,
        explainer,
        display,
        pulse,
        clock: Clock::default(),
        shown: None,
        installer,
        renews: false,
    };
    desk.run(waiting, &happened);

    if desk.state.ending() == Ending::Stop {
        supervisor::stopping();
    }
    let Desk { state, screen, display, pulse, .. } = desk;
    drop(screen);
    if state.is_idle() {
        // One that is stuck ends with the program; its film still waits.
        let _ = screening.join();
    }
    scp.stop();
    watches.into_iter().for_each(Lookout::stop);
    if let Some(serial) = serial {
        serial.stop();
    }
    display.stop();
    outbox.stop();
    pulse.stop();
    log.add(WHO, Deed::Stopped)?;
    if state.ending() == Ending::Renew {
        info!("starting anew with the new model");
        return Err(anyhow!("the new model takes over at the next start ({})", plain(&supervisor::renew())));
    }
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}
