//! What systemd is told: that the program is ready, alive, or ending. Started by hand, nobody is told.

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

/// The program is ready for films.
pub(super) fn ready() {
    tell(&[NotifyState::Ready, NotifyState::Status("ready for films")]);
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
