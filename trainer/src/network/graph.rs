//! A backbone as a plain value: layers with names, and who feeds whom.
//!
//! This is the one description of a network. [`torch`](super::torch) reads it to train, [`onnx`](super::onnx) reads it to
//! export; neither knows any backbone by name. A film enters with one channel; grids are square.

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

/// A convolution. How many channels it takes follows from its input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// How many channels it gives.
    pub channels: usize,
    /// What it sees, and where.
    pub window: Window,
    /// Into how many groups the channels are split that do not see each other.
    pub groups: usize,
    /// What is added after it.
    pub shift: Shift,
}

/// What follows a convolution. A batch norm right after one is a part of it: what ships is folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shift {
    /// Nothing.
    None,
    /// One number a channel.
    Bias,
    /// A batch norm, Ioffe and Szegedy 2015.
    BatchNorm,
}

/// A square window that steps over a map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its side in pixels.
    pub kernel: usize,
    /// The step in pixels.
    pub stride: usize,
    /// What lies beyond the border.
    pub padding: Padding,
}

/// How many pixels are added around a map, on both axes alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// The same number on every border.
    Even(usize),
    /// TensorFlow's 'SAME': ceil(side / stride) steps, and an odd pixel goes to the right and to the bottom.
    Same,
    /// None at the left and top; at the right and bottom what lets the last step reach the border ('ceil mode').
    Reach,
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

impl Window {
    /// How many pixels are added before (left, top) and after (right, bottom) a map of `side_px`.
    pub fn borders(self, side_px: usize) -> (usize, usize) {
        match self.padding {
            Padding::Even(border) => (border, border),
            Padding::Same => {
                let covered = (side_px.div_ceil(self.stride).max(1) - 1) * self.stride + self.kernel;
                let missing = covered.saturating_sub(side_px);
                (missing / 2, missing - missing / 2)
            }
            Padding::Reach => {
                let steps = side_px.saturating_sub(self.kernel).div_ceil(self.stride);
                (0, (steps * self.stride + self.kernel).saturating_sub(side_px))
            }
        }
    }

    /// How often it fits on a map of `side_px`, each way; `None` where it does not fit at all.
    pub fn steps(self, side_px: usize) -> Option<usize> {
        let (before, after) = self.borders(side_px);
        let room = (side_px + before + after).checked_sub(self.kernel)?;
        (side_px > 0).then_some(room / self.stride + 1)
    }
}

impl Convolution {
    /// A dense convolution of stride 1 with 'SAME' padding and a bias.
    pub fn new(channels: usize, kernel: usize) -> Self {
        let window = Window { kernel, stride: 1, padding: Padding::Same };
        Self { channels, window, groups: 1, shift: Shift::Bias }
    }

    /// With this step.
    pub fn stride(mut self, stride: usize) -> Self {
        self.window.stride = stride;
        self
    }

    /// With this padding.
    pub fn padding(mut self, padding: Padding) -> Self {
        self.window.padding = padding;
        self
    }

    /// With the channels split into so many groups.
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// With a batch norm in place of the bias.
    pub fn batch_norm(mut self) -> Self {
        self.shift = Shift::BatchNorm;
        self
    }

    /// Without a bias.
    pub fn no_bias(mut self) -> Self {
        self.shift = Shift::None;
        self
    }
}

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

    pub(super) fn push(&mut self, name: String, layer: Layer, inputs: Vec<NodeId>, channels: usize) -> NodeId {
        assert!(self.graph.nodes.iter().all(|node| node.name != name), "two nodes are called '{name}'");
        self.graph.nodes.push(Node { name, layer, inputs, channels });
        NodeId(self.graph.nodes.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_step_as_their_frameworks_do() {
        let window = |padding| Window { kernel: 3, stride: 2, padding };
        // TensorFlow: an even side lacks one pixel, and it goes after; an odd one lacks two.
        assert_eq!((window(Padding::Same).borders(224), window(Padding::Same).steps(224)), ((0, 1), Some(112)));
        assert_eq!((window(Padding::Same).borders(111), window(Padding::Same).steps(111)), ((1, 1), Some(56)));
        // A 'ceil mode' adds a step only where the last one would leave pixels unseen.
        assert_eq!((window(Padding::Reach).borders(111), window(Padding::Reach).steps(111)), ((0, 0), Some(55)));
        assert_eq!((window(Padding::Reach).borders(56), window(Padding::Reach).steps(56)), ((0, 1), Some(28)));
        assert_eq!((window(Padding::Even(1)).borders(112), window(Padding::Even(1)).steps(112)), ((1, 1), Some(56)));
        assert_eq!((window(Padding::Even(0)).steps(2), window(Padding::Same).steps(0)), (None, None));
    }

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
