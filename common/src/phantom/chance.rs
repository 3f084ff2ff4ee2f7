//! Seeded chance: one stream of numbers for each thing that varies, so that changing one leaves the others as they were.

use rand_pcg::{Pcg64Mcg, rand_core::Rng};

/// What a stream of numbers decides. A fracture drawn or not does not change the pose, the metal or the noise.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Request,
    Pose,
    Anatomy,
    Fracture,
    Hardware,
    Exposure,
    Noise,
    Identity,
}

/// A stream of random numbers that is the same on every processor.
pub(super) struct Chance(Pcg64Mcg);

impl Chance {
    pub(super) fn new(seed: u64, stream: Stream) -> Self {
        let high = scramble(seed);
        let low = scramble(high ^ (stream as u64 + 1));
        Self(Pcg64Mcg::new(u128::from(high) << 64 | u128::from(low)))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Evenly from `low` up to but not including `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.bits() >> 40) as f32 / (1u64 << 24) as f32)
    }

    /// True in `share` of the draws.
    pub(super) fn happens(&mut self, share: f32) -> bool {
        self.between(0.0, 1.0) < share
    }

    /// One of `choices`, each as likely; there must be one.
    pub(super) fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[(self.bits() % choices.len() as u64) as usize]
    }

    /// Nearly normal, with mean 0 and deviation 1: four uniform numbers from one draw (Irwin-Hall), exact on any processor.
    pub(super) fn gaussian(&mut self) -> f32 {
        let bits = self.bits();
        let sum = (bits & 0xffff) + (bits >> 16 & 0xffff) + (bits >> 32 & 0xffff) + (bits >> 48);
        // Four uniform numbers on 0..1 have mean 2 and variance 1/3.
        (sum as f32 / 65536.0 - 2.0) * 1.732_050_8
    }

    /// `value` varied by a few per cent: normal with the relative `deviation`, at most two and a half of it either way.
    pub(super) fn vary(&mut self, value: f32, deviation: f32) -> f32 {
        value * (1.0 + deviation * self.gaussian().clamp(-2.5, 2.5))
    }
}

/// The finaliser of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
pub(super) fn scramble(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// Smooth noise on the plane, -1 to 1, with features about one unit across.
pub(super) fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (across, down) = (ease(x - column), ease(y - row));
    let (column, row) = (column as i32, row as i32);
    let top = lattice(column, row, seed) * (1.0 - across) + lattice(column + 1, row, seed) * across;
    let bottom = lattice(column, row + 1, seed) * (1.0 - across) + lattice(column + 1, row + 1, seed) * across;
    top * (1.0 - down) + bottom * down
}

fn ease(along: f32) -> f32 {
    along * along * (3.0 - 2.0 * along)
}

fn lattice(column: i32, row: i32, seed: u32) -> f32 {
    let mut mixed = (column as u32).wrapping_mul(0x85eb_ca6b) ^ (row as u32).wrapping_mul(0xc2b2_ae35) ^ seed;
    mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
    mixed = (mixed ^ (mixed >> 12)).wrapping_mul(0x297a_2d39);
    ((mixed ^ (mixed >> 15)) >> 8) as f32 / (1 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaussian_numbers_have_mean_nought_and_deviation_one() {
        let mut chance = Chance::new(7, Stream::Noise);
        let drawn: Vec<f64> = (0..20_000).map(|_| f64::from(chance.gaussian())).collect();
        let mean = drawn.iter().sum::<f64>() / drawn.len() as f64;
        let variance = drawn.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / drawn.len() as f64;
        assert!(mean.abs() < 0.03 && (variance - 1.0).abs() < 0.05, "mean {mean}, variance {variance}");
    }
}
