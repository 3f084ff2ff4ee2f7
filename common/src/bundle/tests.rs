use std::collections::BTreeMap;

use minisign::KeyPair;
use proptest::prelude::*;

use super::manifest::FileEntry;
use super::*;
use crate::prepare::Preparation;

fn manifest() -> Manifest {
    Manifest {
        format: FORMAT,
        name: "test".to_owned(),
        version: "1.2.3".to_owned(),
        created: "2026-01-31".to_owned(),
        preparation: Preparation {
            ct_window_hu: None,
            side_px: 64,
            black_percentile: 0.5,
            white_percentile: 99.5,
            mean: 0.5,
            deviation: 0.25,
        },
        backbones: Vec::new(),
        region_classes: Vec::new(),
        region_from: 0.5,
        novelty_limit: 2.0,
        heads: Vec::new(),
        references: Vec::new(),
        replaces_newer: false,
        keys: KeyChanges::default(),
        files: BTreeMap::new(),
    }
}

#[derive(Debug)]
struct Failed;

impl From<ArchiveError> for Failed {
    fn from(_: ArchiveError) -> Self {
        Self
    }
}

impl From<serde_json::Error> for Failed {
    fn from(_: serde_json::Error) -> Self {
        Self
    }
}

fn keys() -> (KeyPair, Vec<TrustedKey>) {
    let pair = KeyPair::generate_unencrypted_keypair().unwrap();
    let trusted = TrustedKey::parse("workshop", &pair.pk.to_base64()).unwrap();
    (pair, vec![trusted])
}

fn sign(pair: &KeyPair, content: &[u8]) -> String {
    minisign::sign(None, &pair.sk, content, None, None).unwrap().into_string()
}

fn bundle(pair: &KeyPair, manifest: Manifest) -> Vec<u8> {
    let files = BTreeMap::from([
        (CARD.to_owned(), b"# A card".to_vec()),
        (WEIGHTS.to_owned(), (0..2000_u32).map(|k| (k * 7 % 251) as u8).collect()),
    ]);
    write::<Failed>(manifest, &files, |content| Ok(sign(pair, content))).unwrap()
}

#[test]
fn a_signed_bundle_opens_and_says_who_signed_it() {
    let (pair, trusted) = keys();
    let packed = bundle(&pair, manifest());
    let opened = Bundle::open(&packed, &trusted).unwrap();
    assert_eq!(opened.sha256(), archive::describe(&packed).sha256);
    assert_eq!((opened.manifest().id().as_str(), opened.signer()), ("test@1.2.3", "workshop"));
    assert_eq!(opened.file(CARD).unwrap(), b"# A card");
    assert!(matches!(opened.file("other"), Err(BundleError::Lacks(_))));
}

#[test]
fn a_head_alone_says_who_signed_it_and_a_laptop_without_keys_sees_damage() {
    let (pair, trusted) = keys();
    let bytes = bundle(&pair, manifest());
    let head = Head::read(&bytes).unwrap();
    let packed = head.pack().unwrap();
    assert!(packed.len() < bytes.len());
    assert_eq!(Head::read(&packed).unwrap(), head);
    let signed = head.signed(&trusted).unwrap();
    assert_eq!((signed.manifest.id().as_str(), signed.signer.name.as_str()), ("test@1.2.3", "workshop"));
    assert_eq!(signed.bundle_bytes, bytes.len() as u64);
    assert_eq!(head.signing_key(), Ok(signed.signer.key));
    assert_eq!(head.signed(&keys().1), Err(BundleError::Signature(SignatureError::Unknown(signed.signer.key))));
    assert_eq!(whole(&bytes).unwrap(), signed.manifest);
    let mut changed = bytes.clone();
    let text = bytes.windows(8).rposition(|eight| eight == b"# A card").unwrap();
    changed[text] ^= 1;
    assert_eq!(whole(&changed), Err(BundleError::Changed(CARD.to_owned())));
    assert_eq!(whole(&packed), Err(BundleError::Lacks(CARD.to_owned())));
}

#[test]
fn a_key_that_is_not_trusted_is_refused() {
    let (pair, trusted) = keys();
    let (_, others) = keys();
    let refused = Bundle::open(&bundle(&pair, manifest()), &others).unwrap_err();
    assert_eq!(refused, BundleError::Signature(SignatureError::Unknown(trusted[0].key.id())));
    // As minisign writes it into the comment of the public key.
    let id = pair.pk.to_box().unwrap().to_string().lines().next().unwrap().split(' ').next_back().unwrap().to_owned();
    assert_eq!(
        refused.to_string(),
        format!(
            "the signature is by the key {id}, not by a key this box trusts; ask who made it for a bundle signed with a trusted key"
        )
    );
}

#[test]
fn another_format_says_which_side_to_update() {
    let (pair, trusted) = keys();
    let refusal =
        |format| Bundle::open(&bundle(&pair, Manifest { format, ..manifest() }), &trusted).unwrap_err().to_string();
    assert!(refusal(FORMAT + 1).contains("update the appliance first"));
    assert!(refusal(0).contains("export it again"));
}

#[test]
fn a_file_smuggled_in_is_refused() {
    let (pair, trusted) = keys();
    let mut files = archive::unpack(&bundle(&pair, manifest())).unwrap();
    files.insert("extra".to_owned(), vec![1]);
    let packed = archive::pack(files.iter().map(|(name, content)| (name.as_str(), content.as_slice()))).unwrap();
    assert_eq!(Bundle::open(&packed, &trusted).unwrap_err(), BundleError::Unnamed("extra".to_owned()));
}

#[test]
fn a_file_left_out_or_there_twice_is_refused() {
    let (pair, trusted) = keys();
    let files = archive::unpack(&bundle(&pair, manifest())).unwrap();
    let entries: Vec<(&str, &[u8])> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let without = archive::pack(entries.iter().copied().filter(|(name, _)| *name != WEIGHTS)).unwrap();
    assert_eq!(Bundle::open(&without, &trusted).unwrap_err(), BundleError::Lacks(WEIGHTS.to_owned()));
    let twice = archive::pack(entries.iter().copied().chain([entries[0]])).unwrap();
    assert!(matches!(Bundle::open(&twice, &trusted), Err(BundleError::Archive(ArchiveError::Twice(_)))));
}

#[test]
fn a_signature_of_other_content_is_refused() {
    let (pair, trusted) = keys();
    let mut files = archive::unpack(&bundle(&pair, manifest())).unwrap();
    files.insert(SIGNATURE.to_owned(), sign(&pair, b"something else").into_bytes());
    let packed = archive::pack(files.iter().map(|(name, content)| (name.as_str(), content.as_slice()))).unwrap();
    assert_eq!(
        Bundle::open(&packed, &trusted).unwrap_err(),
        BundleError::Signature(SignatureError::Changed("workshop".to_owned()))
    );
}

#[test]
fn a_revoked_key_vouches_for_the_bundle_that_revoked_it_and_for_no_other() {
    let (pair, mut known) = keys();
    let [last, other] =
        ["1.0.0", "2.0.0"].map(|version| bundle(&pair, Manifest { version: version.into(), ..manifest() }));
    known[0].standing = Standing::Revoked { by: archive::describe(&archive::unpack(&last).unwrap()[MANIFEST]).sha256 };
    assert!(Bundle::open(&last, &known).is_ok());
    let refused = Bundle::open(&other, &known).unwrap_err().to_string();
    let said = format!("the signature is by the key 'workshop' ({}), which was revoked;", known[0].key.id());
    assert!(refused.starts_with(&said), "{refused}");
    // Somebody else who gives a key the same id is not let in by it, and does not keep anybody out.
    known.extend(keys().1);
    assert_eq!(Bundle::open(&other, &known).unwrap_err().to_string(), refused);
}

#[test]
fn a_bundle_that_revokes_its_own_key_brings_another() {
    let (pair, trusted) = keys();
    let own = trusted[0].key.clone();
    let next = keys().1[0].key.clone();
    let with = |trusts: &[&PublicKey]| {
        let trusts = trusts.iter().map(|key| (format!("key {}", key.id()), (*key).clone())).collect();
        let keys = KeyChanges { trusts, revokes: [own.id()].into() };
        let signed = bundle(&pair, Manifest { keys: keys.clone(), ..manifest() });
        Bundle::open(&signed, &trusted).map(|opened| assert_eq!(opened.manifest().keys, keys))
    };
    assert_eq!(with(&[]), Err(BundleError::RevokesItself));
    assert_eq!(with(&[&own]), Err(BundleError::RevokesItself));
    assert_eq!(with(&[&own, &next]), Ok(()));
}

#[test]
fn the_hash_is_sha_256() {
    // FIPS 180-4, the one-block example.
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad".to_owned();
    assert_eq!(archive::describe(b"abc"), FileEntry { bytes: 3, sha256 });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Padding between the archive's entries is not content; everywhere else one flipped bit must be noticed.
    #[test]
    fn a_flipped_bit_never_changes_what_is_read(place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let (pair, trusted) = keys();
        let whole = bundle(&pair, manifest());
        let mut flipped = whole.clone();
        flipped[place.index(whole.len())] ^= 1 << bit;
        if let Ok(opened) = Bundle::open(&flipped, &trusted) {
            let original = Bundle::open(&whole, &trusted).unwrap();
            prop_assert_eq!(opened.manifest(), original.manifest());
            prop_assert_eq!(opened.files(), original.files());
        }
    }

    #[test]
    fn a_cut_bundle_never_opens_differently(length in any::<prop::sample::Index>()) {
        let (pair, trusted) = keys();
        let whole = bundle(&pair, manifest());
        if let Ok(opened) = Bundle::open(&whole[..length.index(whole.len())], &trusted) {
            let original = Bundle::open(&whole, &trusted).unwrap();
            prop_assert_eq!(opened.files(), original.files());
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..4096)) {
        let (_, trusted) = keys();
        prop_assert!(Bundle::open(&bytes, &trusted).is_err());
    }
}
