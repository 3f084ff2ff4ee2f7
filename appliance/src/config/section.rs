//! The sections of the settings, with a default for everything.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use serde::Deserialize;

use super::{AeTitle, Hear, Kind, Level, Pixels, Port, Show, Within};
use crate::archive::Limits;
use crate::output::Document;
use crate::screen::{Language, Theme};

/// More than the heatmaps of most films take.
const HEATMAP_BYTES: u64 = 1 << 19;

/// `[archive]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Archive {
    pub folder: PathBuf,
    pub storage_mb: Within<1, 100_000_000>,
    pub film_mb: Within<1, 512>,
}

/// `[board]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Board {
    pub profile: Kind,
    pub watchdog: bool,
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
    pub store: Option<PathBuf>,
    pub trust_demo_key: bool,
}

/// `[send]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Send {
    pub address: Option<IpAddr>,
    pub port: Within<1, 65_535>,
    pub ae_title: AeTitle,
    pub what: Vec<Document>,
    pub identified: bool,
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

/// `[input]`
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[allow(missing_docs)] // the example explains them
pub struct Input {
    pub from: Hear,
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

impl Default for Send {
    fn default() -> Self {
        Self {
            address: None,
            port: Within(104),
            ae_title: AeTitle::any_scp(),
            what: vec![Document::Sr, Document::Sc],
            identified: false,
        }
    }
}

impl Send {
    /// What of every answer is sent on.
    pub fn wanted(&self) -> &[Document] {
        if self.address.is_some() { &self.what } else { &[] }
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
