//! A binary tree of questions.

use ndarray::Array1;

use super::ClassifierError;

/// A tree; each leaf holds a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    nodes: Vec<Node>,
}

/// One place in a tree. Nodes stand in pre-order: what follows a split is its left branch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Node {
    /// Asks whether a feature is at most a threshold: if so the next node is the answer, else the node `right`.
    Split {
        /// Which of the fused features.
        feature: usize,
        /// What it is compared with.
        threshold: f64,
        /// The place of the right branch.
        right: usize,
    },
    /// Ends here.
    Leaf(f64),
}

impl Tree {
    /// A tree of nodes in pre-order, the root first.
    pub fn new(nodes: Vec<Node>) -> Result<Self, ClassifierError> {
        let leads_on = |(at, node): (usize, &Node)| match node {
            Node::Leaf(_) => true,
            // Both branches lie behind their split and inside the tree, so that every walk ends in a leaf.
            Node::Split { right, .. } => at + 1 < *right && *right < nodes.len(),
        };
        if nodes.is_empty() || !nodes.iter().enumerate().all(leads_on) {
            return Err(ClassifierError { kind: "tree", cause: "a branch leads nowhere".to_owned() });
        }
        Ok(Self { nodes })
    }

    /// The nodes, in pre-order.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The value of the leaf where fused features (K) end.
    pub fn value(&self, fused: &Array1<f64>) -> f64 {
        let mut at = 0;
        loop {
            match self.nodes[at] {
                Node::Leaf(value) => return value,
                Node::Split { feature, threshold, right } => {
                    at = if fused[feature] <= threshold { at + 1 } else { right };
                }
            }
        }
    }

    /// How many features there must be: one more than the last it asks for.
    pub fn features(&self) -> usize {
        let asked = self.nodes.iter().map(|node| match node {
            Node::Split { feature, .. } => feature.saturating_add(1),
            Node::Leaf(_) => 0,
        });
        asked.max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// x0 <= 1 ? (x2 <= -1 ? 0.1 : 0.2) : 0.9
    fn nodes() -> Vec<Node> {
        vec![
            Node::Split { feature: 0, threshold: 1.0, right: 4 },
            Node::Split { feature: 2, threshold: -1.0, right: 3 },
            Node::Leaf(0.1),
            Node::Leaf(0.2),
            Node::Leaf(0.9),
        ]
    }

    #[test]
    fn the_threshold_belongs_to_the_left() {
        let tree = Tree::new(nodes()).unwrap();
        assert_eq!(tree.features(), 3);
        let values = [[1.0, 0.0, -1.0], [0.0, 0.0, 0.0], [1.1, 0.0, -5.0]].map(|at| tree.value(&Array1::from_iter(at)));
        assert_eq!(values, [0.1, 0.2, 0.9]);
        assert_eq!(tree.value(&array![f64::NAN, 0.0, 0.0]), 0.9);
    }

    #[test]
    fn a_tree_one_could_be_lost_in_is_refused() {
        for right in [0, 1, 5, usize::MAX] {
            let mut nodes = nodes();
            nodes[0] = Node::Split { feature: 0, threshold: 1.0, right };
            assert!(Tree::new(nodes).is_err(), "{right}");
        }
        assert!(Tree::new(vec![]).is_err());
        assert!(Tree::new(vec![Node::Split { feature: 0, threshold: 1.0, right: 1 }]).is_err());
    }
}
