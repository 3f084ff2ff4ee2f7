//! What makes one value of few: sums of two maps, and a map blown up.

use super::Clamp;
use crate::engine::layout::{LANES, Map, MapMut};

/// The sum of two maps, clamped.
#[derive(Debug, Clone)]
pub struct Sum {
    pub clamp: Clamp,
}

impl Sum {
    /// Computes the output; the three maps are alike but for their borders.
    pub fn run(&self, output: &mut MapMut, [one, other]: [Map; 2]) {
        let to = output.layout;
        let length = to.columns * LANES;
        for block in 0..to.blocks() {
            for row in 0..to.rows {
                let line = |map: Map<'_>| block * map.layout.block_stride() + map.layout.row(row);
                let ones = &one.floats[line(one)..][..length];
                let others = &other.floats[line(other)..][..length];
                let sums = &mut output.floats[block * to.block_stride() + to.row(row)..][..length];
                for (sum, (one, other)) in sums.iter_mut().zip(ones.iter().zip(others)) {
                    *sum = (one + other).max(self.clamp.low).min(self.clamp.high);
                }
            }
        }
    }
}

/// Makes each pixel `down` x `right` pixels.
pub fn upsample(output: &mut MapMut, input: Map, [down, right]: [usize; 2]) {
    let (to, from) = (output.layout, input.layout);
    assert_eq!((to.rows, to.columns), (from.rows * down, from.columns * right));
    for block in 0..to.blocks() {
        for row in 0..to.rows {
            let source = &input.floats[block * from.block_stride() + from.row(row / down)..][..from.columns * LANES];
            let target = &mut output.floats[block * to.block_stride() + to.row(row)..][..to.columns * LANES];
            for (pixel, copies) in source.chunks_exact(LANES).zip(target.chunks_exact_mut(right * LANES)) {
                copies.chunks_exact_mut(LANES).for_each(|copy| copy.copy_from_slice(pixel));
            }
        }
    }
}
