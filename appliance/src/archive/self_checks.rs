//! How the box judged its own model, from day to day.

use rusqlite::{Row, params};

use super::records::BundleId;
use super::{ArchiveError, Records};
use crate::clock::Timestamp;

/// One scoring of a bundle's reference films.
#[derive(Debug, Clone, PartialEq)]
pub struct SelfCheck {
    /// The bundle.
    pub bundle: BundleId,
    /// How many reference films it has.
    pub films: u64,
    /// How many got the probability that the bundle promises.
    pub agreeing: u64,
    /// The largest difference from a promised probability.
    pub largest_difference: f64,
    /// When.
    pub at: Timestamp,
}

impl SelfCheck {
    /// Whether every film got the promised probability.
    pub fn holds(&self) -> bool {
        self.agreeing == self.films
    }
}

impl Records {
    /// Keeps a check.
    pub fn add_self_check(&self, check: &SelfCheck) -> Result<(), ArchiveError> {
        let SelfCheck { bundle, films, agreeing, largest_difference, at } = check;
        self.database.execute(
            "INSERT INTO self_checks (bundle, bundle_sha256, films, agreeing, largest_difference, checked_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![bundle.name, bundle.sha256, *films as i64, *agreeing as i64, largest_difference, at.unix_ms()],
        )?;
        Ok(())
    }

    /// The last `count` checks, the latest first.
    pub fn self_checks(&self, count: u32) -> Result<Vec<SelfCheck>, ArchiveError> {
        let mut found = self.database.prepare(
            "SELECT bundle, bundle_sha256, films, agreeing, largest_difference, checked_ms FROM self_checks
             ORDER BY id DESC LIMIT ?1",
        )?;
        let check = |row: &Row<'_>| {
            Ok(SelfCheck {
                bundle: BundleId { name: row.get(0)?, sha256: row.get(1)? },
                films: row.get::<_, u32>(2)?.into(),
                agreeing: row.get::<_, u32>(3)?.into(),
                largest_difference: row.get(4)?,
                at: Timestamp::from_unix_ms(row.get(5)?),
            })
        };
        let checks = found.query_map([count], check)?.collect::<Result<_, _>>()?;
        Ok(checks)
    }
}
