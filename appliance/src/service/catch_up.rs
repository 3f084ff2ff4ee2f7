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

/// Writes into the audit log what bundles did to keys, where it is not there yet: their bundle has just proved itself, or the power was cut
/// between that and the line.
pub(super) fn catch_up_on_keys(mut done: Vec<Deed>, log: &AuditLog) -> Result<()> {
    if !done.is_empty() {
        log.read(|deed| done.retain(|owed| *owed != deed))?;
    }
    done.into_iter().try_for_each(|owed| Ok(log.add(WHO, owed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_power_cut_before_the_line_costs_the_log_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let log = AuditLog::open(folder.path(), "b0").unwrap();
        let deed = |name: &str| Deed::KeyTrusted {
            key: "0123456789ABCDEF".parse().unwrap(),
            name: name.into(),
            by: "bones@2".into(),
        };
        let done = ["one", "other"].map(deed);
        log.add(WHO, done[0].clone()).unwrap();
        for _ in 0..2 {
            catch_up_on_keys(done.to_vec(), &log).unwrap();
            let mut told = Vec::new();
            log.read(|deed| told.push(deed)).unwrap();
            assert_eq!(told, done);
        }
    }
}
