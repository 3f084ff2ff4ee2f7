//! The key of the archive's pseudonyms: drawn once, and never told. Whoever has it can tell which pseudonym is whose.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::Sha256;

use super::{Archive, ArchiveError, open_to_read};

/// Where the system gives random bytes.
pub(super) const RANDOM: &str = "/dev/urandom";

const NAME: &str = "pseudonyms";

/// 32 random bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// Bytes that follow from these names, and of which nobody without the secret can tell from which. Two purposes never give the same.
    pub(crate) fn mac(&self, purpose: &str, names: &[&str]) -> [u8; 32] {
        // A key of HMAC may have any length (RFC 2104).
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length");
        for part in [purpose].iter().chain(names) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// A secret that everybody knows.
    #[cfg(test)]
    pub(crate) fn for_test(byte: u8) -> Self {
        Self([byte; 32])
    }
}

/// Not shown, so that it gets into no message.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Why there is no secret.
pub(super) enum Unmade {
    Random(io::Error),
    Database(rusqlite::Error),
}

impl Archive {
    /// The key of its pseudonyms.
    pub fn secret(&self) -> Result<Secret, ArchiveError> {
        read(&self.state().database)?.ok_or(ArchiveError::Earlier)
    }
}

/// The key of the pseudonyms of the archive in `folder`, which another program may have open.
pub fn secret(folder: &Path) -> Result<Secret, ArchiveError> {
    read(&open_to_read(folder)?)?.ok_or(ArchiveError::Earlier)
}

/// Draws the key, where there is none yet.
pub(super) fn make(database: &Connection) -> Result<(), Unmade> {
    if read(database).map_err(Unmade::Database)?.is_some() {
        return Ok(());
    }
    let mut drawn = [0; 32];
    File::open(RANDOM).and_then(|mut random| random.read_exact(&mut drawn)).map_err(Unmade::Random)?;
    let kept = database.execute("INSERT INTO secrets (name, value) VALUES (?1, ?2)", params![NAME, drawn]);
    kept.map(drop).map_err(Unmade::Database)
}

fn read(database: &Connection) -> rusqlite::Result<Option<Secret>> {
    database.query_row("SELECT value FROM secrets WHERE name = ?1", [NAME], |row| row.get(0).map(Secret)).optional()
}
