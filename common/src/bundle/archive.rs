//! The `.frb` container: a tar archive, so that stock tools can open it too.

use std::collections::BTreeMap;
use std::ops::Range;

use sha2::{Digest, Sha256};

use super::manifest::FileEntry;

/// Most bytes a bundle may have: far more than any model for the box, far less than its memory.
pub const MAX_BYTES: usize = 512 << 20;

/// Why an archive cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// Not a tar archive, or cut short; for the log, what the archive's reader met.
    #[error("the file is damaged or not a bundle; copy it again")]
    Damaged(String),
    /// Larger than [`MAX_BYTES`].
    #[error("the file has {0} bytes, more than any bundle; check which file it is")]
    TooLarge(usize),
    /// Two files of the same name: one of them could hide the other.
    #[error("the bundle holds '{0}' twice; ask who made it")]
    Twice(String),
}

/// Name of each file in an archive's bytes and where its content lies, from the first to the last.
fn entries(bytes: &[u8]) -> Result<Vec<(String, Range<usize>)>, ArchiveError> {
    if bytes.len() > MAX_BYTES {
        return Err(ArchiveError::TooLarge(bytes.len()));
    }
    let damaged = |error: std::io::Error| ArchiveError::Damaged(error.to_string());
    let mut entries: Vec<(String, Range<usize>)> = Vec::new();
    for entry in tar::Archive::new(bytes).entries().map_err(damaged)? {
        let entry = entry.map_err(damaged)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let start = entry.raw_file_position();
        let end = start.saturating_add(entry.size());
        let before = entries.last().map_or(0, |(_, before)| before.end as u64);
        if before > start || end > bytes.len() as u64 {
            return Err(ArchiveError::Damaged(format!("'{name}' ends early")));
        }
        entries.push((name, start as usize..end as usize));
    }
    Ok(entries)
}

/// Where the content of each file lies in an archive's bytes, from the first to the last.
pub fn ranges(bytes: &[u8]) -> Result<Vec<Range<usize>>, ArchiveError> {
    Ok(entries(bytes)?.into_iter().map(|(_, range)| range).collect())
}

/// Where the content of each file lies in an archive's bytes, by its name.
pub fn places(bytes: &[u8]) -> Result<BTreeMap<String, Range<usize>>, ArchiveError> {
    let mut places = BTreeMap::new();
    for (name, range) in entries(bytes)? {
        if places.insert(name.clone(), range).is_some() {
            return Err(ArchiveError::Twice(name));
        }
    }
    Ok(places)
}

/// Every file of an archive by its name, to be packed again with other files.
pub fn unpack(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, ArchiveError> {
    Ok(places(bytes)?.into_iter().map(|(name, range)| (name, bytes[range].to_vec())).collect())
}

/// An archive of these files in this order. The same files give the same bytes.
pub fn pack<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Result<Vec<u8>, ArchiveError> {
    let failed = |error: std::io::Error| ArchiveError::Damaged(error.to_string());
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, content).map_err(failed)?;
    }
    builder.into_inner().map_err(failed)
}

/// How long an archive is that holds files of these lengths.
pub fn packed_bytes(lengths: impl IntoIterator<Item = u64>) -> u64 {
    const BLOCK: u64 = 512;
    let blocks = |bytes: u64| 1_u64.saturating_add(bytes.div_ceil(BLOCK));
    // Two empty blocks end it.
    lengths.into_iter().fold(2, |all: u64, bytes| all.saturating_add(blocks(bytes))).saturating_mul(BLOCK)
}

/// The entry that describes a file in the manifest.
pub fn describe(content: &[u8]) -> FileEntry {
    let hash = Sha256::digest(content);
    FileEntry { bytes: content.len() as u64, sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect() }
}
