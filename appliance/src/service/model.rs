//! The model that the daemon screens with: a file's, the built-in one, or the active one of a store, which may be on trial.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use fieldray_common::bundle::{Bundle, TrustedKey};
use tracing::{info, warn};

use super::catch_up::catch_up_on_keys;
use crate::choice::BundleChoice;
use crate::config;
use crate::log::AuditLog;
use crate::models::{Folder, Slot, Source, Start, Started, Store, StoreChoice};
use crate::update::WentBack;

/// A model in use.
pub(super) struct InUse {
    pub bundle: Arc<Bundle>,
    stored: Option<Stored>,
}

/// A model of a store.
struct Stored {
    choice: StoreChoice,
    store: Store<Folder>,
    trusted: Vec<TrustedKey>,
    start: Start,
    /// Where the archive is, in which is kept what the display has to tell.
    archive: PathBuf,
}

impl Stored {
    /// `name@version` of what lies in a slot.
    fn named(&self, slot: Slot) -> Option<String> {
        self.store.content(slot, &self.trusted).ok().map(|bundle| bundle.manifest().id())
    }
}

impl InUse {
    /// What the command line names, or else the settings, or else the built-in one. Of a store, this is a start: it counts.
    pub fn open(named: &BundleChoice, settings: &config::Model, archive: &Path) -> Result<Self> {
        let choice = match Source::of(named, settings) {
            Source::File(choice) => return Ok(Self { bundle: Arc::new(choice.open()?), stored: None }),
            Source::Store(choice) => choice,
        };
        let (mut store, trusted) = choice.open()?;
        let Started { start, bundle } = store.start(&trusted)?.ok_or_else(|| choice.nothing_installed())?;
        let stored = Stored { choice, store, trusted, start, archive: archive.to_owned() };
        if let Start::WentBack(slot) = start {
            let to = bundle.manifest().id();
            warn!(bundle = to, "the new model did not come up well; the one before is in use again");
            WentBack { from: stored.named(slot.other()), to }.keep(archive);
        }
        Ok(Self { bundle: Arc::new(bundle), stored: Some(stored) })
    }

    /// The store that it comes from.
    pub fn store(&self) -> Option<&StoreChoice> {
        self.stored.as_ref().map(|stored| &stored.choice)
    }

    /// `name@version` of the model before, where this one starts on trial.
    pub fn took_over_from(&self) -> Option<Option<String>> {
        let stored = self.stored.as_ref()?;
        match stored.start {
            Start::Trial(slot) => Some(stored.named(slot.other())),
            Start::Good(_) | Start::WentBack(_) => None,
        }
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
        let id = self.bundle.manifest().id();
        if let (false, Some(Stored { store, trusted, start: Start::Trial(_), archive, .. })) = (holds, &mut self.stored)
        {
            let before = store.roll_back(trusted)?.manifest().id();
            WentBack { from: Some(id.clone()), to: before.clone() }.keep(archive);
            bail!("{id} fails its self-check on this box; {before} is in use again from the next start");
        }
        Ok(())
    }

    /// The daemon runs and is well: a model on trial has proved itself.
    pub fn came_up_well(&mut self, log: &AuditLog) -> Result<()> {
        let Some(Stored { store, trusted, start, .. }) = &mut self.stored else { return Ok(()) };
        if let Start::Trial(_) = start {
            store.mark_good(trusted)?;
            info!(bundle = self.bundle.manifest().id(), "the new model has proved itself");
        }
        catch_up_on_keys(store.keyring()?.deeds(), log)
    }
}
