//! Xception: Chollet 2017, "Xception: Deep learning with depthwise separable convolutions", figure 5.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding, Window};

/// Blocks of the middle flow.
const MIDDLE: usize = 8;

/// The network, in the form that ships with weights in PyTorch: its stem looks at whole windows only.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("xception");
    let stem = |channels: usize| Convolution::new(channels, 3).padding(Padding::Even(0)).batch_norm();
    let mut map = net.convolution("conv1", film, stem(32).stride(2));
    map = net.relu(map);
    map = net.convolution("conv2", map, stem(64));
    map = net.relu(map);

    // Entry flow. The first block takes what the stem has clipped already.
    map = halving(&mut net, "block1", map, map, [128, 128]);
    for (block, width) in [("block2", 256), ("block3", 728)] {
        let clipped = net.relu(map);
        map = halving(&mut net, block, map, clipped, [width, width]);
    }
    // Middle flow.
    for block in 4..4 + MIDDLE {
        let mut inner = map;
        for place in 1..=3 {
            inner = net.relu(inner);
            inner = separable(&mut net, &format!("block{block}.{place}"), inner, 728);
        }
        map = net.add(format!("block{block}.add"), inner, map);
    }
    // Exit flow.
    let clipped = net.relu(map);
    map = halving(&mut net, "block12", map, clipped, [728, 1024]);
    for (name, width) in [("conv3", 1536), ("conv4", 2048)] {
        map = separable(&mut net, name, map, width);
        map = net.relu(map);
    }
    net.finish()
}

/// Two separable convolutions of the clipped map and a pool, beside a shortcut from the map itself.
fn halving(net: &mut Builder, name: &str, input: NodeId, clipped: NodeId, [first, second]: [usize; 2]) -> NodeId {
    let map = separable(net, &format!("{name}.1"), clipped, first);
    let map = net.relu(map);
    let map = separable(net, &format!("{name}.2"), map, second);
    let map = net.max_pool(format!("{name}.pool"), map, Window { kernel: 3, stride: 2, padding: Padding::Even(1) });
    let shortcut = Convolution::new(second, 1).stride(2).padding(Padding::Even(0)).batch_norm();
    let shortcut = net.convolution(format!("{name}.skip"), input, shortcut);
    net.add(format!("{name}.add"), map, shortcut)
}

/// Every channel by itself, then across channels; nothing between the two.
fn separable(net: &mut Builder, name: &str, input: NodeId, width: usize) -> NodeId {
    let taken = net.channels(input);
    let depthwise = Convolution::new(taken, 3).groups(taken).padding(Padding::Even(1)).no_bias();
    let map = net.convolution(format!("{name}.depthwise"), input, depthwise);
    net.convolution(format!("{name}.pointwise"), map, Convolution::new(width, 1).batch_norm())
}
