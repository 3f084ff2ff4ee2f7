//! SqueezeNet 1.1: Iandola et al. 2016, "AlexNet-level accuracy with 50x fewer parameters"; version 1.1 of its authors.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding, Window};

/// The network. It knows no batch norm; its stem looks at whole windows only.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("squeezenet1_1");
    let stem = net.convolution("conv1", film, Convolution::new(64, 3).stride(2).padding(Padding::Even(0)));
    let mut map = net.relu(stem);
    map = pool(&mut net, "pool1", map);
    map = fire(&mut net, "fire2", map, 16, 64);
    map = fire(&mut net, "fire3", map, 16, 64);
    map = pool(&mut net, "pool3", map);
    map = fire(&mut net, "fire4", map, 32, 128);
    map = fire(&mut net, "fire5", map, 32, 128);
    map = pool(&mut net, "pool5", map);
    map = fire(&mut net, "fire6", map, 48, 192);
    map = fire(&mut net, "fire7", map, 48, 192);
    map = fire(&mut net, "fire8", map, 64, 256);
    fire(&mut net, "fire9", map, 64, 256);
    net.finish()
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
