//! What the samples list.

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::screening::Decision;

use crate::models::Change;
use crate::screen::{Fact, Fault, Health, Language, PointOf, Setting, Theme, Vital};

pub(super) const WELL: [Health; 4] = [
    Health { vital: Vital::StorageFree(0.72), attention: false },
    Health { vital: Vital::TemperatureCelsius(41.0), attention: false },
    Health { vital: Vital::LinkUp, attention: false },
    Health { vital: Vital::CheckPassed, attention: false },
];

pub(super) const BACK: [Health; 4] = [
    Health { vital: Vital::WentBack, attention: true },
    Health { vital: Vital::StorageFree(0.72), attention: false },
    Health { vital: Vital::ToReview(4), attention: false },
    Health { vital: Vital::TemperatureCelsius(41.0), attention: false },
];

pub(super) const UNWELL: [Health; 4] = [
    Health { vital: Vital::StorageFree(0.03), attention: true },
    Health { vital: Vital::TemperatureCelsius(58.0), attention: false },
    Health { vital: Vital::LinkDown, attention: true },
    Health { vital: Vital::CheckPassed, attention: false },
];

pub(super) const WEAK_AND_HOT: [Health; 4] = [
    Health { vital: Vital::SupplyWeak, attention: true },
    Health { vital: Vital::TemperatureCelsius(84.0), attention: true },
    Health { vital: Vital::StorageFree(0.41), attention: false },
    Health { vital: Vital::ToReview(3), attention: false },
];

pub(super) const ALONE: [Health; 4] = [
    Health { vital: Vital::ClockUnset, attention: true },
    Health { vital: Vital::OperatingPointPaused, attention: true },
    Health { vital: Vital::StorageFree(0.41), attention: false },
    Health { vital: Vital::ToReview(213), attention: false },
];

pub(super) const FACTS: [Fact<'static>; 12] = [
    Fact::Patient("20-1187"),
    Fact::Region("leg"),
    Fact::View("AP, L"),
    Fact::Received("2026-11-24 09:41"),
    Fact::Decision(Decision::Abnormal),
    Fact::Probability(0.874),
    Fact::Chosen("A. Diallo, 2026-11-02"),
    Fact::Distance(0.6),
    Fact::ElapsedMs(1284.0),
    Fact::Size(1760, 2140),
    Fact::Model("fracatlas-all@0.2.0"),
    Fact::Instance("1.2.826.0.1.3680043.10.1187.20261124.94102.1"),
];

pub(super) const SETTINGS: [Setting<'static>; 8] = [
    Setting::Language(Language::English),
    Setting::Theme(Theme::Dark),
    Setting::Heatmap(true),
    Setting::Brightness(0.8),
    Setting::OperatingPoint(PointOf::Site { by: "A. Diallo", on: "2026-11-02" }),
    Setting::Dicom { ae_title: "FIELDRAY", port: 11112 },
    Setting::StorageBytes(32_000_000_000),
    Setting::Version("0.2.0"),
];

/// What an update brings that changes everything.
pub(super) fn changes() -> Vec<Change> {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let points = OperatingPoint::new(0.22, 0.41).ok().zip(OperatingPoint::new(0.2, 0.5).ok());
    let moved =
        points.map(|(was, now)| ["hand", "leg"].map(|region| Change::Point { region: region.into(), was, now }));
    let suspends = Change::Suspends { region: "hand".into(), kind: "cr".into(), by: "A. Diallo".into() };
    [
        Change::Model { from: "fracatlas-all@0.2.0".into(), to: "fracatlas-all@0.3.1".into() },
        Change::Gains(named(&["knee", "ankle"])),
        Change::Loses(named(&["shoulder"])),
    ]
    .into_iter()
    .chain(moved.into_iter().flatten())
    .chain([suspends])
    .collect()
}

/// What went wrong, and was gone back from.
pub(super) fn gone_back() -> Vec<Change> {
    vec![Change::Model { from: "fracatlas-all@0.3.1".into(), to: "fracatlas-all@0.2.0".into() }]
}

pub(super) const FAULTS: [(&str, Fault); 7] = [
    ("fault", Fault::StorageFull),
    ("fault-model", Fault::Model),
    ("fault-self-check", Fault::SelfCheck),
    ("fault-read-only", Fault::ReadOnly),
    ("fault-hot", Fault::Hot),
    ("fault-link", Fault::Link),
    ("fault-program", Fault::Program),
];
