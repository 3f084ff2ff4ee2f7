//! From regions with many films to one with few.

use anyhow::{Result, ensure};
use fieldray_common::region::Region;
use serde::{Deserialize, Serialize};

use crate::data::{folds::FOLDS, manifest::Film};

/// Which regions are learned from first, and which are learned for. A stage that names no regions takes those of its purpose:
/// pretraining the source's, fine-tuning the target's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Where films are many.
    pub source: Vec<Region>,
    /// Where they are few.
    pub target: Vec<Region>,
    /// Which of the target's films are held out, with whatever is tied to them; a share of all films, as `[split]` says, where
    /// absent. All other films are then for learning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold_out: Option<TargetHoldOut>,
    /// Share of the target's training films that are used, 0 to 1, for asking how many labels it takes; all of them where absent.
    /// Of one seed a smaller share is part of a larger one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<f64>,
}

/// Which of the target's films are held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TargetHoldOut {
    /// All of them: what is learned from the source can serve every later part of the target.
    All,
    /// One fold of [`FOLDS`], by its number from 0: over all folds every film is held out once.
    Fold(usize),
}

impl Transfer {
    /// Whether the film counts for the target.
    pub fn is_target(&self, film: &Film) -> bool {
        self.target.contains(&film.region)
    }

    pub(super) fn check(&self) -> Result<()> {
        if let Some(TargetHoldOut::Fold(fold)) = self.hold_out {
            ensure!(fold < FOLDS, "hold_out: folds are numbered from 0 to {}", FOLDS - 1);
        }
        ensure!(self.labels.is_none_or(|share| share > 0.0 && share <= 1.0), "labels: above 0, and at most 1");
        Ok(())
    }
}
