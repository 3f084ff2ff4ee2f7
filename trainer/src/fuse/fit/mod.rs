//! Fitting: one classifier from films and one setting of its hyper-parameters.

mod linear;
mod svm;

mod bayes;

mod boosted;
mod cart;
mod forest;

pub use bayes::naive_bayes;
pub use boosted::{Boosting, Tried, boosted};
pub use cart::Growth;
pub use forest::{Bagging, forest, tree};
pub use linear::{lda, logistic, multinomial};
pub use svm::{svm_linear, svm_rbf};

use std::fmt;

use anyhow::{Result, ensure};
use fieldray_common::classifier::{Classifier, Neighbours};
use ndarray::{Array2, Axis};

use crate::recipe::ClassifierKind;

/// Films to fit to: rows of finite features, and at least one film of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Examples {
    features: Array2<f64>,
    abnormal: Vec<bool>,
}

impl Examples {
    /// Rows of `features` (n x K), and whether each film is `abnormal` (n).
    ///
    /// # Errors
    /// Where a feature is no number, or a class has no film.
    pub fn new(features: Array2<f64>, abnormal: Vec<bool>) -> Result<Self> {
        ensure!(features.nrows() == abnormal.len(), "{} films with {} labels", features.nrows(), abnormal.len());
        ensure!(
            features.iter().all(|value| value.is_finite()),
            "a feature is not a finite number; the backbones' weights are damaged, train them again"
        );
        for (class, name) in [(true, "abnormal"), (false, "normal")] {
            ensure!(abnormal.contains(&class), "there is no {name} film to learn from; add films of that class");
        }
        Ok(Self { features, abnormal })
    }

    /// Rows of features, n x K.
    pub fn features(&self) -> &Array2<f64> {
        &self.features
    }

    /// Whether each film is abnormal (n).
    pub fn abnormal(&self) -> &[bool] {
        &self.abnormal
    }

    /// How many films there are.
    pub fn count(&self) -> usize {
        self.abnormal.len()
    }

    /// The films of one class, as rows.
    fn of(&self, abnormal: bool) -> Array2<f64> {
        let places: Vec<usize> = (0..self.count()).filter(|at| self.abnormal[*at] == abnormal).collect();
        self.features.select(Axis(0), &places)
    }

    /// The log-odds of `abnormal` before a film is seen.
    fn prior(&self) -> f64 {
        let abnormal = self.abnormal.iter().filter(|abnormal| **abnormal).count();
        (abnormal as f64 / (self.count() - abnormal) as f64).ln()
    }
}

/// A kind of classifier with its hyper-parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Setting {
    /// Logistic regression.
    Logistic {
        /// Weight of the L2 penalty.
        penalty: f64,
    },
    /// Linear discriminant analysis.
    Lda {
        /// How far the covariance is drawn towards a sphere, 0 to 1.
        shrinkage: f64,
    },
    /// A support vector machine without a kernel.
    SvmLinear {
        /// Penalty of films on the wrong side.
        cost: f64,
    },
    /// A support vector machine with an RBF kernel.
    SvmRbf {
        /// Penalty of films on the wrong side.
        cost: f64,
        /// The kernel's `gamma` times the films' mean squared distance from their centre.
        narrowness: f64,
    },
    /// Gaussian naive Bayes.
    NaiveBayes {
        /// Share of the largest variance that is added to every variance.
        smoothing: f64,
    },
    /// Nearest neighbours.
    Neighbours {
        /// How many are asked.
        count: usize,
    },
    /// A decision tree.
    Tree(Growth),
    /// A random forest.
    Forest(Bagging),
    /// Gradient-boosted trees.
    Boosted(Boosting),
}

impl Setting {
    /// The settings that are tried of a kind, the simplest first: the one that follows its films least.
    pub fn grid(kind: ClassifierKind) -> Vec<Self> {
        match kind {
            ClassifierKind::Logistic => [1e4, 1e3, 1e2, 1e1, 1.0].map(|penalty| Self::Logistic { penalty }).to_vec(),
            ClassifierKind::Lda => [0.9, 0.5, 0.1, 0.01].map(|shrinkage| Self::Lda { shrinkage }).to_vec(),
            ClassifierKind::LinearSvm => [1e-3, 1e-2, 1e-1].map(|cost| Self::SvmLinear { cost }).to_vec(),
            ClassifierKind::Svm => {
                let widths = [0.25, 1.0];
                let of_cost = |cost| widths.map(|narrowness| Self::SvmRbf { cost, narrowness });
                [0.3, 1.0, 3.0].map(of_cost).concat()
            }
            ClassifierKind::NaiveBayes => [1e-1, 1e-3].map(|smoothing| Self::NaiveBayes { smoothing }).to_vec(),
            ClassifierKind::Neighbours => [45, 15, 5].map(|count| Self::Neighbours { count }).to_vec(),
            ClassifierKind::Tree => {
                [3, 5].map(|depth| Self::Tree(Growth { depth, leaf: 20, tried: usize::MAX })).to_vec()
            }
            ClassifierKind::Forest => [10, 3].map(|leaf| Self::Forest(Bagging { trees: 100, leaf })).to_vec(),
            ClassifierKind::Boosted => {
                [50, 150].map(|steps| Self::Boosted(Boosting { steps, ..Boosting::default() })).to_vec()
            }
        }
    }

    /// The classifier that this setting makes of films; what is random in it follows from `seed`.
    ///
    /// # Errors
    /// Where the fit does not converge, or the films are too few for the setting.
    pub fn fit(&self, films: &Examples, seed: u64) -> Result<Classifier> {
        Ok(match *self {
            Self::Logistic { penalty } => Classifier::Logistic(logistic(films, penalty)?),
            Self::Lda { shrinkage } => Classifier::Lda(lda(films, shrinkage)?),
            Self::SvmLinear { cost } => Classifier::SvmLinear(svm_linear(films, cost)?),
            Self::SvmRbf { cost, narrowness } => {
                // Relative to the films' spread, so that it fits any features.
                Classifier::SvmRbf(svm_rbf(films, cost, narrowness / spread(films.features()))?)
            }
            Self::NaiveBayes { smoothing } => Classifier::NaiveBayes(naive_bayes(films, smoothing)?),
            Self::Neighbours { count } => {
                let count = count.min(films.count());
                Classifier::Neighbours(Neighbours::new(films.features().clone(), films.abnormal().to_vec(), count)?)
            }
            Self::Tree(growth) => Classifier::Tree(tree(films, &growth)?),
            Self::Forest(bagging) => Classifier::Forest(forest(films, &bagging, seed)?),
            Self::Boosted(boosting) => Classifier::Boosted(boosted(films, &boosting, seed)?),
        })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logistic { penalty } => write!(f, "penalty {penalty}"),
            Self::Lda { shrinkage } => write!(f, "shrinkage {shrinkage}"),
            Self::SvmLinear { cost } => write!(f, "cost {cost}"),
            Self::SvmRbf { cost, narrowness } => write!(f, "cost {cost}, narrowness {narrowness}"),
            Self::NaiveBayes { smoothing } => write!(f, "smoothing {smoothing}"),
            Self::Neighbours { count } => write!(f, "{count} neighbours"),
            Self::Tree(growth) => write!(f, "depth {}, {} films a leaf", growth.depth, growth.leaf),
            Self::Forest(bagging) => write!(f, "{} trees, {} films a leaf", bagging.trees, bagging.leaf),
            Self::Boosted(boosting) => write!(f, "{} steps", boosting.steps),
        }
    }
}

/// The films' mean squared distance from their centre.
fn spread(features: &Array2<f64>) -> f64 {
    features.var_axis(Axis(0), 0.0).sum().max(f64::MIN_POSITIVE)
}

/// linfa is built on an earlier ndarray, so arrays are handed over value by value.
fn handed_over(values: &Array2<f64>) -> linfa_ndarray::Array2<f64> {
    linfa_ndarray::Array2::from_shape_fn(values.dim(), |place| values[place])
}

fn labels<T: Clone>(values: &[T]) -> linfa_ndarray::Array1<T> {
    linfa_ndarray::Array1::from_vec(values.to_vec())
}

#[cfg(test)]
mod tests {
    use ndarray::array;
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Two overlapping clouds in three dimensions, the abnormal one shifted along the first axis.
    pub(super) fn clouds(count: usize) -> Examples {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(5);
        let abnormal: Vec<bool> = (0..count).map(|at| at % 3 == 0).collect();
        let features = Array2::from_shape_fn((count, 3), |(row, column)| {
            let noise = random.random_range(-1.0..1.0) * (column + 1) as f64;
            noise + if column == 0 && abnormal[row] { 1.2 } else { 0.0 }
        });
        Examples::new(features, abnormal).unwrap()
    }

    #[test]
    fn every_setting_learns_and_its_score_grows_with_the_evidence_whichever_class_is_larger() {
        let films = clouds(300);
        let turned =
            Examples::new(films.features.clone(), films.abnormal.iter().map(|label| !label).collect()).unwrap();
        for setting in ClassifierKind::ALL.into_iter().flat_map(Setting::grid) {
            for (films, toward) in [(&films, 1.0), (&turned, -1.0)] {
                let classifier = setting.fit(films, 3).unwrap();
                let rise = classifier.score(&array![1.4, 0.0, 0.0]) - classifier.score(&array![-0.6, 0.0, 0.0]);
                assert!(rise * toward > 0.0, "{setting:?}: {rise}");
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        let films = clouds(120);
        for kind in [ClassifierKind::Forest, ClassifierKind::Boosted] {
            let setting = Setting::grid(kind)[0];
            assert_eq!(setting.fit(&films, 1).unwrap(), setting.fit(&films, 1).unwrap());
            assert_ne!(setting.fit(&films, 1).unwrap(), setting.fit(&films, 2).unwrap());
        }
    }

    #[test]
    fn films_nothing_can_be_learned_from_are_refused_in_a_sentence() {
        let refusal = |features, abnormal| Examples::new(features, abnormal).unwrap_err().to_string();
        assert!(refusal(array![[0.0], [1.0]], vec![true, true]).contains("no normal film"));
        assert!(refusal(array![[0.0], [1.0]], vec![false, false]).contains("no abnormal film"));
        assert!(refusal(array![[0.0], [f64::NAN]], vec![false, true]).contains("not a finite number"));
        assert!(refusal(array![[0.0]], vec![false, true]).contains("1 films with 2 labels"));
    }
}
