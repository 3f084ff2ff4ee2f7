//! Many trees that answer together.

use ndarray::Array1;

use super::{ClassifierError, Tree};

/// A random forest (Breiman 2001): trees whose values are shares of abnormal films, averaged.
#[derive(Debug, Clone, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
}

impl Forest {
    /// A forest of at least one tree.
    pub fn new(trees: Vec<Tree>) -> Result<Self, ClassifierError> {
        if trees.is_empty() {
            return Err(ClassifierError { kind: "random forest", cause: "it has no tree".to_owned() });
        }
        Ok(Self { trees })
    }

    /// Its trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The mean of the trees' values for fused features (K).
    pub fn mean(&self, fused: &Array1<f64>) -> f64 {
        self.trees.iter().map(|tree| tree.value(fused)).sum::<f64>() / self.trees.len() as f64
    }
}

/// Gradient-boosted trees (Friedman 2001): trees whose values are steps of the log-odds, added up.
#[derive(Debug, Clone, PartialEq)]
pub struct Boosted {
    start: f64,
    trees: Vec<Tree>,
}

impl Boosted {
    /// Steps that lead on from the log-odds `start`.
    pub fn new(start: f64, trees: Vec<Tree>) -> Self {
        Self { start, trees }
    }

    /// The log-odds before the first step.
    pub fn start(&self) -> f64 {
        self.start
    }

    /// Its trees, in the order of the steps.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// The log-odds of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        self.start + self.trees.iter().map(|tree| tree.value(fused)).sum::<f64>()
    }
}
