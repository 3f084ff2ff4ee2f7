//! The box's own parts: what the settings name, and what the profile of its board brings.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use fieldray_board::display::Panel;
use fieldray_board::input::Buttons;
use fieldray_board::leds::{Leds, Light};
use fieldray_board::profile::{ProfileError, compatible};
use fieldray_board::watchdog::Watchdog;
use fieldray_board::{Board, Profile};
use tracing::{error, info, warn};

use super::state::Face;
use crate::cli::plain;
use crate::config::{Config, Kind, Port, Show};

/// The parts, opened.
pub(super) struct Equipment {
    /// What the screen is shown on.
    pub panel: Option<Box<dyn Panel>>,
    /// The buttons that are wired to the board.
    pub buttons: Option<Buttons>,
    /// What tells of the box without its display.
    pub pulse: Pulse,
}

/// The profile that the settings ask for. One for another board is told of, and the right one is used where there is one. A board
/// that no profile is for is told of, too.
///
/// # Errors
/// Where there is no such profile, or its file is wrong.
pub(crate) fn profile(kind: &Kind) -> Result<Option<Profile>> {
    let profile = match kind {
        Kind::None => return Ok(None),
        Kind::Named(name) => match Profile::named(name) {
            Err(undescribed @ ProfileError::Undescribed(_)) => {
                error!("{undescribed}; the box works without its parts");
                return Ok(None);
            }
            named => named?,
        },
        Kind::File(path) => described(path)?,
    };
    let board = compatible();
    let Err(wrong) = profile.check(&board) else { return Ok(Some(profile)) };
    match Profile::of(&board) {
        Ok(right) => warn!(using = right.name, "{wrong}"),
        Err(_) => error!("{wrong}; no part of it is used"),
    }
    Ok(Profile::of(&board).ok())
}

fn described(path: &Path) -> Result<Profile> {
    let named = || format!("the description of a board '{}'", path.display());
    let text = fs::read_to_string(path)
        .map_err(|error| anyhow!("{} cannot be read ({}); check the path", named(), plain(&error)))?;
    Profile::parse(&text).map_err(|error| anyhow!("{} is wrong: {}", named(), error.message()))
}

impl Equipment {
    /// Opens the parts. What the settings leave to the board is written into them: its serial port, and its panel's size.
    ///
    /// # Errors
    /// Where a display that the settings name by itself cannot be opened. What the board's profile names may be missing.
    pub fn open(settings: &mut Config) -> Result<Self> {
        let mut profile = profile(&settings.board.profile).context("[board] in the settings is wrong")?;
        let wanted = settings.display.size.0;
        if let Some(profile) = &mut profile
            && settings.display.show != Show::Board
        {
            profile.display.clear();
        }
        let board = profile.as_ref().map(|profile| Board::open(profile, wanted));
        let (mut panel, mut leds, mut buttons) = (None, None, None);
        if let (Some(profile), Some(board)) = (&profile, board) {
            info!(profile = profile.name, "board");
            board.failed.iter().for_each(|failure| error!("{failure}; the box works without"));
            (panel, leds, buttons) = (board.panel, board.leds, board.buttons);
        }
        if let Show::At(output) = &settings.display.show {
            panel = Some(output.open(wanted)?);
        }
        if let Some(panel) = &panel {
            settings.display.size.0 = panel.size();
        }
        if settings.serial.port == Port::Board {
            let line = profile.as_ref().and_then(|profile| profile.serial.clone());
            settings.serial.port = line.map_or(Port::None, Port::Path);
        }
        let watchdog = profile.and_then(|profile| profile.watchdog).filter(|_| settings.board.watchdog);
        let watchdog = watchdog.map_or(Dog::None, |path| Dog::Asleep(path.into()));
        Ok(Self { panel, buttons, pulse: Pulse { leds, watchdog } })
    }
}

/// What tells of the box without its display: its lights, and its watchdog, which barks where nobody tells it anything.
pub(super) struct Pulse {
    leds: Option<Leds>,
    watchdog: Dog,
}

enum Dog {
    None,
    /// It starts with the first beat: a start takes longer than it waits.
    Asleep(PathBuf),
    Awake(Watchdog),
}

impl Pulse {
    /// The program is alive.
    pub fn beat(&mut self) {
        match &mut self.watchdog {
            Dog::None => {}
            Dog::Asleep(path) => {
                self.watchdog = match Watchdog::open(path) {
                    Ok(watchdog) => {
                        info!(patience_s = watchdog.patience().map(|patience| patience.as_secs()), "watchdog started");
                        Dog::Awake(watchdog)
                    }
                    Err(error) => {
                        error!(path = %path.display(), %error, "the watchdog cannot be started; the box works without");
                        Dog::None
                    }
                }
            }
            Dog::Awake(watchdog) => {
                if let Err(error) = watchdog.kick() {
                    error!(%error, "the watchdog cannot be kicked");
                }
            }
        }
    }

    /// Lights what says what the display does.
    pub fn light<R>(&self, face: &Face<R>) {
        let light = match face {
            Face::Ready | Face::Result(_) => Light::Well,
            Face::Receiving(_) | Face::Reading(..) => Light::Working,
            Face::Full | Face::Untrusted | Face::Fault(_) => Light::Attention,
        };
        if let Some(Err(error)) = self.leds.as_ref().map(|leds| leds.show(light)) {
            error!(%error, "the lights cannot be lit");
        }
    }

    /// The program ends because it was told to: the board need not be reset.
    pub fn stop(self) {
        if let Dog::Awake(watchdog) = self.watchdog
            && let Err(error) = watchdog.stop()
        {
            error!(%error, "the watchdog cannot be stopped");
        }
    }
}
