//! `fieldray run`: the daemon. Films come in, are kept, screened one after the other, and shown.
//!
//! [`state`] decides, and everything else waits or touches: threads send events to the loop in [`run`], and it carries out the effects.

mod display;
mod face;
mod messages;
mod recent;
pub mod state;
mod supervisor;
mod worker;

use std::collections::HashSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use fieldray_common::bundle::Bundle;
use fieldray_common::screening::Model;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tracing::{error, info};

use crate::archive::{Archive, ImageId};
use crate::choice::BundleChoice;
use crate::cli::plain;
use crate::config::{Config, EXAMPLE, Port, Show};
use crate::hex::sha256_of;
use crate::intake::dicom::Scp;
use crate::intake::folder;
use crate::intake::serial::{self, SerialIntake};
use crate::intake::stick;
use crate::intake::{Intake, Lookout};
use crate::log::{AuditLog, Deed};
use display::Display;
use face::{Nameplate, Shown};
use recent::Recent;
use state::{Effect, State};
use worker::Worker;

/// Who the audit log says has started, screened and stopped.
const WHO: &str = "fieldray";

type Event = state::Event<Arc<Shown>>;

/// Where the settings are; what is given here goes before them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a file of settings everything is as 'fieldray run --print-config' writes it.

Examples:
  fieldray run --print-config > fieldray.toml
  fieldray run --config fieldray.toml
  fieldray run --archive /tmp/films --display png:/tmp/screen      on a desk

Then, from the X-ray unit or another machine:
  storescu -aec FIELDRAY localhost 11112 film.dcm

SIGTERM or Ctrl-C ends it when the film being screened has its answer.")]
pub struct Arguments {
    /// File of settings
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Folder that keeps films and answers
    #[arg(long, value_name = "DIR")]
    archive: Option<PathBuf>,
    /// Port to receive DICOM on; 0 takes a free one
    #[arg(long, value_name = "N")]
    dicom_port: Option<u16>,
    /// Folder to watch for films
    #[arg(long, value_name = "DIR")]
    watch: Option<PathBuf>,
    /// Serial port to receive films over, or none
    #[arg(long, value_name = "PORT")]
    serial: Option<Port>,
    /// Where the screen is shown: png:FOLDER or none
    #[arg(long, value_name = "WHERE")]
    display: Option<Show>,
    /// Write a commented file of settings, and do nothing else
    #[arg(long)]
    print_config: bool,
    #[command(flatten)]
    bundle: BundleChoice,
}

/// Runs the command.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.print_config {
        io::stdout().lock().write_all(EXAMPLE.as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = settings(arguments)?;
    messages::start(settings.messages.level)?;
    let configured = BundleChoice::new(settings.model.bundle.clone(), settings.model.key.clone());
    let bundle = arguments.bundle.clone().or(configured).open()?;
    let model = Arc::new(Model::load(&bundle).context("the bundle cannot be used")?);
    let nameplate = Nameplate {
        name: settings.display.name.clone(),
        look: settings.display.look(),
        model: Arc::clone(&model),
        regions: bundle.manifest().heads.iter().map(|head| head.name.clone()).collect(),
        bundle: bundle.manifest().id(),
    };

    let archive = Arc::new(Archive::open(&settings.archive.folder, settings.archive.limits())?);
    let log = AuditLog::open(archive.folder(), bundle.sha256()).map_err(|error| {
        anyhow!("the audit log in '{}' cannot be used ({}); check the disk", archive.folder().display(), plain(&error))
    })?;
    let log = Arc::new(log);
    catch_up(&archive, &log)?;
    log.add(WHO, Deed::Started { version: env!("CARGO_PKG_VERSION").into(), bundle: bundle.manifest().id() })?;
    info!(version = env!("CARGO_PKG_VERSION"), bundle = bundle.manifest().id(), "started");

    let (events, happened) = mpsc::channel();
    listen_for_signals(events.clone())?;
    let worker = Worker {
        archive: Arc::clone(&archive),
        log: Arc::clone(&log),
        model,
        bundle_sha256: bundle.sha256().to_owned(),
    };
    let (screen, screening) = start_worker(worker, events.clone())?;
    let display =
        Display::start(&settings.display.show, settings.display.size.0, nameplate, Recent::of(archive.folder())?)?;
    // What waits from before is known before anything new comes.
    let waiting = archive.waiting()?;
    let intake = Intake::new(Arc::clone(&archive), Arc::clone(&log), move |arrival| {
        // Nobody listens any more when the program ends.
        let _ = events.send(Event::Arrived(arrival));
    });
    let scp = listen(&settings, intake.clone())?;
    let watches = watch(&settings, &intake)?;
    let serial = listen_to_serial(&settings, &bundle, intake)?;
    supervisor::ready();

    let mut state = State::new(Duration::from_secs(settings.display.result_s.get()));
    carry_out(&mut state, waiting, &happened, &archive, &screen, &display);

    supervisor::stopping();
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
    log.add(WHO, Deed::Stopped)?;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Writes into the audit log what a power cut kept out of it: an image or an answer is on the disk a moment before its line is.
fn catch_up(archive: &Archive, log: &AuditLog) -> Result<()> {
    let (mut received, mut screened) = (HashSet::new(), HashSet::new());
    log.read(|deed| match deed {
        Deed::Received(image) => drop(received.insert(image.sha256)),
        Deed::Screened { image, .. } => drop(screened.insert(image.sha256)),
        _ => {}
    })?;
    for (image, decision) in archive.images()? {
        if !received.contains(&image.sha256) {
            log.add(WHO, Deed::Received(image.clone()))?;
        }
        if let Some(decision) = decision
            && !screened.contains(&image.sha256)
        {
            log.add(WHO, Deed::Screened { image, decision })?;
        }
    }
    Ok(())
}

/// The loop: events in, effects out, until the end.
fn carry_out(
    state: &mut State<Arc<Shown>>,
    waiting: Vec<ImageId>,
    happened: &Receiver<Event>,
    archive: &Archive,
    screen: &Sender<ImageId>,
    display: &Display,
) {
    let (start, interval) = (Instant::now(), supervisor::interval());
    let mut tick = start + interval;
    let mut event = Event::Started(waiting);
    loop {
        for effect in state.step(event, start.elapsed()) {
            match effect {
                // The worker lives as long as this loop.
                Effect::Screen(image) => screen.send(image).unwrap_or_default(),
                Effect::Show(face) => display.show(face),
                Effect::Alive => supervisor::alive(),
                Effect::End => return,
            }
        }
        // Time passes even where one event follows the other without a pause.
        let left = tick.saturating_duration_since(Instant::now());
        event = match (!left.is_zero()).then(|| happened.recv_timeout(left)) {
            Some(Ok(event)) => event,
            None | Some(Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) => {
                tick = Instant::now() + interval;
                Event::Tick { room: archive.has_room() }
            }
        };
    }
}

/// The settings of the file, with those of the command line before them.
fn settings(arguments: &Arguments) -> Result<Config> {
    let mut settings = arguments.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)?;
    if let Some(folder) = &arguments.archive {
        settings.archive.folder.clone_from(folder);
    }
    if let Some(port) = arguments.dicom_port {
        settings.dicom.port = port;
    }
    if let Some(folder) = &arguments.watch {
        settings.watch.folder = Some(folder.clone());
    }
    if let Some(port) = &arguments.serial {
        settings.serial.port.clone_from(port);
    }
    if let Some(show) = &arguments.display {
        settings.display.show.clone_from(show);
    }
    Ok(settings)
}

fn listen(settings: &Config, intake: Intake) -> Result<Scp> {
    Scp::listen(&settings.dicom, intake).map_err(|error| {
        let (address, port) = (settings.dicom.address, settings.dicom.port);
        anyhow!("port {port} of {address} cannot be had ({}); choose another with --dicom-port", plain(&error))
    })
}

/// Looks after the watched folder and after sticks.
fn watch(settings: &Config, intake: &Intake) -> Result<Vec<Lookout>> {
    let (most_bytes, every) = (settings.archive.limits().object_bytes, settings.watch.every_s.get());
    let mut watches = Vec::new();
    if let Some(folder) = settings.watch.folder.clone() {
        watches.push(folder::watch(folder, Duration::from_secs(every), most_bytes, intake.clone())?);
    }
    if let Some(folder) = settings.sticks.folder.clone() {
        watches.push(stick::watch(folder, most_bytes, intake.clone())?);
    }
    Ok(watches)
}

fn listen_to_serial(settings: &Config, bundle: &Bundle, intake: Intake) -> Result<Option<SerialIntake>> {
    let Port::Path(port) = &settings.serial.port else { return Ok(None) };
    let nameplate = serial::Nameplate {
        name: settings.display.name.clone(),
        bundle: bundle.manifest().id(),
        bundle_sha256: sha256_of(bundle.sha256()).unwrap_or_default(),
    };
    let baud = settings.serial.baud.get() as u32;
    let most_bytes = settings.archive.limits().object_bytes;
    Ok(Some(SerialIntake::start(port.clone(), baud, nameplate, most_bytes, intake)?))
}

/// The thread that screens what it is sent, and tells what came of it.
fn start_worker(worker: Worker, events: Sender<Event>) -> Result<(Sender<ImageId>, JoinHandle<()>)> {
    let (screen, to_screen) = mpsc::channel::<ImageId>();
    let thread = thread::Builder::new().name("screening".into()).spawn(move || {
        for image in to_screen {
            let event = match worker.screen(image) {
                Ok(shown) => Event::Screened(shown),
                Err(reason) => {
                    error!(%image, reason, "no answer was kept");
                    Event::Failed(reason)
                }
            };
            if events.send(event).is_err() {
                return;
            }
        }
    })?;
    Ok((screen, thread))
}

fn listen_for_signals(events: Sender<Event>) -> Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            if events.send(Event::Stop).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}
