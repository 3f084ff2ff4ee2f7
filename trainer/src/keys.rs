//! Signing: minisign keys and signatures, the same that the stock tool makes and reads.

use std::{fs, io::Cursor, path::Path};

use anyhow::{Context, Result};
use fieldray_common::bundle::{Bundle, TrustedKey};
use minisign::{PublicKey, SecretKey, SecretKeyBox};

/// The key that the default bundle is signed with.
const DEMO_PUBLIC_KEY: &str = include_str!("../../appliance/keys/demo.pub");

/// The secret half of the demo key pair: public on purpose, so that anyone can make the default bundle again.
const DEMO_SECRET_KEY: &str = include_str!("../keys/demo.key");

/// Opens a bundle that must be signed with the minisign public key in `key`, or with the public demo key.
pub fn open_bundle(path: &Path, key: Option<&Path>) -> Result<Bundle> {
    let key = match key {
        Some(file) => fs::read_to_string(file).with_context(|| format!("cannot read the key {}", file.display()))?,
        None => DEMO_PUBLIC_KEY.to_owned(),
    };
    let trusted = [TrustedKey::parse("the given key", &key)?];
    let content = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Bundle::open(&content, &trusted)?)
}

/// A key that signs bundles.
#[derive(Debug)]
pub struct SigningKey {
    secret: SecretKey,
}

impl SigningKey {
    /// Opens a minisign secret key file; a `password` is needed where the key has one.
    pub fn open(path: &Path, password: Option<String>) -> Result<Self> {
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read the signing key {}", path.display()))?;
        Self::from_text(&text, password).with_context(|| format!("{} is no usable minisign secret key", path.display()))
    }

    /// The public demo key: it proves nothing.
    pub fn demo() -> Result<Self> {
        Self::from_text(DEMO_SECRET_KEY, None)
    }

    /// A key from the text of a minisign secret key file.
    pub fn from_text(text: &str, password: Option<String>) -> Result<Self> {
        let sealed = SecretKeyBox::from_string(text)?;
        let secret = match password {
            Some(password) => sealed.into_secret_key(Some(password))?,
            None => sealed.into_unencrypted_secret_key().context("it may need a password")?,
        };
        Ok(Self { secret })
    }

    /// The base64 line of the public key that belongs to it.
    pub fn public_line(&self) -> Result<String> {
        Ok(PublicKey::from_secret_key(&self.secret)?.to_base64())
    }

    /// The text of a `.minisig` file for `content`, with a comment that the signature covers too.
    pub fn sign(&self, content: &[u8], comment: &str) -> Result<String> {
        let signature = minisign::sign(
            None,
            &self.secret,
            Cursor::new(content),
            Some(comment),
            Some("signature of a Fieldray bundle"),
        )?;
        Ok(signature.into_string())
    }
}
