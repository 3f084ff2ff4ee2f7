//! The last results, as the ready screen lists them.

use std::collections::VecDeque;
use std::path::Path;

use fieldray_common::screening::Decision;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};

use crate::archive::{ArchiveError, latest};
use crate::clock::Timestamp;
use crate::screen::HistoryRow;

/// How many are kept: the ready screen shows no more.
const MOST: usize = 3;

/// The last results, the latest first.
#[derive(Debug, Default)]
pub(super) struct Recent(VecDeque<Line>);

/// One result.
#[derive(Debug)]
pub(super) struct Line {
    time: String,
    patient: Option<String>,
    region: Option<String>,
    decision: Decision,
}

impl Line {
    pub fn new(screened: Timestamp, patient: Option<String>, region: Option<String>, decision: Decision) -> Self {
        Self { time: screened.short(), patient, region, decision }
    }
}

impl Recent {
    /// Those of the archive in `folder`.
    pub fn of(folder: &Path) -> Result<Self, ArchiveError> {
        let mut recent = Self::default();
        for screened in latest(folder, MOST as u32)?.into_iter().rev() {
            let word: StrDeserializer<'_, Error> = screened.decision.as_str().into_deserializer();
            if let Ok(decision) = Decision::deserialize(word) {
                recent.add(Line::new(screened.screened, None, screened.region, decision));
            }
        }
        Ok(recent)
    }

    /// A new result.
    pub fn add(&mut self, line: Line) {
        self.0.push_front(line);
        self.0.truncate(MOST);
    }

    /// As the screen takes them. Whether a person has judged one is not known here.
    pub fn rows(&self) -> Vec<HistoryRow<'_>> {
        let row = |line| {
            let Line { time, patient, region, decision }: &Line = line;
            let (patient, region) = (patient.as_deref(), region.as_deref());
            HistoryRow { time, patient, region, decision: *decision, reviewed: false }
        };
        self.0.iter().map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_come_first_and_no_more_than_are_shown() {
        let mut latest = Recent::default();
        for (minute, decision) in
            [Decision::Normal, Decision::Refer, Decision::Abnormal, Decision::Normal].into_iter().enumerate()
        {
            latest.add(Line::new(Timestamp::from_unix_ms(minute as i64 * 60_000), None, None, decision));
        }
        let decisions: Vec<Decision> = latest.rows().iter().map(|row| row.decision).collect();
        assert_eq!(decisions, [Decision::Normal, Decision::Abnormal, Decision::Refer]);
    }
}
