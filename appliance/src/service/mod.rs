//! `fieldray run`: the daemon. Films come in, are kept, screened one after the other, their answers kept, and shown.
//!
//! [`state`] decides what the box does, [`browse`] what the person at it sees, and everything else waits or touches: threads send events to
//! the loop in [`desk`], and it carries out the effects.

mod arguments;
mod browse;
mod catch_up;
mod daemon;
mod desk;
mod display;
mod doors;
mod drawing;
mod equipment;
mod explainer;
mod health;
mod keeper;
mod messages;
mod model;
mod preferences;
mod results;
mod screener;
mod self_check;
pub mod state;
mod supervisor;
mod threads;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tracing::info;

use crate::archive::{Archive, Records};
use crate::cli::plain;
use crate::config::EXAMPLE;
use crate::log::Deed;
use crate::output::outbox::{Outbox, Receiver};
use crate::screen::Typesetter;
use daemon::{Daemon, begun_log, loaded, preferences};
use desk::{Clock, Desk};
use equipment::Equipment;
use model::InUse;
use results::Results;
use state::{Ending, State};
use threads::{listen_for_signals, listen_to_people};

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
    let preferences = preferences(&settings, &archive);
    let mut typesetter = Typesetter::new();
    if let Some(panel) = &mut panel {
        display::show_starting(&settings.display.name, preferences.look(), &mut typesetter, panel.as_mut());
    }
    let mut in_use = InUse::open(&arguments.bundle, &settings.model, archive.folder())?;
    let bundle = Arc::clone(&in_use.bundle);
    let model = loaded(&bundle)?;
    let log = begun_log(&archive, &in_use)?;
    info!(version = env!("CARGO_PKG_VERSION"), bundle = bundle.manifest().id(), "started");

    let (events, happened) = mpsc::channel();
    let daemon = Daemon { settings, archive, log, bundle, model, events };
    listen_for_signals(daemon.events.clone())?;
    // Before the first film, so that none is answered by a model that does not hold.
    let trusted = daemon.check_itself(supervisor::getting_on)?;
    in_use.was_checked(trusted.load(Ordering::Relaxed))?;
    let results = Arc::new(Results::new(Arc::clone(&daemon.archive)));
    let (screen, screening) = daemon.start_screening(&results, trusted)?;
    let explainer = daemon.start_explainer(&results)?;
    let receiver = Receiver::of(&daemon.settings);
    let outbox = Outbox::start(Arc::clone(&daemon.archive), Arc::clone(&daemon.log), receiver)?;
    // What waits from before is known before anything new comes.
    let waiting = daemon.archive.waiting()?;
    let installer = daemon.installer(&in_use);
    listen_to_people(&daemon.settings, panel.as_deref_mut(), buttons, daemon.events.clone())?;
    let doors = daemon.open_doors(&installer)?;
    let display = daemon.start_display(panel, typesetter, results, &doors)?;
    supervisor::ready();
    in_use.came_up_well(&daemon.log)?;

    let mut desk = Desk {
        state: State::new(Duration::from_secs(daemon.settings.display.result_s.get())),
        browse: daemon.browse(&in_use, preferences),
        records: Records::open(daemon.archive.folder())?,
        bundle_sha256: daemon.bundle.sha256().to_owned(),
        archive: Arc::clone(&daemon.archive),
        log: Arc::clone(&daemon.log),
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
        screening.end();
    }
    doors.close();
    display.stop();
    outbox.stop();
    pulse.stop();
    daemon.log.add(WHO, Deed::Stopped)?;
    if state.ending() == Ending::Renew {
        info!("starting anew with the new model");
        return Err(anyhow!("the new model takes over at the next start ({})", plain(&supervisor::renew())));
    }
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}
