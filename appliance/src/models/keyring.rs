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

/// The file; a worn disk may damage one of two.
const FILE: &str = "keys.json";
const COPY: &str = "keys-copy.json";

/// The keys, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keyring {
    /// What bundles brought.
    trusted: BTreeMap<KeyId, Named>,
    /// What bundles revoked: the SHA-256 of the manifest of the one that did.
    revoked: BTreeMap<KeyId, String>,
}

/// A key with the name that the bundle gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    key: PublicKey,
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
        for Named { name, key } in self.trusted.values() {
            if !known.iter().any(|known| known.key == *key) {
                known.push(TrustedKey { name: name.clone(), key: key.clone(), standing: Standing::Trusted });
            }
        }
        for key in &mut known {
            if let Some(by) = self.revoked.get(&key.key.id()) {
                key.standing = Standing::Revoked { by: by.clone() };
            }
        }
        known
    }

    /// What it becomes by a bundle that has proved itself on a box that knows these keys.
    pub fn adopting(&self, bundle: &Bundle, known: &[TrustedKey]) -> Self {
        let mut next = self.clone();
        let said = &bundle.manifest().keys;
        for (name, key) in said.lasting() {
            next.trusted.entry(key.id()).or_insert_with(|| Named { name: name.clone(), key: key.clone() });
        }
        for id in &said.revokes {
            next.revoked.entry(*id).or_insert_with(|| bundle.signed_sha256().to_owned());
        }
        // What it brought in place of its own key may have been revoked before. Then its own stays, for want of another.
        let trusted = |key: &TrustedKey| key.standing == Standing::Trusted;
        if !next.over(known.to_vec()).iter().any(trusted) {
            next.revoked.clone_from(&self.revoked);
        }
        next
    }
}
