//! Whom a box trusts: the public keys that lie in its store.

use std::fs;
use std::io;
use std::path::Path;

use fieldray_common::bundle::TrustedKey;

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
    /// A file that should be a key is none.
    #[error("'{0}' is not a minisign public key; take it out of the folder, or copy it again")]
    NoKey(String),
    /// No key at all.
    #[error("this box trusts no key; put the .pub file of whoever makes your models into '{0}'")]
    None(String),
}

/// The keys that a store trusts: every `.pub` file in its folder of keys, by its name.
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
    let mut keys = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| KeysError::Closed(told(&file), error))?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        keys.push(TrustedKey::parse(&name, &text).map_err(|_| KeysError::NoKey(told(&file)))?);
    }
    if demo == DemoKey::Trusted {
        keys.push(choice::demo_key());
    }
    if keys.is_empty() { Err(KeysError::None(told(&folder))) } else { Ok(keys) }
}
