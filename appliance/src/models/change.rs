//! What a bundle would change for the clinic.

use std::fmt;

use fieldray_common::bundle::Manifest;
use fieldray_common::calibrate::OperatingPoint;

use crate::archive::{ArchiveError, Records, Standing};
use crate::choice;

/// A change that one model brings in the place of another. In words, it is a line for a technician.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It is the first model of the box.
    First {
        /// `name@version`.
        model: String,
        /// What it screens.
        regions: String,
    },
    /// The model.
    Model {
        /// `name@version` of the installed one.
        from: String,
        /// That of the new one.
        to: String,
    },
    /// Regions that the new one screens, too.
    Gains(Vec<String>),
    /// Regions that it does not screen any more.
    Loses(Vec<String>),
    /// Where decisions change in a region.
    Point {
        /// The region.
        region: String,
        /// The installed model's.
        was: OperatingPoint,
        /// The new one's.
        now: OperatingPoint,
    },
    /// How films are prepared; the side of the grid in pixels.
    Preparation {
        /// The installed model's.
        was_px: usize,
        /// The new one's.
        now_px: usize,
    },
    /// A threshold of the site's own is suspended until it is chosen again.
    Suspends {
        /// The region.
        region: String,
        /// The kind of image.
        kind: String,
        /// Who chose it.
        by: String,
    },
}

/// What a model would change in the place of the `installed` one.
pub fn changes(new: &Manifest, installed: Option<&Manifest>) -> Vec<Change> {
    let names = |manifest: &Manifest| manifest.heads.iter().map(|head| head.name.clone()).collect::<Vec<_>>();
    let Some(old) = installed else {
        return vec![Change::First { model: new.id(), regions: choice::regions(new) }];
    };
    let mut changes = vec![Change::Model { from: old.id(), to: new.id() }];
    let (before, after) = (names(old), names(new));
    let beyond = |these: &[String], those: &[String]| -> Vec<String> {
        these.iter().filter(|name| !those.contains(name)).cloned().collect()
    };
    let (gained, lost) = (beyond(&after, &before), beyond(&before, &after));
    changes.extend((!gained.is_empty()).then_some(Change::Gains(gained)));
    changes.extend((!lost.is_empty()).then_some(Change::Loses(lost)));
    for head in &new.heads {
        let before = old.heads.iter().find(|before| before.name == head.name).map(|before| before.operating_point);
        if let Some(was) = before.filter(|was| *was != head.operating_point) {
            changes.push(Change::Point { region: head.name.clone(), was, now: head.operating_point });
        }
    }
    if new.preparation != old.preparation {
        changes.push(Change::Preparation { was_px: old.preparation.side_px, now_px: new.preparation.side_px });
    }
    changes
}

/// The thresholds of the site's own that the next model suspends.
pub fn suspended(records: &Records) -> Result<Vec<Change>, ArchiveError> {
    let Some(bundle) = records.last_bundle()? else { return Ok(Vec::new()) };
    let active = records.chosen()?.into_iter().filter(|chosen| chosen.standing(&bundle.sha256) == Standing::Active);
    Ok(active
        .map(|chosen| Change::Suspends { region: chosen.region, kind: chosen.kind.to_string(), by: chosen.by })
        .collect())
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::First { model, regions } => write!(f, "the first model of this box, {model}, screens {regions}"),
            Change::Model { from, to } => write!(f, "the model: {to} takes the place of {from}"),
            Change::Gains(regions) => write!(f, "regions: it also screens {}", regions.join(", ")),
            Change::Loses(regions) => {
                write!(f, "regions: it NO LONGER screens {}; those films will be referred", regions.join(", "))
            }
            Change::Point { region, was, now } => write!(
                f,
                "{region}: normal below {:.3} (was {:.3}), abnormal from {:.3} (was {:.3}) of its own scale",
                now.normal_below(),
                was.normal_below(),
                now.abnormal_from(),
                was.abnormal_from()
            ),
            Change::Preparation { was_px, now_px } => {
                write!(f, "films are prepared at {now_px} pixels (was {was_px})")
            }
            Change::Suspends { region, kind, by } => {
                write!(f, "{region}, {kind}: the threshold chosen by {by} is suspended until it is chosen again")
            }
        }
    }
}
