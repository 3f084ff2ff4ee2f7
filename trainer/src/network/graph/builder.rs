//! How a backbone writes itself down.

use super::{Convolution, Graph, Layer, Node, NodeId, Padding, Window};

/// Writes a graph down, layer by layer.
///
/// A backbone is code, not input: a description that cannot be (channels that do not fit) panics, and the tests build each.
#[derive(Debug)]
pub struct Builder {
    graph: Graph,
}

impl Builder {
    /// A graph that holds only the film.
    pub fn new(name: &str) -> (Self, NodeId) {
        let film = Node { name: "film".into(), layer: Layer::Film, inputs: Vec::new(), channels: 1 };
        (Self { graph: Graph { name: name.into(), nodes: vec![film] } }, NodeId(0))
    }

    /// How many channels a node gives.
    pub fn channels(&self, node: NodeId) -> usize {
        self.graph.nodes[node.0].channels
    }

    /// A convolution.
    pub fn convolution(&mut self, name: impl Into<String>, input: NodeId, convolution: Convolution) -> NodeId {
        let (taken, given, groups) = (self.channels(input), convolution.channels, convolution.groups);
        assert!(taken % groups == 0 && given % groups == 0, "{taken} to {given} channels in {groups} groups");
        self.push(name.into(), Layer::Convolution(convolution), vec![input], given)
    }

    /// A batch norm that follows no convolution.
    pub fn batch_norm(&mut self, name: impl Into<String>, input: NodeId) -> NodeId {
        let channels = self.channels(input);
        self.push(name.into(), Layer::BatchNorm, vec![input], channels)
    }

    /// max(x, 0).
    pub fn relu(&mut self, input: NodeId) -> NodeId {
        self.after(input, "relu", Layer::Relu)
    }

    /// min(max(x, 0), 6).
    pub fn relu6(&mut self, input: NodeId) -> NodeId {
        self.after(input, "relu6", Layer::Relu6)
    }

    /// The greatest value in a window.
    pub fn max_pool(&mut self, name: impl Into<String>, input: NodeId, window: Window) -> NodeId {
        let channels = self.channels(input);
        self.push(name.into(), Layer::MaxPool(window), vec![input], channels)
    }

    /// The mean of each square of `side` by `side` pixels; fewer left over at the right and the bottom are not seen.
    pub fn average_pool(&mut self, name: impl Into<String>, input: NodeId, side: usize) -> NodeId {
        let (channels, window) =
            (self.channels(input), Window { kernel: side, stride: side, padding: Padding::Even(0) });
        self.push(name.into(), Layer::AveragePool(window), vec![input], channels)
    }

    /// 1 / (1 + exp(-x)).
    pub fn sigmoid(&mut self, input: NodeId) -> NodeId {
        self.after(input, "sigmoid", Layer::Sigmoid)
    }

    /// Every cell repeated on a square of `factor` cells a side, as far as the map `like` goes.
    pub fn upsample(&mut self, input: NodeId, factor: usize, like: NodeId) -> NodeId {
        let before = &self.graph.nodes[input.0];
        let (name, channels) = (format!("{}.upsample", before.name), before.channels);
        self.push(name, Layer::Upsample(factor), vec![input, like], channels)
    }

    /// Every channel of a map times the one channel of `gate`.
    pub fn gate(&mut self, name: impl Into<String>, map: NodeId, gate: NodeId) -> NodeId {
        assert_eq!(self.channels(gate), 1, "a gate has one channel");
        let channels = self.channels(map);
        self.push(name.into(), Layer::Gate, vec![map, gate], channels)
    }

    /// The sum of two maps.
    pub fn add(&mut self, name: impl Into<String>, one: NodeId, other: NodeId) -> NodeId {
        let channels = self.channels(one);
        assert_eq!(channels, self.channels(other), "only maps of one shape add");
        self.push(name.into(), Layer::Add, vec![one, other], channels)
    }

    /// Several maps, channel after channel.
    pub fn concat(&mut self, name: impl Into<String>, inputs: &[NodeId]) -> NodeId {
        let channels = inputs.iter().map(|&input| self.channels(input)).sum();
        self.push(name.into(), Layer::Concat, inputs.to_vec(), channels)
    }

    /// The finished graph; its feature map is the node added last.
    pub fn finish(self) -> Graph {
        self.graph
    }

    fn after(&mut self, input: NodeId, what: &str, layer: Layer) -> NodeId {
        let before = &self.graph.nodes[input.0];
        let (name, channels) = (format!("{}.{what}", before.name), before.channels);
        self.push(name, layer, vec![input], channels)
    }

    pub(in crate::network) fn push(
        &mut self,
        name: String,
        layer: Layer,
        inputs: Vec<NodeId>,
        channels: usize,
    ) -> NodeId {
        assert!(self.graph.nodes.iter().all(|node| node.name != name), "two nodes are called '{name}'");
        self.graph.nodes.push(Node { name, layer, inputs, channels });
        NodeId(self.graph.nodes.len() - 1)
    }
}
