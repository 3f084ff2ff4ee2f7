//! The ways in that the settings name, each opened.

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

/// Listens for DICOM.
pub(super) fn listen(settings: &Config, intake: Intake) -> Result<Scp> {
    Scp::listen(&settings.dicom, intake).map_err(|error| {
        let (address, port) = (settings.dicom.address, settings.dicom.port);
        anyhow!("port {port} of {address} cannot be had ({}); choose another with --dicom-port", plain(&error))
    })
}

/// Looks after the watched folder and after sticks.
pub(super) fn watch(settings: &Config, intake: &Intake, installer: &Arc<Installer>) -> Result<Vec<Lookout>> {
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
pub(super) fn listen_to_serial(
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
