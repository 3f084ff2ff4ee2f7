//! A backbone as a plain value: layers with names, and who feeds whom.
//!
//! This is the one description of a network. [`torch`](super::torch) reads it to train, [`onnx`](super::onnx) reads it to
//! export; neither knows any backbone by name. A film enters with one channel; grids are square.

mod builder;
mod convolution;

pub use builder::Builder;
pub use convolution::{Convolution, Padding, Shift, Window};

/// A network without its classifier: from a one-channel film to its last feature map.
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    name: String,
    /// In an order in which every layer stands after those that feed it; the first is the film, the last the feature map.
    nodes: Vec<Node>,
}

/// A layer in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Unique in the graph; parts are separated by dots, as in `block02.expand`.
    pub name: String,
    /// What it computes.
    pub layer: Layer,
    /// The nodes that feed it; all of them stand earlier.
    pub inputs: Vec<NodeId>,
    /// How many channels it gives.
    pub channels: usize,
}

/// A node's place in [`Graph::nodes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(usize);

impl NodeId {
    pub(super) fn new(index: usize) -> Self {
        Self(index)
    }

    /// The place as an index.
    pub fn index(self) -> usize {
        self.0
    }
}

impl Node {
    /// The convolution it is. A batch norm alone is one that sees one pixel of one channel.
    pub fn as_convolution(&self) -> Option<Convolution> {
        match self.layer {
            Layer::Convolution(convolution) => Some(convolution),
            Layer::BatchNorm => {
                let one = Convolution::new(self.channels, 1).groups(self.channels);
                Some(one.padding(Padding::Even(0)).batch_norm())
            }
            _ => None,
        }
    }
}

/// What a node computes.
#[derive(Debug, Clone, PartialEq)]
pub enum Layer {
    /// The film itself: N x 1 x side x side.
    Film,
    /// A convolution with its bias or batch norm.
    Convolution(Convolution),
    /// A batch norm (Ioffe and Szegedy 2015) that follows no convolution.
    BatchNorm,
    /// max(x, 0).
    Relu,
    /// min(max(x, 0), 6).
    Relu6,
    /// The greatest value in a window.
    MaxPool(Window),
    /// 1 / (1 + exp(-x)).
    Sigmoid,
    /// The mean of a window that lies inside the map.
    AveragePool(Window),
    /// The sum of two maps of one shape.
    Add,
    /// A map, every channel times the one channel of a second map of its side.
    Gate,
    /// Every cell of the first map repeated on a square of this side in cells (nearest-neighbour upsampling), cut at the right
    /// and the bottom to the side of the second map.
    Upsample(usize),
    /// Maps of one side, channel after channel.
    Concat,
}

/// The shape of one map: channels x side x side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// How many channels.
    pub channels: usize,
    /// Rows, and columns.
    pub side_px: usize,
}

/// What a network asks of the machine for one film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// Multiplications with an addition, of all convolutions.
    pub multiply_adds: u64,
    /// Numbers to store once batch norm is folded.
    pub parameters: u64,
}

/// A film too small for a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a film of {side_px} pixels is too small for {network}: nothing is left of it at '{layer}'; take a larger side"
)]
pub struct TooSmall {
    /// The network's name.
    pub network: String,
    /// The layer whose window is larger than what it gets.
    pub layer: String,
    /// The film's side.
    pub side_px: usize,
}

impl Graph {
    /// The name of the architecture.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The layers, each after those that feed it.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many channels the feature map has: the length of the pooled vector.
    pub fn feature_channels(&self) -> usize {
        self.nodes.last().map_or(1, |node| node.channels)
    }

    /// Whether the feature map's first channel is where the network looks: see [`super::neck`].
    pub fn has_gate(&self) -> bool {
        self.nodes.iter().any(|node| node.layer == Layer::Gate)
    }

    /// How many channels a convolution sees at once, and `None` for layers without weights.
    pub fn channels_seen(&self, node: &Node) -> Option<usize> {
        Some(self.nodes[node.inputs.first()?.0].channels / node.as_convolution()?.groups)
    }

    /// The shape of every node's output for a film of `side_px`.
    ///
    /// # Errors
    /// [`TooSmall`] where a window does not fit.
    pub fn shapes(&self, side_px: usize) -> Result<Vec<Shape>, TooSmall> {
        let mut shapes: Vec<Shape> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let before = node.inputs.first().map_or(side_px, |input| shapes[input.0].side_px);
            let side = match &node.layer {
                Layer::Convolution(Convolution { window, .. })
                | Layer::MaxPool(window)
                | Layer::AveragePool(window) => window.steps(before),
                Layer::Upsample(factor) => {
                    let wanted = shapes[node.inputs[1].0].side_px;
                    (before * factor >= wanted).then_some(wanted)
                }
                _ => Some(before).filter(|&side| side > 0),
            };
            let too_small = || TooSmall { network: self.name.clone(), layer: node.name.clone(), side_px };
            shapes.push(Shape { channels: node.channels, side_px: side.ok_or_else(too_small)? });
        }
        Ok(shapes)
    }

    /// What one film of `side_px` costs.
    ///
    /// # Errors
    /// [`TooSmall`] where a window does not fit.
    pub fn cost(&self, side_px: usize) -> Result<Cost, TooSmall> {
        let mut cost = Cost { multiply_adds: 0, parameters: 0 };
        for (node, shape) in self.nodes.iter().zip(self.shapes(side_px)?) {
            if let (Some(convolution), Some(seen)) = (node.as_convolution(), self.channels_seen(node)) {
                let weights = (node.channels * seen * convolution.window.kernel.pow(2)) as u64;
                cost.multiply_adds += weights * (shape.side_px as u64).pow(2);
                cost.parameters += weights;
                cost.parameters += if convolution.shift == Shift::None { 0 } else { node.channels as u64 };
            }
        }
        Ok(cost)
    }

    /// For every node those that read it, in their order: after the last its map can be freed, and an only one may overwrite it.
    pub fn readers(&self) -> Vec<Vec<NodeId>> {
        let mut readers = vec![Vec::new(); self.nodes.len()];
        for (index, node) in self.nodes.iter().enumerate() {
            for input in &node.inputs {
                readers[input.0].push(NodeId(index));
            }
        }
        readers
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_map_lives_until_its_last_reader() {
        let (mut net, film) = Builder::new("two paths");
        let stem = net.convolution("stem", film, Convolution::new(4, 3));
        let branch = net.relu(stem);
        net.add("sum", stem, branch);
        let index = |readers: Vec<NodeId>| readers.into_iter().map(NodeId::index).collect::<Vec<_>>();
        let readers: Vec<_> = net.finish().readers().into_iter().map(index).collect();
        assert_eq!(readers, [vec![1], vec![2, 3], vec![3], vec![]]);
    }
}
