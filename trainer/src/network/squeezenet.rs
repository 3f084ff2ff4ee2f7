//! SqueezeNet 1.1: Iandola et al. 2016, "AlexNet-level accuracy with 50x fewer parameters"; version 1.1 of its authors.

use super::{
    graph::{Builder, Convolution, Graph, NodeId, Padding, Window},
    neck,
};

/// The network. It knows no batch norm; its stem looks at whole windows only.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("squeezenet1_1");
    trunk(&mut net, film);
    net.finish()
}

/// The network under a [`neck`] without a pyramid: its last map has a sixteenth of the film's side already, and sides that do not
/// double from level to level.
pub fn gated() -> Graph {
    let (mut net, film) = Builder::new("squeezenet1_1_gated");
    let map = trunk(&mut net, film);
    neck::add(&mut net, &[map], map);
    net.finish()
}

fn trunk(net: &mut Builder, film: NodeId) -> NodeId {
    let stem = net.convolution("conv1", film, Convolution::new(64, 3).stride(2).padding(Padding::Even(0)));
    let mut map = net.relu(stem);
    map = pool(net, "pool1", map);
    map = fire(net, "fire2", map, 16, 64);
    map = fire(net, "fire3", map, 16, 64);
    map = pool(net, "pool3", map);
    map = fire(net, "fire4", map, 32, 128);
    map = fire(net, "fire5", map, 32, 128);
    map = pool(net, "pool5", map);
    map = fire(net, "fire6", map, 48, 192);
    map = fire(net, "fire7", map, 48, 192);
    map = fire(net, "fire8", map, 64, 256);
    fire(net, "fire9", map, 64, 256)
}

fn pool(net: &mut Builder, name: &str, map: NodeId) -> NodeId {
    net.max_pool(name, map, Window { kernel: 3, stride: 2, padding: Padding::Reach })
}

/// Squeezes to few channels, then expands by 1x1 and 3x3 windows side by side (figure 1 of the paper).
fn fire(net: &mut Builder, name: &str, map: NodeId, squeezed: usize, expanded: usize) -> NodeId {
    let squeeze = net.convolution(format!("{name}.squeeze1x1"), map, Convolution::new(squeezed, 1));
    let squeeze = net.relu(squeeze);
    let narrow = net.convolution(format!("{name}.expand1x1"), squeeze, Convolution::new(expanded, 1));
    let narrow = net.relu(narrow);
    let wide = net.convolution(format!("{name}.expand3x3"), squeeze, Convolution::new(expanded, 3));
    let wide = net.relu(wide);
    net.concat(format!("{name}.concat"), &[narrow, wide])
}
