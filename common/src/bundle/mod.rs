//! The bundle: everything a model needs, and nothing else, in one signed `.frb` file.
//!
//! A `.frb` is a tar archive. `manifest.json` says what the model is and names every other file with its SHA-256;
//! `manifest.json.minisig` signs it. So the stock tools check a bundle too:
//!
//! ```text
//! tar -xf model.frb && minisign -V -p key.pub -m manifest.json && jq -r '.files|to_entries[]|"\(.value.sha256)  \(.key)"' manifest.json | sha256sum -c
//! ```
//!
//! Nothing of a bundle is used before its signature holds and every hash is right.

pub mod archive;
pub mod delta;
mod head;
pub mod manifest;
mod parts;
mod signature;
mod weights;

pub use archive::ArchiveError;
pub use delta::{Delta, DeltaError};
pub use head::{Head, Signed, whole};
pub use manifest::{FORMAT, KeyChanges, Manifest};
pub use parts::PartError;
pub use signature::{KeyError, KeyId, PublicKey, SignatureError, Signer, Standing, TrustedKey};
pub use weights::{Weights, WeightsError};

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;

/// Name of the manifest in the archive.
pub const MANIFEST: &str = "manifest.json";
/// Name of the manifest's signature.
pub const SIGNATURE: &str = "manifest.json.minisig";
/// Name of the weights of fusion, novelty and classifiers.
pub const WEIGHTS: &str = "weights.safetensors";
/// Name of the model card.
pub const CARD: &str = "card.md";

/// A bundle whose signature holds and whose files are whole.
#[derive(Debug, Clone)]
pub struct Bundle {
    manifest: Manifest,
    signer: Signer,
    /// The whole `.frb` file, so that nothing of it is there twice.
    bytes: Cow<'static, [u8]>,
    /// Where each file lies in it that the manifest names.
    places: BTreeMap<String, Range<usize>>,
    /// Of all bytes, where somebody has asked for it: that takes as long as checking every file.
    sha256: OnceLock<String>,
}

/// Why a bundle is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    /// The container cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file that every bundle has is not there.
    #[error("the bundle lacks '{0}', so it is damaged or not a Fieldray bundle; copy it again")]
    Lacks(String),
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It was made for another version of this software.
    #[error("the bundle has format {0}, this appliance reads format {FORMAT}; {way_out}", way_out = format_way_out(*.0))]
    Format(u32),
    /// The manifest is signed, yet cannot be understood.
    #[error("the bundle's manifest cannot be understood ({0}); ask who made it")]
    Manifest(String),
    /// It revokes the key that signed it, and brings none to go on with.
    #[error(
        "the bundle revokes the key that signed it and brings no other, so that no box could be updated again; ask who made it"
    )]
    RevokesItself,
    /// A file is not what the manifest says.
    #[error("'{0}' in the bundle is damaged: it is not what was signed; copy the bundle again")]
    Changed(String),
    /// A file that the manifest does not name.
    #[error("the bundle holds '{0}', which its manifest does not name; ask who made it")]
    Unnamed(String),
}

fn format_way_out(format: u32) -> &'static str {
    if format > FORMAT { "update the appliance first" } else { "export it again with this version's trainer" }
}

impl Bundle {
    /// Opens the bytes of a `.frb` file if one of the `known` keys signed them that is not revoked, and nothing was changed since.
    pub fn open(bytes: &[u8], known: &[TrustedKey]) -> Result<Self, BundleError> {
        Self::open_kept(bytes.to_vec(), known)
    }

    /// The same of bytes that the bundle may keep, so that they need not be copied.
    pub fn open_kept(bytes: impl Into<Cow<'static, [u8]>>, known: &[TrustedKey]) -> Result<Self, BundleError> {
        let bytes = bytes.into();
        let mut places = archive::places(&bytes)?;
        let Signed { manifest, signer, .. } = Head::take(&bytes, &mut places)?.signed(known)?;
        head::agree(&manifest, &bytes, &places)?;
        Ok(Self { manifest, signer, bytes, places, sha256: OnceLock::new() })
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The name of the trusted key that signed it.
    pub fn signer(&self) -> &str {
        &self.signer.name
    }

    /// That key.
    pub fn signing_key(&self) -> KeyId {
        self.signer.key
    }

    /// SHA-256 of its manifest, which is what was signed.
    pub fn signed_sha256(&self) -> &str {
        &self.signer.signed_sha256
    }

    /// SHA-256 of the `.frb` file, as `sha256sum` tells it.
    pub fn sha256(&self) -> &str {
        self.sha256.get_or_init(|| archive::describe(&self.bytes).sha256)
    }

    /// Every file that the manifest names, by its name.
    pub fn files(&self) -> BTreeMap<&str, &[u8]> {
        self.places.iter().map(|(name, place)| (name.as_str(), &self.bytes[place.clone()])).collect()
    }

    /// A file of the bundle.
    pub fn file(&self, name: &str) -> Result<&[u8], BundleError> {
        let place = self.places.get(name).ok_or_else(|| BundleError::Lacks(name.to_owned()))?;
        Ok(&self.bytes[place.clone()])
    }
}

/// The bytes of a `.frb` file. `sign` turns the manifest's bytes into the text of a minisign signature.
pub fn write<E>(
    mut manifest: Manifest,
    files: &BTreeMap<impl AsRef<str>, impl AsRef<[u8]>>,
    sign: impl FnOnce(&[u8]) -> Result<String, E>,
) -> Result<Vec<u8>, E>
where
    E: From<ArchiveError> + From<serde_json::Error>,
{
    let files = || files.iter().map(|(name, content)| (name.as_ref(), content.as_ref()));
    manifest.files = files().map(|(name, content)| (name.to_owned(), archive::describe(content))).collect();
    let text = serde_json::to_vec_pretty(&manifest)?;
    let signature = sign(&text)?;
    let head = [(MANIFEST, text.as_slice()), (SIGNATURE, signature.as_bytes())];
    Ok(archive::pack(head.into_iter().chain(files()))?)
}

#[cfg(test)]
mod tests;
