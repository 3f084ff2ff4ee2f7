//! A line of the log without what could lead to a patient or a person.

use std::io::{self, BufRead};

use serde::Serialize;

use super::chain::{Line, lines};

/// That something was done, on a day, with a bundle.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Happening {
    day: String,
    what: String,
    bundle_sha256: String,
}

/// What the lines of a log tell; torn ones tell nothing.
pub(crate) fn happenings(log: impl BufRead) -> impl Iterator<Item = io::Result<Happening>> {
    lines(log).filter_map(|line| match line {
        Err(error) => Some(Err(error)),
        Ok(line) => Line::parse(&line).map(|line| Ok(Happening::of(&line))),
    })
}

impl Happening {
    fn of(line: &Line) -> Self {
        let what = serde_json::to_value(&line.deed).ok().and_then(|deed| Some(deed.get("what")?.as_str()?.to_owned()));
        Self {
            day: line.at.chars().take("2026-03-01".len()).collect(),
            what: what.unwrap_or_default(),
            bundle_sha256: line.bundle_sha256.clone(),
        }
    }
}
