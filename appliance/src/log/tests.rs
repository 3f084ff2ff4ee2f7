//! What an auditor relies on.

use std::fs;

use tempfile::TempDir;

use super::*;

/// A log with a few lines, closed again.
fn log() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = AuditLog::open(folder.path(), "b0").unwrap();
    for name in ["one", "two", "three", "four"] {
        log.add("a test", Deed::Refused { reason: name.to_owned() }).unwrap();
    }
    folder
}

fn text(folder: &TempDir) -> Vec<u8> {
    fs::read(folder.path().join(FILE)).unwrap()
}

fn verified(text: &[u8]) -> Result<Verified, Broken> {
    verify(text).unwrap()
}

#[test]
fn it_goes_on_where_it_was() {
    let folder = log();
    let before = text(&folder);
    AuditLog::open(folder.path(), "b1").unwrap().add("a test", Deed::Stopped).unwrap();
    let after = text(&folder);
    assert!(after.starts_with(&before));
    assert_eq!(verified(&after).unwrap().lines, 5);
    assert!(String::from_utf8(after).unwrap().lines().nth(4).unwrap().contains(r#""bundle_sha256":"b1""#));
}

#[test]
fn the_first_line_that_is_wrong_is_named() {
    let whole = String::from_utf8(text(&log())).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let broken = |lines: &[&str]| verified(format!("{}\n", lines.join("\n")).as_bytes()).unwrap_err().line;
    let changed = lines[1].replace("two", "TWO");
    assert_eq!(broken(&[lines[0], &changed, lines[2], lines[3]]), 3);
    assert_eq!(broken(&[lines[0], lines[2], lines[3]]), 2);
    assert_eq!(broken(&[lines[0], lines[1], lines[1], lines[2], lines[3]]), 3);
    assert_eq!(broken(&[lines[1], lines[0], lines[2], lines[3]]), 1);
    assert_eq!(broken(&[lines[0], "scribble", lines[1], lines[2], lines[3]]), 2);
    // What is cut off at the end shows in the hash of the last line.
    let cut = verified(format!("{}\n", lines[..3].join("\n")).as_bytes()).unwrap();
    assert_ne!(cut.last_sha256, verified(whole.as_bytes()).unwrap().last_sha256);
}

#[test]
fn a_torn_line_is_closed_wherever_it_is_torn() {
    let whole = text(&log());
    let last = whole.len() - whole.iter().rev().skip(1).position(|byte| *byte == b'\n').unwrap() - 1;
    for cut in last + 1..whole.len() - 1 {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), &whole[..cut]).unwrap();
        assert_eq!(verified(&whole[..cut]).unwrap_err().line, 4);
        AuditLog::open(folder.path(), "b0").unwrap().add("a test", Deed::Stopped).unwrap();
        let closed = text(&folder);
        assert!(closed.starts_with(&whole[..cut]));
        let found = verified(&closed).unwrap();
        assert_eq!((found.lines, found.torn), (6, vec![4]), "cut at {cut}");
    }
}

#[test]
fn a_line_that_lacks_its_line_feed_gets_it() {
    let folder = log();
    let whole = text(&folder);
    fs::write(folder.path().join(FILE), &whole[..whole.len() - 1]).unwrap();
    AuditLog::open(folder.path(), "b0").unwrap();
    assert_eq!(text(&folder), whole);
}

#[test]
fn the_line_that_closes_a_torn_one_may_be_torn_too() {
    let folder = log();
    let torn = [&text(&folder)[..], b"{\"previous\":\"half\n{\"previous\":\"again ha"].concat();
    fs::write(folder.path().join(FILE), torn).unwrap();
    AuditLog::open(folder.path(), "b0").unwrap();
    assert_eq!(verified(&text(&folder)).unwrap().torn, [5, 6]);
}

#[test]
fn torn_bytes_cannot_be_changed_or_taken_away() {
    let folder = log();
    fs::write(folder.path().join(FILE), [&text(&folder)[..], b"half a li"].concat()).unwrap();
    AuditLog::open(folder.path(), "b0").unwrap();
    let closed = String::from_utf8(text(&folder)).unwrap();
    assert_eq!(verified(closed.replace("half a li", "half a LI").as_bytes()).unwrap_err().line, 5);
    assert_eq!(verified(closed.replace("half a li\n", "").as_bytes()).unwrap_err().line, 5);
}

#[test]
fn a_changed_line_does_not_pass_for_a_torn_one() {
    let folder = log();
    let changed = String::from_utf8(text(&folder)).unwrap().replace("three", "THREE");
    fs::write(folder.path().join(FILE), changed).unwrap();
    AuditLog::open(folder.path(), "b0").unwrap().add("a test", Deed::Stopped).unwrap();
    assert_eq!(verified(&text(&folder)).unwrap_err().line, 4);
}

#[test]
fn two_programs_add_to_it_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let logs = [(); 2].map(|()| AuditLog::open(folder.path(), "b0").unwrap());
    std::thread::scope(|scope| {
        for (log, who) in logs.iter().zip(["one", "other"]) {
            scope.spawn(move || (0..50).for_each(|_| log.add(who, Deed::Stopped).unwrap()));
        }
    });
    assert_eq!(verified(&text(&folder)).unwrap().lines, 100);
}
