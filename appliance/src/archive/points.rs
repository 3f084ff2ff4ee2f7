//! The operating points that a site has chosen. Each belongs to a bundle, a region and a kind of image: a new bundle gives other
//! probabilities, and suspends what was chosen for another until it is chosen again.

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::input_kind::InputKind;
use rusqlite::{OptionalExtension, Row, params};

use super::history::point;
use super::records::BundleId;
use super::{ArchiveError, Records};
use crate::clock::Timestamp;

/// An operating point that a person chose.
#[derive(Debug, Clone, PartialEq)]
pub struct Chosen {
    /// The region.
    pub region: String,
    /// The kind of image.
    pub kind: InputKind,
    /// The bundle it was chosen for.
    pub bundle: BundleId,
    /// The point; `None` where the bundle's own was taken again.
    pub point: Option<OperatingPoint>,
    /// Who chose it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// Whether a chosen point counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Films are decided at it.
    Active,
    /// It was chosen for another bundle: films are decided at the bundle's own until it is chosen again.
    Suspended,
    /// The bundle's own was taken again.
    Withdrawn,
}

/// How what a site has chosen stands to the bundle that screens.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum SitePoint {
    /// Nothing was chosen: the bundle's own points count.
    #[default]
    None,
    /// A choice counts; the last one, where there are several.
    Chosen {
        /// Who chose it.
        by: String,
        /// The day, `YYYY-MM-DD`.
        on: String,
    },
    /// A choice is suspended until it is made again for this bundle.
    Suspended,
}

impl Chosen {
    /// Whether it counts for the bundle with this hash.
    pub fn standing(&self, bundle_sha256: &str) -> Standing {
        match self.point {
            None => Standing::Withdrawn,
            Some(_) if self.bundle.sha256 == bundle_sha256 => Standing::Active,
            Some(_) => Standing::Suspended,
        }
    }
}

const CHOSEN: &str = "SELECT region, input_kind, bundle, bundle_sha256, normal_below, abnormal_from, chosen_by, chosen_ms FROM operating_points";

impl Records {
    /// Keeps a choice; it counts from the next film on.
    pub fn choose(&self, chosen: &Chosen) -> Result<(), ArchiveError> {
        self.database.execute(
            "INSERT INTO operating_points
                 (region, input_kind, bundle, bundle_sha256, normal_below, abnormal_from, chosen_by, chosen_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![
                chosen.region,
                chosen.kind.name(),
                chosen.bundle.name,
                chosen.bundle.sha256,
                chosen.point.map(|point| point.normal_below()),
                chosen.point.map(|point| point.abnormal_from()),
                chosen.by,
                chosen.at.unix_ms()
            ],
        )?;
        Ok(())
    }

    /// The last choice for each region and kind of image.
    pub fn chosen(&self) -> Result<Vec<Chosen>, ArchiveError> {
        let last = "WHERE id IN (SELECT MAX(id) FROM operating_points GROUP BY region, input_kind) ORDER BY region, input_kind";
        let mut found = self.database.prepare(&format!("{CHOSEN} {last}"))?;
        let rows = found.query_map([], chosen)?.collect::<Result<Vec<_>, _>>()?;
        Ok(rows.into_iter().flatten().collect())
    }

    /// How the site's choices stand to the bundle with this hash.
    pub fn site_point(&self, bundle_sha256: &str) -> Result<SitePoint, ArchiveError> {
        let chosen = self.chosen()?;
        let standing = |standing| chosen.iter().filter(move |chosen| chosen.standing(bundle_sha256) == standing);
        if standing(Standing::Suspended).next().is_some() {
            return Ok(SitePoint::Suspended);
        }
        let last = standing(Standing::Active).max_by_key(|chosen| chosen.at.unix_ms());
        Ok(last.map_or(SitePoint::None, |chosen| SitePoint::Chosen { by: chosen.by.clone(), on: chosen.at.day() }))
    }

    /// The choice that counts for films of a region and a kind, screened by the bundle with this hash; `None` where the bundle's own
    /// point counts.
    pub fn active(&self, region: &str, kind: InputKind, bundle_sha256: &str) -> rusqlite::Result<Option<Chosen>> {
        let last = "WHERE region = ?1 AND input_kind = ?2 ORDER BY id DESC LIMIT 1";
        Ok(self
            .database
            .query_row(&format!("{CHOSEN} {last}"), [region, kind.name()], chosen)
            .optional()?
            .flatten()
            .filter(|chosen| chosen.standing(bundle_sha256) == Standing::Active))
    }
}

/// `None` for a kind of image that a later version may know.
fn chosen(row: &Row<'_>) -> rusqlite::Result<Option<Chosen>> {
    let Ok(kind) = row.get::<_, String>(1)?.parse() else { return Ok(None) };
    Ok(Some(Chosen {
        region: row.get(0)?,
        kind,
        bundle: BundleId { name: row.get(2)?, sha256: row.get(3)? },
        point: point(row.get(4)?, row.get(5)?),
        by: row.get(6)?,
        at: Timestamp::from_unix_ms(row.get(7)?),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{Archive, Limits};
    use super::*;

    const LIMITS: Limits = Limits { storage_bytes: 1 << 30, object_bytes: 1 << 20, heatmap_bytes: 1 };
    const KIND: InputKind = InputKind::DigitalRadiography;

    fn chosen(sha256: &str, point: Option<OperatingPoint>) -> Chosen {
        let bundle = BundleId { name: format!("model@{sha256}"), sha256: sha256.to_owned() };
        Chosen { region: "hand".into(), kind: KIND, bundle, point, by: "Dr Okoye".into(), at: Timestamp::now() }
    }

    #[test]
    fn a_choice_counts_for_its_own_bundle_until_another_is_made() {
        let folder = tempfile::tempdir().unwrap();
        let _archive = Archive::open(folder.path(), LIMITS).unwrap();
        let records = Records::open(folder.path()).unwrap();
        let [first, second] = [0.3, 0.4].map(|at| OperatingPoint::new(0.1, at).ok());
        let point = |region: &str, kind, bundle: &str| {
            records.active(region, kind, bundle).unwrap().and_then(|chosen| chosen.point)
        };
        assert_eq!(point("hand", KIND, "a"), None);
        records.choose(&chosen("a", first)).unwrap();
        assert_eq!(point("hand", KIND, "a"), first);
        assert_eq!((point("leg", KIND, "a"), point("hand", InputKind::Picture, "a")), (None, None));

        // A new bundle suspends it, and the old one does not bring it back once it was chosen for the new one.
        assert_eq!(point("hand", KIND, "b"), None);
        assert_eq!(records.chosen().unwrap()[0].standing("b"), Standing::Suspended);
        assert_eq!(records.site_point("b").unwrap(), SitePoint::Suspended);
        let by = |found| matches!(found, SitePoint::Chosen { by, on } if by == "Dr Okoye" && on.len() == 10);
        assert!(by(records.site_point("a").unwrap()));
        records.choose(&chosen("b", second)).unwrap();
        assert_eq!((point("hand", KIND, "b"), point("hand", KIND, "a")), (second, None));

        records.choose(&chosen("b", None)).unwrap();
        assert_eq!((point("hand", KIND, "b"), records.site_point("b").unwrap()), (None, SitePoint::None));
        assert_eq!(records.chosen().unwrap(), [Chosen { at: records.chosen().unwrap()[0].at, ..chosen("b", None) }]);
    }
}
