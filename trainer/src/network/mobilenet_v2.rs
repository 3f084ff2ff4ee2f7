//! MobileNetV2 at width 1.0: Sandler et al. 2018, "Inverted residuals and linear bottlenecks", table 2.

use super::{
    graph::{Builder, Convolution, Graph, NodeId},
    neck,
};

/// Rows of table 2: expansion, channels, repeats, stride of the first.
const STAGES: [(usize, usize, usize, usize); 7] =
    [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

/// The network, with TensorFlow's 'SAME' padding, whose convolutions the published weights were trained with.
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("mobilenet_v2");
    trunk(&mut net, film);
    net.finish()
}

/// The network under a [`neck`] that looks at an eighth of the film's side.
pub fn pyramid() -> Graph {
    let (mut net, film) = Builder::new("mobilenet_v2_pyramid");
    let (levels, head) = trunk(&mut net, film);
    neck::add(&mut net, &levels, head);
    net.finish()
}

/// The layers up to the head; gives the last maps at 1/32, 1/16 and 1/8 of the film's side, and the head.
fn trunk(net: &mut Builder, film: NodeId) -> ([NodeId; 3], NodeId) {
    let stem = net.convolution("stem", film, Convolution::new(32, 3).stride(2).batch_norm());
    let mut map = net.relu6(stem);
    let mut block = 0;
    let mut last_of_stage = Vec::new();
    for (expansion, channels, repeats, first_stride) in STAGES {
        for repeat in 0..repeats {
            block += 1;
            let stride = if repeat == 0 { first_stride } else { 1 };
            map = inverted_residual(net, &format!("block{block:02}"), map, expansion, channels, stride);
        }
        last_of_stage.push(map);
    }
    let head = net.convolution("head", map, Convolution::new(1280, 1).batch_norm());
    let head = net.relu6(head);
    ([last_of_stage[6], last_of_stage[4], last_of_stage[2]], head)
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
