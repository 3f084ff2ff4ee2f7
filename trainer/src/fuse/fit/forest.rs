//! A decision tree, and many of them.

use anyhow::Result;
use fieldray_common::classifier::{Forest, Tree};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::{
    Examples,
    cart::{Columns, Growth, grow},
};

/// How a random forest is grown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bagging {
    /// How many trees.
    pub trees: usize,
    /// Fewest films in a leaf.
    pub leaf: usize,
}

/// A decision tree; its leaves hold the share of abnormal films.
pub fn tree(films: &Examples, growth: &Growth) -> Result<Tree> {
    let targets = targets(films);
    grow(&Columns::new(films.features()), &targets, (0..films.count()).collect(), growth, 0, &share(&targets))
}

/// A random forest (Breiman 2001): each tree sees films drawn with repetition, and at each question as many features as the root of
/// their number.
pub fn forest(films: &Examples, bagging: &Bagging, seed: u64) -> Result<Forest> {
    let (columns, targets) = (Columns::new(films.features()), targets(films));
    let tried = (columns.features() as f64).sqrt() as usize;
    let growth = Growth { depth: usize::MAX, leaf: bagging.leaf, tried: tried.max(1) };
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let trees = (0..bagging.trees).map(|_| {
        let drawn = (0..films.count()).map(|_| random.random_range(0..films.count())).collect();
        grow(&columns, &targets, drawn, &growth, random.random(), &share(&targets))
    });
    Ok(Forest::new(trees.collect::<Result<_>>()?)?)
}

fn targets(films: &Examples) -> Vec<f64> {
    films.abnormal().iter().map(|abnormal| f64::from(u8::from(*abnormal))).collect()
}

fn share(targets: &[f64]) -> impl Fn(&[usize]) -> f64 {
    |films| films.iter().map(|film| targets[*film]).sum::<f64>() / films.len() as f64
}
