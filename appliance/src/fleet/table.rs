//! The fleet in lines: for people at a terminal, and for spreadsheets.

use anyhow::Result;

use super::state::BoxState;

const COLUMNS: [&str; 14] = [
    "box",
    "box_id",
    "bundle",
    "bundle_sha256",
    "since",
    "on_trial",
    "signing_key",
    "software",
    "heard",
    "self_checks",
    "failing_self_checks",
    "largest_difference",
    "thresholds",
    "refused",
];

/// A box in one sentence.
pub(super) fn sentence(state: &BoxState) -> String {
    let BoxState { name, heard, software, .. } = state;
    let id = state.id.iter().map(|id| format!(" ({id})")).collect::<String>();
    let bundle = state.bundle.as_deref().unwrap_or("no model");
    let trial = if state.on_trial { " on trial" } else { "" };
    let since = state.since.iter().map(|day| format!(" since {day}")).collect::<String>();
    let checks = match (state.drift.len(), state.failing_checks()) {
        (0, _) => "no self-check is known".to_owned(),
        (count, 0) => format!("all {count} self-checks hold"),
        (count, failing) => format!("{failing} of {count} self-checks FAIL"),
    };
    let largest = state.largest_difference().map(|largest| format!(", largest difference {largest:.6}"));
    let refused = state.refused.iter().map(|why| format!("; the last update was refused: {why}")).collect::<String>();
    let drift = checks + &largest.unwrap_or_default();
    format!("{name}{id}: {bundle}{trial}{since}, software {software}, heard of on {heard}; {drift}{refused}")
}

/// A table with a line a box, under its columns' names.
pub(super) fn csv(boxes: &[BoxState]) -> Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for state in boxes {
        let thresholds = state.thresholds.iter().map(|threshold| threshold.words()).collect::<Vec<_>>().join("; ");
        let or_empty = |value: &Option<String>| value.clone().unwrap_or_default();
        table.write_record([
            state.name.clone(),
            state.id.map(|id| id.to_string()).unwrap_or_default(),
            or_empty(&state.bundle),
            or_empty(&state.bundle_sha256),
            or_empty(&state.since),
            state.on_trial.to_string(),
            state.signing_key.map(|key| key.to_string()).unwrap_or_default(),
            state.software.clone(),
            state.heard.clone(),
            state.drift.len().to_string(),
            state.failing_checks().to_string(),
            state.largest_difference().map(|largest| format!("{largest:.6}")).unwrap_or_default(),
            thresholds,
            or_empty(&state.refused),
        ])?;
    }
    Ok(table.into_inner()?)
}
