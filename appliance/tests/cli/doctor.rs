//! `fieldray doctor`: one page on the state of the box.

use super::{BUNDLE, fieldray, file, status, stdout, ward};

#[test]
fn the_built_in_model_gives_what_it_promises() {
    let ward = ward();
    let output = fieldray(ward.path(), &["doctor"]);
    let said = stdout(&output);
    let references = said.lines().find(|line| line.contains("references")).unwrap();
    assert!(references.starts_with("ok"), "{said}");
    assert!(said.lines().count() <= 24, "{said}");
}

#[test]
fn a_damaged_bundle_wants_attention_and_the_rest_is_still_told() {
    let ward = ward();
    let whole = std::fs::read(BUNDLE).unwrap();
    file(&ward, "short.frb", &whole[..whole.len() / 2]);
    let output = fieldray(ward.path(), &["doctor", "--bundle", "short.frb"]);
    let said = stdout(&output);
    assert_eq!(status(&output), 2, "{said}");
    assert!(said.lines().any(|line| line.starts_with("ATTENTION") && line.contains("short.frb")), "{said}");
    assert!(said.contains("serial ports"), "{said}");
}
