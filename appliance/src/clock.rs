//! The time of day, as records carry it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, SecondsFormat, Utc};
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

    /// For a display, in the box's time zone: `11-24 09:41`.
    pub fn short(self) -> String {
        self.local("%m-%d %H:%M")
    }

    /// The same with its year: `2026-11-24 09:41`.
    pub fn long(self) -> String {
        self.local("%Y-%m-%d %H:%M")
    }

    /// Whether a clock that says so was ever set: boxes without a battery begin in 1970, or when their system was made.
    pub fn is_plausible(self) -> bool {
        self.0 >= FIRST_PLAUSIBLE_MS
    }

    fn local(self, format: &str) -> String {
        let local = |moment: DateTime<Utc>| moment.with_timezone(&Local).format(format).to_string();
        DateTime::from_timestamp_millis(self.0).map_or_else(String::new, local)
    }

    /// Milliseconds since the beginning of 1970.
    pub fn unix_ms(self) -> i64 {
        self.0
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

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
