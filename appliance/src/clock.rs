//! The time of day, as records carry it.

use std::fmt;
use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, NaiveDate, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

/// The beginning of 2026: this program is no older.
const FIRST_PLAUSIBLE_MS: i64 = 1_767_225_600_000;

/// A moment in UTC, to the millisecond; written as RFC 3339, such as `2026-03-01T08:15:30.250Z`.
///
/// The box has no network to set its clock by: moments order what happened only as well as that clock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// This moment.
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// The moment so many milliseconds after the beginning of 1970.
    pub fn from_unix_ms(unix_ms: i64) -> Self {
        Self(unix_ms)
    }

    /// The beginning of a day, `YYYY-MM-DD`, in the box's time zone; `None` where that is no day.
    pub fn of_day(day: &str) -> Option<Self> {
        let midnight = NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)?;
        Some(Self(midnight.and_local_timezone(Local).earliest()?.timestamp_millis()))
    }

    /// For a display, in the box's time zone: `11-24 09:41`.
    pub fn short(self) -> String {
        self.written("%m-%d %H:%M")
    }

    /// For people, in the box's time zone: `2026-11-24 09:41`.
    pub fn local(self) -> String {
        self.written("%Y-%m-%d %H:%M")
    }

    /// As DICOM writes it (PS3.5, 6.2), in the box's time zone: date (`DA`) and time of day (`TM`).
    pub fn date_and_time(self) -> (String, String) {
        (self.written("%Y%m%d"), self.written("%H%M%S"))
    }

    /// The moment so much later.
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The day in UTC, such as `2026-03-01`.
    pub fn day(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// Whether a clock that says so was ever set: boxes without a battery begin in 1970, or when their system was made.
    pub fn is_plausible(self) -> bool {
        self.0 >= FIRST_PLAUSIBLE_MS
    }

    /// Milliseconds since the beginning of 1970.
    pub fn unix_ms(self) -> i64 {
        self.0
    }

    /// In the box's time zone.
    fn written(self, format: &str) -> String {
        let local = |moment: DateTime<Utc>| moment.with_timezone(&Local).format(format).to_string();
        DateTime::from_timestamp_millis(self.0).map_or_else(String::new, local)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_millis(self.0) {
            Some(moment) => f.write_str(&moment.to_rfc3339_opts(SecondsFormat::Millis, true)),
            None => write!(f, "{} ms", self.0),
        }
    }
}

/// A text that is no moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a moment is written as 2026-03-01T08:15:30.250Z")]
pub struct NoMoment;

impl FromStr for Timestamp {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        DateTime::parse_from_rfc3339(text).map(|moment| Self(moment.timestamp_millis())).map_err(|_| NoMoment)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
