//! The highest value in each window.
#![allow(unsafe_code)] // as in `convolution`

use super::{Window, pieces, with_width};
use crate::engine::lanes::{Kernel, Lanes, Processor};
use crate::engine::layout::{LANES, Map, MapMut};

/// A maximum over windows. What lies outside the map counts as zero: padding is right only for maps without negative values.
#[derive(Debug, Clone)]
pub struct MaxPool {
    pub window: Window,
    pub processor: Processor,
}

impl MaxPool {
    /// Computes the output.
    pub fn run(&self, output: &mut MapMut, input: Map) {
        let (to, from) = (output.layout, input.layout);
        self.window.check(&from, &to);
        assert!(output.floats.len() == to.len() && input.floats.len() == from.len());
        assert_eq!(to.blocks(), from.blocks());
        for block in 0..to.blocks() {
            for row in 0..to.rows {
                self.processor.run(Row {
                    input: &input.floats[block * from.block_stride() + self.window.start(&from, row)..],
                    row_step: self.window.dilation[0] * from.row_stride(),
                    window: &self.window,
                    output: &mut output.floats[block * to.block_stride() + to.row(row)..][..to.columns * LANES],
                });
            }
        }
    }
}

/// One output row of a block.
struct Row<'a> {
    input: &'a [f32],
    row_step: usize,
    window: &'a Window,
    output: &'a mut [f32],
}

impl Kernel for Row<'_> {
    const TILE: (usize, usize) = (1, 1);

    #[inline(always)]
    fn run<V: Lanes>(mut self) {
        for (column, width) in pieces(self.output.len() / LANES, V::STRIP) {
            with_width!(width, WIDTH => if const { WIDTH <= V::STRIP } { strip::<V, WIDTH>(&mut self, column) });
        }
    }
}

#[inline(always)]
fn strip<V: Lanes, const WIDTH: usize>(job: &mut Row, column: usize) {
    let (column_step, step) = (job.window.dilation[1] * LANES, job.window.stride[1] * LANES);
    let (rows, columns) = (job.window.rows, job.window.columns);
    let start = column * step;
    let reach = (rows - 1) * job.row_step + (columns - 1) * column_step + (WIDTH - 1) * step + LANES;
    assert!(job.input.len() >= start + reach && job.output.len() >= (column + WIDTH) * LANES);
    // Safety: the assert above covers every place that is read or written below.
    unsafe {
        let mut highest = [V::splat(f32::NEG_INFINITY); WIDTH];
        for row in 0..rows {
            for column in 0..columns {
                let tap = job.input.as_ptr().add(start + row * job.row_step + column * column_step);
                for (pixel, highest) in highest.iter_mut().enumerate() {
                    *highest = highest.max(V::load(tap.add(pixel * step)));
                }
            }
        }
        for (pixel, highest) in highest.into_iter().enumerate() {
            highest.store(job.output.as_mut_ptr().add((column + pixel) * LANES));
        }
    }
}
