//! The ways in that the settings name.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use fieldray_common::bundle::Bundle;

use crate::cli::plain;
use crate::config::{Config, Port};
use crate::hex::sha256_of;
use crate::intake::dicom::Scp;
use crate::intake::serial::{self, SerialIntake};
use crate::intake::{Intake, Lookout, folder, stick};
use crate::update::Installer;

/// The ways in, open.
pub(super) struct Doors {
    scp: Scp,
    watches: Vec<Lookout>,
    serial: Option<SerialIntake>,
}

impl Doors {
    /// Opens them.
    ///
    /// # Errors
    /// Where one that the settings name cannot be opened. A serial port that is not there is waited for.
    pub fn open(settings: &Config, bundle: &Bundle, intake: &Intake, installer: &Arc<Installer>) -> Result<Self> {
        Ok(Self {
            scp: listen(settings, intake.clone())?,
            watches: watch(settings, intake, installer)?,
            serial: listen_to_serial(settings, bundle, intake.clone(), Arc::clone(installer))?,
        })
    }

    /// The port at which DICOM is received.
    pub fn port(&self) -> u16 {
        self.scp.address().port()
    }

    /// Closes them.
    pub fn close(self) {
        self.scp.stop();
        self.watches.into_iter().for_each(Lookout::stop);
        if let Some(serial) = self.serial {
            serial.stop();
        }
    }
}

/// Listens for DICOM.
fn listen(settings: &Config, intake: Intake) -> Result<Scp> {
    Scp::listen(&settings.dicom, intake).map_err(|error| {
        let (address, port) = (settings.dicom.address, settings.dicom.port);
        anyhow!("port {port} of {address} cannot be had ({}); choose another with --dicom-port", plain(&error))
    })
}

/// Looks after the watched folder and after sticks.
fn watch(settings: &Config, intake: &Intake, installer: &Arc<Installer>) -> Result<Vec<Lookout>> {
    let (most_bytes, every) = (settings.archive.limits().object_bytes, settings.watch.every_s.get());
    let mut watches = Vec::new();
    if let Some(folder) = settings.watch.folder.clone() {
        watches.push(folder::watch(folder, Duration::from_secs(every), most_bytes, intake.clone())?);
    }
    if let Some(folder) = settings.sticks.folder.clone() {
        watches.push(stick::watch(folder, most_bytes, intake.clone(), Arc::clone(installer))?);
    }
    Ok(watches)
}

/// Listens to the serial port, if there is one.
fn listen_to_serial(
    settings: &Config,
    bundle: &Bundle,
    intake: Intake,
    installer: Arc<Installer>,
) -> Result<Option<SerialIntake>> {
    let Port::Path(port) = &settings.serial.port else { return Ok(None) };
    let nameplate = serial::Nameplate {
        name: settings.display.name.clone(),
        bundle: bundle.manifest().id(),
        bundle_sha256: sha256_of(bundle.sha256()).unwrap_or_default(),
    };
    let baud = settings.serial.baud.get() as u32;
    let most_bytes = settings.archive.limits().object_bytes;
    Ok(Some(SerialIntake::start(port.clone(), baud, nameplate, most_bytes, intake, installer)?))
}
