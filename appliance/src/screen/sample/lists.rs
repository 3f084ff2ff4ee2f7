//! What the samples list.

use fieldray_common::screening::Decision;

use crate::screen::{Change, Fact, Fault, Health, Language, PointOf, Setting, Theme, Vital};

pub(super) const WELL: [Health; 4] = [
    Health { vital: Vital::StorageFree(0.72), attention: false },
    Health { vital: Vital::TemperatureCelsius(41.0), attention: false },
    Health { vital: Vital::LinkUp, attention: false },
    Health { vital: Vital::CheckPassed, attention: false },
];

pub(super) const UNWELL: [Health; 4] = [
    Health { vital: Vital::StorageFree(0.03), attention: true },
    Health { vital: Vital::TemperatureCelsius(58.0), attention: false },
    Health { vital: Vital::LinkDown, attention: true },
    Health { vital: Vital::CheckPassed, attention: false },
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

pub(super) const CHANGES: [Change<'static>; 2] = [
    Change::Software { from: "0.2.0", to: "0.3.0" },
    Change::Model { from: "fracatlas-all@0.2.0", to: "fracatlas-all@0.3.1" },
];

pub(super) const FAULTS: [(&str, Fault); 7] = [
    ("fault", Fault::StorageFull),
    ("fault-model", Fault::Model),
    ("fault-self-check", Fault::SelfCheck),
    ("fault-read-only", Fault::ReadOnly),
    ("fault-hot", Fault::Hot),
    ("fault-link", Fault::Link),
    ("fault-program", Fault::Program),
];
