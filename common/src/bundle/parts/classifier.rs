//! One classifier.

use super::PartError;
use crate::bundle::manifest::ClassifierEntry;
use crate::bundle::weights::{Weights, WeightsError};
use crate::classifier::{
    Boosted, Classifier, ClassifierError, Forest, Linear, NaiveBayes, Neighbours, Node, RbfSvm, Tree,
};

impl ClassifierEntry {
    /// Adds a classifier's arrays to the `weights`, as `NAME.PART`, and gives what the manifest says of it.
    pub fn write(classifier: &Classifier, name: &str, weights: &mut Weights) -> Self {
        let part = |part: &str| format!("{name}.{part}");
        let mut linear = |linear: &Linear| {
            weights.insert_vector(part("weights"), &linear.weights);
            linear.bias
        };
        match classifier {
            Classifier::Logistic(line) => Self::Logistic { bias: linear(line) },
            Classifier::Lda(line) => Self::Lda { bias: linear(line) },
            Classifier::SvmLinear(line) => Self::SvmLinear { bias: linear(line) },
            Classifier::SvmRbf(svm) => {
                weights.insert_matrix(part("support"), svm.support());
                weights.insert_vector(part("coefficients"), svm.coefficients());
                Self::SvmRbf { bias: svm.bias(), gamma: svm.gamma() }
            }
            Classifier::NaiveBayes(bayes) => {
                weights.insert_matrix(part("means"), bayes.means());
                weights.insert_matrix(part("variances"), bayes.variances());
                Self::NaiveBayes { prior: bayes.prior() }
            }
            Classifier::Neighbours(neighbours) => {
                weights.insert_matrix(part("films"), neighbours.films());
                let abnormal = neighbours.abnormal().iter().map(|abnormal| f64::from(u8::from(*abnormal)));
                weights.insert_vector(part("abnormal"), &abnormal.collect());
                Self::Neighbours { count: neighbours.count() }
            }
            Classifier::Tree(tree) => {
                write_trees(std::slice::from_ref(tree), name, weights);
                Self::Tree
            }
            Classifier::Forest(forest) => {
                write_trees(forest.trees(), name, weights);
                Self::Forest
            }
            Classifier::Boosted(boosted) => {
                write_trees(boosted.trees(), name, weights);
                Self::Boosted { start: boosted.start() }
            }
        }
    }

    /// The classifier that [`ClassifierEntry::write`] put there.
    pub fn read(&self, name: &str, weights: &Weights) -> Result<Classifier, PartError> {
        let vector = |part: &str| weights.vector(&format!("{name}.{part}"));
        let matrix = |part: &str| weights.matrix(&format!("{name}.{part}"));
        let linear = |bias: f64| Ok::<_, WeightsError>(Linear { weights: vector("weights")?, bias });
        Ok(match *self {
            Self::Logistic { bias } => Classifier::Logistic(linear(bias)?),
            Self::Lda { bias } => Classifier::Lda(linear(bias)?),
            Self::SvmLinear { bias } => Classifier::SvmLinear(linear(bias)?),
            Self::SvmRbf { bias, gamma } => {
                Classifier::SvmRbf(RbfSvm::new(matrix("support")?, vector("coefficients")?, bias, gamma)?)
            }
            Self::NaiveBayes { prior } => {
                Classifier::NaiveBayes(NaiveBayes::new(prior, matrix("means")?, matrix("variances")?)?)
            }
            Self::Neighbours { count } => {
                let abnormal = vector("abnormal")?.iter().map(|flag| *flag > 0.5).collect();
                Classifier::Neighbours(Neighbours::new(matrix("films")?, abnormal, count)?)
            }
            Self::Tree => Classifier::Tree(match read_trees(name, weights)?.pop() {
                Some(tree) => tree,
                None => Tree::new(Vec::new())?,
            }),
            Self::Forest => Classifier::Forest(Forest::new(read_trees(name, weights)?)?),
            Self::Boosted { start } => Classifier::Boosted(Boosted::new(start, read_trees(name, weights)?)),
        })
    }
}

/// What stands for the feature of a leaf.
const LEAF: f64 = -1.0;

/// The nodes of all trees, one number each of `features`, `thresholds` (a leaf's value) and `rights`, and each tree's number of nodes,
/// `sizes`. Places and counts are whole numbers below 2^24, which 32-bit floats hold exactly.
fn write_trees(trees: &[Tree], name: &str, weights: &mut Weights) {
    let nodes: Vec<[f64; 3]> = (trees.iter().flat_map(Tree::nodes))
        .map(|node| match *node {
            Node::Split { feature, threshold, right } => [feature as f64, threshold, right as f64],
            Node::Leaf(value) => [LEAF, value, 0.0],
        })
        .collect();
    for (column, part) in ["features", "thresholds", "rights"].into_iter().enumerate() {
        weights.insert_vector(format!("{name}.{part}"), &nodes.iter().map(|node| node[column]).collect());
    }
    weights.insert_vector(format!("{name}.sizes"), &trees.iter().map(|tree| tree.nodes().len() as f64).collect());
}

fn read_trees(name: &str, weights: &Weights) -> Result<Vec<Tree>, PartError> {
    let part = |part: &str| weights.vector(&format!("{name}.{part}"));
    let (features, thresholds, rights, sizes) =
        (part("features")?, part("thresholds")?, part("rights")?, part("sizes")?);
    let mut nodes = features.iter().zip(&thresholds).zip(&rights).map(|((&feature, &threshold), &right)| {
        // What leads out of the tree, or is missing, the tree itself refuses.
        match feature {
            LEAF => Node::Leaf(threshold),
            _ => Node::Split { feature: feature as usize, threshold, right: right as usize },
        }
    });
    let trees = sizes.iter().map(|&size| {
        let tree: Vec<Node> = nodes.by_ref().take(size as usize).collect();
        // Where fewer are left than its size says, it is as good as empty, and refused as that.
        Tree::new(if tree.len() as f64 == size { tree } else { Vec::new() })
    });
    Ok(trees.collect::<Result<Vec<_>, ClassifierError>>()?)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn tree(feature: usize) -> Tree {
        let split = Node::Split { feature, threshold: 0.25, right: 2 };
        Tree::new(vec![split, Node::Leaf(0.125), Node::Leaf(0.75)]).unwrap()
    }

    fn every_kind() -> Vec<Classifier> {
        let linear = || Linear { weights: array![0.5, -2.0], bias: 0.3 };
        let films = array![[0.5, 1.0], [-1.0, 2.0]];
        vec![
            Classifier::Logistic(linear()),
            Classifier::Lda(linear()),
            Classifier::SvmLinear(linear()),
            Classifier::SvmRbf(RbfSvm::new(films.clone(), array![0.5, -0.5], 0.1, 0.7).unwrap()),
            Classifier::NaiveBayes(NaiveBayes::new(-1.1, films.clone(), array![[1.0, 2.0], [0.5, 0.25]]).unwrap()),
            Classifier::Neighbours(Neighbours::new(films, vec![true, false], 1).unwrap()),
            Classifier::Tree(tree(1)),
            Classifier::Forest(Forest::new(vec![tree(0), Tree::new(vec![Node::Leaf(0.5)]).unwrap(), tree(1)]).unwrap()),
            Classifier::Boosted(Boosted::new(-0.4, vec![tree(1), tree(0)])),
        ]
    }

    #[test]
    fn every_kind_comes_back_as_it_went_in() {
        for classifier in every_kind() {
            let mut weights = Weights::default();
            let entry = ClassifierEntry::write(&classifier, "heads.hand.0", &mut weights);
            let (text, bytes) = (serde_json::to_string(&entry).unwrap(), weights.to_bytes().unwrap());
            let entry: ClassifierEntry = serde_json::from_str(&text).unwrap();
            let back = entry.read("heads.hand.0", &Weights::from_bytes(&bytes).unwrap()).unwrap();
            assert_eq!(back, classifier, "{text}");
            assert!(back.accepts(2) && !back.accepts(1));
            assert!(entry.read("heads.leg.0", &weights).is_err());
        }
    }

    #[test]
    fn a_broken_tree_is_refused() {
        for (part, damage) in [("rights", 1e9), ("features", f64::from(f32::MAX)), ("sizes", 2.0), ("sizes", 1e12)] {
            let mut weights = Weights::default();
            let entry = ClassifierEntry::write(&Classifier::Tree(tree(1)), "t", &mut weights);
            let mut values = weights.vector(&format!("t.{part}")).unwrap();
            values[0] = damage;
            weights.insert_vector(format!("t.{part}"), &values);
            let read = entry.read("t", &weights);
            assert!(read.is_err() || !read.unwrap().accepts(2), "{part}");
        }
    }
}
