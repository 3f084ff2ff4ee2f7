//! What the bodies are made of.
//!
//! Linear attenuation per mm at 45 to 50 keV, the effective energy of skeletal films, rounded from the tables of J. H. Hubbell
//! and S. M. Seltzer (NISTIR 5632, 1995) at the usual densities.

/// Attenuation per mm of path.
pub(super) type PerMm = f32;

pub(super) const AIR: PerMm = 0.0;
pub(super) const LUNG: PerMm = 0.007;
pub(super) const FAT: PerMm = 0.0205;
/// Muscle, blood, skin and organs.
pub(super) const MUSCLE: PerMm = 0.0245;
/// The fatty marrow of a shaft.
pub(super) const MARROW: PerMm = 0.0225;
/// Spongy bone with its marrow, at the ends of long bones.
pub(super) const SPONGY: PerMm = 0.039;
pub(super) const CORTEX: PerMm = 0.088;
pub(super) const TITANIUM: PerMm = 0.55;
pub(super) const STEEL: PerMm = 1.5;
pub(super) const LEAD: PerMm = 9.0;
