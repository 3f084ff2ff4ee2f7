//! The threads that wait, each for one thing, and tell the loop.

use std::sync::mpsc::{self, Sender};
use std::thread::{self, JoinHandle};

use anyhow::{Result, anyhow};
use fieldray_board::display::Panel;
use fieldray_board::input::{Buttons, Input, InputError, listen_to_devices, listen_to_lines};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tracing::{error, warn};

use super::desk::Event;
use super::state::{self, Task};
use super::worker::Worker;
use crate::cli::plain;
use crate::config::{Config, Hear};

/// The thread that screens what it is sent, and tells what came of it.
pub(super) fn start_worker(worker: Worker, events: Sender<Event>) -> Result<(Sender<Task>, JoinHandle<()>)> {
    let (screen, to_screen) = mpsc::channel::<Task>();
    let thread = thread::Builder::new().name("screening".into()).spawn(move || {
        // Nobody listens any more when the program ends.
        let tell = |event| drop(events.send(Event::Box(event)));
        for task in to_screen {
            match worker.screen(task, &|stage| tell(state::Event::Reached(stage))) {
                Ok(done) => {
                    tell(state::Event::Screened(done.as_ref().map(|done| done.image)));
                    done.into_iter().for_each(|done| worker.log(done));
                }
                Err(reason) => {
                    error!(image = %task.image, reason, "no answer was kept");
                    tell(state::Event::Failed(reason));
                }
            }
        }
    })?;
    Ok((screen, thread))
}

/// The threads that hear keys, buttons and touches.
pub(super) fn listen_to_people(
    settings: &Config,
    panel: Option<&mut (dyn Panel + 'static)>,
    buttons: Option<Buttons>,
    events: Sender<Event>,
) -> Result<()> {
    if let Some(panel) = panel {
        let events = events.clone();
        panel.hear(Box::new(move |input| drop(events.send(Event::Input(input)))));
    }
    if let Some(buttons) = buttons {
        let events = events.clone();
        buttons.listen(move |input| drop(events.send(Event::Input(input))))?;
    }
    let tell = move |input: Result<Input, InputError>| match input {
        // Nobody listens any more when the program ends.
        Ok(input) => drop(events.send(Event::Input(input))),
        Err(error) => warn!("{error}"),
    };
    match &settings.input.from {
        Hear::None => Ok(()),
        Hear::Evdev => Ok(listen_to_devices(settings.display.size.0, tell)?),
        Hear::Lines(path) => listen_to_lines(path, tell).map_err(|error| {
            anyhow!("input cannot be taken from '{}' ({}); choose another with --input", path.display(), plain(&error))
        }),
    }
}

/// The thread that hears when the program is to end.
pub(super) fn listen_for_signals(events: Sender<Event>) -> Result<()> {
    let mut signals = Signals::new([SIGTERM, SIGINT])?;
    thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            if events.send(Event::Box(state::Event::Stop)).is_err() {
                return;
            }
        }
    })?;
    Ok(())
}
