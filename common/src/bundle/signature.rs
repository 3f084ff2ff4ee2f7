//! Who may sign a bundle.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use minisign_verify::Signature;
use serde::{Deserialize, Serialize};

use super::archive;

/// The stock tool takes no signature that begins otherwise.
const COMMENT: &str = "untrusted comment: ";

/// What minisign calls a key's id: eight bytes that its maker drew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(u64);

/// A text that is no key's id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not the id of a key; it should be the 16 hexadecimal digits that stand in its .pub file")]
pub struct KeyIdError(String);

/// A minisign public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PublicKey {
    line: String,
    id: KeyId,
    key: minisign_verify::PublicKey,
}

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key '{0}' is not a minisign public key; it should be the line that begins with RW")]
pub struct KeyError(String);

/// A public key that a box knows, by the name that a technician knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The name.
    pub name: String,
    /// The key.
    pub key: PublicKey,
    /// What it is worth.
    pub standing: Standing,
}

/// What a key that a box knows is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It vouches for bundles.
    Trusted,
    /// It was revoked, and vouches for none but the bundle that revoked it.
    Revoked {
        /// SHA-256 of that bundle's manifest, in lower-case hexadecimal.
        by: String,
    },
}

/// Who signed what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// The key's name.
    pub name: String,
    /// The key.
    pub key: KeyId,
    /// SHA-256 of what it signed, in lower-case hexadecimal.
    pub signed_sha256: String,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature's own text is damaged.
    #[error("the signature itself is damaged; copy the bundle again")]
    Damaged,
    /// It is by a key that nobody gave to this box.
    #[error(
        "the signature is by the key {0}, not by a key this box trusts; ask who made it for a bundle signed with a trusted key"
    )]
    Unknown(KeyId),
    /// It is by a key that was revoked.
    #[error(
        "the signature is by the key '{name}' ({id}), which was revoked; ask who made it for a bundle signed with a trusted key"
    )]
    Revoked {
        /// The key's name.
        name: String,
        /// Its id.
        id: KeyId,
    },
    /// It claims to be by a trusted key, and is not of this content.
    #[error("the content was changed after '{0}' signed it; copy the bundle again, or ask who made it")]
    Changed(String),
}

impl KeyId {
    /// The id in minisign's binary texts: of a key and of a signature, behind two letters.
    fn behind_letters(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.trim()).ok()?;
        Some(Self(u64::from_le_bytes(bytes.get(2..10)?.try_into().ok()?)))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016X}", self.0)
    }
}

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, KeyIdError> {
        let digits = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let id = digits.then(|| u64::from_str_radix(text, 16).ok()).flatten();
        id.map(Self).ok_or_else(|| KeyIdError(text.to_owned()))
    }
}

impl TryFrom<String> for KeyId {
    type Error = KeyIdError;

    fn try_from(text: String) -> Result<Self, KeyIdError> {
        text.parse()
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl PublicKey {
    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    /// Reads the text of a minisign public key file: its last line is the key, a comment may stand above it.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        let key = minisign_verify::PublicKey::from_base64(line).ok();
        let (key, id) = key.zip(KeyId::behind_letters(line)).ok_or_else(|| KeyError(line.to_owned()))?;
        Ok(Self { line: line.to_owned(), id, key })
    }
}

impl TryFrom<String> for PublicKey {
    type Error = KeyError;

    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<PublicKey> for String {
    fn from(key: PublicKey) -> Self {
        key.line
    }
}

impl TrustedKey {
    /// A key that is trusted, from the text of a minisign public key file.
    pub fn parse(name: &str, text: &str) -> Result<Self, KeyError> {
        Ok(Self { name: name.to_owned(), key: text.parse()?, standing: Standing::Trusted })
    }
}

/// The key among the `known` that signed `content` with `signature` (the text of a `.minisig` file), if it vouches for it.
pub(super) fn signer(content: &[u8], signature: &str, known: &[TrustedKey]) -> Result<Signer, SignatureError> {
    let signed_sha256 = archive::describe(content).sha256;
    let decoded = Signature::decode(signature).ok().filter(|_| signature.starts_with(COMMENT));
    let decoded = decoded.ok_or(SignatureError::Damaged)?;
    let signing = signature.lines().nth(1).and_then(KeyId::behind_letters).ok_or(SignatureError::Damaged)?;
    let named: Vec<&TrustedKey> = known.iter().filter(|known| known.key.id == signing).collect();
    let first = named.first().ok_or(SignatureError::Unknown(signing))?;
    // Whoever makes a key may give it the id of another.
    let verified = |known: &&&TrustedKey| known.key.key.verify(content, &decoded, false).is_ok();
    let vouches = |known: &&TrustedKey| match &known.standing {
        Standing::Trusted => true,
        Standing::Revoked { by } => *by == signed_sha256,
    };
    let signers: Vec<&TrustedKey> = named.iter().filter(verified).copied().collect();
    match (signers.iter().copied().find(vouches), signers.first()) {
        (Some(signer), _) => Ok(Signer { name: signer.name.clone(), key: signing, signed_sha256 }),
        (None, Some(revoked)) => Err(SignatureError::Revoked { name: revoked.name.clone(), id: signing }),
        (None, None) => Err(SignatureError::Changed(first.name.clone())),
    }
}
