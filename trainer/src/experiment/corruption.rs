//! Films spoiled on purpose, as clinics spoil them: how much of what a model knows is left?
//!
//! After Hendrycks and Dietterich (ICLR 2019, "Benchmarking neural network robustness to common corruptions"), with what goes wrong
//! with radiographs. Severities run from 0 (nothing) to 1; the film is spoiled before it is prepared.

use std::f64::consts::{FRAC_PI_4, TAU};

use anyhow::{Context, Result};
use fieldray_common::radiograph::Radiograph;
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, codecs::jpeg::JpegEncoder, imageops};
use ndarray::{Array2, s};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Corruption {
    /// Too few photons, or a bad detector: normal noise, at most of a fifth of the film's range.
    Noise,
    /// Motion, or a film out of focus: Gaussian blur, at most of 2 % of the longer side.
    Blur,
    /// A picture sent by a messenger: JPEG, down to quality 5.
    Jpeg,
    /// Too much or too little of it: a gamma down to 1/3 or up to 3.
    Exposure,
    /// The limb lies askew: turned by at most 45 degrees.
    Rotation,
    /// Collimated too closely: at most half of each side is gone.
    Crop,
    /// Something lies on it: a bright square of at most two fifths of the shorter side.
    Occlusion,
}

const FULL: f64 = u16::MAX as f64;

impl Corruption {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Corruption::Noise => "noise",
            Corruption::Blur => "blur",
            Corruption::Jpeg => "JPEG",
            Corruption::Exposure => "exposure",
            Corruption::Rotation => "rotation",
            Corruption::Crop => "crop",
            Corruption::Occlusion => "occlusion",
        }
    }

    /// The film, spoiled; what is left to chance follows from the `seed`.
    ///
    /// # Errors
    /// Where too little of the film is left to be one.
    pub fn spoil(self, film: &Radiograph, severity: f64, seed: u64) -> Result<Radiograph> {
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        let pixels = film.pixels();
        let (rows, columns) = pixels.dim();
        let (shorter, longer) = (rows.min(columns), rows.max(columns));
        let sign = if random.random_bool(0.5) { 1.0 } else { -1.0 };
        let spoiled = match self {
            Corruption::Noise => {
                let range = f64::from(pixels.iter().max().unwrap_or(&0) - pixels.iter().min().unwrap_or(&0));
                pixels.mapv(|value| level(f64::from(value) + severity * 0.2 * range * normal(&mut random)))
            }
            Corruption::Blur => {
                let blurred = imageops::fast_blur(&picture(pixels), (severity * 0.02 * longer as f64) as f32);
                Array2::from_shape_vec((rows, columns), blurred.into_raw())?
            }
            Corruption::Jpeg => jpeg(pixels, (50.0 * 0.1_f64.powf(severity)).round() as u8)?,
            Corruption::Exposure => {
                let gamma = 3.0_f64.powf(sign * severity);
                pixels.mapv(|value| level(FULL * (f64::from(value) / FULL).powf(gamma)))
            }
            Corruption::Rotation => turned(pixels, sign * severity * FRAC_PI_4),
            Corruption::Crop => {
                let keep = |side: usize| ((1.0 - 0.5 * severity) * side as f64).ceil() as usize;
                let (height, width) = (keep(rows), keep(columns));
                let (top, left) = (random.random_range(0..=rows - height), random.random_range(0..=columns - width));
                pixels.slice(s![top..top + height, left..left + width]).to_owned()
            }
            Corruption::Occlusion => {
                let side = (severity * 0.4 * shorter as f64) as usize;
                let (top, left) = (random.random_range(0..=rows - side), random.random_range(0..=columns - side));
                let mut pixels = pixels.clone();
                let brightest = pixels.iter().copied().max().unwrap_or(0);
                pixels.slice_mut(s![top..top + side, left..left + side]).fill(brightest);
                pixels
            }
        };
        Radiograph::new(spoiled, film.facts().clone()).context("nothing is left of the film")
    }
}

fn level(value: f64) -> u16 {
    value.round().clamp(0.0, FULL) as u16
}

/// A normal variate (Box and Muller 1958).
fn normal(random: &mut Pcg64Mcg) -> f64 {
    let (one, other): (f64, f64) = (1.0 - random.random::<f64>(), random.random());
    (-2.0 * one.ln()).sqrt() * (TAU * other).cos()
}

fn picture(pixels: &Array2<u16>) -> ImageBuffer<Luma<u16>, Vec<u16>> {
    ImageBuffer::from_fn(pixels.ncols() as u32, pixels.nrows() as u32, |x, y| Luma([pixels[[y as usize, x as usize]]]))
}

fn jpeg(pixels: &Array2<u16>, quality: u8) -> Result<Array2<u16>> {
    let (rows, columns) = pixels.dim();
    let bytes = pixels.iter().map(|value| (value >> 8) as u8).collect();
    let picture = GrayImage::from_raw(columns as u32, rows as u32, bytes).context("the picture has another size")?;
    let mut coded = Vec::new();
    DynamicImage::from(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut coded, quality))?;
    let decoded = image::load_from_memory(&coded)?.into_luma8();
    Ok(Array2::from_shape_vec((rows, columns), decoded.into_raw())?.mapv(|value| u16::from(value) * 257))
}

/// Turned about its centre, black where nothing was.
fn turned(pixels: &Array2<u16>, angle: f64) -> Array2<u16> {
    let (rows, columns) = pixels.dim();
    let [centre_y, centre_x] = [rows, columns].map(|side| (side as f64 - 1.0) / 2.0);
    let (sin, cos) = angle.sin_cos();
    let at = |y: f64, x: f64| {
        let inside = y >= 0.0 && x >= 0.0 && y < rows as f64 && x < columns as f64;
        if inside { f64::from(pixels[[y as usize, x as usize]]) } else { 0.0 }
    };
    Array2::from_shape_fn((rows, columns), |(y, x)| {
        let (y, x) = (y as f64 - centre_y, x as f64 - centre_x);
        let (y, x) = (centre_y + cos * y - sin * x, centre_x + sin * y + cos * x);
        let (top, left) = (y.floor(), x.floor());
        let (down, right) = (y - top, x - left);
        let upper = (1.0 - right) * at(top, left) + right * at(top, left + 1.0);
        let lower = (1.0 - right) * at(top + 1.0, left) + right * at(top + 1.0, left + 1.0);
        level((1.0 - down) * upper + down * lower)
    })
}

#[cfg(test)]
mod tests {
    use fieldray_common::radiograph::Facts;

    use super::*;

    const ALL: [Corruption; 7] = [
        Corruption::Noise,
        Corruption::Blur,
        Corruption::Jpeg,
        Corruption::Exposure,
        Corruption::Rotation,
        Corruption::Crop,
        Corruption::Occlusion,
    ];

    /// A bright disc on a dark slope.
    fn film() -> Radiograph {
        let pixels = Array2::from_shape_fn((120, 90), |(y, x)| {
            let disc = (y as f64 - 50.0).hypot(x as f64 - 40.0) < 20.0;
            level(6000.0 + 100.0 * y as f64 + if disc { 40_000.0 } else { 0.0 })
        });
        Radiograph::new(pixels, Facts::default()).unwrap()
    }

    #[test]
    fn more_of_it_changes_the_film_more_and_the_seed_decides() {
        let film = film();
        for corruption in ALL.into_iter().filter(|corruption| *corruption != Corruption::Crop) {
            let change = |severity: f64| -> f64 {
                let spoiled = corruption.spoil(&film, severity, 4).unwrap();
                assert_eq!(spoiled, corruption.spoil(&film, severity, 4).unwrap());
                let pairs = film.pixels().iter().zip(spoiled.pixels());
                pairs.map(|(one, other)| f64::from(one.abs_diff(*other))).sum()
            };
            assert!(change(1.0) > change(0.3) && change(0.3) > 0.0, "{corruption:?}");
        }
    }

    #[test]
    fn a_close_crop_keeps_half_of_each_side() {
        let cropped = Corruption::Crop.spoil(&film(), 1.0, 1).unwrap();
        assert_eq!((cropped.height_px(), cropped.width_px()), (60, 45));
        assert!(Corruption::Crop.spoil(&cropped, 1.0, 1).is_err());
    }

    #[test]
    fn a_turned_disc_goes_where_the_turn_takes_it() {
        let pixels = turned(film().pixels(), FRAC_PI_4);
        // From the centre of the film, (59.5, 44.5), the disc lies 9.5 up and 4.5 left.
        let (sin, cos) = FRAC_PI_4.sin_cos();
        let (y, x) = (59.5 + cos * -9.5 + sin * -4.5, 44.5 - sin * -9.5 + cos * -4.5);
        assert!(pixels[[y as usize, x as usize]] > 40_000);
    }
}
