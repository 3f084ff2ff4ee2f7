//! A film as a picture, and its heatmap laid over it.

use std::ops::Range;

use image::{Rgb, RgbImage};
use ndarray::s;

use super::Heatmap;
use crate::radiograph::Radiograph;

/// Share of the heat colour where the evidence is strongest: the film stays visible below it.
const STRONGEST: f32 = 0.6;

/// Evidence below this share of the peak is not coloured, so that the eye is led to what matters.
const FAINTEST: f32 = 0.15;

/// The film in grey, at most `longest_px` (at least 64) on its longest side; never larger than it is.
pub fn picture(film: &Radiograph, longest_px: u32) -> RgbImage {
    let longest = film.width_px().max(film.height_px()) as f64;
    let shrink = (f64::from(longest_px) / longest).min(1.0);
    let width = ((film.width_px() as f64 * shrink).round() as u32).max(1);
    let height = ((film.height_px() as f64 * shrink).round() as u32).max(1);
    let columns: Vec<Range<usize>> = spans(film.width_px(), width).collect();
    let mut picture = RgbImage::new(width, height);
    // Of 64,000,000 pixels a column has 2,000,000 at most, so that a sum over a span of it fits.
    let mut sums = vec![0_u32; film.width_px()];
    for (rows, line) in spans(film.height_px(), height).zip(picture.rows_mut()) {
        sums.fill(0);
        for row in film.pixels().slice(s![rows.clone(), ..]).rows() {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += u32::from(*value));
        }
        for (columns, pixel) in columns.iter().zip(line) {
            let sum: u64 = sums[columns.clone()].iter().copied().map(u64::from).sum();
            // 257 steps of a presentation value are one of grey.
            *pixel = Rgb([(sum / (columns.len() * rows.len() * 257) as u64) as u8; 3]);
        }
    }
    picture
}

/// Pixels of the film along one side, under each of `count` pixels of its picture.
fn spans(length: usize, count: u32) -> impl Iterator<Item = Range<usize>> {
    let step = length as f64 / f64::from(count);
    (0..count).map(move |at| {
        let start = f64::from(at) * step;
        start as usize..((start + step).ceil() as usize).clamp(start as usize + 1, length)
    })
}

/// The picture of a film with its heatmap over it in colour.
///
/// The colours go from dark red over orange to pale yellow, rising in lightness, so that they read without colour vision too.
pub fn overlay(picture: &RgbImage, heatmap: &Heatmap) -> RgbImage {
    let mut heated = picture.clone();
    let evidence = heatmap.over_film(picture.height() as usize, picture.width() as usize);
    for (pixel, evidence) in heated.pixels_mut().zip(&evidence) {
        if *evidence >= FAINTEST {
            *pixel = blend(pixel.0[0], *evidence);
        }
    }
    heated
}

fn blend(grey: u8, evidence: f32) -> Rgb<u8> {
    let rise = (evidence - FAINTEST) / (1.0 - FAINTEST);
    let heat = [0.55 + 0.45 * rise, 0.05 + 0.80 * rise * rise, 0.35 * rise * rise * rise];
    let share = STRONGEST * rise.sqrt();
    Rgb(heat.map(|part| ((1.0 - share) * f32::from(grey) + share * part * 255.0).round() as u8))
}
