//! The model that the daemon screens with: a file's, the built-in one, or the active one of a store, which may be on trial.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use fieldray_common::bundle::{Bundle, TrustedKey};
use tracing::{info, warn};

use super::catch_up::catch_up_on_keys;
use crate::choice::{BundleChoice, or_built_in};
use crate::config;
use crate::log::AuditLog;
use crate::models::{Folder, Refusal, Slot, Source, Start, Started, Store, StoreChoice};
use crate::update::WentBack;

/// A model in use.
pub(super) struct InUse {
    pub bundle: Arc<Bundle>,
    /// The store that the settings name.
    pub store: Option<StoreChoice>,
    /// That store, where it can be used.
    stored: Option<Stored>,
    /// Whether another model was left at this start.
    pub went_back: bool,
}

/// A store from which the box has started, be it without a model of its own.
struct Stored {
    store: Store<Folder>,
    trusted: Vec<TrustedKey>,
    start: Start,
    /// Where the archive is, in which is kept what the display has to tell.
    archive: PathBuf,
}

impl Stored {
    /// The box starts from a store; with the model, where there is one.
    fn start(choice: &StoreChoice, archive: &Path) -> Result<(Self, Option<Bundle>), Refusal> {
        fs::create_dir_all(choice.folder())?;
        let (mut store, trusted) = choice.open()?;
        let Started { start, bundle } = store.start(&trusted)?;
        Ok((Self { store, trusted, start, archive: archive.to_owned() }, bundle))
    }

    /// `name@version` of what lies in a slot; with none, of the model that the box brought.
    fn named(&self, slot: Option<Slot>) -> Option<String> {
        let bundle = match slot {
            Some(slot) => self.store.content(slot, &self.trusted).ok(),
            None => or_built_in(None).ok(),
        };
        bundle.map(|bundle| bundle.manifest().id())
    }
}

impl InUse {
    /// What the command line names, or else the settings, or else the built-in one. Of a store, this is a start: it counts. Where the store
    /// has no model that can be used, the box works with the built-in one, so that it can be given another.
    pub fn open(named: &BundleChoice, settings: &config::Model, archive: &Path) -> Result<Self> {
        let choice = match Source::of(named, settings) {
            Source::File(choice) => {
                return Ok(Self { bundle: Arc::new(choice.open()?), store: None, stored: None, went_back: false });
            }
            Source::Store(choice) => choice,
        };
        let was_never_used = choice.was_never_used();
        let (stored, bundle) = match Stored::start(&choice, archive) {
            Ok((stored, bundle)) => (Some(stored), bundle),
            Err(reason) => {
                warn!(%reason, "the store of models cannot be used");
                (None, None)
            }
        };
        let bundle = or_built_in(bundle)?;
        let left = match &stored {
            Some(stored) => match stored.start {
                Start::WentBack { from } => Some(stored.named(Some(from))),
                Start::Good | Start::Trial { .. } => None,
            },
            None => (!was_never_used).then_some(None),
        };
        let went_back = left.is_some();
        if let Some(from) = left {
            let to = bundle.manifest().id();
            warn!(bundle = to, "the new model did not come up well; the one before is in use again");
            WentBack { from, to }.keep(archive);
        }
        Ok(Self { bundle: Arc::new(bundle), store: Some(choice), stored, went_back })
    }

    /// `name@version` of the model before, where this one starts on trial.
    pub fn took_over_from(&self) -> Option<Option<String>> {
        let stored = self.stored.as_ref()?;
        match stored.start {
            Start::Trial { before } => Some(stored.named(before)),
            Start::Good | Start::WentBack { .. } => None,
        }
    }

    /// The model was held against its reference films. One on trial that does not hold is left at once.
    ///
    /// # Errors
    /// Where it was left: the next start is with the model before.
    pub fn was_checked(&mut self, holds: bool) -> Result<()> {
        let id = self.bundle.manifest().id();
        if let (false, Some(Stored { store, trusted, start: Start::Trial { .. }, archive })) = (holds, &mut self.stored)
        {
            let before = or_built_in(store.roll_back(trusted)?)?.manifest().id();
            WentBack { from: Some(id.clone()), to: before.clone() }.keep(archive);
            bail!("{id} fails its self-check on this box; {before} is in use again from the next start");
        }
        Ok(())
    }

    /// The daemon runs and is well: a model on trial has proved itself.
    pub fn came_up_well(&mut self, log: &AuditLog) -> Result<()> {
        let Some(Stored { store, trusted, start, .. }) = &mut self.stored else { return Ok(()) };
        if let Start::Trial { .. } = start {
            store.mark_good(trusted)?;
            info!(bundle = self.bundle.manifest().id(), "the new model has proved itself");
        }
        catch_up_on_keys(store.keyring()?.deeds(), log)
    }
}
