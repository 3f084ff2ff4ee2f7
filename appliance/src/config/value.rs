//! Values that are checked once, when they are read.

use std::path::PathBuf;
use std::str::FromStr;

use embedded_graphics::geometry::Size;
use fieldray_board::display::Output;
use serde::Deserialize;
use tracing::level_filters::LevelFilter;

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u64")]
pub struct Within<const LEAST: u64, const MOST: u64>(pub(super) u64);

impl<const LEAST: u64, const MOST: u64> Within<LEAST, MOST> {
    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const LEAST: u64, const MOST: u64> TryFrom<u64> for Within<LEAST, MOST> {
    type Error = String;

    fn try_from(number: u64) -> Result<Self, String> {
        match number {
            number if (LEAST..=MOST).contains(&number) => Ok(Self(number)),
            other => Err(format!("{other} is out of range; choose {LEAST} to {MOST}")),
        }
    }
}

/// An application entity title (PS3.5, VR `AE`): at most 16 characters, without a backslash or control characters; spaces around it
/// mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct AeTitle(String);

impl AeTitle {
    /// The title by which a storage is called that has not been given one.
    pub fn any_scp() -> Self {
        Self("ANY-SCP".to_owned())
    }

    /// The title.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for AeTitle {
    fn default() -> Self {
        Self("FIELDRAY".to_owned())
    }
}

impl TryFrom<String> for AeTitle {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let title = text.trim_matches(' ');
        let sound =
            (1..=16).contains(&title.len()) && title.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'\\');
        match sound {
            true => Ok(Self(title.to_owned())),
            false => {
                Err(format!("'{text}' is no AE title; choose 1 to 16 letters, digits and signs, without a backslash"))
            }
        }
    }
}

/// The board whose parts are used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(from = "String")]
pub enum Kind {
    /// None: only what the settings name.
    #[default]
    None,
    /// The one that comes with the program under this name; `auto` is told from the device tree.
    Named(String),
    /// The one described in this file.
    File(PathBuf),
}

impl From<String> for Kind {
    fn from(text: String) -> Self {
        match text.as_str() {
            "none" => Self::None,
            path if path.contains('/') => Self::File(path.into()),
            _ => Self::Named(text),
        }
    }
}

/// Where the screen is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Show {
    /// Nowhere.
    #[default]
    None,
    /// On the board's own panel.
    Board,
    /// There.
    At(Output),
}

impl FromStr for Show {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "board" => Ok(Self::Board),
            _ => text.parse().map(Self::At).map_err(|said| format!("{said}, board or none")),
        }
    }
}

impl TryFrom<String> for Show {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// Where keys and touches come from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Hear {
    /// Nowhere.
    #[default]
    None,
    /// Every keyboard and touch screen of the box.
    Evdev,
    /// Lines of text in this FIFO or file; `-` is standard input.
    Lines(PathBuf),
}

impl FromStr for Hear {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, text.strip_prefix("lines:")) {
            ("none", _) => Ok(Self::None),
            ("evdev", _) => Ok(Self::Evdev),
            (_, Some(path)) if !path.is_empty() => Ok(Self::Lines(path.into())),
            _ => Err(format!("'{text}' is no input; choose evdev, lines:PATH or none")),
        }
    }
}

impl TryFrom<String> for Hear {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A serial port.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "String")]
pub enum Port {
    /// None.
    #[default]
    None,
    /// The board's own.
    Board,
    /// The one with this path.
    Path(String),
}

impl FromStr for Port {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Self::None),
            "board" => Ok(Self::Board),
            "" => Err("'' is no serial port; choose the path of one, board or none".to_owned()),
            path => Ok(Self::Path(path.to_owned())),
        }
    }
}

impl TryFrom<String> for Port {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// A panel's width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pixels(pub Size);

impl Default for Pixels {
    fn default() -> Self {
        Self(Size::new(800, 480))
    }
}

impl TryFrom<String> for Pixels {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let sides = text.split_once('x').and_then(|(width, height)| width.parse().ok().zip(height.parse().ok()));
        match sides {
            Some((width, height)) if (320..=4096).contains(&width) && (240..=4096).contains(&height) => {
                Ok(Self(Size::new(width, height)))
            }
            _ => Err(format!("'{text}' is no size of a display; write it like 800x480")),
        }
    }
}

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// What failed.
    Error,
    /// And what is wrong.
    Warn,
    /// And what happens.
    #[default]
    Info,
    /// And every step of it.
    Debug,
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => LevelFilter::ERROR,
            Level::Warn => LevelFilter::WARN,
            Level::Info => LevelFilter::INFO,
            Level::Debug => LevelFilter::DEBUG,
        }
    }
}
