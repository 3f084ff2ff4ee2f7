//! Branches that stand side by side in training and ship as one convolution (Ding et al. 2021, "RepVGG", figure 4).
//!
//! Convolutions and batch norms are linear: where several read one map and only their sum is read, the sum is itself a
//! convolution, whose kernel is the sum of theirs.

use super::graph::{Builder, Convolution, Graph, Layer, Node, NodeId, Padding, Shift, Window};

/// A graph in which no sum of parallel convolutions is left.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The smaller graph; a convolution that took the place of a sum bears the sum's name.
    pub graph: Graph,
    /// For each of its nodes those of the first graph whose kernels add up to its own; none where it has no kernel.
    pub parts: Vec<Vec<NodeId>>,
}

/// Merges every sum of parallel convolutions and batch norms. What else a graph has stays as it is.
pub fn merge(graph: &Graph) -> Merged {
    let readers = graph.readers();
    let mut branches: Vec<Option<Branch>> = Vec::with_capacity(graph.nodes().len());
    let mut absorbed = vec![false; graph.nodes().len()];
    for (index, node) in graph.nodes().iter().enumerate() {
        let only_here = |input: &NodeId| branches[input.index()].as_ref().filter(|_| readers[input.index()].len() == 1);
        let branch = match (&node.layer, node.inputs.as_slice()) {
            (Layer::Add, [one, other]) => {
                only_here(one).zip(only_here(other)).and_then(|(one, other)| one.beside(other))
            }
            _ => Branch::of(node, NodeId::new(index)),
        };
        if branch.is_some() && node.layer == Layer::Add {
            node.inputs.iter().for_each(|input| absorbed[input.index()] = true);
        }
        branches.push(branch);
    }

    let (mut merged, film) = Builder::new(graph.name());
    let mut place = vec![film; graph.nodes().len()];
    let mut parts = vec![Vec::new()];
    let kept = graph.nodes().iter().zip(branches).enumerate().filter(|(index, _)| !absorbed[*index]).skip(1);
    for (index, (node, branch)) in kept {
        let (layer, source, of) = match branch {
            Some(Branch { source, convolution, parts }) if node.layer == Layer::Add => {
                (Layer::Convolution(convolution), vec![source], parts)
            }
            branch => (node.layer.clone(), node.inputs.clone(), branch.map(|branch| branch.parts).unwrap_or_default()),
        };
        let inputs = source.iter().map(|input| place[input.index()]).collect();
        place[index] = merged.push(node.name.clone(), layer, inputs, node.channels);
        parts.push(of);
    }
    Merged { graph: merged.finish(), parts }
}

/// Nodes that are together one convolution of the map `source`.
#[derive(Debug, Clone)]
struct Branch {
    source: NodeId,
    convolution: Convolution,
    parts: Vec<NodeId>,
}

impl Branch {
    /// One node alone.
    fn of(node: &Node, id: NodeId) -> Option<Self> {
        Some(Self { source: *node.inputs.first()?, convolution: node.as_convolution()?, parts: vec![id] })
    }

    /// The sum of both, where the smaller window lies inside the larger at every step.
    fn beside(&self, other: &Self) -> Option<Self> {
        let (wide, narrow) = match self.convolution.window.kernel >= other.convolution.window.kernel {
            true => (&self.convolution, &other.convolution),
            false => (&other.convolution, &self.convolution),
        };
        let groups = wide.groups.min(narrow.groups);
        let joinable = self.source == other.source
            && wide.window.stride == narrow.window.stride
            && inset(narrow.window, wide.window).is_some()
            && wide.groups.max(narrow.groups).is_multiple_of(groups);
        joinable.then(|| Self {
            source: self.source,
            convolution: Convolution { groups, shift: Shift::Bias, ..*wide },
            parts: [self.parts.as_slice(), &other.parts].concat(),
        })
    }
}

/// How many pixels of `outer` lie left of (and above) `inner` when both step over one map; `None` where one sees what the other
/// does not.
pub fn inset(inner: Window, outer: Window) -> Option<usize> {
    let (Padding::Even(inner_border), Padding::Even(outer_border)) = (inner.padding, outer.padding) else {
        return (inner == outer).then_some(0);
    };
    let inset = outer_border.checked_sub(inner_border)?;
    (inset + inner.kernel <= outer.kernel).then_some(inset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Architecture;

    #[test]
    fn only_parallel_branches_merge() {
        for architecture in Architecture::ALL {
            let graph = architecture.graph();
            let Merged { graph: merged, parts } = merge(&graph);
            assert_eq!(merged.nodes().len(), parts.len());
            assert_eq!(merged.shapes(64).unwrap().last(), graph.shapes(64).unwrap().last());
            if architecture == Architecture::RepVggA0 {
                let linear = |node: &Node| matches!(node.layer, Layer::Film | Layer::Convolution(_) | Layer::Relu);
                assert!(merged.nodes().iter().all(linear));
                assert_eq!(parts.iter().filter(|parts| !parts.is_empty()).count(), 22);
            } else {
                assert_eq!(merged, graph);
            }
        }
    }
}
