//! What is known of each box, from all that tells of it.

use fieldray_common::bundle::KeyId;
use serde::Serialize;

use super::known::{Told, by_box};
use super::packed::{Packed, Support};
use super::receipt::{Held, Outcome, Receipt};
use crate::archive::BoxId;
use crate::clock::Timestamp;
use crate::support::told::{AboutBox, Check};

/// A box. The field names are a contract with other programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct BoxState {
    /// Its name in its settings.
    #[serde(rename = "box")]
    pub name: String,
    /// What it keeps when it is called otherwise; none where its software told none.
    #[serde(rename = "box_id")]
    pub id: Option<BoxId>,
    /// The day of the last news of it.
    pub heard: String,
    /// Version of its software.
    pub software: String,
    /// `name@version` of the model that it starts from.
    pub bundle: Option<String>,
    /// SHA-256 of that.
    pub bundle_sha256: Option<String>,
    /// The day from which on it is known to run that: of a receipt, or of the first self-check.
    pub since: Option<String>,
    /// The key that signed it.
    pub signing_key: Option<KeyId>,
    /// Whether that must prove itself yet.
    pub on_trial: bool,
    /// Why the last update was refused, where nothing was installed since.
    pub refused: Option<String>,
    /// The self-checks of that bundle since it was last taken up, the oldest first.
    pub drift: Vec<Drift>,
    /// Where its decisions change.
    pub thresholds: Vec<Threshold>,
    /// Every update that a receipt tells of, the oldest first.
    pub updates: Vec<Update>,
}

/// An update, as a receipt tells of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Update {
    /// When it was over.
    pub at: Timestamp,
    /// `name@version` of what the box had before.
    pub old: Option<String>,
    /// What it was given.
    pub new: Held,
    /// The key that signed that.
    pub key: KeyId,
    /// Whether the box took it.
    pub outcome: Outcome,
    /// The largest difference of a reference film's probability, where it came to a self-test.
    pub self_test: Option<f64>,
    /// How it ended.
    pub result: String,
}

/// A self-check.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Drift {
    /// When.
    pub day: String,
    /// The largest difference of a reference film's probability from the promised one.
    pub largest_difference: f64,
    /// Films that differ by more than is allowed.
    pub failing: u64,
}

/// The thresholds of a region.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Threshold {
    /// The head of the model.
    pub region: String,
    /// The kind of image they hold for; none where they are the model's own.
    pub input_kind: Option<String>,
    /// Probabilities below this are normal.
    pub normal_below: f64,
    /// Probabilities from here on are abnormal.
    pub abnormal_from: f64,
    /// The day on which the site chose them; none where they are the model's own.
    pub chosen: Option<String>,
    /// Whether they were chosen for another model, and do not count until they are chosen again.
    pub suspended: bool,
}

/// Every box of which something tells, by its name.
pub(super) fn boxes(told: Vec<Packed>) -> Vec<BoxState> {
    let mut boxes: Vec<BoxState> = by_box(told).into_iter().map(BoxState::of).collect();
    boxes.sort_by(|one, other| (&one.name, one.id).cmp(&(&other.name, other.id)));
    boxes
}

impl BoxState {
    fn of(Told { id, mut supports, mut receipts }: Told) -> Self {
        supports.sort_by(|a, b| a.about.day.cmp(&b.about.day));
        receipts.sort_by_key(|receipt| receipt.at);
        let (support, receipt) = (supports.last(), receipts.last());
        let installed = receipts.iter().rfind(|receipt| receipt.outcome == Outcome::Installed);
        let running = running(support, installed, receipt);
        let sha256 = running.as_ref().map(|held| held.sha256.as_str());
        let checks = all_checks(&supports);
        let of_others = checks.iter().rposition(|check| Some(check.bundle_sha256.as_str()) != sha256);
        let drift: Vec<Drift> =
            checks.iter().skip(of_others.map_or(0, |last| last + 1)).map(|check| Drift::of(check)).collect();
        let others_until = of_others.map(|last| checks[last].day.as_str());
        let brought = receipts.iter().rfind(|receipt| {
            let still = others_until.is_none_or(|day| receipt.at.day().as_str() >= day);
            receipt.outcome == Outcome::Installed && Some(receipt.new.sha256.as_str()) == sha256 && still
        });
        let slot = support.and_then(|support| {
            support.about.slots.iter().find(|slot| slot.active && slot.sha256.as_deref() == sha256)
        });
        let (heard, name, software) = last_news(support, receipt);
        Self {
            id,
            name,
            heard,
            software,
            since: brought.map(|receipt| receipt.at.day()).or_else(|| drift.first().map(|check| check.day.clone())),
            signing_key: brought.map(|receipt| receipt.key).or_else(|| slot.and_then(|slot| slot.signing_key)),
            on_trial: slot.is_some_and(|slot| slot.on_trial),
            refused: receipt
                .filter(|receipt| receipt.outcome == Outcome::Refused)
                .map(|receipt| receipt.result.clone()),
            thresholds: support.map(|support| thresholds(support, sha256)).unwrap_or_default(),
            bundle: running.as_ref().map(|held| held.bundle.clone()),
            bundle_sha256: running.map(|held| held.sha256),
            drift,
            updates: receipts.iter().map(Update::of).collect(),
        }
    }
}

/// What a box starts from, by its last support bundle, the last receipt of something that was installed, and the last of all.
fn running(support: Option<&Support>, installed: Option<&Receipt>, last: Option<&Receipt>) -> Option<Held> {
    match (support, installed) {
        (Some(Support { about, .. }), installed) if !installed.is_some_and(|installed| is_later(installed, about)) => {
            let held = about.bundle.clone().zip(about.bundle_sha256.clone());
            held.map(|(bundle, sha256)| Held { bundle, sha256 })
        }
        (_, Some(installed)) => Some(installed.new.clone()),
        // One that refused whatever it was given works with what it had.
        (_, None) => last.and_then(|refused| refused.old.clone()),
    }
}

/// The day of the later of both, what the box was called then, and the version of its software.
fn last_news(support: Option<&Support>, receipt: Option<&Receipt>) -> (String, String, String) {
    let told = support.map(|Support { about, .. }| (about.day.clone(), about.name.clone(), about.version.clone()));
    let written = receipt.map(|receipt| (receipt.at.day(), receipt.box_name.clone(), receipt.software.clone()));
    told.into_iter().chain(written).max_by(|(one, ..), (other, ..)| one.cmp(other)).unwrap_or_default()
}

/// Whether a receipt tells of something that a support bundle does not know yet. Both may be of one day.
fn is_later(receipt: &Receipt, about: &AboutBox) -> bool {
    let (written, packed) = (receipt.at.day(), about.day.as_str());
    let before = receipt.old.as_ref().map(|old| old.sha256.as_str());
    written.as_str() > packed || written == packed && before == about.bundle_sha256.as_deref()
}

/// Every self-check that the support bundles of a box tell of, the oldest first. A later bundle repeats what an earlier one told.
fn all_checks(supports: &[Support]) -> Vec<&Check> {
    let mut all: Vec<&Check> = Vec::new();
    for support in supports.iter().rev() {
        let told_from = all.first().map(|first| first.day.clone());
        let earlier = |check: &&Check| told_from.as_ref().is_none_or(|day| check.day < *day);
        let earlier: Vec<&Check> = support.checks.iter().filter(earlier).collect();
        all.splice(0..0, earlier);
    }
    all
}

/// The model's own, and those that the site chose.
fn thresholds(support: &Support, sha256: Option<&str>) -> Vec<Threshold> {
    let own = support.about.thresholds.iter().map(|(region, point)| Threshold {
        region: region.clone(),
        input_kind: None,
        normal_below: point.normal_below(),
        abnormal_from: point.abnormal_from(),
        chosen: None,
        suspended: false,
    });
    let own = own.filter(|_| support.about.bundle_sha256.as_deref() == sha256);
    let chosen = support.points.iter().filter_map(|chosen| {
        let point = chosen.point?;
        Some(Threshold {
            region: chosen.region.clone(),
            input_kind: Some(chosen.input_kind.clone()),
            normal_below: point.normal_below(),
            abnormal_from: point.abnormal_from(),
            chosen: Some(chosen.day.clone()),
            suspended: Some(chosen.bundle_sha256.as_str()) != sha256,
        })
    });
    own.chain(chosen).collect()
}

impl Update {
    fn of(receipt: &Receipt) -> Self {
        Self {
            at: receipt.at,
            old: receipt.old.as_ref().map(|held| held.bundle.clone()),
            new: receipt.new.clone(),
            key: receipt.key,
            outcome: receipt.outcome,
            self_test: receipt.self_test,
            result: receipt.result.clone(),
        }
    }
}

impl Drift {
    fn of(check: &Check) -> Self {
        let failing = check.films.saturating_sub(check.agreeing);
        Self { day: check.day.clone(), largest_difference: check.largest_difference, failing }
    }
}

impl BoxState {
    /// The largest difference of all self-checks.
    pub fn largest_difference(&self) -> Option<f64> {
        self.drift.iter().map(|drift| drift.largest_difference).reduce(f64::max)
    }

    /// Self-checks that did not hold.
    pub fn failing_checks(&self) -> usize {
        self.drift.iter().filter(|drift| drift.failing > 0).count()
    }
}

impl Threshold {
    /// In a few words.
    pub fn words(&self) -> String {
        let kind = self.input_kind.iter().map(|kind| format!(" {kind}")).collect::<String>();
        let whose = match (&self.chosen, self.suspended) {
            (None, _) => String::new(),
            (Some(day), false) => format!(" chosen {day}"),
            (Some(day), true) => format!(" chosen {day}, suspended"),
        };
        format!("{}{kind} {:.3} to {:.3}{whose}", self.region, self.normal_below, self.abnormal_from)
    }
}
