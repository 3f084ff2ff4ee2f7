//! Who may sign a bundle.

use minisign_verify::{PublicKey, Signature};

/// A minisign public key that a box trusts, with the name a technician knows it by.
#[derive(Debug, Clone)]
pub struct TrustedKey {
    /// The name.
    pub name: String,
    key: PublicKey,
}

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the key '{0}' is not a minisign public key; it should be the line that begins with RW")]
pub struct KeyError(String);

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The signature's own text is damaged.
    #[error("the signature itself is damaged")]
    Damaged,
    /// It is not by any of the trusted keys, or not of this content.
    #[error("the signature is not by a key this box trusts, or the content was changed after signing")]
    Refused,
}

impl TrustedKey {
    /// A key from the text of a minisign public key file: its last line is the key, a comment may stand above it.
    pub fn parse(name: &str, text: &str) -> Result<Self, KeyError> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        let key = PublicKey::from_base64(line).map_err(|_| KeyError(line.to_owned()))?;
        Ok(Self { name: name.to_owned(), key })
    }
}

/// The first of the `trusted` keys that signed `content` with `signature` (the text of a `.minisig` file).
pub(super) fn signer<'a>(
    content: &[u8],
    signature: &str,
    trusted: &'a [TrustedKey],
) -> Result<&'a TrustedKey, SignatureError> {
    let signature = Signature::decode(signature).map_err(|_| SignatureError::Damaged)?;
    trusted.iter().find(|trusted| trusted.key.verify(content, &signature, false).is_ok()).ok_or(SignatureError::Refused)
}
