//! Depthwise convolutions: each output channel from the input channel of its number.
#![allow(unsafe_code)] // as in `convolution`

use super::{Clamp, Window, lane, pieces, with_width};
use crate::engine::lanes::{Kernel, Lanes, Processor, floats};
use crate::engine::layout::{LANES, Lane, Map, MapMut};

/// A depthwise convolution, its weights in the order in which they are used.
#[derive(Debug, Clone)]
pub struct Depthwise {
    window: Window,
    clamp: Clamp,
    processor: Processor,
    /// By block, window row, window column.
    weights: Vec<Lane>,
    biases: Vec<Lane>,
}

impl Depthwise {
    /// Packs `weights` (channels x 1 x window rows x window columns).
    pub fn new(
        weights: &ndarray::ArrayView4<f32>,
        biases: &[f32],
        window: Window,
        clamp: Clamp,
        processor: Processor,
    ) -> Self {
        let channels = weights.dim().0;
        let mut packed = Vec::new();
        for block in 0..channels.div_ceil(LANES) {
            for row in 0..window.rows {
                for column in 0..window.columns {
                    packed.push(lane(channels, block, |channel| weights[[channel, 0, row, column]]));
                }
            }
        }
        let biases =
            (0..channels.div_ceil(LANES)).map(|block| lane(channels, block, |channel| biases[channel])).collect();
        Self { window, clamp, processor, weights: packed, biases }
    }

    /// Computes the output.
    pub fn run(&self, output: &mut MapMut, input: Map) {
        let (to, from) = (output.layout, input.layout);
        self.window.check(&from, &to);
        assert!(output.floats.len() == to.len() && input.floats.len() == from.len());
        assert!(self.biases.len() == to.blocks() && to.blocks() == from.blocks());
        let taps = self.window.rows * self.window.columns;
        for (block, bias) in self.biases.iter().enumerate() {
            for row in 0..to.rows {
                let mut job = Job {
                    input: &input.floats[block * from.block_stride() + self.window.start(&from, row)..],
                    row_step: self.window.dilation[0] * from.row_stride(),
                    column_step: self.window.dilation[1] * LANES,
                    pixel_step: self.window.stride[1] * LANES,
                    window: &self.window,
                    weights: &self.weights[block * taps..][..taps],
                    bias,
                    output: &mut output.floats[block * to.block_stride() + to.row(row)..][..to.columns * LANES],
                    clamp: self.clamp,
                };
                match (taps, job.pixel_step / LANES) {
                    (9, 1) => self.processor.run(Row::<3, 1>(&mut job)),
                    (9, 2) => self.processor.run(Row::<3, 2>(&mut job)),
                    (_, _) => self.processor.run(Row::<0, 0>(&mut job)),
                }
            }
        }
    }
}

/// One output row of a block.
struct Job<'a> {
    input: &'a [f32],
    row_step: usize,
    column_step: usize,
    pixel_step: usize,
    window: &'a Window,
    weights: &'a [Lane],
    bias: &'a Lane,
    output: &'a mut [f32],
    clamp: Clamp,
}

/// For windows of `SIDE` x `SIDE` and a stride of `STRIDE`; 0 where only the job knows them.
struct Row<'a, 'b, const SIDE: usize, const STRIDE: usize>(&'a mut Job<'b>);

impl<const SIDE: usize, const STRIDE: usize> Kernel for Row<'_, '_, SIDE, STRIDE> {
    const TILE: (usize, usize) = (1, 1);

    #[inline(always)]
    fn run<V: Lanes>(self) {
        let Self(job) = self;
        let columns = job.output.len() / LANES;
        for (column, width) in pieces(columns, V::STRIP) {
            with_width!(width, WIDTH => if const { WIDTH <= V::STRIP } { strip::<V, WIDTH, SIDE, STRIDE>(job, column) });
        }
    }
}

#[inline(always)]
fn strip<V: Lanes, const WIDTH: usize, const SIDE: usize, const STRIDE: usize>(job: &mut Job, column: usize) {
    let (rows, columns) = if SIDE == 0 { (job.window.rows, job.window.columns) } else { (SIDE, SIDE) };
    let step = if STRIDE == 0 { job.pixel_step } else { STRIDE * LANES };
    let start = column * step;
    let reach = (rows - 1) * job.row_step + (columns - 1) * job.column_step + (WIDTH - 1) * step + LANES;
    assert!(job.input.len() >= start + reach && job.weights.len() == rows * columns);
    assert!(job.output.len() >= (column + WIDTH) * LANES);
    // Safety: the asserts above cover every place that is read or written below.
    unsafe {
        let mut sums = [V::load(job.bias.0.as_ptr()); WIDTH];
        let mut weight = floats(job.weights);
        for row in 0..rows {
            for column in 0..columns {
                let tap = job.input.as_ptr().add(start + row * job.row_step + column * job.column_step);
                let factor = V::load(weight);
                weight = weight.add(LANES);
                for (pixel, sum) in sums.iter_mut().enumerate() {
                    *sum = V::load(tap.add(pixel * step)).mul_add(factor, *sum);
                }
            }
        }
        let (low, high) = (V::splat(job.clamp.low), V::splat(job.clamp.high));
        for (pixel, sum) in sums.into_iter().enumerate() {
            sum.max(low).min(high).store(job.output.as_mut_ptr().add((column + pixel) * LANES));
        }
    }
}
