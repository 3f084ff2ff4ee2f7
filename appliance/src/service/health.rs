//! How the box is doing, as the ready screen shows it.

use fieldray_board::health;

use crate::archive::{Archive, SitePoint};
use crate::clock::Timestamp;
use crate::doctor::{HOT_CELSIUS, LEAST_FREE_BYTES};
use crate::screen::{Health, Vital};

/// Less of the storage than this is nearly none.
const LEAST_FREE_SHARE: f64 = 0.1;

/// The display has room for so many.
const MOST: usize = 4;

/// Memory is told in steps of so many bytes, so that the display is not drawn anew for each.
const STEP_BYTES: u64 = 64_000_000;

/// The box's vital signs, what wants attention first; what the system does not tell is left out.
pub(super) fn vitals(archive: &Archive, site_point: &SitePoint) -> Vec<Health> {
    let of = |vital, attention| Health { vital, attention };
    let clock = (!Timestamp::now().is_plausible()).then(|| of(Vital::ClockUnset, true));
    let free = (archive.free_share() * 100.0).floor() / 100.0;
    let storage = of(Vital::StorageFree(free), free < LEAST_FREE_SHARE);
    let to_review = archive.unreviewed().ok().map(|count| of(Vital::ToReview(count), false));
    let temperature = health::temperature_celsius()
        .map(|celsius| of(Vital::TemperatureCelsius(celsius.round()), celsius >= HOT_CELSIUS));
    let supply = (health::undervoltage() == Some(true)).then(|| of(Vital::SupplyWeak, true));
    let memory = health::memory()
        .map(|memory| memory.available_bytes)
        .map(|bytes| of(Vital::MemoryFree(bytes / STEP_BYTES * STEP_BYTES), bytes < LEAST_FREE_BYTES));
    let paused = (*site_point == SitePoint::Suspended).then(|| of(Vital::OperatingPointPaused, true));
    let mut all: Vec<Health> =
        [supply, clock, paused, Some(storage), to_review, temperature, memory].into_iter().flatten().collect();
    all.sort_by_key(|health| !health.attention);
    all.truncate(MOST);
    all
}
