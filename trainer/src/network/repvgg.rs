//! RepVGG-A0: Ding et al. 2021, "RepVGG: Making VGG-style ConvNets great again", tables 2 and 3.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding};

/// Channels and blocks of each stage.
const STAGES: [(usize, usize); 4] = [(48, 2), (96, 4), (192, 14), (1280, 1)];

/// The network as it learns. As it ships each block is one 3x3 convolution: see [`merge`](super::merge).
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("repvgg_a0");
    let mut map = block(&mut net, "stem", film, 48, 2);
    for (stage, (width, blocks)) in STAGES.into_iter().enumerate() {
        for place in 0..blocks {
            let stride = if place == 0 { 2 } else { 1 };
            map = block(&mut net, &format!("stages.{stage}.{place}"), map, width, stride);
        }
    }
    net.finish()
}

/// A 3x3 convolution, a 1x1 convolution and, where the shapes allow, the map itself, each with its batch norm (figure 2c).
fn block(net: &mut Builder, name: &str, input: NodeId, width: usize, stride: usize) -> NodeId {
    let branch =
        |kernel: usize| Convolution::new(width, kernel).stride(stride).padding(Padding::Even(kernel / 2)).batch_norm();
    let wide = net.convolution(format!("{name}.conv_kxk"), input, branch(3));
    let narrow = net.convolution(format!("{name}.conv_1x1"), input, branch(1));
    let mut sum = net.add(format!("{name}.convs"), wide, narrow);
    if stride == 1 && net.channels(input) == width {
        let identity = net.batch_norm(format!("{name}.identity"), input);
        sum = net.add(format!("{name}.sum"), sum, identity);
    }
    net.relu(sum)
}
