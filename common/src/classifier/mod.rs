//! Classifiers on the fused features: a score, and its gradient in closed form where it has one.

mod linear;
mod svm;

mod neighbours;

mod bayes;

mod forest;
mod tree;

pub use bayes::NaiveBayes;
pub use forest::{Boosted, Forest};
pub use linear::Linear;
pub use neighbours::Neighbours;
pub use svm::RbfSvm;
pub use tree::{Node, Tree};

use ndarray::Array1;

/// A fitted two-class classifier. Its score grows with the evidence for `abnormal`, and is 0 where it cannot tell.
#[derive(Debug, Clone, PartialEq)]
pub enum Classifier {
    /// Logistic regression: the score is the log-odds.
    Logistic(Linear),
    /// Linear discriminant analysis: the score is the log-odds.
    Lda(Linear),
    /// A support vector machine without a kernel: the score is the signed margin.
    SvmLinear(Linear),
    /// A support vector machine with a radial basis function kernel: the score is the signed margin.
    SvmRbf(RbfSvm),
    /// Gaussian naive Bayes: the score is the log-odds.
    NaiveBayes(NaiveBayes),
    /// The nearest training films: the score is the abnormal ones' share, less one half.
    Neighbours(Neighbours),
    /// A decision tree: the score is the abnormal films' share in the leaf, less one half.
    Tree(Tree),
    /// A random forest: the score is the mean of its trees' shares, less one half.
    Forest(Forest),
    /// Gradient-boosted trees: the score is the log-odds.
    Boosted(Boosted),
}

/// Parts that make no classifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {kind} does not fit: {cause}")]
pub struct ClassifierError {
    kind: &'static str,
    cause: String,
}

impl Classifier {
    /// The score of fused features (K).
    pub fn score(&self, fused: &Array1<f64>) -> f64 {
        match self {
            Classifier::Logistic(linear) | Classifier::Lda(linear) | Classifier::SvmLinear(linear) => {
                linear.score(fused)
            }
            Classifier::SvmRbf(svm) => svm.score(fused),
            Classifier::NaiveBayes(bayes) => bayes.score(fused),
            Classifier::Neighbours(neighbours) => neighbours.share(fused) - 0.5,
            Classifier::Tree(tree) => tree.value(fused) - 0.5,
            Classifier::Forest(forest) => forest.mean(fused) - 0.5,
            Classifier::Boosted(boosted) => boosted.score(fused),
        }
    }

    /// The score's gradient with respect to the fused features (K).
    ///
    /// `None` where the score is made of steps, so that its gradient is zero nearly everywhere and says nothing.
    pub fn gradient(&self, fused: &Array1<f64>) -> Option<Array1<f64>> {
        match self {
            Classifier::Logistic(linear) | Classifier::Lda(linear) | Classifier::SvmLinear(linear) => {
                Some(linear.weights.clone())
            }
            Classifier::SvmRbf(svm) => Some(svm.gradient(fused)),
            Classifier::NaiveBayes(bayes) => Some(bayes.gradient(fused)),
            Classifier::Neighbours(_) | Classifier::Tree(_) | Classifier::Forest(_) | Classifier::Boosted(_) => None,
        }
    }

    /// Whether it can score fused features of length `width`.
    pub fn accepts(&self, width: usize) -> bool {
        let splits_within = |tree: &Tree| tree.features() <= width;
        match self {
            Classifier::Logistic(linear) | Classifier::Lda(linear) | Classifier::SvmLinear(linear) => {
                linear.weights.len() == width
            }
            Classifier::SvmRbf(svm) => svm.support().ncols() == width,
            Classifier::NaiveBayes(bayes) => bayes.means().ncols() == width,
            Classifier::Neighbours(neighbours) => neighbours.films().ncols() == width,
            Classifier::Tree(tree) => splits_within(tree),
            Classifier::Forest(forest) => forest.trees().iter().all(splits_within),
            Classifier::Boosted(boosted) => boosted.trees().iter().all(splits_within),
        }
    }
}
