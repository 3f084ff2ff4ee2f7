//! A bundle's head: its manifest and its signature. A few thousand bytes say who signed it and what it would change, before the rest is
//! there.

use std::collections::BTreeMap;
use std::ops::Range;

use super::manifest::{FORMAT, Manifest};
use super::signature::{KeyId, SignatureError, Signer, TrustedKey, signer, signing_key};
use super::{BundleError, MANIFEST, SIGNATURE, archive};

/// The texts of a manifest and of its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    manifest: Vec<u8>,
    signature: Vec<u8>,
}

/// A manifest whose signature holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Signed {
    /// The manifest.
    pub manifest: Manifest,
    /// The key that signed it.
    pub signer: Signer,
    /// How long the bundle is that it heads.
    pub bundle_bytes: u64,
}

impl Head {
    /// The head of a bundle, or of what [`Head::pack`] made of one.
    pub fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        Self::take(bytes, &mut archive::places(bytes)?)
    }

    /// The head of a bundle whose files lie in these places; the places of the others stay.
    pub(super) fn take(bytes: &[u8], places: &mut BTreeMap<String, Range<usize>>) -> Result<Self, BundleError> {
        let mut take = |name: &str| {
            let place = places.remove(name).ok_or_else(|| BundleError::Lacks(name.to_owned()))?;
            Ok::<_, BundleError>(bytes[place].to_vec())
        };
        Ok(Self { manifest: take(MANIFEST)?, signature: take(SIGNATURE)? })
    }

    /// It alone as an archive, to be sent before the bundle.
    pub fn pack(&self) -> Result<Vec<u8>, BundleError> {
        Ok(archive::pack([(MANIFEST, self.manifest.as_slice()), (SIGNATURE, self.signature.as_slice())])?)
    }

    /// The key that it says has signed it.
    pub fn signing_key(&self) -> Result<KeyId, BundleError> {
        Ok(signing_key(self.signature()?)?)
    }

    /// The manifest, if one of the `known` keys signed it that vouches for it.
    pub fn signed(&self, known: &[TrustedKey]) -> Result<Signed, BundleError> {
        let signer = signer(&self.manifest, self.signature()?, known)?;
        let manifest = understand(&self.manifest)?;
        if manifest.keys.revokes.contains(&signer.key) && manifest.keys.lasting().next().is_none() {
            return Err(BundleError::RevokesItself);
        }
        let lengths = [self.manifest.len() as u64, self.signature.len() as u64].into_iter();
        let bundle_bytes = archive::packed_bytes(lengths.chain(manifest.files.values().map(|file| file.bytes)));
        Ok(Signed { manifest, signer, bundle_bytes })
    }

    fn signature(&self) -> Result<&str, SignatureError> {
        std::str::from_utf8(&self.signature).map_err(|_| SignatureError::Damaged)
    }
}

/// The manifest of a bundle whose files are all those that it names, whoever signed it: for one who passes the bundle on, and uses nothing
/// of it.
pub fn whole(bytes: &[u8]) -> Result<Manifest, BundleError> {
    let mut places = archive::places(bytes)?;
    let manifest = understand(&Head::take(bytes, &mut places)?.manifest)?;
    agree(&manifest, bytes, &places)?;
    Ok(manifest)
}

/// Every file is there as the manifest names it, and no other is.
pub(super) fn agree(
    manifest: &Manifest,
    bytes: &[u8],
    places: &BTreeMap<String, Range<usize>>,
) -> Result<(), BundleError> {
    for (name, entry) in &manifest.files {
        let place = places.get(name).ok_or_else(|| BundleError::Lacks(name.clone()))?;
        if archive::describe(&bytes[place.clone()]) != *entry {
            return Err(BundleError::Changed(name.clone()));
        }
    }
    match places.keys().find(|name| !manifest.files.contains_key(*name)) {
        Some(name) => Err(BundleError::Unnamed(name.clone())),
        None => Ok(()),
    }
}

/// The manifest's `format` decides whether the rest can be understood, so it is looked at alone first.
fn understand(text: &[u8]) -> Result<Manifest, BundleError> {
    #[derive(serde::Deserialize)]
    struct Format {
        format: u32,
    }
    let unclear = |error: serde_json::Error| BundleError::Manifest(error.to_string());
    let head: Format = serde_json::from_slice(text).map_err(unclear)?;
    if head.format != FORMAT {
        return Err(BundleError::Format(head.format));
    }
    serde_json::from_slice(text).map_err(unclear)
}
