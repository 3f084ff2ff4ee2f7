//! Whatever is changed in a bundle, wherever it is changed, it is refused.

use std::collections::BTreeMap;

use anyhow::Error;
use fieldray_common::bundle::{BundleError, MANIFEST, SIGNATURE, SignatureError, archive};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::*;

/// So many bits are flipped in each region.
const FLIPS: usize = 1500;

/// A bundle of a few kilobytes.
fn small() -> Vec<u8> {
    let manifest = BundleChoice::default().open().unwrap().manifest().clone();
    let files = [("card.md", 700), ("weights.safetensors", 3000)];
    let files =
        files.map(|(name, length)| (name.to_owned(), (0..length).map(|k| (k * 7 % 251) as u8).collect::<Vec<u8>>()));
    let sign = |text: &[u8]| Ok(minisign::sign(None, &demo_secret(), text, None, None)?.into_string());
    fieldray_common::bundle::write::<Error>(manifest, &BTreeMap::from(files), sign).unwrap()
}

#[test]
fn a_flipped_bit_is_refused_in_every_region() {
    let whole = small();
    let original = Bundle::open(&whole, &trusted()).unwrap();
    let contents = archive::ranges(&whole).unwrap();
    // Each file, and the header before it; behind the last there is only what closes the archive.
    let headers = contents.iter().map(|content| content.start - 512..content.start);
    let padding = contents.iter().map(|content| content.end..content.end.next_multiple_of(512));
    let [manifest, signature, ..] = contents.as_slice() else { panic!("no head") };
    let mut random = Pcg64Mcg::seed_from_u64(7);
    for region in contents.iter().cloned().chain(headers).chain(padding.filter(|region| !region.is_empty())) {
        let mut unnoticed = 0;
        for _ in 0..FLIPS {
            let mut changed = whole.clone();
            let at = random.random_range(region.clone());
            changed[at] ^= 1 << random.random_range(0..8);
            match Bundle::open(&changed, &trusted()) {
                // The container itself is not signed: what is between the files may change, what is in them may not.
                Ok(bundle) => {
                    assert_eq!(bundle.files(), original.files(), "byte {at}");
                    assert_eq!(bundle.manifest(), original.manifest(), "byte {at}");
                    unnoticed += 1;
                }
                Err(refused) if manifest.contains(&at) => {
                    let changed = SignatureError::Changed("demo".into());
                    assert_eq!(refused, BundleError::Signature(changed), "byte {at}");
                }
                Err(_) => {}
            }
        }
        let is_content = contents.contains(&region) && region != *signature;
        assert!(!is_content || unnoticed == 0, "{region:?}: {unnoticed} of {FLIPS} went unnoticed");
    }
}

#[test]
fn a_valid_signature_of_other_content_is_refused() {
    let (whole, other) = (small(), of("9.9.9"));
    let mut files = archive::unpack(&whole).unwrap();
    let others = archive::unpack(&other).unwrap();
    let packed = |files: &BTreeMap<String, Vec<u8>>| {
        archive::pack(files.iter().map(|(name, content)| (name.as_str(), content.as_slice()))).unwrap()
    };
    assert!(Bundle::open(&packed(&files), &trusted()).is_ok());
    // Another bundle's signature; then its manifest, too, with files that are not its own.
    files.insert(SIGNATURE.into(), others[SIGNATURE].clone());
    let refused = Bundle::open(&packed(&files), &trusted()).unwrap_err().to_string();
    assert!(refused.starts_with("the content was changed after 'demo' signed it"), "{refused}");
    files.insert(MANIFEST.into(), others[MANIFEST].clone());
    let refused = Bundle::open(&packed(&files), &trusted()).unwrap_err();
    assert_eq!(refused, BundleError::Changed("card.md".into()));
}
