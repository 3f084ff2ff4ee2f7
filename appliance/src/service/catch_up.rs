//! What the audit log lacks after a power cut.

use std::collections::HashSet;

use anyhow::Result;

use super::{AT_DISPLAY, WHO};
use crate::archive::{Archive, Known};
use crate::log::{AuditLog, Deed};

/// Writes into the audit log what a power cut kept out of it: an image, an answer or its review is on the disk a moment before its line is.
pub(super) fn catch_up(archive: &Archive, log: &AuditLog) -> Result<()> {
    let (mut received, mut screened, mut reviewed) = (HashSet::new(), HashSet::new(), HashSet::new());
    log.read(|deed| match deed {
        Deed::Received(image) => drop(received.insert(image.sha256)),
        Deed::Screened { image, .. } => drop(screened.insert(image.sha256)),
        Deed::Reviewed(image) => drop(reviewed.insert(image.sha256)),
        _ => {}
    })?;
    for Known { image, decision, reviewed: is_reviewed } in archive.images()? {
        if !received.contains(&image.sha256) {
            log.add(WHO, Deed::Received(image.clone()))?;
        }
        if let Some(decision) = decision
            && !screened.contains(&image.sha256)
        {
            log.add(WHO, Deed::Screened { image: image.clone(), decision })?;
        }
        if is_reviewed && !reviewed.contains(&image.sha256) {
            log.add(AT_DISPLAY, Deed::Reviewed(image))?;
        }
    }
    Ok(())
}
