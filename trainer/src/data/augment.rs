//! The variety of real films: how the limb lies, how it was exposed, what hides a part of it.
//!
//! A whole batch is turned, mirrored, scaled and shifted in one resampling pass.

use std::f64::consts::PI;

use fieldray_common::region::Region;
use tch::{Device, Kind, Tensor};

/// Largest turn to either side.
const ROTATION_DEGREES: f64 = 30.0;
/// Share of films mirrored left to right, where anatomy allows it.
const MIRRORED: f64 = 0.5;
/// Share of films turned upside down, where anatomy allows it.
const UPSIDE_DOWN: f64 = 0.2;
/// Largest change of size, as a share.
const SCALE: f64 = 0.2;
/// Largest shift, as a share of half the side.
const SHIFT: f64 = 0.15;
/// Largest change of contrast, as a share.
const CONTRAST: f64 = 0.3;
/// Largest change of brightness, of 1.
const BRIGHTNESS: f64 = 0.1;
/// Largest change of gamma, as the logarithm of its exponent.
const GAMMA: f64 = 0.35;
/// Largest standard deviation of added noise, of 1.
const NOISE: f64 = 0.03;
/// Share of films of which a rectangle is erased.
const ERASED: f64 = 0.25;
/// Largest side of it, as a share of the film's.
const ERASED_SIDE: f64 = 0.25;

/// Which films of a batch may be flipped: 1 where that gives a film that could have been taken, else 0.
#[derive(Debug)]
pub struct Flips {
    /// Left to right, N.
    pub sideways: Tensor,
    /// Upside down, N.
    pub upside_down: Tensor,
}

impl Flips {
    /// What the anatomy of the films' regions allows. Limbs come in pairs and lie on the detector either way round; a heart on the
    /// right, or above the lungs, is another disease.
    pub fn of(regions: impl Iterator<Item = Region>, device: Device) -> Self {
        let limbs: Vec<f32> = regions.map(|region| if region == Region::Chest { 0.0 } else { 1.0 }).collect();
        let limbs = Tensor::from_slice(&limbs).to_device(device);
        Self { sideways: limbs.shallow_clone(), upside_down: limbs }
    }
}

/// Varies `levels` (N x 1 x S x S, 0 to 1) and the `lesions` (0 or 1) on them alike; at `strength` 0 both stay as they are,
/// at 1 the ranges above hold in full.
///
/// Nothing that erases or moves a lesion out of the film changes its label: ranges are kept so that this is rare.
pub fn augment(levels: Tensor, lesions: Tensor, flips: &Flips, strength: f64) -> (Tensor, Tensor) {
    if strength == 0.0 {
        return (levels, lesions);
    }
    tch::no_grad(|| {
        let both = place(&Tensor::cat(&[levels, lesions], 1), flips, strength);
        let exposed = expose(&both.narrow(1, 0, 1), strength);
        (erase(&exposed, strength), both.narrow(1, 1, 1).ge(0.5).to_kind(Kind::Float))
    })
}

/// Turns, mirrors, scales and shifts.
fn place(films: &Tensor, flips: &Flips, strength: f64) -> Tensor {
    let (count, device) = (films.size()[0], films.device());
    let angle = spread(count, device) * (strength * ROTATION_DEGREES / 180.0 * PI);
    let scale = (spread(count, device) * (strength * SCALE)).exp();
    let across = &scale * sign(&flips.sideways * MIRRORED.min(strength));
    let down = &scale * sign(&flips.upside_down * UPSIDE_DOWN.min(strength));
    let shift = || spread(count, device) * (strength * SHIFT);
    let rows =
        [angle.cos() * &across, -angle.sin() * &across, shift(), angle.sin() * &down, angle.cos() * &down, shift()];
    let affine = Tensor::stack(&rows, 1).reshape([count, 2, 3]);
    let grid = Tensor::affine_grid_generator(&affine, films.size(), false);
    let (bilinear, black_outside) = (0, 0);
    films.grid_sampler(&grid, bilinear, black_outside, false)
}

/// Another exposure, another detector: gamma, contrast, brightness, noise.
fn expose(levels: &Tensor, strength: f64) -> Tensor {
    let (count, device) = (levels.size()[0], levels.device());
    let each = |range: f64| (spread(count, device) * (strength * range)).reshape([count, 1, 1, 1]);
    let exposed = levels.clamp(0.0, 1.0).pow(&each(GAMMA).exp());
    let exposed = (exposed - 0.5) * (each(CONTRAST) + 1.0) + 0.5 + each(BRIGHTNESS);
    let noise = exposed.randn_like() * each(NOISE).abs();
    (exposed + noise).clamp(0.0, 1.0)
}

/// Blots out a rectangle in some films (Zhong et al., AAAI 2020), with the film's mean grey.
fn erase(levels: &Tensor, strength: f64) -> Tensor {
    let (count, side, device) = (levels.size()[0], levels.size()[3], levels.device());
    let along = Tensor::arange(side, (Kind::Float, device)) / side as f64;
    let inside = |shape: [i64; 4]| {
        let centre = Tensor::rand([count, 1, 1, 1], (Kind::Float, device));
        let half = Tensor::rand([count, 1, 1, 1], (Kind::Float, device)) * (ERASED_SIDE / 2.0);
        (along.reshape(shape) - centre).abs().le_tensor(&half)
    };
    let chosen = Tensor::rand([count, 1, 1, 1], (Kind::Float, device)).lt(ERASED * strength.min(1.0));
    let erased = inside([1, 1, 1, side]).logical_and(&inside([1, 1, side, 1])).logical_and(&chosen);
    let grey = levels.mean_dim([2_i64, 3].as_slice(), true, Kind::Float);
    grey.where_self(&erased, levels)
}

/// A number from -1 to 1 for each film.
fn spread(count: i64, device: Device) -> Tensor {
    Tensor::rand([count], (Kind::Float, device)) * 2.0 - 1.0
}

/// -1 or 1 for each film, -1 with its probability in `flipped`.
fn sign(flipped: Tensor) -> Tensor {
    flipped.rand_like().lt_tensor(&flipped).to_kind(Kind::Float) * -2.0 + 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lesion is a bright square: wherever the film is turned, the mask lies on it.
    #[test]
    fn lesions_move_with_the_film() {
        let _alone = crate::seeded(3);
        let lesions = Tensor::zeros([8, 1, 64, 64], (Kind::Float, Device::Cpu));
        let _ = lesions.narrow(2, 20, 16).narrow(3, 30, 12).fill_(1.0);
        let levels = &lesions * 0.9;
        let (levels, lesions) = augment(levels, lesions, &flips(Region::Hand, 8), 1.0);
        for film in 0..8 {
            let (levels, mask) = (levels.get(film), lesions.get(film));
            let inside = (&levels * &mask).sum(Kind::Float).double_value(&[]) / mask.sum(Kind::Float).double_value(&[]);
            let outside = 1.0 - &mask;
            let around =
                (&levels * &outside).sum(Kind::Float).double_value(&[]) / outside.sum(Kind::Float).double_value(&[]);
            assert!(inside > around + 0.3, "film {film}: {inside} inside, {around} around");
        }
    }

    #[test]
    fn levels_stay_levels_and_the_seed_decides() {
        let films = || Tensor::linspace(0.0, 1.0, 4 * 32 * 32, (Kind::Float, Device::Cpu)).reshape([4, 1, 32, 32]);
        let varied = |seed| {
            let _alone = crate::seeded(seed);
            augment(films(), films().zeros_like(), &flips(Region::Hand, 4), 1.0).0
        };
        let one = varied(1);
        assert!(one.min().double_value(&[]) >= 0.0 && one.max().double_value(&[]) <= 1.0);
        assert!(one.equal(&varied(1)) && !one.equal(&varied(2)));
        let _alone = crate::seeded(1);
        assert!(augment(films(), films(), &flips(Region::Hand, 4), 0.0).0.equal(&films()));
    }

    /// Two bright corners: the upper left one, and the lower left one half as bright.
    #[test]
    fn chests_keep_their_heart_where_it_is() {
        let _alone = crate::seeded(5);
        let side_by_side = |region: Region| {
            let films = Tensor::zeros([64, 1, 32, 32], (Kind::Float, Device::Cpu));
            let _ = films.narrow(2, 4, 8).narrow(3, 4, 8).fill_(1.0);
            let varied = place(&Tensor::cat(&[&films, &films], 1), &flips(region, 64), 1.0).narrow(1, 0, 1);
            let share = |axis: i64| {
                let halves = varied.narrow(axis, 0, 16).sum_dim_intlist([1_i64, 2, 3].as_slice(), false, Kind::Float)
                    / varied.sum_dim_intlist([1_i64, 2, 3].as_slice(), false, Kind::Float);
                halves.gt(0.5).to_kind(Kind::Float).mean(Kind::Float).double_value(&[])
            };
            [share(2), share(3)]
        };
        assert_eq!(side_by_side(Region::Chest), [1.0, 1.0]);
        let [above, left] = side_by_side(Region::Leg);
        assert!((0.6..0.95).contains(&above) && (0.3..0.7).contains(&left), "{above} above, {left} left");
    }

    fn flips(region: Region, count: usize) -> Flips {
        Flips::of(std::iter::repeat_n(region, count), Device::Cpu)
    }
}
