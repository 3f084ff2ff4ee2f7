//! Whom a box trusts: the public keys that lie in its store.

use std::fs;
use std::io;
use std::path::Path;

use fieldray_common::bundle::{KeyChanges, Standing, TrustedKey};
use tracing::warn;

use super::disk::Folder;
use super::keyring::Keyring;
use crate::choice;
use crate::cli::plain;

/// The folder of keys in a store.
pub const KEYS: &str = "keys";

/// Whether the demo key is trusted, whose secret half everybody has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoKey {
    /// As on a box that is only tried out.
    Trusted,
    /// As on every other.
    Refused,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder or a file in it cannot be read.
    #[error("the keys in '{0}' cannot be read ({plain}); check the folder", plain = plain(.1))]
    Closed(String, io::Error),
    /// A file that should be a key is none, and there is no other.
    #[error("'{0}' is not a minisign public key; take it out of the folder, or copy it again")]
    NoKey(String),
    /// Both files of what bundles said of keys.
    #[error(
        "what bundles said of keys cannot be read, 'keys.json' and 'keys-copy.json' are damaged; take both out of the store, and give the \
         box its keys anew"
    )]
    Damaged,
    /// No key at all.
    #[error("this box trusts no key; put the .pub file of whoever makes your models into '{0}'")]
    None(String),
}

/// The keys that a store knows: every `.pub` file in its folder of keys, by its name, and what bundles brought; each with what it is worth
/// since bundles revoked some. It changes when a bundle proves itself.
pub fn trusted(store: &Path, demo: DemoKey) -> Result<Vec<TrustedKey>, KeysError> {
    let folder = store.join(KEYS);
    let told = |path: &Path| path.display().to_string();
    let mut files = match fs::read_dir(&folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
    .map_err(|error| KeysError::Closed(told(&folder), error))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "pub"));
    files.sort();
    let (mut keys, mut wrong) = (Vec::new(), None);
    for file in files {
        let text = fs::read(&file).map_err(|error| KeysError::Closed(told(&file), error))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        match TrustedKey::parse(&name, &String::from_utf8_lossy(&text)) {
            Ok(key) => keys.push(key),
            // The others are worth what they are: one wrong file must not take a clinic's model from it.
            Err(_) => {
                let error = KeysError::NoKey(told(&file));
                warn!("{error}");
                wrong = Some(error);
            }
        }
    }
    if demo == DemoKey::Trusted {
        keys.push(choice::demo_key());
    }
    let keys = Keyring::read(&Folder(store.to_owned()))?.over(keys);
    match keys.is_empty() {
        true => Err(wrong.unwrap_or(KeysError::None(told(&folder)))),
        false => Ok(keys),
    }
}

/// What would become of the keys that a box knows, in one line each.
pub fn key_changes(said: &KeyChanges, known: &[TrustedKey]) -> Vec<String> {
    let brought = said.lasting().filter(|(_, key)| !known.iter().any(|known| known.key == **key));
    let brought = brought.map(|(name, key)| format!("keys: the box will also trust '{name}' ({})", key.id()));
    let revoked = said.revokes.iter().map(|id| match known.iter().find(|known| known.key.id() == *id) {
        Some(known) => format!("keys: the box will NO LONGER trust '{}' ({id})", known.name),
        None => format!("keys: the box will never trust the key {id}"),
    });
    brought.chain(revoked).collect()
}

/// A key in one line.
pub fn sentence(key: &TrustedKey) -> String {
    let worth = match &key.standing {
        Standing::Trusted => "trusted",
        Standing::Revoked { .. } => "revoked",
    };
    format!("{} {worth}, '{}'", key.key.id(), key.name)
}
