//! The model that the daemon screens with: a file's, the built-in one, or the active one of a store, which may be on trial.

use std::sync::Arc;

use anyhow::{Result, bail};
use fieldray_common::bundle::{Bundle, TrustedKey};
use tracing::{info, warn};

use crate::choice::BundleChoice;
use crate::config;
use crate::models::{Folder, Source, Start, Started, Store};

/// A model in use.
pub(super) struct InUse {
    pub bundle: Arc<Bundle>,
    stored: Option<Stored>,
}

/// A model of a store.
struct Stored {
    store: Store<Folder>,
    trusted: Vec<TrustedKey>,
    start: Start,
}

impl InUse {
    /// What the command line names, or else the settings, or else the built-in one. Of a store, this is a start: it counts.
    pub fn open(named: &BundleChoice, settings: &config::Model) -> Result<Self> {
        let choice = match Source::of(named, settings) {
            Source::File(choice) => return Ok(Self { bundle: Arc::new(choice.open()?), stored: None }),
            Source::Store(choice) => choice,
        };
        let (mut store, trusted) = choice.open()?;
        let Started { start, bundle } = store.start(&trusted)?.ok_or_else(|| choice.nothing_installed())?;
        if matches!(start, Start::WentBack(_)) {
            warn!(
                bundle = bundle.manifest().id(),
                "the new model did not come up well; the one before is in use again"
            );
        }
        Ok(Self { bundle: Arc::new(bundle), stored: Some(Stored { store, trusted, start }) })
    }

    /// Whether the box has just gone back from a newer model.
    pub fn went_back(&self) -> bool {
        matches!(self.stored, Some(Stored { start: Start::WentBack(_), .. }))
    }

    /// The model was held against its reference films. One on trial that does not hold is left at once.
    ///
    /// # Errors
    /// Where it was left: the next start is with the model before.
    pub fn was_checked(&mut self, holds: bool) -> Result<()> {
        if let (false, Some(Stored { store, trusted, start: Start::Trial(_) })) = (holds, &mut self.stored) {
            let before = store.roll_back(trusted)?;
            bail!(
                "{} fails its self-check on this box; {} is in use again from the next start",
                self.bundle.manifest().id(),
                before.manifest().id()
            );
        }
        Ok(())
    }

    /// The daemon runs and is well: a model on trial has proved itself.
    pub fn came_up_well(&mut self) -> Result<()> {
        if let Some(Stored { store, trusted, start: Start::Trial(_) }) = &mut self.stored {
            store.mark_good(trusted)?;
            info!(bundle = self.bundle.manifest().id(), "the new model has proved itself");
        }
        Ok(())
    }
}
