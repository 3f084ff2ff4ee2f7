//! RegNetX-400MF: Radosavovic et al. 2020, "Designing network design spaces", table 8.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding};

/// Channels and blocks of each stage.
const STAGES: [(usize, usize); 4] = [(32, 1), (64, 2), (160, 7), (400, 12)];

/// Channels that a grouped convolution sees together.
const GROUP_WIDTH: usize = 16;

/// The network.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("regnet_x_400mf");
    let stem = net.convolution("stem", film, Convolution::new(32, 3).stride(2).padding(Padding::Even(1)).batch_norm());
    let mut map = net.relu(stem);
    for (stage, (width, blocks)) in (1..).zip(STAGES) {
        for block in 0..blocks {
            let stride = if block == 0 { 2 } else { 1 };
            map = bottleneck(&mut net, &format!("block{stage}.{block}"), map, width, stride);
        }
    }
    net.finish()
}

/// A grouped 3x3 convolution between two of 1x1, all of one width, beside a shortcut (figure 15 of the paper).
fn bottleneck(net: &mut Builder, name: &str, input: NodeId, width: usize, stride: usize) -> NodeId {
    let one = || Convolution::new(width, 1).batch_norm();
    let three = Convolution::new(width, 3).groups(width / GROUP_WIDTH).stride(stride).padding(Padding::Even(1));
    let mut map = net.convolution(format!("{name}.a"), input, one());
    map = net.relu(map);
    map = net.convolution(format!("{name}.b"), map, three.batch_norm());
    map = net.relu(map);
    map = net.convolution(format!("{name}.c"), map, one());
    let shortcut = if stride == 1 && net.channels(input) == width {
        input
    } else {
        net.convolution(format!("{name}.proj"), input, one().stride(stride).padding(Padding::Even(0)))
    };
    let sum = net.add(format!("{name}.add"), map, shortcut);
    net.relu(sum)
}
