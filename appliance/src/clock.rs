//! The time of day, as records carry it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Local, SecondsFormat, Utc};
use serde::{Serialize, Serializer};

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
        let local = |moment: DateTime<Utc>| moment.with_timezone(&Local).format("%m-%d %H:%M").to_string();
        DateTime::from_timestamp_millis(self.0).map_or_else(String::new, local)
    }

    /// The day in UTC, such as `2026-03-01`.
    pub fn day(self) -> String {
        self.to_string().chars().take(10).collect()
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
