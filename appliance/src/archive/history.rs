//! What was screened, for those who look back.

use std::path::Path;

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::screening::{Decision, RegionSource};
use rusqlite::Row;
use serde::Serialize;

use super::look::{json, named};
use super::{ArchiveError, StagesMs, open_to_read, room};
use crate::clock::Timestamp;

/// One screening as it is told. The field names are a contract with other programs.
#[derive(Debug, Clone, Serialize)]
pub struct Screened {
    /// SOP Instance UID; null for JPEG and PNG.
    pub sop_instance: Option<String>,
    /// Study Instance UID; null for JPEG and PNG.
    pub study_instance: Option<String>,
    /// SHA-256 of the received file.
    pub sha256: String,
    /// Who sent it.
    pub sender: String,
    /// What the box said.
    pub decision: Decision,
    /// Calibrated probability of `abnormal`, where a classifier ran.
    pub probability: Option<f64>,
    /// Why.
    pub reason: String,
    /// The region it was screened as.
    pub region: Option<String>,
    /// How that region is known.
    pub region_source: Option<RegionSource>,
    /// What kind of image it came as, where it could be read.
    pub input_kind: Option<String>,
    /// The operating point, where the decision was made at one.
    pub operating_point: Option<OperatingPoint>,
    /// When its last byte came.
    pub received: Timestamp,
    /// When its answer was kept.
    pub screened: Timestamp,
    /// `name@version` of the model.
    pub bundle: String,
    /// SHA-256 of the bundle's file.
    pub bundle_sha256: String,
    /// Milliseconds of each stage.
    pub elapsed_ms: StagesMs,
}

/// Gives every screening of the archive in `folder` to `tell`, in the order in which they were made, and then returns how many images
/// still wait. Another program may write the archive meanwhile.
pub fn screenings<E: From<ArchiveError>>(
    folder: &Path,
    mut tell: impl FnMut(Screened) -> Result<(), E>,
) -> Result<u64, E> {
    let database = open_to_read(folder)?;
    let failed = |error: rusqlite::Error| E::from(ArchiveError::from(error));
    let query = format!("SELECT {SCREENED} FROM {SCREENINGS} ORDER BY screened_ms, image");
    let mut found = database.prepare(&query).map_err(failed)?;
    let mut rows = found.query([]).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        tell(screened(row).map_err(failed)?)?;
    }
    room::waiting(&database).map_err(failed)
}

/// The columns that [`screened`] reads.
pub(super) const SCREENED: &str =
    "sop_instance_uid, study_instance_uid, sha256, sender, decision, probability, reason, region,
     region_source, images.received_ms, screened_ms, bundle, bundle_sha256, elapsed_ms, input_kind, normal_below,
     abnormal_from";

/// Where they stand.
pub(super) const SCREENINGS: &str = "screenings JOIN images ON image = images.id JOIN studies ON study = studies.id";

pub(super) fn screened(row: &Row<'_>) -> rusqlite::Result<Screened> {
    let study: String = row.get(1)?;
    Ok(Screened {
        sop_instance: row.get(0)?,
        study_instance: Some(study).filter(|study| !study.starts_with("file:")),
        sha256: row.get(2)?,
        sender: row.get(3)?,
        decision: named(row, 4, Decision::named)?,
        probability: row.get(5)?,
        reason: row.get(6)?,
        region: row.get(7)?,
        region_source: row.get::<_, Option<String>>(8)?.as_deref().and_then(RegionSource::named),
        input_kind: row.get(14)?,
        operating_point: point(row.get(15)?, row.get(16)?),
        received: Timestamp::from_unix_ms(row.get(9)?),
        screened: Timestamp::from_unix_ms(row.get(10)?),
        bundle: row.get(11)?,
        bundle_sha256: row.get(12)?,
        elapsed_ms: json(row, 13)?,
    })
}

/// The operating point of two columns; `None` where they hold none.
pub(super) fn point(normal_below: Option<f64>, abnormal_from: Option<f64>) -> Option<OperatingPoint> {
    OperatingPoint::new(normal_below?, abnormal_from?).ok()
}
