//! Which model screens: the built-in one, or a bundle that a person names.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, anyhow, bail};
use fieldray_common::bundle::archive::MAX_BYTES;
use fieldray_common::bundle::{Bundle, Manifest, TrustedKey};
use fieldray_common::read::Accept;
use fieldray_common::region::Region;

use crate::cli::plain;

const DEFAULT_BUNDLE: &[u8] = include_bytes!("../bundle/default.frb");
const DEMO_KEY: &str = include_str!("../keys/demo.pub");

/// The name of the key that signs the built-in bundle. Its secret half is public, so it proves nothing about others.
pub const DEMO_SIGNER: &str = "demo";

/// The bundle to use and the key that must have signed it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct BundleChoice {
    /// Model to use instead of the built-in one
    #[arg(long, value_name = "FILE")]
    bundle: Option<PathBuf>,
    /// Public key (minisign) that must have signed the bundle [default: the demo key]
    #[arg(long, value_name = "FILE", requires = "bundle")]
    key: Option<PathBuf>,
}

impl BundleChoice {
    /// The choice that settings make.
    pub fn new(bundle: Option<PathBuf>, key: Option<PathBuf>) -> Self {
        Self { bundle, key }
    }

    /// This choice, or `other` where this one names no bundle.
    pub fn or(self, other: Self) -> Self {
        if self.names_a_bundle() { self } else { other }
    }

    /// Whether it is not the built-in one.
    pub fn names_a_bundle(&self) -> bool {
        self.bundle.is_some()
    }

    /// Reads and checks the bundle.
    pub fn open(&self) -> Result<Bundle> {
        let trusted = [self.trusted()?];
        match &self.bundle {
            None => Bundle::open_kept(DEFAULT_BUNDLE, &trusted).context("the built-in bundle is refused"),
            Some(path) => {
                let said = || format!("the bundle '{}' is refused", path.display());
                let bundle = Bundle::open_kept(bundle_bytes(path)?, &trusted).with_context(said)?;
                of_radiographs(bundle.manifest()).with_context(said)?;
                Ok(bundle)
            }
        }
    }

    /// The same choice on a command line.
    pub fn to_arguments(&self) -> Vec<OsString> {
        let option = |name: &str, value: &Option<PathBuf>| {
            value.iter().flat_map(|path| [name.into(), path.into()]).collect::<Vec<OsString>>()
        };
        [option("--bundle", &self.bundle), option("--key", &self.key)].concat()
    }

    fn trusted(&self) -> Result<TrustedKey> {
        let Some(path) = &self.key else { return Ok(demo_key()) };
        let text = fs::read_to_string(path).map_err(|error| {
            anyhow!("the key '{}' cannot be read ({}); check the path", path.display(), plain(&error))
        })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let Ok(key) = TrustedKey::parse(&name, &text) else {
            bail!("'{}' is not a minisign public key; give the .pub file of whoever made the bundle", path.display());
        };
        Ok(key)
    }
}

/// The bundle of a store, or where it has none the built-in one.
pub fn or_built_in(stored: Option<Bundle>) -> Result<Bundle> {
    stored.map_or_else(|| BundleChoice::default().open(), Ok)
}

/// The demo key.
pub fn demo_key() -> TrustedKey {
    // A test opens the built-in bundle with it.
    TrustedKey::parse(DEMO_SIGNER, DEMO_KEY).expect("the built-in key is one")
}

/// A box stands beside an X-ray unit: what reaches it are projection radiographs.
pub fn is_of_radiographs(manifest: &Manifest) -> bool {
    manifest.preparation.accept() == Accept::Projections
}

fn of_radiographs(manifest: &Manifest) -> Result<()> {
    match is_of_radiographs(manifest) {
        true => Ok(()),
        false => bail!("{} reads CT slices, and a box screens projection radiographs only", manifest.id()),
    }
}

/// The bytes of a bundle's file.
pub fn bundle_bytes(path: &Path) -> Result<Vec<u8>> {
    let closed = |error: io::Error| {
        anyhow!("the bundle '{}' cannot be read ({}); check the path", path.display(), plain(&error))
    };
    let facts = fs::metadata(path).map_err(closed)?;
    if !facts.is_file() {
        bail!("'{}' is not a file; give the .frb file of a bundle", path.display());
    }
    if facts.len() > MAX_BYTES as u64 {
        bail!("'{}' is larger than any bundle; give the .frb file of a bundle", path.display());
    }
    fs::read(path).map_err(closed)
}

/// The head that screens the region a person named: a head's own name, or a body region that a head covers.
pub fn head_named(manifest: &Manifest, name: &str) -> Result<usize> {
    let name = name.trim().to_lowercase();
    let covering = || manifest.head_for(name.parse::<Region>().ok()?);
    match manifest.head_named(&name).or_else(covering) {
        Some(head) => Ok(head),
        None => bail!("{} does not screen '{name}'; it screens {}", manifest.id(), regions(manifest)),
    }
}

/// The regions a model screens, such as `hand (also wrist), leg, hip`.
pub fn regions(manifest: &Manifest) -> String {
    let told = manifest.heads.iter().map(|head| {
        let others: Vec<&str> =
            head.covers.iter().map(|region| region.name()).filter(|name| *name != head.name).collect();
        if others.is_empty() { head.name.clone() } else { format!("{} (also {})", head.name, others.join(", ")) }
    });
    told.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use fieldray_common::read::CtWindow;

    use super::*;

    #[test]
    fn a_bundle_of_slices_is_refused() {
        let mut manifest = BundleChoice::default().open().unwrap().manifest().clone();
        assert!(of_radiographs(&manifest).is_ok());
        manifest.preparation.ct_window_hu = Some(CtWindow::new(-160, 240).unwrap());
        let refusal = of_radiographs(&manifest).unwrap_err().to_string();
        assert!(refusal.ends_with("a box screens projection radiographs only"), "{refusal}");
    }
}
