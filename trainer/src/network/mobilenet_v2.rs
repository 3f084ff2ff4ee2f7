//! MobileNetV2 at width 1.0: Sandler et al. 2018, "Inverted residuals and linear bottlenecks", table 2.

use super::graph::{Builder, Convolution, Graph, NodeId};

/// Rows of table 2: expansion, channels, repeats, stride of the first.
const STAGES: [(usize, usize, usize, usize); 7] =
    [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

/// The network, with TensorFlow's 'SAME' padding, whose convolutions the published weights were trained with.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("mobilenet_v2");
    let stem = net.convolution("stem", film, Convolution::new(32, 3).stride(2).batch_norm());
    let mut map = net.relu6(stem);
    let mut block = 0;
    for (expansion, channels, repeats, first_stride) in STAGES {
        for repeat in 0..repeats {
            block += 1;
            let stride = if repeat == 0 { first_stride } else { 1 };
            map = inverted_residual(&mut net, &format!("block{block:02}"), map, expansion, channels, stride);
        }
    }
    let head = net.convolution("head", map, Convolution::new(1280, 1).batch_norm());
    net.relu6(head);
    net.finish()
}

/// Widens, looks, narrows again without an activation; adds its input where the shapes allow (figure 4d of the paper).
fn inverted_residual(
    net: &mut Builder,
    name: &str,
    input: NodeId,
    expansion: usize,
    channels: usize,
    stride: usize,
) -> NodeId {
    let mut map = input;
    if expansion > 1 {
        let width = net.channels(input) * expansion;
        map = net.convolution(format!("{name}.expand"), map, Convolution::new(width, 1).batch_norm());
        map = net.relu6(map);
    }
    let width = net.channels(map);
    let depthwise = Convolution::new(width, 3).stride(stride).groups(width).batch_norm();
    map = net.convolution(format!("{name}.depthwise"), map, depthwise);
    map = net.relu6(map);
    map = net.convolution(format!("{name}.project"), map, Convolution::new(channels, 1).batch_norm());
    if stride == 1 && net.channels(input) == channels { net.add(format!("{name}.add"), input, map) } else { map }
}
