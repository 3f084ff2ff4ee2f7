//! The bundle on the laptop: whole, before anything of it is sent, and what of it has to be sent.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use fieldray_common::bundle::{Delta, Head, KeyId, Manifest, delta, whole};
use fieldray_common::link::{Kind, Sha256, Thing};
use sha2::{Digest, Sha256 as Hash};

use crate::choice::{self, BundleChoice};

/// A delta that saves less than this share is not worth it.
const WORTH: f64 = 0.1;

/// A bundle whose files are those that its manifest names.
pub(super) struct Parcel {
    path: PathBuf,
    pub bytes: Vec<u8>,
    pub sha256: Sha256,
    pub key: KeyId,
    head: Vec<u8>,
    manifest: Manifest,
}

/// What is sent of it.
pub(super) struct Load {
    pub thing: Thing,
    whole_bytes: u64,
}

impl Parcel {
    /// Reads and checks a bundle, and its signature where a `key` is given.
    pub fn read(path: &Path, key: Option<&Path>) -> Result<Self> {
        if let Some(key) = key {
            BundleChoice::new(Some(path.to_owned()), Some(key.to_owned())).open()?;
        }
        let bytes = choice::bundle_bytes(path)?;
        let said = || format!("'{}' is not sent", path.display());
        let manifest = whole(&bytes).with_context(said)?;
        let head = Head::read(&bytes).with_context(said)?;
        Ok(Self {
            path: path.to_owned(),
            sha256: Hash::digest(&bytes).into(),
            key: head.signing_key().with_context(said)?,
            head: head.pack().with_context(said)?,
            bytes,
            manifest,
        })
    }

    /// `name@version`.
    pub fn id(&self) -> String {
        self.manifest.id()
    }

    /// Its head, to be sent first.
    pub fn head(&self) -> Thing {
        thing(Kind::Head, &self.head)
    }

    /// All of it.
    pub fn whole(&self) -> Load {
        Load { thing: thing(Kind::Bundle, &self.bytes), whole_bytes: self.bytes.len() as u64 }
    }

    /// What of it a box lacks that has these files, where that is worth it.
    pub fn without(&self, there: &BTreeSet<Sha256>) -> Result<Load> {
        let delta = Delta::of(&self.bytes, there).map_err(|error| anyhow!("{error}"))?.to_bytes();
        let whole = self.whole();
        let saves = 1.0 - delta.len() as f64 / self.bytes.len().max(1) as f64;
        Ok(if saves < WORTH { whole } else { Load { thing: thing(Kind::Bundle, &delta), ..whole } })
    }
}

fn thing(kind: Kind, content: &[u8]) -> Thing {
    Thing { kind, content: Arc::from(content), sha256: Hash::digest(content).into() }
}

impl fmt::Display for Parcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, megabytes) = (self.path.display(), self.bytes.len() as f64 / 1e6);
        write!(f, "{path}: {}, exported on {}, {megabytes:.1} MB, whole", self.id(), self.manifest.created)
    }
}

/// How much is sent, and what that saves.
impl fmt::Display for Load {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.thing.content.len();
        match bytes as u64 == self.whole_bytes {
            true => write!(f, "to be sent: {:.1} MB", bytes as f64 / 1e6),
            false => write!(f, "to be sent: {}", delta::saving(bytes, self.whole_bytes)),
        }
    }
}
