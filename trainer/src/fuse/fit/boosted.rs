//! Gradient boosting.

use anyhow::Result;
use fieldray_common::{calibrate::probability, classifier::Boosted};
use ndarray::Array1;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::{
    Examples,
    cart::{Columns, Growth, grow},
};

/// How trees are boosted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Boosting {
    /// How many trees.
    pub steps: usize,
    /// The share of each step that is gone, 0 to 1.
    pub rate: f64,
    /// Most questions from the root to a leaf.
    pub depth: usize,
    /// Fewest films in a leaf.
    pub leaf: usize,
    /// Which features a tree may ask for.
    pub tried: Tried,
}

/// How many features are drawn at each question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// All.
    All,
    /// As many as the root of their number: quicker, and steps that differ more.
    Root,
}

impl Default for Boosting {
    fn default() -> Self {
        Self { steps: 100, rate: 0.1, depth: 3, leaf: 10, tried: Tried::Root }
    }
}

/// Gradient-boosted trees for the log-odds (Friedman 2001, "Greedy function approximation", algorithm 5): each tree parts films by
/// what the probability so far misses, and each leaf goes one Newton step.
pub fn boosted(films: &Examples, boosting: &Boosting, seed: u64) -> Result<Boosted> {
    let columns = Columns::new(films.features());
    let tried = match boosting.tried {
        Tried::All => columns.features(),
        Tried::Root => (columns.features() as f64).sqrt().max(1.0) as usize,
    };
    let growth = Growth { depth: boosting.depth, leaf: boosting.leaf, tried };
    let rows: Vec<Array1<f64>> = films.features().rows().into_iter().map(|row| row.to_owned()).collect();
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let start = films.prior();
    let mut log_odds = vec![start; films.count()];
    let mut trees = Vec::with_capacity(boosting.steps);
    for _ in 0..boosting.steps {
        let said: Vec<f64> = log_odds.iter().copied().map(probability).collect();
        let missed: Vec<f64> =
            films.abnormal().iter().zip(&said).map(|(abnormal, said)| f64::from(u8::from(*abnormal)) - said).collect();
        let newton_step = |films: &[usize]| {
            let curvature: f64 = films.iter().map(|film| said[*film] * (1.0 - said[*film])).sum();
            // Where every film of the leaf is decided there is nowhere to go.
            if curvature < f64::MIN_POSITIVE {
                return 0.0;
            }
            boosting.rate * films.iter().map(|film| missed[*film]).sum::<f64>() / curvature
        };
        let tree = grow(&columns, &missed, (0..films.count()).collect(), &growth, random.random(), &newton_step)?;
        for (odds, row) in log_odds.iter_mut().zip(&rows) {
            *odds += tree.value(row);
        }
        trees.push(tree);
    }
    Ok(Boosted::new(start, trees))
}
