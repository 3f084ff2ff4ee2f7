//! All of a board's parts, opened.

use std::fmt;

use embedded_graphics::geometry::Size;

use crate::display::Panel;
use crate::input::Buttons;
use crate::leds::Leds;
use crate::profile::Profile;

/// The parts of a board that could be opened. One that is missing stops nothing: a box without lights screens, too.
pub struct Board {
    /// Its panel.
    pub panel: Option<Box<dyn Panel>>,
    /// Its lights.
    pub leds: Option<Leds>,
    /// Its buttons.
    pub buttons: Option<Buttons>,
    /// What its profile names, and could not be opened.
    pub failed: Vec<Failure>,
}

/// A part that could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which.
    pub part: Part,
    /// Why, in words.
    pub said: String,
}

/// A part of a board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it
pub enum Part {
    Display,
    Lights,
    Buttons,
}

impl Board {
    /// Opens every part that the profile names; a panel that offers the size `wanted` takes it. The serial line is opened by who listens
    /// to it, and the watchdog by who kicks it: it must not run before.
    pub fn open(profile: &Profile, wanted: Size) -> Self {
        let mut failed = Vec::new();
        let mut fail = |part, said: String| failed.push(Failure { part, said });
        let (mut panel, mut said) = (None, Vec::new());
        for output in &profile.display {
            match output.open(wanted) {
                Ok(opened) => panel = Some(opened),
                Err(error) => said.push(error.to_string()),
            }
            if panel.is_some() {
                break;
            }
        }
        if panel.is_none() && !profile.display.is_empty() {
            fail(Part::Display, said.join("; "));
        }
        let leds = profile.leds.as_ref().and_then(|lines| {
            Leds::open(lines).map_err(|error| fail(Part::Lights, format!("{}: {error}", lines.chip))).ok()
        });
        let buttons = profile.buttons.as_ref().and_then(|buttons| {
            Buttons::open(buttons).map_err(|error| fail(Part::Buttons, format!("{}: {error}", buttons.chip))).ok()
        });
        Self { panel, leds, buttons, failed }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} cannot be opened ({})", self.part, self.said)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Display => "display",
            Part::Lights => "lights",
            Part::Buttons => "buttons",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_parts_are_named_and_the_rest_works() {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "name = 'broken'\ncompatible = []\ndisplay = ['drm:/dev/dri/no-such-card', 'png:{}']\n\
             leds = {{ chip = 'no-such-chip', well = 1, attention = 2 }}\nbuttons = {{ chip = 'no-such-chip', lines = [1, 2, 3, 4] }}",
            folder.path().display()
        );
        let board = Board::open(&Profile::parse(&text).unwrap(), Size::new(640, 480));
        let parts: Vec<_> = board.failed.iter().map(|failure| failure.part).collect();
        assert_eq!(parts, [Part::Lights, Part::Buttons]);
        assert!(board.failed[1].to_string().contains("no-such-chip"), "{}", board.failed[1]);
        assert_eq!(board.panel.unwrap().size(), Size::new(640, 480));
        assert!(board.leds.is_none() && board.buttons.is_none());
    }
}
