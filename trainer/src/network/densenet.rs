//! DenseNet121: Huang et al. 2017, "Densely connected convolutional networks", table 1.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding, Window};

/// Channels that each layer adds to the map ('growth rate').
const GROWTH: usize = 32;

/// Layers in each block.
const BLOCKS: [usize; 4] = [6, 12, 24, 16];

/// The network. Its layers see the map through a batch norm of their own, so most batch norms follow no convolution.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("densenet121");
    let stem = Convolution::new(2 * GROWTH, 7).stride(2).padding(Padding::Even(3)).batch_norm();
    let mut map = net.convolution("conv0", film, stem);
    map = net.relu(map);
    map = net.max_pool("pool0", map, Window { kernel: 3, stride: 2, padding: Padding::Even(1) });
    for (block, layers) in (1..).zip(BLOCKS) {
        for layer in 1..=layers {
            map = dense_layer(&mut net, &format!("block{block}.layer{layer}"), map);
        }
        if block < BLOCKS.len() {
            map = transition(&mut net, &format!("transition{block}"), map);
        }
    }
    let norm = net.batch_norm("norm5", map);
    net.relu(norm);
    net.finish()
}

/// Sees the whole map, and lays a few channels of its own beside it.
fn dense_layer(net: &mut Builder, name: &str, input: NodeId) -> NodeId {
    let norm = net.batch_norm(format!("{name}.norm1"), input);
    let mut map = net.relu(norm);
    map = net.convolution(format!("{name}.conv1"), map, Convolution::new(4 * GROWTH, 1).batch_norm());
    map = net.relu(map);
    let own = Convolution::new(GROWTH, 3).padding(Padding::Even(1)).no_bias();
    map = net.convolution(format!("{name}.conv2"), map, own);
    net.concat(format!("{name}.concat"), &[input, map])
}

/// Halves channels and side.
fn transition(net: &mut Builder, name: &str, input: NodeId) -> NodeId {
    let channels = net.channels(input) / 2;
    let norm = net.batch_norm(format!("{name}.norm"), input);
    let map = net.relu(norm);
    let map = net.convolution(format!("{name}.conv"), map, Convolution::new(channels, 1).no_bias());
    net.average_pool(format!("{name}.pool"), map, 2)
}
