//! Films as tensors, a batch at a time.

use anyhow::Result;
use fieldray_common::{
    prepare::{Placement, Preparation},
    region::Region,
};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;
use tch::{Device, Kind, Tensor};

use super::{
    augment::{Flips, augment},
    cache::Grids,
    ledger::Ledger,
    manifest::Film,
};
use crate::recipe::Stage;

/// N films and what is known of them.
#[derive(Debug)]
pub struct Batch {
    /// What the backbone sees, N x 1 x S x S.
    pub films: Tensor,
    /// 1 for abnormal films, N.
    pub abnormal: Tensor,
    /// Share of each region in what the film shows, N x regions; rows sum to 1.
    pub regions: Tensor,
    /// 1 inside lesions, N x 1 x S x S.
    pub lesions: Tensor,
    /// 1 where it is known where the lesions are, N: an abnormal film without boxes is 0.
    pub located: Tensor,
}

/// Makes batches of one list of films.
#[derive(Debug)]
pub struct Batcher<'a> {
    /// The films.
    pub films: Vec<&'a Film>,
    /// Their grids.
    pub grids: &'a Grids,
    /// Where it is noted which of them were handed out.
    pub ledger: &'a Ledger,
    /// The regions to tell apart, in the order of the region head.
    pub regions: &'a [Region],
    /// How grey levels become numbers.
    pub preparation: &'a Preparation,
    /// Where the batch goes.
    pub device: Device,
}

impl Batcher<'_> {
    /// The films at these places, augmented by `strength` (0: as the box sees them).
    ///
    /// Augmentation draws from torch's generator: seed it to have the same batch again.
    ///
    /// # Errors
    /// Where the grids cannot be read, or the ledger not be written.
    pub fn batch(&self, places: &[usize], strength: f64) -> Result<Batch> {
        let films: Vec<&Film> = places.iter().map(|&place| self.films[place]).collect();
        self.ledger.note(&films)?;
        let numbers = |of: &dyn Fn(&Film) -> f32| {
            Tensor::from_slice(&films.iter().map(|film| of(film)).collect::<Vec<f32>>()).to_device(self.device)
        };
        let levels = self.grids.batch(&films)?.to_device(self.device).to_kind(Kind::Float) / 255.0;
        let lesions = Tensor::stack(&films.iter().map(|film| self.lesions(film)).collect::<Vec<_>>(), 0);
        let flips = Flips::of(films.iter().map(|film| film.region), self.device);
        let (levels, lesions) = augment(levels, lesions.to_device(self.device), &flips, strength);
        Ok(Batch {
            films: (levels - f64::from(self.preparation.mean)) / f64::from(self.preparation.deviation),
            abnormal: numbers(&|film| if film.is_abnormal() { 1.0 } else { 0.0 }),
            regions: self.region_shares(&films).to_device(self.device),
            lesions,
            located: numbers(&|film| if film.is_abnormal() && film.lesions.is_empty() { 0.0 } else { 1.0 }),
        })
    }

    fn region_shares(&self, films: &[&Film]) -> Tensor {
        let shares: Vec<f32> = (films.iter())
            .flat_map(|film| {
                self.regions
                    .iter()
                    .map(|region| if film.shows.contains(region) { 1.0 / film.shows.len() as f32 } else { 0.0 })
            })
            .collect();
        Tensor::from_slice(&shares).reshape([films.len() as i64, self.regions.len() as i64])
    }

    /// The film's lesions on its grid, 1 x S x S.
    fn lesions(&self, film: &Film) -> Tensor {
        let side_px = self.grids.side_px();
        let mask = Tensor::zeros([1, side_px as i64, side_px as i64], (Kind::Float, Device::Cpu));
        let Some([width_px, height_px]) = film.size_px else { return mask };
        let place = Placement::centred(width_px, height_px, side_px);
        for [left, top, width, height] in &film.lesions {
            let span = |first: usize, covered: usize, from: f64, length: f64| {
                let start = first as f64 + from.clamp(0.0, 1.0) * covered as f64;
                let end = first as f64 + (from + length).clamp(0.0, 1.0) * covered as f64;
                (start.floor() as i64, (end.ceil() - start.floor()).max(1.0) as i64)
            };
            let (x, across) = span(place.left_px, place.width_px, *left, *width);
            let (y, down) = span(place.top_px, place.height_px, *top, *height);
            let _ =
                mask.narrow(1, y, down.min(side_px as i64 - y)).narrow(2, x, across.min(side_px as i64 - x)).fill_(1.0);
        }
        mask
    }
}

/// The order of one epoch: every abnormal real film once, normal ones and phantoms as many as the stage wants, shuffled; decided by
/// seed and epoch.
pub fn order(films: &[&Film], stage: &Stage, seed: u64, epoch: usize) -> Vec<usize> {
    let mut random = Pcg64Mcg::seed_from_u64(mix(&[seed, epoch as u64]));
    let (real, mut drawn): (Vec<usize>, Vec<usize>) = (0..films.len()).partition(|&at| films[at].is_real());
    let mut order = match stage.normals {
        None => real,
        Some(share) => {
            let (mut order, mut normal): (Vec<usize>, Vec<usize>) =
                real.into_iter().partition(|&at| films[at].is_abnormal());
            normal.shuffle(&mut random);
            normal.truncate((share * order.len() as f64).round() as usize);
            order.extend(normal);
            order
        }
    };
    drawn.shuffle(&mut random);
    order.extend(drawn.into_iter().take(stage.phantoms));
    order.shuffle(&mut random);
    order
}

/// One seed from several numbers.
pub fn mix(numbers: &[u64]) -> u64 {
    numbers.iter().fold(0, |seed, &number| Pcg64Mcg::seed_from_u64(seed ^ number.rotate_left(17)).random::<u64>())
}
