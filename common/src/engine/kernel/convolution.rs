//! Dense convolutions: each output channel from every input channel, or from every channel of its group.
#![allow(unsafe_code)] // the innermost loop walks by pointers, each of which `run` has checked against the map's layout

use super::{Clamp, Window, lane, pieces, with_width};
use crate::engine::lanes::{Kernel, Lanes, Processor, floats};
use crate::engine::layout::{LANES, Lane, Layout, Map, MapMut};

/// Weights that are read again and again stay in the first cache up to this size.
const NEAR_BYTES: usize = 24 << 10;

/// A dense convolution, its weights in the order in which they are used.
#[derive(Debug, Clone)]
pub struct Convolution {
    window: Window,
    clamp: Clamp,
    processor: Processor,
    /// Input channels that an output channel sees.
    inputs: usize,
    bundles: Vec<Bundle>,
}

/// One or two blocks of output channels that are computed at once.
#[derive(Debug, Clone)]
struct Bundle {
    first_block: usize,
    blocks: usize,
    first_input_block: usize,
    /// By block of input channels, window row, window column, input channel, output block.
    weights: Vec<Lane>,
    biases: Vec<Lane>,
}

impl Convolution {
    /// Packs `weights` (outputs x inputs of a group x window rows x window columns) for a map whose blocks have `lanes` channels. Where
    /// there are several groups, both their inputs and their outputs are whole blocks.
    pub fn new(
        weights: &ndarray::ArrayView4<f32>,
        biases: &[f32],
        (groups, lanes): (usize, usize),
        window: Window,
        clamp: Clamp,
        processor: Processor,
    ) -> Self {
        let (outputs, inputs, _, _) = weights.dim();
        let group_blocks = (outputs / groups).div_ceil(LANES);
        let at_once = if processor.tile(2) == 0 { 1 } else { 2 };
        // In the standard order they are a slice: all weights of an output channel, then those of the next.
        let standard = weights.as_standard_layout();
        let stored = standard.as_slice().unwrap();
        let step = inputs * window.rows * window.columns;
        let mut bundles = Vec::new();
        for group in 0..groups {
            for first in (0..group_blocks).step_by(at_once) {
                let own = group * group_blocks + first..group * group_blocks + group_blocks.min(first + at_once);
                let mut packed = Vec::with_capacity(own.len() * step);
                for first_input in (0..inputs).step_by(lanes) {
                    for (row, column) in
                        (0..window.rows).flat_map(|row| (0..window.columns).map(move |column| (row, column)))
                    {
                        for input in first_input..inputs.min(first_input + lanes) {
                            let place = (input * window.rows + row) * window.columns + column;
                            packed.extend(own.clone().map(|block| {
                                let mut lane = Lane::default();
                                let weights = stored[block * LANES * step + place..].iter().step_by(step);
                                lane.0.iter_mut().zip(weights).for_each(|(to, from)| *to = *from);
                                lane
                            }));
                        }
                    }
                }
                bundles.push(Bundle {
                    first_block: own.start,
                    blocks: own.len(),
                    first_input_block: group * inputs / lanes,
                    weights: packed,
                    biases: own.map(|block| lane(outputs, block, |output| biases[output])).collect(),
                });
            }
        }
        Self { window, clamp, processor, inputs, bundles }
    }

    /// Computes the output; `residual` is added before the result is clamped.
    pub fn run(&self, output: &mut MapMut, input: Map, residual: Option<Map>) {
        let (to, from) = (output.layout, input.layout);
        self.window.check(&from, &to);
        let walk = Walk::new(&self.window, &from, self.inputs);
        let last_input = self.bundles.iter().map(|bundle| bundle.first_input_block).max();
        assert!(last_input.is_none_or(|first| first + walk.blocks <= from.blocks()), "fewer input channels");
        assert_eq!(self.bundles.iter().map(|bundle| bundle.blocks).sum::<usize>(), to.blocks());
        assert!(output.floats.len() == to.len() && input.floats.len() == from.len());
        if let Some(residual) = residual {
            let like = residual.layout;
            assert_eq!((like.rows, like.columns, like.blocks()), (to.rows, to.columns, to.blocks()));
            assert_eq!(residual.floats.len(), like.len());
        }
        let seamless = self.window.is_point()
            && from.is_seamless()
            && to.is_seamless()
            && residual.is_none_or(|map| map.layout.is_seamless());
        // Where rows follow each other without a gap they are one long row.
        let (lines, columns) = if seamless { (1, to.rows * to.columns) } else { (to.rows, to.columns) };
        let mut tile = |bundle: &Bundle, row: usize, column: usize, width: usize| {
            let place = |map: &Layout| bundle.first_block * map.block_stride() + map.row(row) + column * LANES;
            let mut job = Job {
                input: &input.floats[bundle.first_input_block * walk.block_step
                    + self.window.start(&from, row)
                    + column * walk.pixel_step..],
                walk: &walk,
                weights: &bundle.weights,
                biases: &bundle.biases,
                residual: residual.map(|map| (&map.floats[place(&map.layout)..], map.layout.block_stride())),
                output: &mut output.floats[place(&to)..],
                output_stride: to.block_stride(),
                clamp: self.clamp,
            };
            self.tile(&mut job, bundle.blocks, width);
        };
        let cut = |bundle: &Bundle| pieces(columns, self.processor.tile(bundle.blocks));
        if self.holds_weights(&from, to.rows * to.columns) {
            for bundle in &self.bundles {
                for row in 0..lines {
                    cut(bundle).for_each(|(column, width)| tile(bundle, row, column, width));
                }
            }
        } else {
            for row in 0..lines {
                for (column, width) in cut(&self.bundles[0]) {
                    self.bundles.iter().for_each(|bundle| tile(bundle, row, column, width));
                }
            }
        }
    }

    /// Whether it pays to go over the whole map with some weights rather than over all weights with some pixels: what does not stay in
    /// the nearest cache should be read least.
    fn holds_weights(&self, from: &Layout, pixels: usize) -> bool {
        let weights: usize = self.bundles.iter().map(|bundle| bundle.weights.len() * size_of::<Lane>()).sum();
        let inputs = from.block_stride() * from.blocks() * size_of::<f32>();
        let tiles = pixels.div_ceil(self.processor.tile(self.bundles[0].blocks));
        weights > NEAR_BYTES && weights + self.bundles.len() * inputs < inputs + tiles * weights
    }

    fn tile(&self, job: &mut Job, blocks: usize, width: usize) {
        let processor = self.processor;
        match (blocks, job.walk.pixel_step) {
            (1, LANES) => with_width!(width, WIDTH => processor.run(Tile::<WIDTH, 1, LANES>(job))),
            (1, _) => with_width!(width, WIDTH => processor.run(Tile::<WIDTH, 1, 0>(job))),
            (_, LANES) => with_width!(width, WIDTH => processor.run(Tile::<WIDTH, 2, LANES>(job))),
            (_, _) => with_width!(width, WIDTH => processor.run(Tile::<WIDTH, 2, 0>(job))),
        }
    }
}

/// How a window lies in a map; steps in floats.
#[derive(Debug, Clone, Copy)]
struct Walk {
    blocks: usize,
    block_step: usize,
    rows: usize,
    row_step: usize,
    columns: usize,
    column_step: usize,
    lanes: usize,
    last_lanes: usize,
    pixel_step: usize,
}

impl Walk {
    fn new(window: &Window, map: &Layout, inputs: usize) -> Self {
        let blocks = inputs.div_ceil(map.lanes);
        Self {
            blocks,
            block_step: map.block_stride(),
            rows: window.rows,
            row_step: window.dilation[0] * map.row_stride(),
            columns: window.columns,
            column_step: window.dilation[1] * map.lanes,
            lanes: map.lanes,
            last_lanes: inputs - (blocks - 1) * map.lanes,
            pixel_step: window.stride[1] * map.lanes,
        }
    }

    /// Floats from the first that a tile of `width` pixels reads to the last.
    fn reach(&self, width: usize) -> usize {
        (self.blocks - 1) * self.block_step
            + (self.rows - 1) * self.row_step
            + (self.columns - 1) * self.column_step
            + (width - 1) * self.pixel_step
            + self.last_lanes
    }
}

/// A few pixels of one bundle.
struct Job<'a> {
    walk: &'a Walk,
    input: &'a [f32],
    weights: &'a [Lane],
    biases: &'a [Lane],
    residual: Option<(&'a [f32], usize)>,
    output: &'a mut [f32],
    output_stride: usize,
    clamp: Clamp,
}

/// `WIDTH` pixels, `BLOCKS` blocks of output channels; `STEP` is the floats from pixel to pixel, 0 where only `walk` knows them.
struct Tile<'a, 'b, const WIDTH: usize, const BLOCKS: usize, const STEP: usize>(&'a mut Job<'b>);

impl<const WIDTH: usize, const BLOCKS: usize, const STEP: usize> Kernel for Tile<'_, '_, WIDTH, BLOCKS, STEP> {
    const TILE: (usize, usize) = (WIDTH, BLOCKS);

    #[inline(always)]
    fn run<V: Lanes>(self) {
        let Self(&mut Job { walk, input, weights, biases, residual, ref mut output, output_stride, clamp }) = self;
        let step = if STEP == 0 { walk.pixel_step } else { STEP };
        let last = (BLOCKS - 1) * output_stride + WIDTH * LANES;
        assert!(input.len() >= walk.reach(WIDTH) && output.len() >= last && biases.len() == BLOCKS);
        assert!(residual.is_none_or(|(floats, stride)| floats.len() >= (BLOCKS - 1) * stride + WIDTH * LANES));
        let taps = walk.rows * walk.columns * ((walk.blocks - 1) * walk.lanes + walk.last_lanes);
        assert!(weights.len() == taps * BLOCKS);

        // Safety: the asserts above cover every place that is read or written below.
        unsafe {
            let bias = floats(biases);
            let mut sums: [[V; BLOCKS]; WIDTH] = [std::array::from_fn(|block| V::load(bias.add(block * LANES))); WIDTH];
            let mut weight = floats(weights);
            for block in 0..walk.blocks {
                let lanes = if block + 1 == walk.blocks { walk.last_lanes } else { walk.lanes };
                let corner = input.as_ptr().add(block * walk.block_step);
                for row in 0..walk.rows {
                    for column in 0..walk.columns {
                        let tap = corner.add(row * walk.row_step + column * walk.column_step);
                        let mut next = || {
                            let factors: [V; BLOCKS] = std::array::from_fn(|block| V::load(weight.add(block * LANES)));
                            weight = weight.add(BLOCKS * LANES);
                            factors
                        };
                        // Where nothing is gained by it, not even compiled.
                        let runs = if V::NEIGHBOURS > 1 { lanes / V::NEIGHBOURS } else { 0 };
                        for run in 0..runs {
                            let neighbours: [V; WIDTH] = std::array::from_fn(|pixel| {
                                V::load_neighbours(tap.add(pixel * step + run * V::NEIGHBOURS))
                            });
                            for place in 0..V::NEIGHBOURS {
                                let factors = next();
                                for (neighbours, sums) in neighbours.into_iter().zip(&mut sums) {
                                    for (sum, factor) in sums.iter_mut().zip(factors) {
                                        *sum = factor.mul_add_neighbour(neighbours, place, *sum);
                                    }
                                }
                            }
                        }
                        for lane in runs * V::NEIGHBOURS..lanes {
                            let factors = next();
                            for (pixel, sums) in sums.iter_mut().enumerate() {
                                let value = V::splat(*tap.add(pixel * step + lane));
                                for (sum, factor) in sums.iter_mut().zip(factors) {
                                    *sum = value.mul_add(factor, *sum);
                                }
                            }
                        }
                    }
                }
            }
            if let Some((floats, stride)) = residual {
                for (pixel, sums) in sums.iter_mut().enumerate() {
                    for (block, sum) in sums.iter_mut().enumerate() {
                        *sum = sum.add(V::load(floats.as_ptr().add(block * stride + pixel * LANES)));
                    }
                }
            }
            let (low, high) = (V::splat(clamp.low), V::splat(clamp.high));
            for (pixel, sums) in sums.iter().enumerate() {
                for (block, sum) in sums.iter().enumerate() {
                    sum.max(low).min(high).store(output.as_mut_ptr().add(block * output_stride + pixel * LANES));
                }
            }
        }
    }
}
