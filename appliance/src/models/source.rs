//! Where the model of a box comes from.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fieldray_common::bundle::{Bundle, TrustedKey};

use super::{DemoKey, Folder, KeysError, Store, keys};
use crate::choice::{BundleChoice, or_built_in};
use crate::config;

/// What the command line names, or else the settings, or else the built-in one.
#[derive(Debug, Clone)]
pub enum Source {
    /// A file's, or the built-in one.
    File(BundleChoice),
    /// The active one of a store; the built-in one where that has none.
    Store(StoreChoice),
}

/// A store that settings name.
#[derive(Debug, Clone)]
pub struct StoreChoice {
    folder: PathBuf,
    demo: DemoKey,
}

impl Source {
    /// The model that a command line names, or else the settings.
    pub fn of(named: &BundleChoice, settings: &config::Model) -> Self {
        match &settings.store {
            Some(folder) if !named.names_a_bundle() => {
                let demo = if settings.trust_demo_key { DemoKey::Trusted } else { DemoKey::Refused };
                Self::Store(StoreChoice { folder: folder.clone(), demo })
            }
            _ => {
                let configured = BundleChoice::new(settings.bundle.clone(), settings.key.clone());
                Self::File(named.clone().or(configured))
            }
        }
    }

    /// The model that the box would start from, without a start that counts.
    pub fn look(&self) -> Result<Bundle> {
        match self {
            Self::File(choice) => choice.open(),
            Self::Store(choice) if choice.was_never_used() => or_built_in(None),
            Self::Store(choice) => {
                let (store, known) = choice.open()?;
                or_built_in(store.active(&known)?)
            }
        }
    }
}

impl StoreChoice {
    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The store, and the keys that it knows.
    pub fn open(&self) -> Result<(Store<Folder>, Vec<TrustedKey>), KeysError> {
        Ok((Store::on(Folder(self.folder.clone())), keys::trusted(&self.folder, self.demo)?))
    }

    /// Whether no model was ever installed in it: such a box works without keys.
    pub fn was_never_used(&self) -> bool {
        matches!(Store::on(Folder(self.folder.clone())).slots(&[]), Ok(None))
    }
}
