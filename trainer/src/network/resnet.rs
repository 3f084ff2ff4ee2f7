//! Residual networks of basic blocks: He et al. 2016, "Deep residual learning for image recognition", table 1.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding, Window};

/// ResNet18.
pub fn resnet18() -> Graph {
    graph("resnet18", [64, 128, 256, 512], 2)
}

/// A slim one for small data: one block a stage, half the channels.
pub fn resnet10() -> Graph {
    graph("resnet10", [32, 64, 128, 256], 1)
}

fn graph(name: &str, widths: [usize; 4], blocks: usize) -> Graph {
    let (mut net, film) = Builder::new(name);
    let stem = Convolution::new(widths[0], 7).stride(2).padding(Padding::Even(3)).batch_norm();
    let mut map = net.convolution("conv1", film, stem);
    map = net.relu(map);
    map = net.max_pool("maxpool", map, Window { kernel: 3, stride: 2, padding: Padding::Even(1) });
    for (stage, width) in widths.into_iter().enumerate() {
        for block in 0..blocks {
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            map = basic_block(&mut net, &format!("layer{}.{block}", stage + 1), map, width, stride);
        }
    }
    net.finish()
}

/// Two 3x3 convolutions beside a shortcut, which is projected where the shape changes.
fn basic_block(net: &mut Builder, name: &str, input: NodeId, width: usize, stride: usize) -> NodeId {
    let three = || Convolution::new(width, 3).padding(Padding::Even(1)).batch_norm();
    let mut map = net.convolution(format!("{name}.conv1"), input, three().stride(stride));
    map = net.relu(map);
    map = net.convolution(format!("{name}.conv2"), map, three());
    let shortcut = if stride == 1 && net.channels(input) == width {
        input
    } else {
        let projection = Convolution::new(width, 1).stride(stride).padding(Padding::Even(0)).batch_norm();
        net.convolution(format!("{name}.downsample"), input, projection)
    };
    let sum = net.add(format!("{name}.add"), map, shortcut);
    net.relu(sum)
}
