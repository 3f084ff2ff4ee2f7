//! A film with its heatmap laid over it.

use image::{Rgb, RgbImage};

use super::Heatmap;
use crate::radiograph::Radiograph;

/// Share of the heat colour where the evidence is strongest: the film stays visible below it.
const STRONGEST: f32 = 0.6;

/// Evidence below this share of the peak is not coloured, so that the eye is led to what matters.
const FAINTEST: f32 = 0.15;

/// The film in grey at most `longest_px` on its longest side, the evidence over it in colour.
///
/// The colours go from dark red over orange to pale yellow, rising in lightness, so that they read without colour vision too.
pub fn overlay(film: &Radiograph, heatmap: Option<&Heatmap>, longest_px: u32) -> RgbImage {
    let longest = film.width_px().max(film.height_px()) as f64;
    let shrink = (f64::from(longest_px) / longest).min(1.0);
    let width = ((film.width_px() as f64 * shrink).round() as u32).max(1);
    let height = ((film.height_px() as f64 * shrink).round() as u32).max(1);
    let step = [film.width_px() as f64 / f64::from(width), film.height_px() as f64 / f64::from(height)];
    RgbImage::from_fn(width, height, |x, y| {
        let grey = mean_under(film, [f64::from(x) * step[0], f64::from(y) * step[1]], step);
        let evidence = heatmap.map_or(0.0, |map| {
            map.at((f64::from(x) + 0.5) / f64::from(width), (f64::from(y) + 0.5) / f64::from(height))
        });
        blend(grey, evidence)
    })
}

fn mean_under(film: &Radiograph, [left, top]: [f64; 2], [across, down]: [f64; 2]) -> u8 {
    let columns = left as usize..((left + across).ceil() as usize).clamp(left as usize + 1, film.width_px());
    let rows = top as usize..((top + down).ceil() as usize).clamp(top as usize + 1, film.height_px());
    let count = (columns.len() * rows.len()) as u64;
    let sum: u64 = rows.map(|y| columns.clone().map(|x| u64::from(film.pixels()[[y, x]])).sum::<u64>()).sum();
    (sum / count / 257) as u8
}

fn blend(grey: u8, evidence: f32) -> Rgb<u8> {
    if evidence < FAINTEST {
        return Rgb([grey; 3]);
    }
    let rise = (evidence - FAINTEST) / (1.0 - FAINTEST);
    let heat = [0.55 + 0.45 * rise, 0.05 + 0.80 * rise * rise, 0.35 * rise * rise * rise];
    let share = STRONGEST * rise.sqrt();
    Rgb(heat.map(|part| ((1.0 - share) * f32::from(grey) + share * part * 255.0).round() as u8))
}
