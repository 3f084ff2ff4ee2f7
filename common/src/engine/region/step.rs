//! One layer of a region: what it reads, what it computes, where it writes.

use std::ops::Range;

use crate::engine::kernel::{Convolution, Depthwise, MaxPool, Sum, gated, sigmoid, total, upsample};
use crate::engine::layout::{Lane, Layout, Map, MapMut};

/// A layer; `P` is how a map is named: by its number while a region is put together, by its [`Place`] afterwards.
#[derive(Debug, Clone)]
pub struct Step<P> {
    pub layer: Layer,
    pub inputs: Vec<P>,
    pub output: P,
}

/// What a layer computes.
#[derive(Debug, Clone)]
pub enum Layer {
    /// Of one map; a second one is added to the result before it is clamped.
    Convolution(Convolution),
    /// Of one map.
    Depthwise(Depthwise),
    /// Of one map.
    MaxPool(MaxPool),
    /// Of two maps.
    Sum(Sum),
    /// Of one map, each pixel of which becomes this many down and to the right.
    Upsample([usize; 2]),
    /// Of one map: the logistic function of each value.
    Sigmoid,
    /// Of a map, and one of a single channel that each pixel is multiplied with.
    Gate,
    /// Of one map: one pixel, the sum of all times this share.
    Total(f32),
}

/// What leaves a region: maps one after another along the channels, in the shape that the rest of the network knows.
#[derive(Debug, Clone)]
pub struct Output<P> {
    pub maps: Vec<P>,
    pub shape: Vec<usize>,
}

/// Where a map lies: blocks of channels of a buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub buffer: usize,
    pub first_block: usize,
    pub layout: Layout,
}

impl Place {
    fn floats(&self) -> Range<usize> {
        let start = self.first_block * self.layout.block_stride();
        start..start + self.layout.len()
    }

    /// The map, in one of these buffers.
    pub fn of<'a>(&self, buffers: &'a [Vec<Lane>]) -> Map<'a> {
        Map { layout: self.layout, floats: &bytemuck::cast_slice(&buffers[self.buffer])[self.floats()] }
    }

    /// The map, in this buffer.
    pub fn of_mut<'a>(&self, buffer: &'a mut [Lane]) -> MapMut<'a> {
        MapMut { layout: self.layout, floats: &mut bytemuck::cast_slice_mut(buffer)[self.floats()] }
    }
}

impl Step<Place> {
    /// Computes the output. The output's buffer holds none of the inputs.
    pub fn run(&self, buffers: &mut [Vec<Lane>]) {
        let mut own = std::mem::take(&mut buffers[self.output.buffer]);
        let mut output = self.output.of_mut(&mut own);
        output.layout.clear_border(output.floats);
        let input = |index: usize| self.inputs[index].of(buffers);
        match &self.layer {
            Layer::Convolution(convolution) => {
                convolution.run(&mut output, input(0), self.inputs.get(1).map(|place| place.of(buffers)));
            }
            Layer::Depthwise(depthwise) => depthwise.run(&mut output, input(0)),
            Layer::MaxPool(pool) => pool.run(&mut output, input(0)),
            Layer::Sum(sum) => sum.run(&mut output, [input(0), input(1)]),
            Layer::Upsample(factors) => upsample(&mut output, input(0), *factors),
            Layer::Sigmoid => sigmoid(&mut output, input(0)),
            Layer::Gate => gated(&mut output, input(0), input(1)),
            Layer::Total(share) => total(&mut output, input(0), *share),
        }
        buffers[self.output.buffer] = own;
    }
}
