//! Phantoms as films: simulated radiographs, each known by its seed alone.

use std::thread;

use fieldray_common::{
    phantom::{self, Phantom},
    radiograph::Radiograph,
};

use super::manifest::{Film, Hardware, Label, Origin};

/// The run's phantoms, drawn over all cores. Runs with other seeds have other phantoms.
///
/// They are a seventh larger than the grid, so that they are reduced onto it as real films are.
pub(super) fn films(count: usize, seed: u64, side_px: usize) -> Vec<Film> {
    let long_side_px = side_px + side_px / 7;
    let seeds: Vec<u64> = (0..count as u64).map(|at| seed * 1_000_000 + at).collect();
    let workers = thread::available_parallelism().map_or(1, |count| count.get());
    thread::scope(|scope| {
        let shares: Vec<_> = (seeds.chunks(seeds.len().div_ceil(workers).max(1)))
            .map(|share| scope.spawn(move || share.iter().map(|&seed| film(seed, long_side_px)).collect::<Vec<_>>()))
            .collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect()
    })
}

/// Its pixels.
pub(super) fn radiograph(seed: u64, long_side_px: usize) -> Radiograph {
    phantom::random(seed, long_side_px).film
}

fn film(seed: u64, long_side_px: usize) -> Film {
    let Phantom { film, fractures, hardware, request, .. } = phantom::random(seed, long_side_px);
    let (across, down) = (film.width_px() as f64, film.height_px() as f64);
    let share = |of: phantom::PixelBox| {
        let [x, y, width, height] = of.to_array().map(|pixels| pixels as f64);
        [x / across, y / down, width / across, height / down]
    };
    let label = if fractures.is_empty() { Label::Normal } else { Label::Abnormal };
    let origin = Origin::Phantom { seed, long_side_px };
    Film {
        hardware: if hardware.is_some() { Hardware::Present } else { Hardware::Absent },
        lesions: fractures.into_iter().map(share).collect(),
        size_px: Some([film.width_px(), film.height_px()]),
        ..Film::new(format!("phantom/{seed}"), origin, request.region, label)
    }
}
