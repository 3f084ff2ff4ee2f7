//! What `fieldray run` is told on its command line and in its file of settings.

use std::path::PathBuf;

use anyhow::Result;

use crate::choice::BundleChoice;
use crate::config::{Config, Hear, Port, Show};

/// Where the settings are; what is given here goes before them.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a file of settings everything is as 'fieldray run --print-config' writes it.

Examples:
  fieldray run --print-config > fieldray.toml
  fieldray run --config fieldray.toml
  fieldray run --archive /tmp/films --display png:/tmp/screen      on a desk

Then, from the X-ray unit or another machine:
  storescu -aec FIELDRAY localhost 11112 film.dcm

SIGTERM or Ctrl-C ends it when the film being screened has its answer.")]
pub struct Arguments {
    /// File of settings
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Folder that keeps films and answers
    #[arg(long, value_name = "DIR")]
    pub(super) archive: Option<PathBuf>,
    /// Port to receive DICOM on; 0 takes a free one
    #[arg(long, value_name = "N")]
    pub(super) dicom_port: Option<u16>,
    /// Folder to watch for films
    #[arg(long, value_name = "DIR")]
    pub(super) watch: Option<PathBuf>,
    /// Serial port to receive films over, board or none
    #[arg(long, value_name = "PORT")]
    pub(super) serial: Option<Port>,
    /// Where the screen is shown: board, drm:DEVICE, fb:DEVICE, png:FOLDER or none
    #[arg(long, value_name = "WHERE")]
    pub(super) display: Option<Show>,
    /// Where keys and touches come from: evdev, lines:PATH or none
    #[arg(long, value_name = "WHERE")]
    pub(super) input: Option<Hear>,
    /// Write a commented file of settings, and do nothing else
    #[arg(long)]
    pub(super) print_config: bool,
    #[command(flatten)]
    pub(super) bundle: BundleChoice,
}

impl Arguments {
    /// The settings of the file, with those of the command line before them.
    pub(super) fn settings(&self) -> Result<Config> {
        let mut settings = self.config.as_deref().map_or_else(|| Ok(Config::default()), Config::read)?;
        if let Some(folder) = &self.archive {
            settings.archive.folder.clone_from(folder);
        }
        if let Some(port) = self.dicom_port {
            settings.dicom.port = port;
        }
        if let Some(folder) = &self.watch {
            settings.watch.folder = Some(folder.clone());
        }
        if let Some(port) = &self.serial {
            settings.serial.port.clone_from(port);
        }
        if let Some(show) = &self.display {
            settings.display.show.clone_from(show);
        }
        if let Some(from) = &self.input {
            settings.input.from.clone_from(from);
        }
        Ok(settings)
    }
}
