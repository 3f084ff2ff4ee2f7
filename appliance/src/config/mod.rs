//! Settings: a TOML file with a default for everything, each value checked when it is read.

mod value;

pub use value::{AeTitle, Level, Pixels, Port, Show, Within};

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use serde::Deserialize;

use crate::archive::Limits;
use crate::cli::plain;
use crate::screen::{Language, Look, Theme};

/// A file with all the defaults, explained line by line.
pub const EXAMPLE: &str = include_str!("example.toml");

/// More than the heatmaps of most films take.
const HEATMAP_BYTES: u64 = 1 << 19;

/// All settings. Their meanings and units stand in [`EXAMPLE`].
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where films are kept, and how many.
    pub archive: Archive,
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
    /// Where the screen is shown.
    pub display: Display,
    /// What is said on standard error.
    pub messages: Messages,
}

/// `[archive]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Archive {
    pub folder: PathBuf,
    pub storage_mb: Within<1, 100_000_000>,
    pub film_mb: Within<1, 512>,
}

/// `[dicom]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Dicom {
    pub address: IpAddr,
    pub port: u16,
    pub ae_title: AeTitle,
    pub callers: Vec<AeTitle>,
    pub associations: Within<1, 256>,
    pub pdu_bytes: Within<4_096, 1_048_576>,
    pub idle_s: Within<1, 3_600>,
}

/// `[watch]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Watch {
    pub folder: Option<PathBuf>,
    pub every_s: Within<1, 3_600>,
}

/// `[sticks]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Sticks {
    pub folder: Option<PathBuf>,
}

/// `[serial]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Serial {
    pub port: Port,
    pub baud: Within<1_200, 4_000_000>,
}

/// `[model]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Model {
    pub bundle: Option<PathBuf>,
    pub key: Option<PathBuf>,
}

/// `[display]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Display {
    pub name: String,
    pub show: Show,
    pub size: Pixels,
    pub language: Language,
    pub theme: Theme,
    pub result_s: Within<1, 86_400>,
}

/// `[messages]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Messages {
    pub level: Level,
}

impl Default for Archive {
    fn default() -> Self {
        Self { folder: "/var/lib/fieldray".into(), storage_mb: Within(16_384), film_mb: Within(256) }
    }
}

impl Default for Dicom {
    fn default() -> Self {
        Self {
            address: Ipv4Addr::UNSPECIFIED.into(),
            port: 11_112,
            ae_title: AeTitle::default(),
            callers: Vec::new(),
            associations: Within(16),
            pdu_bytes: Within(131_072),
            idle_s: Within(30),
        }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self { folder: None, every_s: Within(2) }
    }
}

impl Default for Serial {
    fn default() -> Self {
        Self { port: Port::default(), baud: Within(921_600) }
    }
}

impl Default for Display {
    fn default() -> Self {
        Self {
            name: "Fieldray".to_owned(),
            show: Show::None,
            size: Pixels::default(),
            language: Language::default(),
            theme: Theme::default(),
            result_s: Within(600),
        }
    }
}

impl Archive {
    /// What the archive may hold.
    pub fn limits(&self) -> Limits {
        Limits {
            storage_bytes: self.storage_mb.0 << 20,
            object_bytes: self.film_mb.0 << 20,
            heatmap_bytes: HEATMAP_BYTES,
        }
    }
}

impl Display {
    /// How it speaks and is coloured.
    pub fn look(&self) -> Look {
        Look { language: self.language, theme: self.theme }
    }
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
            Model { bundle: None, key: Some(_) } => {
                let place = text.find("key").map(|at| at..at);
                Err(fault("'key' in [model] stands without a 'bundle' that it has signed".to_owned(), place))
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
mod tests {
    use super::*;

    #[test]
    fn the_example_is_the_defaults() {
        assert_eq!(Config::parse(EXAMPLE).unwrap(), Config::default());
        assert_eq!(Config::parse("").unwrap(), Config::default());
    }

    #[test]
    fn what_the_example_comments_out_can_be_set() {
        let all: String = EXAMPLE
            .lines()
            .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ")).unwrap_or(line))
            .fold(String::new(), |text, line| text + line + "\n");
        let config = Config::parse(&all).unwrap();
        assert!(
            config.watch.folder.is_some()
                && config.sticks.folder.is_some()
                && config.model.bundle.is_some()
                && config.model.key.is_some()
        );
    }

    #[test]
    fn the_line_at_fault_is_named() {
        for (line, wrong, said) in [
            (2, "[dicom]\nport = 70000", "u16"),
            (3, "[dicom]\n\nprot = 104", "unknown field `prot`"),
            (2, "[dicom]\nae_title = \"A TITLE THAT IS TOO LONG\"", "AE title"),
            (3, "[dicom]\nport = 104\ncallers = [\"BACK\\\\SLASH\"]", "AE title"),
            (2, "[dicom]\nassociations = 0", "choose 1 to 256"),
            (2, "[dicom]\naddress = \"here\"", "address"),
            (1, "[dicon]", "unknown field `dicon`"),
            (2, "[serial]\nport = \"\"", "choose the path"),
            (2, "[serial]\nbaud = 100", "choose 1200 to"),
            (2, "[display]\nshow = \"hdmi\"", "png:FOLDER"),
            (2, "[display]\nsize = \"800\"", "800x480"),
            (2, "[display]\nlanguage = \"xx\"", "unknown variant `xx`"),
            (2, "[messages]\nlevel = \"loud\"", "debug"),
            (2, "[archive]\nfolder = /var", ""),
            (2, "[model]\nkey = \"a.pub\"", "without a 'bundle'"),
        ] {
            let fault = Config::parse(wrong).unwrap_err();
            assert_eq!(fault.line, Some(line), "{wrong}: {fault}");
            assert!(fault.said.contains(said) && !fault.said.contains('\n'), "{wrong}: {fault}");
        }
    }
}
