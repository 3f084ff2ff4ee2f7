//! Keys that come and go with bundles.

use fieldray_common::bundle::{KeyChanges, Manifest, Standing};

use super::*;

/// A new key, and its public half as a bundle brings it.
fn new_key() -> (SecretKey, TrustedKey) {
    let pair = KeyPair::generate_unencrypted_keypair().unwrap();
    let public = TrustedKey::parse("next", &pair.pk.to_base64()).unwrap();
    (pair.sk, public)
}

fn brings<'a>(trusts: &'a [&TrustedKey], revokes: &'a [&TrustedKey]) -> impl FnOnce(&mut Manifest) + 'a {
    let trusts = trusts.iter().map(|key| (format!("{} {}", key.name, key.key.id()), key.key.clone())).collect();
    let revokes = revokes.iter().map(|key| key.key.id()).collect();
    move |manifest| manifest.keys = KeyChanges { trusts, revokes }
}

fn refusal(store: &mut Store<Forgetful>, bytes: &[u8]) -> String {
    install(store, bytes).unwrap_err().to_string()
}

#[test]
fn a_key_gives_way_to_the_next_one_when_the_bundle_has_proved_itself() {
    let (next_secret, next) = new_key();
    let handover = bundle("2.0.0", brings(&[&next], &[&demo_key()]), &demo_secret());
    let by_next = bundle("3.0.0", |_| {}, &next_secret);
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    assert!(refusal(&mut store, &by_next).contains("not by a key this box trusts"));

    install(&mut store, &handover).unwrap();
    let known_on_trial = known(store.disk_mut());
    assert!(Bundle::open(&by_next, &known_on_trial).is_err() && Bundle::open(&of("4.0.0"), &known_on_trial).is_ok());
    assert_eq!(start(&mut store), "2.0.0");

    // From now on the old key vouches for nothing but the bundle that took leave of it: not on a stick, not in the other slot.
    let said = format!("the signature is by the key 'demo' ({}), which was revoked", demo_key().key.id());
    assert!(refusal(&mut store, &of("4.0.0")).starts_with(&said));
    let now = known(store.disk_mut());
    assert!(store.content(Slot::A, &now).unwrap_err().to_string().starts_with(&said));
    assert!(store.roll_back(&now).unwrap_err().to_string().starts_with(&said));
    assert_eq!(start(&mut store), "2.0.0");
    install(&mut store, &by_next).unwrap();
    assert_eq!(start(&mut store), "3.0.0");

    // A revoked key does not come back.
    let old_friend = bundle("3.1.0", brings(&[&demo_key()], &[]), &next_secret);
    install(&mut store, &old_friend).unwrap();
    assert_eq!(start(&mut store), "3.1.0");
    assert!(refusal(&mut store, &of("4.0.0")).starts_with(&said));
}

#[test]
fn a_model_that_never_proved_itself_changes_no_key() {
    let (_, next) = new_key();
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    install(&mut store, &bundle("2.0.0", brings(&[&next], &[&demo_key()]), &demo_secret())).unwrap();
    for _ in 0..=STARTS {
        store.start(&trusted()).unwrap();
    }
    assert_eq!(start(&mut store), "1.0.0");
    assert_eq!(known(store.disk_mut()), trusted());
}

#[test]
fn the_last_key_is_never_revoked() {
    let ((_, next), (_, other)) = (new_key(), new_key());
    let mut store = Store::on(disk_with(&[of("1.0.0"), bundle("2.0.0", brings(&[], &[&next]), &demo_secret())]));
    let own = bundle("3.0.0", brings(&[], &[&demo_key()]), &demo_secret());
    assert!(refusal(&mut store, &own).contains("revokes the key that signed it and brings no other"));
    // It brings another, and that was revoked before.
    install(&mut store, &bundle("3.0.0", brings(&[&next], &[&demo_key()]), &demo_secret())).unwrap();
    start(&mut store);
    let standings = known(store.disk_mut()).into_iter().map(|key| key.standing == Standing::Trusted);
    assert_eq!(standings.collect::<Vec<_>>(), [true, false]);
    install(&mut store, &bundle("4.0.0", brings(&[&other], &[&demo_key()]), &demo_secret())).unwrap();
    start(&mut store);
    assert!(refusal(&mut store, &of("5.0.0")).contains("was revoked"));
}

#[test]
fn a_power_cut_at_any_operation_of_a_handover_leaves_a_model_and_a_key_for_the_next() {
    let (next_secret, next) = new_key();
    let mut store = Store::on(disk_with(&[of("1.0.0")]));
    install(&mut store, &bundle("2.0.0", brings(&[&next], &[&demo_key()]), &demo_secret())).unwrap();
    store.start(&trusted()).unwrap();
    let marked = |store: &mut Store<Forgetful>| drop(store.mark_good(&trusted()));
    cut_everywhere(&store.into_disk(), marked, |_, left| {
        let mut store = Store::on(left);
        assert_eq!(start(&mut store), "2.0.0");
        let now = known(store.disk_mut());
        assert_eq!(now.len(), 2);
        install(&mut store, &bundle("3.0.0", |_| {}, &next_secret)).unwrap();
        assert_eq!(start(&mut store), "3.0.0");
    });
}

#[test]
fn keys_that_rot_on_the_disk_are_there_twice() {
    let (next_secret, next) = new_key();
    let disk = disk_with(&[of("1.0.0"), bundle("2.0.0", brings(&[&next], &[&demo_key()]), &demo_secret())]);
    let by_next = bundle("3.0.0", |_| {}, &next_secret);
    let rot = |names: &[&str]| {
        let mut disk = disk.clone();
        for name in names {
            disk.create(name).unwrap();
            disk.append(name, b"{\"moth").unwrap();
        }
        disk
    };
    for one in ["keys.json", "keys-copy.json"] {
        assert!(install(&mut Store::on(rot(&[one])), &by_next).is_ok());
    }
    let refused = Keyring::read(&rot(&["keys.json", "keys-copy.json"])).unwrap_err().to_string();
    assert!(refused.ends_with("give the box its keys anew"), "{refused}");
}
