//! LIME: local interpretable model-agnostic explanations (Ribeiro et al. 2016).
//!
//! It needs no gradient, only probabilities: the film is screened again and again with superpixels hidden at random, and a linear
//! model says how much each of them counts. Whoever has threads screens the samples; here they are planned and evaluated.

use ndarray::{Array1, Array2, Axis};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;

use super::{ridge::Ridge, superpixel::Superpixels};
use crate::metrics::rank_correlation;
use crate::prepare::Prepared;

/// Superpixels that a film is cut into.
const SUPERPIXELS: u16 = 50;

/// Width of the exponential kernel over the cosine distance.
const KERNEL_WIDTH: f64 = 0.25;

/// Divisions of the samples into halves behind the stability.
const DIVISIONS: usize = 20;

/// Superpixels with the most evidence, whose overlap is measured.
const TOP: usize = 5;

/// The samples to be screened for one film.
#[derive(Debug, Clone)]
pub struct Lime {
    film: Array2<u8>,
    superpixels: Superpixels,
    shown: Array2<bool>,
    seed: u64,
}

/// What a film's superpixels count for.
#[derive(Debug, Clone, PartialEq)]
pub struct LimeExplanation {
    /// How much the probability of `abnormal` rises with each superpixel, one a superpixel.
    pub weights: Array1<f64>,
    /// The linear model's probability with every superpixel hidden.
    pub intercept: f64,
    /// How much of the probability's variation the linear model explains: weighted R squared, at most 1.
    pub score: f64,
    /// How far the answer depends on the samples.
    pub stability: Stability,
    /// The weights laid over the grid (side x side): signed evidence.
    pub evidence: Array2<f64>,
}

/// How alike the explanations from two halves of the samples are, mean over random divisions: split-half reliability
/// (Spearman 1910). Two explanations from as many samples as there are agree more than that.
///
/// 0 is what chance gives, near 0 for the overlap: LIME's answers are known to differ from run to run where the samples are few
/// (Visani et al. 2022, "Statistical stability indices for LIME").
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct Stability {
    /// Rank correlation of the halves' weights, -1 to 1.
    pub rank_correlation: f64,
    /// Overlap (Jaccard index, 0 to 1) of the five superpixels with the most evidence in each half.
    pub top_overlap: f64,
}

/// Probabilities that are no answer to the samples.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LimeError {
    /// Not one probability a sample.
    #[error("{found} probabilities came for {samples} samples")]
    Count {
        /// How many samples were planned.
        samples: usize,
        /// How many probabilities came.
        found: usize,
    },
    /// One of them is not a finite number.
    #[error("the model gave sample {0} a probability that is no number")]
    NotFinite(usize),
}

impl Lime {
    /// Cuts a film into superpixels and plans which of them each of the `samples` (at least 2) shows. The first shows all; in the
    /// others each superpixel is shown or hidden with equal chance. The same film, count and seed give the same plan.
    pub fn plan(film: &Prepared, samples: usize, seed: u64) -> Self {
        let superpixels = Superpixels::of(film, SUPERPIXELS);
        let mut random = Pcg64Mcg::seed_from_u64(seed);
        let mut shown = Array2::from_shape_simple_fn((samples.max(2), superpixels.count()), || random.random());
        shown.row_mut(0).fill(true);
        Self { film: film.grid.clone(), superpixels, shown, seed }
    }

    /// How many samples there are to screen.
    pub fn samples(&self) -> usize {
        self.shown.nrows()
    }

    /// Which superpixels each sample shows (samples x superpixels).
    pub fn shown(&self) -> &Array2<bool> {
        &self.shown
    }

    /// The film's superpixels.
    pub fn superpixels(&self) -> &Superpixels {
        &self.superpixels
    }

    /// The grid of a sample (side x side): the film with the hidden superpixels flattened to their mean.
    pub fn sample(&self, at: usize) -> Array2<u8> {
        self.superpixels.hide(&self.film, self.shown.row(at))
    }

    /// Fits the linear model to the samples' `probabilities` (0 to 1, in the order of the samples): ridge regression, each sample
    /// weighed by how much of the film it shows.
    ///
    /// # Errors
    /// Where there is not one finite probability a sample.
    pub fn explain(&self, probabilities: &[f64]) -> Result<LimeExplanation, LimeError> {
        if probabilities.len() != self.samples() {
            return Err(LimeError::Count { samples: self.samples(), found: probabilities.len() });
        }
        if let Some(at) = probabilities.iter().position(|probability| !probability.is_finite()) {
            return Err(LimeError::NotFinite(at));
        }
        let samples = self.shown.mapv(|shown| f64::from(u8::from(shown)));
        let targets = Array1::from(probabilities.to_vec());
        let nearness = samples.map_axis(Axis(1), |sample| nearness(sample.sum() / sample.len() as f64));
        let Ridge { coefficients: weights, intercept, score } = Ridge::fit(&samples, &targets, &nearness);
        let stability = self.stability(&samples, &targets, &nearness);
        let evidence = self.superpixels.spread(&weights);
        Ok(LimeExplanation { weights, intercept, score, stability, evidence })
    }

    fn stability(&self, samples: &Array2<f64>, targets: &Array1<f64>, nearness: &Array1<f64>) -> Stability {
        let mut random = Pcg64Mcg::seed_from_u64(self.seed.wrapping_add(1));
        let mut order: Vec<usize> = (0..targets.len()).collect();
        let (mut correlations, mut overlaps) = (0.0, 0.0);
        for _ in 0..DIVISIONS {
            order.shuffle(&mut random);
            let (one, other) = order.split_at(order.len() / 2);
            let [one, other] = [one, other].map(|half| {
                let of = |values: &Array1<f64>| values.select(Axis(0), half);
                Ridge::fit(&samples.select(Axis(0), half), &of(targets), &of(nearness)).coefficients
            });
            // Weights that are all equal rank nothing: then there is no answer that could be stable.
            correlations += rank_correlation(&one.to_vec(), &other.to_vec()).unwrap_or(0.0);
            overlaps += overlap(&strongest(&one), &strongest(&other));
        }
        let divisions = DIVISIONS as f64;
        Stability { rank_correlation: correlations / divisions, top_overlap: overlaps / divisions }
    }
}

/// The weight of a sample that shows this share of the superpixels (0 to 1).
///
/// Its cosine similarity to the whole film is the root of that share.
fn nearness(share: f64) -> f64 {
    let distance = 1.0 - share.sqrt();
    (-(distance * distance) / (KERNEL_WIDTH * KERNEL_WIDTH)).exp().sqrt()
}

/// The superpixels with the most evidence for `abnormal`.
fn strongest(weights: &Array1<f64>) -> Vec<usize> {
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by(|a, b| weights[*b].total_cmp(&weights[*a]));
    order.truncate(TOP);
    order
}

/// The Jaccard index of two sets: what they share over what they have together.
fn overlap(one: &[usize], other: &[usize]) -> f64 {
    let shared = one.iter().filter(|at| other.contains(at)).count();
    shared as f64 / (one.len() + other.len() - shared) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::{Heatmap, Peak};
    use crate::prepare::Placement;

    fn film() -> Prepared {
        let grid = Array2::from_shape_fn((64, 64), |(y, x)| ((x * 5) ^ (y * 3)) as u8);
        Prepared { grid, placement: Placement::centred(640, 640, 64) }
    }

    /// A model that looks for texture, the more the nearer it is to the film's lower right corner.
    fn corner(grid: &Array2<u8>) -> f64 {
        let near = |y: usize, x: usize| ((y + x) as f64 / 12.0 - 10.5).exp();
        let texture = |level: u8| (f64::from(level) - 127.0).abs() / 127.0;
        let (sum, most) = grid
            .indexed_iter()
            .fold((0.0, 0.0), |(sum, most), ((y, x), level)| (sum + near(y, x) * texture(*level), most + near(y, x)));
        sum / most
    }

    #[test]
    fn it_finds_the_place_that_the_model_looks_at() {
        let lime = Lime::plan(&film(), 600, 3);
        let probabilities: Vec<f64> = (0..lime.samples()).map(|at| corner(&lime.sample(at))).collect();
        let found = lime.explain(&probabilities).unwrap();
        let Peak::At([x, y]) = Heatmap::of(found.evidence, film().placement).peak else { panic!("no peak") };
        assert!(x > 440 && y > 440, "{x} {y}");
        let Stability { rank_correlation, top_overlap } = found.stability;
        assert!(
            found.score > 0.8 && rank_correlation > 0.7 && top_overlap > 0.8,
            "{} {:?}",
            found.score,
            found.stability
        );
    }

    #[test]
    fn noise_is_not_stable() {
        let lime = Lime::plan(&film(), 300, 3);
        let mut random = Pcg64Mcg::seed_from_u64(9);
        let probabilities: Vec<f64> = (0..lime.samples()).map(|_| random.random()).collect();
        let found = lime.explain(&probabilities).unwrap();
        assert!(
            found.score < 0.5 && found.stability.rank_correlation.abs() < 0.2,
            "{} {:?}",
            found.score,
            found.stability
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_samples() {
        let [one, same, other] = [1, 1, 2].map(|seed| Lime::plan(&film(), 50, seed));
        assert_eq!(one.shown(), same.shown());
        assert_ne!(one.shown(), other.shown());
        assert_eq!(one.sample(0), film().grid);
    }

    #[test]
    fn answers_that_do_not_fit_are_refused() {
        let lime = Lime::plan(&film(), 3, 0);
        assert_eq!(lime.explain(&[0.5]).unwrap_err(), LimeError::Count { samples: 3, found: 1 });
        assert_eq!(lime.explain(&[0.5, f64::NAN, 0.5]).unwrap_err(), LimeError::NotFinite(1));
    }

    #[test]
    fn a_model_that_never_changes_its_mind_gives_no_evidence() {
        let lime = Lime::plan(&film(), 40, 0);
        let found = lime.explain(&[0.5; 40]).unwrap();
        assert_eq!(Heatmap::of(found.evidence, film().placement).peak, Peak::NoPositiveEvidence);
    }
}
