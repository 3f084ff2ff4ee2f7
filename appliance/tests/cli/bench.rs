//! `fieldray bench`: milliseconds of every stage.

use super::{fieldray, status, stderr, stdout, ward};

#[test]
fn every_stage_has_its_row() {
    let ward = ward();
    let measured = fieldray(ward.path(), &["bench", "--rounds", "2", "a.png"]);
    let said = stdout(&measured);
    assert_eq!(status(&measured), 0, "{}", stderr(&measured));
    for row in ["read", "prepare", "network", "classify", "explain", "total", "cold start", "peak memory"] {
        assert!(said.lines().any(|line| line.starts_with(row)), "{row} {said}");
    }
}
