//! What makes one value of few, and takes little time: plain code, the same numbers on every processor.

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

/// The logistic function of each value, within 3e-7 of it, never below 0 and never above 1; the two maps are alike but for their borders.
pub fn sigmoid(output: &mut MapMut, input: Map) {
    let (to, from) = (output.layout, input.layout);
    for block in 0..to.blocks() {
        for row in 0..to.rows {
            let source = &input.floats[block * from.block_stride() + from.row(row)..][..to.columns * LANES];
            let target = &mut output.floats[block * to.block_stride() + to.row(row)..][..to.columns * LANES];
            target.iter_mut().zip(source).for_each(|(to, from)| *to = logistic(*from));
        }
    }
}

/// One half and an odd rational function, fitted for the least error between -18 and 18; beyond, the logistic function is as near to 0 or
/// 1 as the error.
fn logistic(value: f32) -> f32 {
    const ABOVE: [f32; 5] = [1.287_521_3e-11, 7.996_807_5e-8, 5.447_783_8e-5, 8.358_248_5e-3, 2.499_999_7e-1];
    const BELOW: [f32; 5] = [3.008_852e-9, 5.111_539e-6, 1.615_123_6e-3, 1.167_662_4e-1, 1.0];
    let value = value.clamp(-18.0, 18.0);
    let square = value * value;
    let [above, below] = [ABOVE, BELOW].map(|terms| terms.into_iter().fold(0.0, |sum, term| sum * square + term));
    (value * above / below + 0.5).clamp(0.0, 1.0)
}

/// Multiplies each pixel of a map with the one channel that `gate` has there; both have the output's rows and columns.
pub fn gated(output: &mut MapMut, input: Map, gate: Map) {
    let to = output.layout;
    for block in 0..to.blocks() {
        for row in 0..to.rows {
            let length = to.columns * LANES;
            let source = &input.floats[block * input.layout.block_stride() + input.layout.row(row)..][..length];
            let gates = &gate.floats[gate.layout.row(row)..][..length];
            let target = &mut output.floats[block * to.block_stride() + to.row(row)..][..length];
            let pixels = source.chunks_exact(LANES).zip(gates.chunks_exact(LANES));
            for (to, (from, gate)) in target.chunks_exact_mut(LANES).zip(pixels) {
                to.iter_mut().zip(from).for_each(|(to, from)| *to = from * gate[0]);
            }
        }
    }
}

/// The sum of a map's pixels times `share`: one pixel.
pub fn total(output: &mut MapMut, input: Map, share: f32) {
    let (to, from) = (output.layout, input.layout);
    assert_eq!((to.rows, to.columns, to.blocks()), (1, 1, from.blocks()));
    for block in 0..to.blocks() {
        let mut sums = [0.0; LANES];
        for row in 0..from.rows {
            // By rows first: long sums lose what they add last.
            let mut line = [0.0; LANES];
            let pixels = &input.floats[block * from.block_stride() + from.row(row)..][..from.columns * LANES];
            pixels.chunks_exact(LANES).for_each(|pixel| add(&mut line, pixel));
            add(&mut sums, &line);
        }
        let pixel = &mut output.floats[block * to.block_stride() + to.row(0)..][..LANES];
        pixel.iter_mut().zip(sums).for_each(|(pixel, sum)| *pixel = sum * share);
    }
}

fn add(sums: &mut [f32; LANES], pixel: &[f32]) {
    sums.iter_mut().zip(pixel).for_each(|(sum, value)| *sum += value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logistic_function_is_near_everywhere_and_stays_a_share() {
        let near = (-4_000_000..=4_000_000).map(|step| step as f32 / 100_000.0);
        let far = [f32::MIN, -1e9, -104.0, -88.0, -1e-30, 0.0, 1e-30, 88.0, 104.0, 1e9, f32::MAX];
        let ends = [f32::NEG_INFINITY, f32::INFINITY];
        for value in near.chain(far).chain(ends) {
            let (found, expected) = (logistic(value), 1.0 / (1.0 + (-f64::from(value)).exp()));
            assert!((0.0..=1.0).contains(&found), "{found} at {value}");
            assert!((f64::from(found) - expected).abs() <= 3e-7, "{found} is not {expected} at {value}");
        }
        assert!(logistic(f32::NAN).is_nan());
    }
}
