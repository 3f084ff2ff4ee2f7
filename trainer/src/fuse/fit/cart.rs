//! Growing one tree: CART (Breiman et al. 1984) on squared error.
//!
//! Squared error on labels 0 and 1 is half the Gini impurity, so the one builder serves decision trees, forests, and the steps of
//! boosting. It is ours because the crates that grow trees keep the leaves' shares of films to themselves (linfa-trees) or cannot
//! hand out a forest's trees (smartcore), and a bundle needs them.

use anyhow::Result;
use fieldray_common::classifier::{Node, Tree};
use ndarray::Array2;
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// Where a tree stops growing, and how widely it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Growth {
    /// Most questions from the root to a leaf.
    pub depth: usize,
    /// Fewest films in a leaf.
    pub leaf: usize,
    /// How many features, drawn anew at each question, it may ask for.
    pub tried: usize,
}

/// Films in the order in which trees read them: one row a feature (K x n).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Columns(Array2<f64>);

impl Columns {
    /// From one row a film (n x K).
    pub fn new(features: &Array2<f64>) -> Self {
        Self(features.t().as_standard_layout().into_owned())
    }

    /// How many features there are.
    pub fn features(&self) -> usize {
        self.0.nrows()
    }
}

/// Grows a tree that parts films so that their `targets` (n) differ least within its leaves. `films` are their places, one several
/// times where it counts several times; `value` makes a leaf's value of the places in it.
pub(super) fn grow(
    columns: &Columns,
    targets: &[f64],
    films: Vec<usize>,
    growth: &Growth,
    seed: u64,
    value: &dyn Fn(&[usize]) -> f64,
) -> Result<Tree> {
    let mut grower = Grower {
        columns,
        targets,
        growth,
        value,
        features: (0..columns.features()).collect(),
        random: Pcg64Mcg::seed_from_u64(seed),
        nodes: Vec::new(),
    };
    grower.grow(films, growth.depth);
    Ok(Tree::new(grower.nodes)?)
}

struct Grower<'a> {
    columns: &'a Columns,
    targets: &'a [f64],
    growth: &'a Growth,
    value: &'a dyn Fn(&[usize]) -> f64,
    features: Vec<usize>,
    random: Pcg64Mcg,
    nodes: Vec<Node>,
}

/// A question: at most the threshold, or above.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Question {
    feature: usize,
    threshold: f64,
    gain: f64,
}

impl Grower<'_> {
    fn grow(&mut self, films: Vec<usize>, depth: usize) {
        let question = if depth > 0 { self.best_question(&films) } else { None };
        let Some(Question { feature, threshold, .. }) = question else {
            self.nodes.push(Node::Leaf((self.value)(&films)));
            return;
        };
        let at = self.nodes.len();
        self.nodes.push(Node::Split { feature, threshold, right: 0 });
        let (left, right): (Vec<usize>, Vec<usize>) =
            films.into_iter().partition(|film| self.columns.0[[feature, *film]] <= threshold);
        self.grow(left, depth - 1);
        self.nodes[at] = Node::Split { feature, threshold, right: self.nodes.len() };
        self.grow(right, depth - 1);
    }

    /// The question of largest gain among the features drawn; `None` where the films cannot, or need not, be parted.
    fn best_question(&mut self, films: &[usize]) -> Option<Question> {
        let first = self.targets[*films.first()?];
        if films.len() < 2 * self.growth.leaf || films.iter().all(|film| self.targets[*film] == first) {
            return None;
        }
        let tried = self.growth.tried.min(self.features.len());
        let mut best: Option<Question> = None;
        let mut pairs = Vec::with_capacity(films.len());
        for drawn in 0..tried {
            if tried < self.features.len() {
                let other = self.random.random_range(drawn..self.features.len());
                self.features.swap(drawn, other);
            }
            let feature = self.features[drawn];
            pairs.clear();
            pairs.extend(films.iter().map(|film| (self.columns.0[[feature, *film]], self.targets[*film])));
            if let Some(question) = self.question(feature, &mut pairs)
                && best.is_none_or(|best| question.gain > best.gain)
            {
                best = Some(question);
            }
        }
        best
    }

    /// The best threshold for one feature, given pairs of its value and the target.
    fn question(&self, feature: usize, pairs: &mut [(f64, f64)]) -> Option<Question> {
        pairs.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
        let (count, total) = (pairs.len(), pairs.iter().map(|pair| pair.1).sum::<f64>());
        let mut best: Option<Question> = None;
        let mut sum = 0.0;
        for left in 1..count {
            let (below, above) = (pairs[left - 1].0, pairs[left].0);
            sum += pairs[left - 1].1;
            if below == above || left < self.growth.leaf || count - left < self.growth.leaf {
                continue;
            }
            // How much the squared error falls: the parts' sizes times the squared distance of their means, over all films.
            let (l, r) = (left as f64, (count - left) as f64);
            let gain = l * r * (sum / l - (total - sum) / r).powi(2);
            if best.is_none_or(|best| gain > best.gain) {
                best = Some(Question { feature, threshold: between(below, above), gain });
            }
        }
        best
    }
}

/// The middle of two neighbouring values, rounded as a bundle stores it, but never onto or above the upper one.
fn between(below: f64, above: f64) -> f64 {
    let middle = f64::from(((below + above) / 2.0) as f32);
    if (below..above).contains(&middle) { middle } else { below }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::super::tests::clouds;
    use super::*;

    const WIDE: Growth = Growth { depth: 1, leaf: 1, tried: usize::MAX };

    fn mean(targets: &[f64]) -> impl Fn(&[usize]) -> f64 {
        |films| films.iter().map(|film| targets[*film]).sum::<f64>() / films.len() as f64
    }

    #[test]
    fn the_first_question_is_the_one_a_search_of_all_finds() {
        let films = clouds(60);
        let (columns, targets): (_, Vec<f64>) = (
            Columns::new(films.features()),
            films.abnormal().iter().map(|label| f64::from(u8::from(*label))).collect(),
        );
        let error = |part: &[usize]| {
            let mean = mean(&targets)(part);
            part.iter().map(|film| (targets[*film] - mean).powi(2)).sum::<f64>()
        };
        let mut least = f64::INFINITY;
        for feature in 0..3 {
            for film in 0..60 {
                let threshold = films.features()[[film, feature]];
                let (left, right): (Vec<_>, Vec<_>) =
                    (0..60).partition(|film| films.features()[[*film, feature]] <= threshold);
                if !right.is_empty() {
                    least = least.min(error(&left) + error(&right));
                }
            }
        }
        let tree = grow(&columns, &targets, (0..60).collect(), &WIDE, 0, &mean(&targets)).unwrap();
        let left: f64 = films
            .features()
            .rows()
            .into_iter()
            .zip(&targets)
            .map(|(row, target)| (tree.value(&row.to_owned()) - target).powi(2))
            .sum();
        assert!((left - least).abs() < 1e-9, "{left} {least}");
    }

    #[test]
    fn limits_of_growth_are_kept() {
        let films = clouds(200);
        let targets: Vec<f64> = films.features().column(1).to_vec();
        let counted = |films: &[usize]| films.len() as f64;
        let growth = Growth { depth: 4, leaf: 9, tried: 2 };
        let tree = grow(&Columns::new(films.features()), &targets, (0..200).collect(), &growth, 1, &counted).unwrap();
        let leaves: Vec<f64> = tree
            .nodes()
            .iter()
            .filter_map(|node| if let Node::Leaf(value) = node { Some(*value) } else { None })
            .collect();
        assert!(leaves.len() > 4 && leaves.len() <= 16 && leaves.iter().all(|count| *count >= 9.0));
        assert_eq!(leaves.iter().sum::<f64>(), 200.0);
    }

    #[test]
    fn neighbouring_numbers_can_be_told_apart() {
        let (below, above) = (1.0, 1.0_f64.next_up());
        let columns = Columns::new(&array![[below], [above]]);
        let tree = grow(&columns, &[0.0, 1.0], vec![0, 1], &WIDE, 0, &mean(&[0.0, 1.0])).unwrap();
        assert_eq!([below, above].map(|value| tree.value(&Array1::from_elem(1, value))), [0.0, 1.0]);
    }
}
