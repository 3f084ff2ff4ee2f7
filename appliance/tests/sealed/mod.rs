//! Bundles that are signed with the demo key, whose secret half is public.

use std::collections::BTreeMap;

use fieldray_common::bundle::{MANIFEST, SIGNATURE, archive};
use minisign::SecretKeyBox;
use serde_json::Value;

/// The signature of a manifest by the demo key.
pub fn demo_signature(manifest: &[u8]) -> String {
    let key = include_str!("../../../trainer/keys/demo.key");
    let key = SecretKeyBox::from_string(key).unwrap().into_unencrypted_secret_key().unwrap();
    minisign::sign(None, &key, manifest, None, None).unwrap().into_string()
}

/// The bundle with something else in its manifest, signed anew.
pub fn with_manifest(bundle: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    sealed(archive::unpack(bundle).unwrap(), change, demo_signature)
}

/// The files of a bundle with something else in its manifest, signed by `sign`.
pub fn sealed(
    mut files: BTreeMap<String, Vec<u8>>,
    change: impl FnOnce(&mut Value),
    sign: impl FnOnce(&[u8]) -> String,
) -> Vec<u8> {
    let mut manifest: Value = serde_json::from_slice(&files[MANIFEST]).unwrap();
    change(&mut manifest);
    let manifest = serde_json::to_vec(&manifest).unwrap();
    let signature = sign(&manifest);
    files.insert(MANIFEST.into(), manifest);
    files.insert(SIGNATURE.into(), signature.into_bytes());
    let head = [MANIFEST, SIGNATURE];
    let rest = files.keys().map(String::as_str).filter(|name| !head.contains(name));
    archive::pack(head.into_iter().chain(rest).map(|name| (name, files[name].as_slice()))).unwrap()
}
