//! The fleet on a page of its own: one file, nothing from elsewhere.

use std::collections::BTreeMap;

use fieldray_common::screening::TOLERANCE;

use super::state::{BoxState, Drift};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1b1f24}\
h1{font-size:1.6rem;margin:0}p{margin:.3rem 0}table{border-collapse:collapse;width:100%;margin:1.2rem 0}\
th,td{text-align:left;vertical-align:top;padding:.45rem .7rem;border-bottom:1px solid #d0d7de}th{background:#f3f5f7}\
.small{color:#57606a;font-size:.85rem}.bad{color:#b42318;font-weight:600}code{font-size:.85em;overflow-wrap:anywhere}\
.scroll{overflow-x:auto}td:last-child,th:last-child{white-space:nowrap}";

/// The page. `passed_over` names files and why they are not in it; `files` are in it; it was made on `day`.
pub(super) fn html(boxes: &[BoxState], passed_over: &[String], files: usize, day: &str) -> String {
    let mut models: BTreeMap<&str, usize> = BTreeMap::new();
    for state in boxes {
        *models.entry(state.bundle.as_deref().unwrap_or("no model")).or_default() += 1;
    }
    let models = models.iter().map(|(model, count)| format!("{} on {count}", text(model))).collect::<Vec<_>>();
    let rows: String = boxes.iter().map(row).collect();
    let left_out: String = passed_over.iter().map(|reason| format!("<li>{}</li>", text(reason))).collect();
    let left_out = match passed_over {
        [] => String::new(),
        _ => format!("<h2>Passed over</h2><ul class=small>{left_out}</ul>"),
    };
    format!(
        "<!DOCTYPE html><html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
<title>Fieldray fleet</title><style>{STYLE}</style></head><body><h1>Fieldray fleet</h1>\
<p>{} boxes: {}.</p><p class=small>Made on {} from {files} files. Differences are of the reference films' probabilities from what the \
model promises; {TOLERANCE} is allowed.</p><div class=scroll><table><thead><tr><th>Box<th>Model<th>Self-checks<th>Thresholds<th>Heard of\
</thead><tbody>{rows}</tbody></table></div>{left_out}</body></html>\n",
        boxes.len(),
        models.join(", "),
        text(day)
    )
}

fn row(state: &BoxState) -> String {
    let mut model = text(state.bundle.as_deref().unwrap_or("no model"));
    if state.on_trial {
        model += " <b>on trial</b>";
    }
    let mut under = Vec::new();
    under.extend(state.since.iter().map(|day| format!("since {}", text(day))));
    under.extend(state.signing_key.iter().map(|key| format!("signed with <code>{key}</code>")));
    under.extend(state.bundle_sha256.iter().map(|sha256| format!("SHA-256 <code>{}</code>", text(sha256))));
    let refused = state
        .refused
        .iter()
        .map(|why| format!("<div class=small><span class=bad>last update refused:</span> {}</div>", text(why)));
    let refused: String = refused.collect();
    let id = state.id.iter().map(|id| format!("<div class=small><code>{id}</code></div>")).collect::<String>();
    let thresholds: String =
        state.thresholds.iter().map(|threshold| format!("<div>{}</div>", text(&threshold.words()))).collect();
    format!(
        "<tr><td><b>{}</b>{id}<td>{model}<div class=small>{}</div>{refused}<td>{}<td class=small>{thresholds}<td>{}<div class=small>software {}</div>",
        text(&state.name),
        under.join("<br>"),
        checks(state),
        text(&state.heard),
        text(&state.software)
    )
}

fn checks(state: &BoxState) -> String {
    let Some(largest) = state.largest_difference() else { return "none known".to_owned() };
    let said = match (state.drift.len(), state.failing_checks()) {
        (count, 0) => format!("all {count} hold"),
        (count, failing) => format!("<span class=bad>{failing} of {count} fail</span>"),
    };
    format!("{said}<div class=small>largest difference {largest:.6}</div>{}", curve(&state.drift))
}

/// The differences from check to check, up to the tolerance; what is above it is drawn at the top, in red.
fn curve(drift: &[Drift]) -> String {
    let (width, height) = (160.0, 28.0);
    let step = width / drift.len().max(2) as f64;
    let bars = drift.iter().enumerate().map(|(number, check)| {
        let share = (check.largest_difference / TOLERANCE).clamp(0.02, 1.0);
        let colour = if check.failing > 0 { "#b42318" } else { "#3b6ea8" };
        let (x, y) = (number as f64 * step, height * (1.0 - share));
        format!(
            "<rect x={x:.1} y={y:.1} width={:.1} height={:.1} fill={colour}><title>{}: {:.6}</title></rect>",
            (step - 0.5).max(0.5),
            height * share,
            text(&check.day),
            check.largest_difference
        )
    });
    let bars: String = bars.collect();
    format!("<svg width={width} height={height} role=img aria-label=\"difference from check to check\">{bars}</svg>")
}

/// Text that stands for itself, also between quotes.
fn text(raw: &str) -> String {
    let mut escaped = String::with_capacity(raw.len());
    for character in raw.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}
