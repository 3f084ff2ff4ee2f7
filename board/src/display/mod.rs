//! Displays. A [`Frame`] is drawn on; a [`Panel`] shows it: a [`Card`] of the graphics driver, a [`Framebuffer`], an [`SpiPanel`], or a
//! [`Picture`] in a folder, which is the twin of all.

mod card;
mod frame;
mod framebuffer;
mod picture;
mod pixels;
mod spi;
#[cfg(feature = "window")]
mod window;

pub use card::Card;
pub use frame::Frame;
pub use framebuffer::Framebuffer;
pub use picture::Picture;
pub use spi::{Controller, Glass, Order, SpiPanel, Turned};
#[cfg(feature = "window")]
pub use window::Window;

use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use embedded_graphics::geometry::Size;
use serde::Deserialize;

use crate::input::Input;

/// What shows frames.
pub trait Panel: Send {
    /// Its size; frames of another size are cut off, or leave the rest black.
    fn size(&self) -> Size;

    /// Shows a frame. Only what has changed since the one before is written.
    fn show(&mut self, frame: &Frame) -> io::Result<()>;

    /// Tells from now on what a person does at the panel itself. Touch screens are devices of their own; only a window hears anything.
    fn hear(&mut self, _tell: Tell) {}
}

/// Is told what a person did.
pub type Tell = Box<dyn Fn(Input) + Send>;

/// Where a panel is to be found.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Described")]
pub enum Output {
    /// This card, by DRM/KMS: HDMI, DSI and SPI panels alike, where the kernel has a driver for them.
    Card(PathBuf),
    /// This frame buffer, for panels that have no more than that.
    Framebuffer(PathBuf),
    /// A panel on an SPI line that the kernel has no driver for.
    Spi(SpiPanel),
    /// `screen.png` in this folder.
    Picture(PathBuf),
    /// A window on the desktop.
    #[cfg(feature = "window")]
    Window,
}

/// What an output may be named as.
const NAMES: &str = match cfg!(feature = "window") {
    true => "drm:DEVICE, fb:DEVICE, png:FOLDER, window",
    false => "drm:DEVICE, fb:DEVICE, png:FOLDER",
};

/// An output as a profile describes it.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "a display is drm:DEVICE, fb:DEVICE, png:FOLDER, or the whole description of an SPI panel"
)]
enum Described {
    Text(String),
    Spi(SpiPanel),
}

/// Why a panel shows nothing.
#[derive(Debug, thiserror::Error)]
#[error("the display {at} cannot be opened ({source}); {next}")]
pub struct PanelError {
    /// Its device file or folder.
    at: String,
    /// What the system says.
    source: io::Error,
    /// What can be done.
    next: &'static str,
}

impl Output {
    /// Opens it. `wanted` is the size of a picture, and chosen by a card that offers it; else the panel's own size counts.
    ///
    /// # Errors
    /// Where it is not there, not connected, or in use by another program.
    pub fn open(&self, wanted: Size) -> Result<Box<dyn Panel>, PanelError> {
        let (path, opened, next): (&Path, io::Result<Box<dyn Panel>>, _) = match self {
            Self::Card(path) => (
                path,
                Card::open(path, wanted).map(|card| Box::new(card) as _),
                "check the panel's cable, and that no other program shows something",
            ),
            Self::Framebuffer(path) => (
                path,
                Framebuffer::open(path).map(|buffer| Box::new(buffer) as _),
                "check the panel's cable, and who may write the file",
            ),
            Self::Spi(panel) => {
                (&panel.spi, panel.open(), "check the panel's wires, and that the SPI line is switched on")
            }
            Self::Picture(folder) => (
                folder,
                Picture::open(folder, wanted).map(|picture| Box::new(picture) as _),
                "choose another folder with --display",
            ),
            #[cfg(feature = "window")]
            Self::Window => (
                Path::new("window"),
                Window::open(wanted).map(|window| Box::new(window) as _),
                "check that a desktop runs",
            ),
        };
        opened.map_err(|source| PanelError { at: format!("'{}'", path.display()), source, next })
    }
}

impl TryFrom<Described> for Output {
    type Error = String;

    fn try_from(described: Described) -> Result<Self, String> {
        match described {
            Described::Text(text) => text.parse(),
            Described::Spi(panel) => Ok(Self::Spi(panel)),
        }
    }
}

impl FromStr for Output {
    type Err = String;

    /// `drm:/dev/dri/card0`, `fb:/dev/fb0` or `png:FOLDER`; with the feature `window` that word, too.
    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("drm", path)) if !path.is_empty() => Ok(Self::Card(path.into())),
            Some(("fb", path)) if !path.is_empty() => Ok(Self::Framebuffer(path.into())),
            Some(("png", folder)) if !folder.is_empty() => Ok(Self::Picture(folder.into())),
            #[cfg(feature = "window")]
            None if text == "window" => Ok(Self::Window),
            _ => Err(format!("'{text}' is no display; choose {NAMES}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_a_kind_and_a_path() {
        assert_eq!("drm:/dev/dri/card1".parse(), Ok(Output::Card("/dev/dri/card1".into())));
        assert_eq!("fb:/dev/fb0".parse(), Ok(Output::Framebuffer("/dev/fb0".into())));
        assert_eq!("png:a:b".parse(), Ok(Output::Picture("a:b".into())));
        for wrong in ["", "drm", "drm:", "hdmi:/dev/fb0"] {
            assert!(wrong.parse::<Output>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_panel_that_is_not_there_is_named_with_the_way_out() {
        for output in ["drm:/dev/dri/no-such-card", "fb:/dev/no-such-fb"] {
            let Err(error) = output.parse::<Output>().unwrap().open(Size::new(800, 480)) else { panic!("opened") };
            let said = error.to_string();
            assert!(said.contains("/no-such-") && said.contains("check the panel's cable"), "{said}");
        }
    }
}
