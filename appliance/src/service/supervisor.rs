//! What systemd is told: that the program is ready, alive, or ending. Started by hand, nobody is told.

use std::env;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use sd_notify::NotifyState;
use tracing::debug;

/// How often the supervisor wants to hear, and at the latest after a second.
pub(super) fn interval() -> Duration {
    let mut patience_us = 0;
    match sd_notify::watchdog_enabled(false, &mut patience_us) {
        true => (Duration::from_micros(patience_us) / 2).min(Duration::from_secs(1)),
        false => Duration::from_secs(1),
    }
}

/// A program that starts may be silent for so long: from its beginning to the first reference film that is scored, and to the next.
const STARTING_US: u32 = 300_000_000;

/// A program that starts gets on: however slow the board, it may go on as long as it does.
pub(super) fn getting_on() {
    // Started by systemd it has its time to start extended; started anew by itself, it shows that it is alive.
    tell(&[NotifyState::ExtendTimeoutUsec(STARTING_US), NotifyState::Watchdog]);
}

/// The program is ready for films.
pub(super) fn ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("ready for films")]);
    let mut patience_us = 0;
    if sd_notify::watchdog_enabled(false, &mut patience_us)
        && let Ok(patience_us) = u32::try_from(patience_us)
    {
        // What is usual counts again, after a start in which more was asked for.
        tell(&[NotifyState::WatchdogUsec(patience_us)]);
    }
}

/// Starts the program anew in its own place, with the same command line: for the supervisor it goes on. Returns only where that fails.
pub(super) fn renew() -> io::Error {
    tell(&[NotifyState::WatchdogUsec(STARTING_US), NotifyState::Status("starting with a new model")]);
    match env::current_exe() {
        Ok(program) => Command::new(program).args(env::args_os().skip(1)).exec(),
        Err(error) => error,
    }
}

/// The program is alive.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

/// The program ends.
pub(super) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(false, states) {
        debug!(%error, "the supervisor cannot be told");
    }
}
