//! Settings: a TOML file with a default for everything, each value checked when it is read.

mod section;
mod value;

pub use section::{Archive, Board, Dicom, Display, Input, Messages, Model, Send, Serial, Sticks, Watch};
pub use value::{AeTitle, Hear, Kind, Level, Pixels, Port, Show, Within};

use std::fs;
use std::ops::Range;
use std::path::Path;

use anyhow::{Result, anyhow};
use serde::Deserialize;

use crate::cli::plain;

/// A file with all the defaults, explained line by line.
pub const EXAMPLE: &str = include_str!("example.toml");

/// All settings. Their meanings and units stand in [`EXAMPLE`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where films are kept, and how many.
    pub archive: Archive,
    /// The board whose parts are used.
    pub board: Board,
    /// How films are received over the network.
    pub dicom: Dicom,
    /// The folder that is watched.
    pub watch: Watch,
    /// The sticks that are read.
    pub sticks: Sticks,
    /// The serial line that is listened to.
    pub serial: Serial,
    /// What films are screened with.
    pub model: Model,
    /// Where answers are sent on to.
    pub send: Send,
    /// Where the screen is shown.
    pub display: Display,
    /// Where keys and touches come from.
    pub input: Input,
    /// What is said on standard error.
    pub messages: Messages,
}

impl Config {
    /// The settings in the file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let said = |problem: String| anyhow!("the settings '{}' {problem}", path.display());
        let text = fs::read_to_string(path)
            .map_err(|error| said(format!("cannot be read ({}); check the path", plain(&error))))?;
        Self::parse(&text).map_err(|fault| said(fault.to_string()))
    }

    /// The settings in a text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let fault =
            |said: String, span: Option<Range<usize>>| Fault { line: span.map(|span| line(text, span.start)), said };
        let config: Self = toml::from_str(text).map_err(|error| fault(error.message().to_owned(), error.span()))?;
        match config.model {
            Model { bundle: None, key: Some(_), .. } => {
                let place = text.find("key").map(|at| at..at);
                Err(fault("'key' in [model] stands without a 'bundle' that it has signed".to_owned(), place))
            }
            Model { bundle: Some(_), store: Some(_), .. } => {
                let place = text.find("store").map(|at| at..at);
                Err(fault("'store' in [model] stands beside a 'bundle'; give one of them".to_owned(), place))
            }
            _ => Ok(config),
        }
    }
}

/// What is wrong with settings, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("are wrong{}: {said}", .line.map_or(String::new(), |line| format!(" in line {line}")))]
pub struct Fault {
    /// The line at fault, counted from 1.
    pub line: Option<usize>,
    /// What is wrong with it.
    pub said: String,
}

fn line(text: &str, at: usize) -> usize {
    1 + text.as_bytes().iter().take(at).filter(|byte| **byte == b'\n').count()
}

#[cfg(test)]
mod tests;
