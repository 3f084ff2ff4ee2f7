//! What bundles have said of keys: which the box trusts besides those that a person gave it, and which it does not trust any more. A bundle
//! is heard once it has proved itself.
//!
//! A revoked key stays revoked, whatever an older bundle brings. The bundle that revoked it still counts, although it may be signed with
//! that very key: it is the last one that the key vouches for.

use std::collections::BTreeMap;
use std::io;

use fieldray_common::bundle::{Bundle, KeyId, PublicKey, Standing, TrustedKey};
use serde::{Deserialize, Serialize};

use super::disk::Disk;
use super::keys::KeysError;
use crate::log::Deed;

/// The file; a worn disk may damage one of two.
const FILE: &str = "keys.json";
const COPY: &str = "keys-copy.json";

/// The keys, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    /// What bundles brought.
    trusted: BTreeMap<KeyId, Brought>,
    /// What bundles revoked.
    revoked: BTreeMap<KeyId, Revoked>,
}

/// A key with the name that the bundle gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Brought {
    name: String,
    key: PublicKey,
    /// `name@version` of the bundle.
    by: String,
}

/// The bundle that revoked a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoked {
    /// SHA-256 of its manifest.
    manifest_sha256: String,
    /// Its `name@version`.
    by: String,
}

impl Keyring {
    /// Reads it; empty where no bundle said anything yet.
    pub fn read(disk: &impl Disk) -> Result<Self, KeysError> {
        let mut damaged = false;
        for name in [FILE, COPY] {
            match disk.read(name).map(|text| serde_json::from_slice(&text)) {
                Ok(Ok(keyring)) => return Ok(keyring),
                Ok(Err(_)) => damaged = true,
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(KeysError::Closed(name.to_owned(), error)),
            }
        }
        if damaged { Err(KeysError::Damaged) } else { Ok(Self::default()) }
    }

    /// Keeps it. The file that is read first is written last.
    pub fn keep(&self, disk: &mut impl Disk) -> io::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        disk.replace(COPY, &text)?;
        disk.replace(FILE, &text)
    }

    /// Every key that the box knows, with what it is worth, where a person gave it these.
    pub fn over(&self, given: Vec<TrustedKey>) -> Vec<TrustedKey> {
        let mut known = given;
        for Brought { name, key, .. } in self.trusted.values() {
            if !known.iter().any(|known| known.key == *key) {
                known.push(TrustedKey { name: name.clone(), key: key.clone(), standing: Standing::Trusted });
            }
        }
        for key in &mut known {
            if let Some(revoked) = self.revoked.get(&key.key.id()) {
                key.standing = Standing::Revoked { by: revoked.manifest_sha256.clone() };
            }
        }
        known
    }

    /// What it becomes by a bundle that has proved itself on a box that knows these keys.
    pub fn adopting(&self, bundle: &Bundle, known: &[TrustedKey]) -> Self {
        let mut next = self.clone();
        let (said, by) = (&bundle.manifest().keys, bundle.manifest().id());
        for (name, key) in said.lasting() {
            let brought = || Brought { name: name.clone(), key: key.clone(), by: by.clone() };
            next.trusted.entry(key.id()).or_insert_with(brought);
        }
        for id in &said.revokes {
            let revoked = || Revoked { manifest_sha256: bundle.signed_sha256().to_owned(), by: by.clone() };
            next.revoked.entry(*id).or_insert_with(revoked);
        }
        // What it brought in place of its own key may have been revoked before. Then its own stays, for want of another.
        let trusted = |key: &TrustedKey| key.standing == Standing::Trusted;
        if !next.over(known.to_vec()).iter().any(trusted) {
            next.revoked.clone_from(&self.revoked);
        }
        next
    }

    /// What bundles did to keys, as the audit log has it.
    pub fn deeds(&self) -> Vec<Deed> {
        let trusted = self.trusted.iter().map(|(key, brought)| Deed::KeyTrusted {
            key: *key,
            name: brought.name.clone(),
            by: brought.by.clone(),
        });
        let revoked = self.revoked.iter().map(|(key, revoked)| Deed::KeyRevoked { key: *key, by: revoked.by.clone() });
        trusted.chain(revoked).collect()
    }
}
