//! A delta: what of a bundle the other end does not have. Two models that share backbones share most of their bytes, and a serial line is
//! slow.
//!
//! A delta follows the new bundle's file from the first byte to the last: pieces that it brings, and, between them, the hashes of files that
//! lie in what is installed. So the bundle comes out byte for byte as it was signed, and what was signed is what is checked; a delta is not
//! trusted, and needs no signature of its own.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Bundle;
use super::archive::{self, ArchiveError, MAX_BYTES};

/// The SHA-256 of a file in a bundle, or of a whole one.
pub type Hash = [u8; 32];

/// A delta begins so.
const MAGIC: &[u8] = b"fieldray delta 1\n";

/// How a bundle is put together from what is brought and what is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta<'a> {
    /// The SHA-256 of the whole bundle.
    sha256: Hash,
    /// Its parts, from its first byte to its last.
    #[serde(borrow)]
    parts: Vec<Part<'a>>,
}

/// Bytes of the bundle that follow each other. The order of the variants is the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part<'a> {
    /// The delta brings them.
    Brought(&'a [u8]),
    /// They are a file that is there already.
    Kept { sha256: Hash, bytes: u64 },
}

/// Why no bundle comes out of a delta.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// The bytes are no delta, or not all of one.
    #[error("the update is damaged; copy it again")]
    Damaged,
    /// More bytes would come out than any bundle has.
    #[error("the update makes a file larger than any bundle; ask who made it")]
    TooLarge,
    /// A file that it builds on is not there.
    #[error("the update was made for another model than the one that is installed; give the whole bundle")]
    Lacks,
    /// What came out is not the bundle that it was made from.
    #[error("the update gives another bundle than it was made from; copy it again, or give the whole bundle")]
    Differs,
}

impl<'a> Delta<'a> {
    /// The delta of a whole bundle for an end that has files of these hashes.
    pub fn of(whole: &'a [u8], there: &BTreeSet<Hash>) -> Result<Self, ArchiveError> {
        let mut parts = Vec::new();
        let mut from = 0;
        for range in archive::ranges(whole)? {
            let sha256 = Sha256::digest(&whole[range.clone()]).into();
            if there.contains(&sha256) {
                parts.push(Part::Brought(&whole[from..range.start]));
                parts.push(Part::Kept { sha256, bytes: range.len() as u64 });
                from = range.end;
            }
        }
        parts.push(Part::Brought(&whole[from..]));
        Ok(Self { sha256: Sha256::digest(whole).into(), parts })
    }

    /// Whether these are the bytes of a delta, by how they begin.
    pub fn is_one(bytes: &[u8]) -> bool {
        bytes.starts_with(MAGIC)
    }

    /// Reads a delta.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, DeltaError> {
        let body = bytes.strip_prefix(MAGIC).ok_or(DeltaError::Damaged)?;
        let (delta, rest) = postcard::take_from_bytes::<Self>(body).map_err(|_| DeltaError::Damaged)?;
        if !rest.is_empty() {
            return Err(DeltaError::Damaged);
        }
        let mut left = MAX_BYTES as u64;
        for part in &delta.parts {
            left = left.checked_sub(part.bytes()).ok_or(DeltaError::TooLarge)?;
        }
        Ok(delta)
    }

    /// The bytes that [`Delta::parse`] reads.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Only a writer that fails makes this fail, and a vector does not.
        postcard::to_extend(self, MAGIC.to_vec()).unwrap_or_default()
    }

    /// The SHA-256 of the whole bundle.
    pub fn sha256(&self) -> Hash {
        self.sha256
    }

    /// How long the whole bundle is.
    pub fn whole_bytes(&self) -> u64 {
        self.parts.iter().map(Part::bytes).sum()
    }

    /// The whole bundle, byte for byte, from the files that are there.
    pub fn rebuild(&self, there: &BTreeMap<Hash, &[u8]>) -> Result<Vec<u8>, DeltaError> {
        let mut whole = Vec::new();
        for part in &self.parts {
            whole.extend_from_slice(match part {
                Part::Brought(content) => content,
                Part::Kept { sha256, bytes } => {
                    let content = there.get(sha256).filter(|content| content.len() as u64 == *bytes);
                    content.ok_or(DeltaError::Lacks)?
                }
            });
        }
        if Hash::from(Sha256::digest(&whole)) == self.sha256 { Ok(whole) } else { Err(DeltaError::Differs) }
    }
}

impl Part<'_> {
    /// How long it is in the bundle.
    fn bytes(&self) -> u64 {
        match self {
            Part::Brought(content) => content.len() as u64,
            Part::Kept { bytes, .. } => *bytes,
        }
    }
}

/// The files of an opened bundle by their hashes: what a delta may build on.
pub fn files_there(bundle: &Bundle) -> BTreeMap<Hash, &[u8]> {
    bundle.files().into_values().map(|content| (Sha256::digest(content).into(), content)).collect()
}

/// The hashes of the files in a bundle's bytes, whoever signed it.
pub fn hashes_in(whole: &[u8]) -> Result<BTreeSet<Hash>, ArchiveError> {
    Ok(archive::ranges(whole)?.into_iter().map(|range| Sha256::digest(&whole[range]).into()).collect())
}

/// How much a delta saves, for people: both sizes, and the share.
pub fn saving(delta_bytes: usize, whole_bytes: u64) -> String {
    let megabytes = |bytes: f64| bytes / 1e6;
    let (delta, whole) = (delta_bytes as f64, whole_bytes as f64);
    let saved = (100.0 * (1.0 - delta / whole)).clamp(0.0, 100.0).floor();
    format!("{:.1} MB instead of {:.1} MB, {saved:.0} % saved", megabytes(delta), megabytes(whole))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pack(files: &[Vec<u8>]) -> Vec<u8> {
        let names: Vec<String> = (0..files.len()).map(|number| format!("file-{number}")).collect();
        archive::pack(names.iter().map(String::as_str).zip(files.iter().map(Vec::as_slice))).unwrap()
    }

    fn by_hash(files: &[Vec<u8>]) -> BTreeMap<Hash, &[u8]> {
        files.iter().map(|file| (Sha256::digest(file).into(), file.as_slice())).collect()
    }

    fn hashes(files: &[Vec<u8>]) -> BTreeSet<Hash> {
        by_hash(files).into_keys().collect()
    }

    fn files() -> impl Strategy<Value = Vec<Vec<u8>>> {
        prop::collection::vec(prop::collection::vec(any::<u8>(), 0..3000), 0..8)
    }

    #[test]
    fn what_is_shared_is_not_sent() {
        let [backbone, old, new] = [(0, 900_000), (1, 1000), (2, 1100)].map(|(value, length)| vec![value; length]);
        let whole = pack(&[new, backbone.clone()]);
        let there = [old, backbone];
        let delta = Delta::of(&whole, &hashes(&there)).unwrap();
        let sent = delta.to_bytes();
        assert!(sent.len() < 5000, "{}", sent.len());
        assert_eq!(delta.whole_bytes(), whole.len() as u64);
        assert_eq!(saving(sent.len(), delta.whole_bytes()), "0.0 MB instead of 0.9 MB, 99 % saved");
        assert_eq!(Delta::parse(&sent).unwrap().rebuild(&by_hash(&there)), Ok(whole));
    }

    #[test]
    fn a_delta_for_another_model_says_so() {
        let (there, whole) = (vec![vec![7; 5000]], pack(&[vec![7; 5000]]));
        let sent = Delta::of(&whole, &hashes(&there)).unwrap().to_bytes();
        let refused = Delta::parse(&sent).unwrap().rebuild(&by_hash(&[vec![8; 5000]])).unwrap_err();
        assert_eq!(refused, DeltaError::Lacks);
        assert!(refused.to_string().ends_with("give the whole bundle"));
    }

    #[test]
    fn a_delta_that_would_fill_the_memory_is_refused() {
        let kept = Part::Kept { sha256: [7; 32], bytes: MAX_BYTES as u64 / 2 + 1 };
        let bomb = Delta { sha256: [0; 32], parts: vec![kept, kept] }.to_bytes();
        assert_eq!(Delta::parse(&bomb), Err(DeltaError::TooLarge));
        let wraps = Part::Kept { sha256: [7; 32], bytes: u64::MAX };
        assert_eq!(
            Delta::parse(&Delta { sha256: [0; 32], parts: vec![wraps, wraps] }.to_bytes()),
            Err(DeltaError::TooLarge)
        );
    }

    proptest! {
        /// Whatever both ends share, the bundle comes out as it was.
        #[test]
        fn a_bundle_comes_out_as_it_went_in(new in files(), old in files(), shared in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
            let mut there = old;
            if !new.is_empty() {
                there.extend(shared.iter().map(|index| index.get(&new).clone()));
            }
            let whole = pack(&new);
            prop_assert_eq!(hashes_in(&whole).unwrap(), hashes(&new));
            let sent = Delta::of(&whole, &hashes(&there)).unwrap().to_bytes();
            prop_assert!(Delta::is_one(&sent) && !Delta::is_one(&whole));
            // Each of the files costs its hash at most.
            prop_assert!(sent.len() <= whole.len() + 64 * (new.len() + 1));
            prop_assert_eq!(Delta::parse(&sent).unwrap().rebuild(&by_hash(&there)), Ok(whole));
        }

        /// One flipped bit gives the bundle that was sent, or none.
        #[test]
        fn a_changed_delta_never_gives_another_bundle(new in files(), place in any::<prop::sample::Index>(), bit in 0_u8..8) {
            let whole = pack(&new);
            let there = &new[..new.len() / 2];
            let mut sent = Delta::of(&whole, &hashes(there)).unwrap().to_bytes();
            let place = place.index(sent.len());
            sent[place] ^= 1 << bit;
            if let Ok(rebuilt) = Delta::parse(&sent).and_then(|delta| delta.rebuild(&by_hash(there))) {
                prop_assert_eq!(rebuilt, whole);
            }
        }

        #[test]
        fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
            let behind_magic = [MAGIC, &bytes].concat();
            prop_assert!(Delta::parse(&bytes).is_err());
            if let Ok(delta) = Delta::parse(&behind_magic) {
                prop_assert!(delta.rebuild(&BTreeMap::new()).is_err());
            }
        }
    }
}
