//! The receipt of a flash, for the file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use fieldray_common::link::Introduction;

use super::parcel::Parcel;
use super::watch::Ended;
use crate::archive::BoxId;
use crate::cli::plain;
use crate::clock::Timestamp;
use crate::fleet::{Held, Outcome, Receipt};
use crate::hex::hex;

/// Writes how a flash ended to `path`, or to a new file in this folder; gives the file.
pub(super) fn write(
    path: Option<&Path>,
    introduction: &Introduction,
    box_id: Option<BoxId>,
    parcel: &Parcel,
    signed_by: &str,
    ended: &Ended,
) -> Result<PathBuf> {
    let at = Timestamp::now();
    let (outcome, self_test, result) = match ended {
        Ended::Active { tried } => {
            (Outcome::Installed, tried.map(|(_, difference)| difference), format!("the box works with {}", parcel.id()))
        }
        Ended::Refused(reason) => (Outcome::Refused, None, reason.clone()),
    };
    let receipt = Receipt {
        box_name: introduction.name.to_string(),
        box_id,
        at,
        software: introduction.software.to_string(),
        old: Some(Held { bundle: introduction.bundle.to_string(), sha256: hex(&introduction.bundle_sha256) }),
        new: Held { bundle: parcel.id(), sha256: hex(&parcel.sha256) },
        signed_by: signed_by.to_owned(),
        key: parcel.key,
        self_test,
        outcome,
        result,
    };
    let path = path.map_or_else(|| name(&introduction.name.to_string(), at), Path::to_owned);
    fs::write(&path, receipt.to_string()).map_err(|error| {
        anyhow!(
            "the receipt '{}' cannot be written ({}); choose another file with --receipt",
            path.display(),
            plain(&error)
        )
    })?;
    Ok(path)
}

/// `flash-BOX-TIME.txt`, with nothing in it that a file system or a shell would mind.
fn name(box_name: &str, at: Timestamp) -> PathBuf {
    let plain = |sign: char| if sign.is_alphanumeric() { sign } else { '-' };
    let (box_name, (day, time)) = (box_name.chars().map(plain).collect::<String>(), at.date_and_time());
    format!("flash-{box_name}-{day}-{time}.txt").into()
}
