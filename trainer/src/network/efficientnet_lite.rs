//! EfficientNet-Lite0: Tan and Le 2019, "EfficientNet", table 1, in the form of its authors for small devices: without
//! squeeze-and-excitation, and with ReLU6, which suits fixed-point arithmetic.

use super::graph::{Builder, Convolution, Graph, NodeId, Padding};

/// Rows of table 1: kernel, expansion, channels, repeats, stride of the first.
const STAGES: [(usize, usize, usize, usize, usize); 7] = [
    (3, 1, 16, 1, 1),
    (3, 6, 24, 2, 2),
    (5, 6, 40, 2, 2),
    (3, 6, 80, 3, 2),
    (5, 6, 112, 3, 1),
    (5, 6, 192, 4, 2),
    (3, 6, 320, 1, 1),
];

/// The network, padded evenly as timm's `efficientnet_lite0` (its `tf_` twin is padded as TensorFlow does).
pub fn graph() -> Graph {
    let (mut net, film) = Builder::new("efficientnet_lite0");
    let stem = Convolution::new(32, 3).stride(2).padding(Padding::Even(1)).batch_norm();
    let stem = net.convolution("conv_stem", film, stem);
    let mut map = net.relu6(stem);
    for (stage, (kernel, expansion, channels, repeats, first_stride)) in STAGES.into_iter().enumerate() {
        for repeat in 0..repeats {
            let depthwise = Convolution::new(net.channels(map) * expansion, kernel)
                .stride(if repeat == 0 { first_stride } else { 1 })
                .padding(Padding::Even(kernel / 2))
                .batch_norm();
            map = inverted_residual(&mut net, &format!("blocks.{stage}.{repeat}"), map, depthwise, channels);
        }
    }
    let head = net.convolution("conv_head", map, Convolution::new(1280, 1).batch_norm());
    net.relu6(head);
    net.finish()
}

/// MobileNetV2's block: widens to the channels that the depthwise convolution gives, looks, narrows.
fn inverted_residual(net: &mut Builder, name: &str, input: NodeId, depthwise: Convolution, channels: usize) -> NodeId {
    let (width, stride) = (depthwise.channels, depthwise.window.stride);
    let mut map = input;
    if width > net.channels(input) {
        map = net.convolution(format!("{name}.expand"), map, Convolution::new(width, 1).batch_norm());
        map = net.relu6(map);
    }
    map = net.convolution(format!("{name}.depthwise"), map, depthwise.groups(width));
    map = net.relu6(map);
    map = net.convolution(format!("{name}.project"), map, Convolution::new(channels, 1).batch_norm());
    if stride == 1 && net.channels(input) == channels { net.add(format!("{name}.add"), input, map) } else { map }
}
