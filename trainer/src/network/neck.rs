//! The neck: what makes a backbone's last map fine enough to point at a small lesion, and willing to.
//!
//! A classifying network ends in a coarse map, and the mean of that map drowns a lesion of a hundredth of the film. Two remedies,
//! both cheap:
//!
//! - **A pyramid** (Lin et al. 2017, "Feature pyramid networks for object detection"): the coarse map, which knows what it sees, is
//!   laid over the finer ones, which know where.
//! - **A gate**, one number a cell from 0 to 1: is there a lesion here? It is taught by the readers' boxes, and the pyramid's map is
//!   multiplied by it (spatial attention, Woo et al. 2018), so that the mean over the film is a mean over what looks like a
//!   lesion. The gradient at the pooled vector then lies where the gate is open, and so does Grad-CAM.
//!
//! The map handed on is: the gate itself, the gated channels, and some of the coarse map as they are, which know the region and
//! the kind of film.

use super::graph::{Builder, Convolution, NodeId, Padding};

/// What the names of a neck's layers begin with.
pub(super) const PREFIX: &str = "neck.";
/// Channels of the pyramid.
const WIDTH: usize = 96;
/// Channels of the coarse map that are handed on ungated.
const CONTEXT: usize = 64;

/// Adds the neck above `levels`, coarse first, each twice the side of the one before; `context` has the side of the coarsest.
///
/// The finished graph's map has 1 + 96 + 64 channels at the side of the finest level; the first is the gate.
pub(super) fn add(net: &mut Builder, levels: &[NodeId], context: NodeId) {
    let point = |channels| Convolution::new(channels, 1).padding(Padding::Even(0)).batch_norm();
    let mut coarser: Option<NodeId> = None;
    for (step, &level) in levels.iter().enumerate() {
        let lateral = net.convolution(format!("neck.lateral{step}"), level, point(WIDTH));
        coarser = Some(match coarser {
            None => lateral,
            Some(coarser) => {
                let coarser = net.upsample(coarser, 2, lateral);
                net.add(format!("neck.level{step}"), lateral, coarser)
            }
        });
    }
    let Some(finest) = coarser else { return };
    let finest = net.relu6(finest);
    let local =
        net.convolution("neck.local", finest, Convolution::new(WIDTH, 3).padding(Padding::Even(1)).batch_norm());
    let local = net.relu6(local);
    let gate = net.convolution("neck.gate", local, Convolution::new(1, 1).padding(Padding::Even(0)));
    let gate = net.sigmoid(gate);
    let gated = net.gate("neck.gated", local, gate);

    let context = net.convolution("neck.context", context, point(CONTEXT));
    let mut context = net.relu6(context);
    if levels.len() > 1 {
        context = net.upsample(context, 1 << (levels.len() - 1), finest);
    }
    net.concat("neck.map", &[gate, gated, context]);
}
