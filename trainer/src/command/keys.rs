//! `fieldray-train keygen`, `sign` and `verify`: who vouches for a bundle.

use std::{
    env,
    fs::{self, File},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use fieldray_common::bundle::{Bundle, KeyChanges, KeyId, Manifest, PublicKey, TrustedKey};
use fieldray_trainer::{
    folder::write_whole,
    keys::{self, KeyPair, Protection, SigningKey},
};

use super::BundleFile;

#[derive(Debug, clap::Args)]
pub(super) struct KeygenArguments {
    /// NAME.key becomes the secret key, which stays with you; NAME.pub the public one, which boxes are given
    name: PathBuf,
    /// Do not protect the secret key by a password: whoever copies the file can sign
    #[arg(long)]
    no_password: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct SignArguments {
    #[command(flatten)]
    bundle: BundleFile,
    /// minisign secret key that signs it anew, its password in $FIELDRAY_KEY_PASSWORD, else asked for
    #[arg(long, value_name = "FILE")]
    with: PathBuf,
    /// Let boxes take it in place of a later version of the same model
    #[arg(long)]
    replaces_newer: bool,
    /// Public key (.pub) that boxes trust besides, by its file's name, once the bundle has proved itself on them
    #[arg(long, value_name = "FILE")]
    trusts: Vec<PathBuf>,
    /// Id of a key that boxes do not trust any more, once the bundle has proved itself on them: the 16 digits in its .pub file
    #[arg(long, value_name = "ID")]
    revokes: Vec<KeyId>,
    /// The bundle with the new signature [default: in place]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(super) struct VerifyArguments {
    #[command(flatten)]
    bundle: BundleFile,
}

/// Makes a key pair.
pub(super) fn keygen(arguments: KeygenArguments) -> Result<()> {
    let [secret, public] = ["key", "pub"].map(|kind| with_extension(&arguments.name, kind));
    for file in [&secret, &public] {
        ensure!(
            !file.exists(),
            "{} is there already; a key is never written over: choose another name",
            file.display()
        );
    }
    let protection = match password() {
        _ if arguments.no_password => Protection::None,
        Some(password) => Protection::Password(password),
        None => Protection::Asked,
    };
    let pair = KeyPair::generate(protection)?;
    // Nobody else may ever read it, not even for a moment.
    let private = File::options().write(true).create_new(true).mode(0o600).open(&secret);
    (private.and_then(|mut file| file.write_all(pair.secret.as_bytes()).and_then(|()| file.sync_all())))
        .with_context(|| format!("cannot write {}", secret.display()))?;
    write_whole(&public, &pair.public)?;
    println!("{} signs bundles: keep it offline, with a copy in a safe.", secret.display());
    println!("{} is for the boxes that are to trust it.", public.display());
    Ok(())
}

/// Signs a bundle anew.
pub(super) fn sign(arguments: SignArguments) -> Result<()> {
    let out = arguments.out.unwrap_or_else(|| arguments.bundle.bundle.clone());
    let bundle = arguments.bundle.open()?;
    let key = SigningKey::open(&arguments.with, password())?;
    let changes = KeyChanges {
        trusts: arguments.trusts.iter().map(|file| public_key(file)).collect::<Result<_>>()?,
        revokes: arguments.revokes.into_iter().collect(),
    };
    let manifest = Manifest { replaces_newer: arguments.replaces_newer, keys: changes, ..bundle.manifest().clone() };
    let content = keys::seal(manifest, bundle.files(), &key)?;
    // Whoever signs learns of it now that no box would take it.
    Bundle::open(&content, &[TrustedKey::parse("the signing key", &key.public_line()?)?])?;
    write_whole(&out, &content)?;
    println!("{} is {}, signed with {}.", out.display(), bundle.manifest().id(), arguments.with.display());
    Ok(())
}

/// A public key, and the name that boxes are to know it by.
fn public_key(file: &Path) -> Result<(String, PublicKey)> {
    let text = fs::read_to_string(file).with_context(|| format!("cannot read the key {}", file.display()))?;
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok((name, text.parse().with_context(|| format!("{} is no public key", file.display()))?))
}

/// Checks a bundle's signature and every file in it.
pub(super) fn verify(arguments: VerifyArguments) -> Result<()> {
    let path = arguments.bundle.bundle.clone();
    let bundle: Bundle = arguments.bundle.open()?;
    println!("{} is {}, as {} signed it:", path.display(), bundle.manifest().id(), bundle.signer());
    for (name, key) in &bundle.manifest().keys.trusts {
        println!("brings the key {} as '{name}'", key.id());
    }
    for id in &bundle.manifest().keys.revokes {
        println!("revokes the key {id}");
    }
    for (name, entry) in &bundle.manifest().files {
        println!("{}  {name}", entry.sha256);
    }
    Ok(())
}

/// The password from the environment; `None` where there is none, so that it is asked for.
pub(super) fn password() -> Option<String> {
    env::var("FIELDRAY_KEY_PASSWORD").ok().filter(|password| !password.is_empty())
}

fn with_extension(name: &Path, extension: &str) -> PathBuf {
    let mut file = name.as_os_str().to_owned();
    file.push(".");
    file.push(extension);
    file.into()
}
