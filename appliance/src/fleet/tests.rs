//! A fleet of three boxes on paper.

use rusqlite::Connection;
use rusqlite::types::Value;
use serde_json::{Value as Json, json};

use super::packed::Packed;
use super::receipt::{Held, Outcome, Receipt};
use super::{database, page, state, table};

const OLD: &str = "1";
const NEW: &str = "2";

fn held(version: &str) -> Held {
    Held { bundle: format!("fracatlas-all@{version}.0.0"), sha256: version.repeat(64) }
}

fn receipt(name: &str, time: &str, outcome: Outcome) -> Vec<u8> {
    let receipt = Receipt {
        box_name: name.into(),
        box_id: None,
        at: time.parse().unwrap(),
        software: "0.2.0".into(),
        old: Some(held(OLD)),
        new: held(NEW),
        signed_by: "workshop".into(),
        key: "0123456789ABCDEF".parse().unwrap(),
        self_test: Some(0.000_02),
        outcome,
        result: "self-test differs by 0.0100".into(),
    };
    receipt.to_string().into_bytes()
}

/// A support bundle of a box that runs the old model.
fn support(name: &str, day: &str, differences: &[(&str, f64)]) -> Vec<u8> {
    support_of(OLD, name, day, differences)
}

fn support_of(version: &str, name: &str, day: &str, differences: &[(&str, f64)]) -> Vec<u8> {
    let held = held(version);
    let about = json!({
        "name": name, "version": "0.1.0", "processor": "aarch64", "day": day,
        "bundle": held.bundle, "bundle_sha256": held.sha256,
        "thresholds": {"hand": {"normal_below": 0.3, "abnormal_from": 0.6}},
        "archive": {"films": 9, "waiting": 0, "unreviewed_studies": 2, "used_bytes": 100},
    });
    let check = |(day, difference): &(&str, f64)| {
        json!({
            "day": day, "bundle": held.bundle, "bundle_sha256": held.sha256,
            "films": 8, "agreeing": if *difference > 1e-3 { 7 } else { 8 }, "largest_difference": difference,
        })
    };
    let point = |sha256: &str, kind: &str| {
        json!({
            "day": "2026-02-02", "region": "hand", "input_kind": kind, "bundle_sha256": sha256,
            "point": {"normal_below": 0.2, "abnormal_from": 0.5},
        })
    };
    let lines = |lines: &[Json]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    let checks: Vec<Json> = differences.iter().map(check).collect();
    let points = [point(&held.sha256, "dx"), point(&"0".repeat(64), "cr")];
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in [
        ("box.json", about.to_string()),
        ("doctor.txt", "ok".into()),
        ("self-checks.jsonl", lines(&checks)),
        ("operating-points.jsonl", lines(&points)),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    archive.into_inner().unwrap()
}

fn boxes(files: &[Vec<u8>]) -> Vec<state::BoxState> {
    state::boxes(files.iter().map(|bytes| Packed::parse(bytes).unwrap()).collect())
}

#[test]
fn what_is_known_of_a_box_is_its_last_news() {
    let drift = [("2026-01-10", 1e-5), ("2026-02-10", 2e-3)];
    let fleet = boxes(&[
        receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed),
        support("Ward 1", "2026-03-01", &drift),
        support("Ward 2", "2026-03-05", &drift),
        support("Ward 2", "2026-02-01", &drift[..1]),
        receipt("Ward 2", "2026-03-01T10:00:00Z", Outcome::Refused),
        receipt("Ward 3", "2026-03-02T10:00:00Z", Outcome::Refused),
    ]);
    let [first, second, third] = fleet.as_slice() else { panic!("{fleet:?}") };
    assert_eq!((first.name.as_str(), first.bundle.as_deref()), ("Ward 1", Some("fracatlas-all@2.0.0")));
    assert_eq!((first.since.as_deref(), first.software.as_str()), (Some("2026-03-02"), "0.2.0"));
    assert_eq!(first.signing_key.map(|key| key.to_string()).as_deref(), Some("0123456789ABCDEF"));
    // Self-checks and thresholds of the model before say nothing of this one.
    assert!(first.drift.is_empty() && first.thresholds.iter().all(|threshold| threshold.suspended));

    assert_eq!((second.bundle.as_deref(), second.heard.as_str()), (Some("fracatlas-all@1.0.0"), "2026-03-05"));
    assert_eq!((second.since.as_deref(), second.drift.len(), second.failing_checks()), (Some("2026-01-10"), 2, 1));
    let words: Vec<String> = second.thresholds.iter().map(|threshold| threshold.words()).collect();
    let expected = [
        "hand 0.300 to 0.600",
        "hand dx 0.200 to 0.500 chosen 2026-02-02",
        "hand cr 0.200 to 0.500 chosen 2026-02-02, suspended",
    ];
    assert_eq!(words, expected);
    assert_eq!(
        table::sentence(second),
        "Ward 2: fracatlas-all@1.0.0 since 2026-01-10, software 0.1.0, heard of on 2026-03-05; 1 of 2 self-checks FAIL, largest \
         difference 0.002000; the last update was refused: self-test differs by 0.0100"
    );
    // What it refused it does not run, but what it had.
    assert_eq!((third.bundle.as_deref(), third.since.as_deref()), (Some("fracatlas-all@1.0.0"), None));
}

#[test]
fn a_receipt_of_the_same_day_counts_where_the_support_bundle_does_not_know_of_it() {
    let both = [
        support("Ward 1", "2026-03-02", &[("2026-01-10", 1e-5)]),
        receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed),
    ];
    assert_eq!(boxes(&both)[0].bundle_sha256, Some(held(NEW).sha256));
}

#[test]
fn a_box_that_went_back_runs_the_old_model_since_then() {
    let installed = receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed);
    // The second support bundle repeats the first; two checks of one day are two.
    let before = support("Ward 1", "2026-03-01", &[("2026-01-10", 1e-5), ("2026-01-11", 1e-5)]);
    let again = [("2026-01-11", 1e-5), ("2026-03-04", 1e-5), ("2026-03-04", 1e-5)];
    let after = support("Ward 1", "2026-03-09", &again);
    let fleet = boxes(&[before.clone(), installed.clone(), after]);
    assert_eq!(fleet[0].bundle_sha256, Some(held(OLD).sha256));
    assert_eq!((fleet[0].drift.len(), fleet[0].since.as_deref()), (4, Some("2026-01-10")));
    // A check of another model in between, and what was before it does not count.
    let between = support_of(NEW, "Ward 1", "2026-03-03", &[("2026-03-03", 1e-5)]);
    let after = support("Ward 1", "2026-03-09", &again[1..]);
    let fleet = boxes(&[before, installed, between, after]);
    assert_eq!((fleet[0].drift.len(), fleet[0].since.as_deref()), (2, Some("2026-03-04")));
}

/// What a file tells of a box that tells its id.
fn of_box(id: &str, file: &[u8]) -> Packed {
    let mut packed = Packed::parse(file).unwrap();
    let id = Some(id.parse().unwrap());
    match &mut packed {
        Packed::Receipt(receipt) => receipt.box_id = id,
        Packed::Support(support) => support.about.id = id,
    }
    packed
}

const ONE: &str = "1111111111111111";
const OTHER: &str = "2222222222222222";

#[test]
fn two_boxes_of_one_name_are_two_and_a_box_that_is_renamed_is_one() {
    let unnamed = |file: &[u8]| Packed::parse(file).unwrap();
    let fleet = state::boxes(vec![
        of_box(ONE, &support("Ward 1", "2026-03-01", &[])),
        of_box(OTHER, &support("Ward 1", "2026-03-01", &[])),
        of_box(OTHER, &receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed)),
        // Whose is this?
        unnamed(&receipt("Ward 1", "2026-01-02T10:00:00Z", Outcome::Refused)),
    ]);
    let told: Vec<_> = fleet.iter().map(|state| (state.id.map(|id| id.to_string()), state.bundle.as_deref())).collect();
    let [old, new] = ["fracatlas-all@1.0.0", "fracatlas-all@2.0.0"];
    assert_eq!(told, [(None, Some(old)), (Some(ONE.into()), Some(old)), (Some(OTHER.into()), Some(new))]);
    assert!(table::sentence(&fleet[1]).starts_with("Ward 1 (1111111111111111): fracatlas-all@1.0.0"));
    assert!(page::html(&fleet, &[], 4, "2026-03-03").contains("<b>Ward 1</b><div class=small><code>2222222222222222"));

    // One that told no id yet, and is called otherwise today.
    let fleet = state::boxes(vec![
        unnamed(&receipt("Ward 1", "2026-01-02T10:00:00Z", Outcome::Refused)),
        of_box(ONE, &receipt("Ward 1", "2026-02-02T10:00:00Z", Outcome::Installed)),
        of_box(ONE, &support_of(NEW, "Room 7", "2026-03-01", &[])),
    ]);
    let [only] = fleet.as_slice() else { panic!("{fleet:?}") };
    assert_eq!((only.name.as_str(), only.updates.len(), only.heard.as_str()), ("Room 7", 2, "2026-03-01"));
}

#[test]
fn the_database_answers_what_the_handbook_asks() {
    let fleet = state::boxes(vec![
        of_box(ONE, &support("Ward 1", "2026-03-01", &[("2026-01-10", 1e-5), ("2026-02-10", 8e-4)])),
        of_box(OTHER, &receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed)),
        of_box("3333333333333333", &receipt("Ward 3", "2026-03-02T10:00:00Z", Outcome::Refused)),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleet.sqlite");
    for _ in 0..2 {
        database::write(&path, &fleet).unwrap();
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let database = Connection::open(&path).unwrap();
    let handbook = include_str!("../../../docs/fleet.md");
    let asked = handbook.split("```sql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let answers = asked.map(|query| {
        let mut query = database.prepare(query).unwrap();
        let columns = query.column_count();
        let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get::<_, Value>(column)).collect();
        query.query_map([], row).unwrap().collect::<Result<Vec<Vec<Value>>, _>>().unwrap()
    });
    let text = |text: &str| Value::Text(text.into());
    let drifting = vec![text("Ward 1"), text(ONE), text("fracatlas-all@1.0.0"), text("2026-02-10"), Value::Real(8e-4)];
    let refused = vec![text("Ward 3"), text("2026-03-02T10:00:00.000Z"), text("self-test differs by 0.0100")];
    assert_eq!(answers.collect::<Vec<_>>(), [vec![drifting], vec![refused]]);
}

#[test]
fn files_that_are_damaged_or_something_else_say_so() {
    let why = |bytes: &[u8]| Packed::parse(bytes).unwrap_err().to_string();
    assert_eq!(why(b"a letter"), "it is neither a receipt nor a support bundle");
    assert_eq!(why(include_bytes!("../../bundle/default.frb")), "it is neither a receipt nor a support bundle");
    let changed = String::from_utf8(receipt("Ward 1", "2026-03-02T10:00:00Z", Outcome::Installed)).unwrap();
    let changed = changed.replace("Ward 1", "Ward 2");
    assert!(why(changed.as_bytes()).starts_with("it is a damaged receipt: it was changed"));
    let whole = support("Ward 1", "2026-03-01", &[("2026-01-10", 1e-5)]);
    for length in 0..whole.len() {
        // The end of the archive is padding.
        if let Ok(Packed::Support(support)) = Packed::parse(&whole[..length]) {
            assert_eq!((support.checks.len(), support.points.len()), (1, 2), "{length} bytes");
        }
    }
    assert!(why(&whole[..2000]).starts_with("it is a damaged support bundle"));
}

#[test]
fn the_table_and_the_page_hold_a_line_a_box() {
    let fleet = boxes(&[
        support("<Ward> \"1\"", "2026-03-01", &[("2026-01-10", 1e-5)]),
        receipt("Ward 3", "2026-03-02T10:00:00Z", Outcome::Installed),
    ]);
    let written = table::csv(&fleet).unwrap();
    let mut read = csv::Reader::from_reader(written.as_slice());
    let rows: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
    assert_eq!((rows.len(), &rows[0][0], &rows[1][2]), (2, "<Ward> \"1\"", "fracatlas-all@2.0.0"));
    let page = page::html(&fleet, &["'<x>': it is foreign".into()], 2, "2026-03-03");
    assert!(page.contains("&lt;Ward&gt; &quot;1&quot;") && page.contains("&lt;x&gt;") && !page.contains("<Ward>"));
    assert!(page.contains("2 boxes: fracatlas-all@1.0.0 on 1, fracatlas-all@2.0.0 on 1."));
    assert!(!page.contains("http"), "nothing from elsewhere");
}
