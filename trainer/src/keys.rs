//! Signing: minisign keys and signatures, the same that the stock tool makes and reads.

use std::{
    collections::BTreeMap,
    fs,
    io::{Cursor, IsTerminal, stdin},
    path::Path,
};

use anyhow::{Context, Result, ensure};
use fieldray_common::bundle::{self, Bundle, Manifest, TrustedKey};
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
    Ok(Bundle::open_kept(content, &trusted)?)
}

/// How a new secret key is protected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Protection {
    /// By this password.
    Password(String),
    /// By a password that the person at the terminal is asked for.
    Asked,
    /// Not at all.
    None,
}

/// A new pair of keys, as the texts of minisign's files.
#[derive(Debug)]
pub struct KeyPair {
    /// The secret key's.
    pub secret: String,
    /// The public key's.
    pub public: String,
}

impl KeyPair {
    /// A pair that nobody else has.
    ///
    /// # Errors
    /// Where a password is to be asked for, and nobody is at a terminal.
    pub fn generate(protection: Protection) -> Result<Self> {
        let pair = match protection {
            Protection::None => minisign::KeyPair::generate_unencrypted_keypair()?,
            Protection::Password(password) => minisign::KeyPair::generate_encrypted_keypair(Some(password))?,
            Protection::Asked => {
                let way_out =
                    "give a password in $FIELDRAY_KEY_PASSWORD, or ask for a key without one by --no-password";
                ensure!(stdin().is_terminal(), "nobody is there to be asked for a password; {way_out}");
                minisign::KeyPair::generate_encrypted_keypair(None)?
            }
        };
        let secret = pair.sk.to_box(Some("secret key that signs Fieldray bundles"))?.into_string();
        Ok(Self { secret, public: pair.pk.to_box()?.into_string() })
    }
}

/// The bytes of a `.frb` file with these files, signed.
pub fn seal(
    manifest: Manifest,
    files: &BTreeMap<impl AsRef<str>, impl AsRef<[u8]>>,
    key: &SigningKey,
) -> Result<Vec<u8>> {
    let comment = format!("Fieldray bundle {}", manifest.id());
    bundle::write(manifest, files, |content| key.sign(content, &comment))
}

/// A key that signs bundles.
#[derive(Debug)]
pub struct SigningKey {
    secret: SecretKey,
}

impl SigningKey {
    /// Opens a minisign secret key file. A key with a password is opened by `password`; where none is given, the person at the
    /// terminal is asked.
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
            None => match SecretKeyBox::from_string(text)?.into_unencrypted_secret_key() {
                Ok(secret) => secret,
                Err(_) if stdin().is_terminal() => sealed.into_secret_key(None)?,
                Err(error) => Err(error).context("it may need a password; give it in $FIELDRAY_KEY_PASSWORD")?,
            },
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
