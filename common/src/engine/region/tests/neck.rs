//! Gates, maps one after another, and means.

use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::math::div;
use tract_onnx::tract_core::ops::nn::{Reduce, Reducer, sigmoid};

use super::*;

impl Network {
    /// The mean over rows and columns, as tract reads it: a sum, then a division.
    fn mean(&mut self, input: OutletId) -> OutletId {
        let shape = self.dims(input);
        let sum = self.wire(Reduce { axes: tvec!(2, 3), reducer: Reducer::Sum }, &[input]);
        let pixels = (shape[2] * shape[3]) as f32;
        let pixels = self.constant(Tensor::from_shape(&[1, 1, 1, 1], &[pixels]).unwrap());
        self.wire(div(), &[sum, pixels])
    }

    fn vector(&mut self, pixel: OutletId) -> OutletId {
        let without_columns = self.wire(AxisOp::Rm(3), &[pixel]);
        self.wire(AxisOp::Rm(2), &[without_columns])
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// What the default bundle's networks end with: not a channel of the joined map lies where it would in blocks of sixteen.
    #[test]
    fn a_gated_map_beside_its_gate_and_the_mean_of_all_are_tracts(
        local in 1..70usize, context in 1..70usize, size in [1..40usize, 1..40usize], reach in slide(), gate_first: bool,
    ) {
        prop_assume!(fits(&reach, size));
        let (mut network, source) = Network::new([1, 1, size[0], size[1]]);
        let local = network.convolution(source, local, 1, &reach);
        let local = network.relu6(local);
        let gate = network.convolution(local, 1, 1, &Slide::point());
        let gate = network.wire(sigmoid(), &[gate]);
        let gated = network.wire(mul(), &if gate_first { [gate, local] } else { [local, gate] });
        let context = network.convolution(source, context, 1, &reach);
        let map = network.wire(TypedConcat { axis: 1 }, &[gate, gated, context]);
        let mean = network.mean(map);
        let pooled = network.vector(mean);
        prop_assert_eq!(network.compare(&[map, pooled])?, Vec::<String>::new());
    }

    /// A mean and a sum are maps of one pixel, for whoever reads them.
    #[test]
    fn a_mean_and_a_sum_that_layers_read_are_tracts(
        channels in 1..70usize, outputs in 1..70usize, size in [1..40usize, 1..40usize],
    ) {
        let (mut network, source) = Network::new([1, 1, size[0], size[1]]);
        let map = network.convolution(source, channels, 1, &Slide::point());
        let mean = network.mean(map);
        let sum = network.wire(Reduce { axes: tvec!(2, 3), reducer: Reducer::Sum }, &[map]);
        let last = network.convolution(mean, outputs, 1, &Slide::point());
        let last = network.relu6(last);
        let both = network.wire(TypedConcat { axis: 1 }, &[last, sum]);
        prop_assert_eq!(network.compare(&[map, sum, both])?, Vec::<String>::new());
    }
}

#[test]
fn maps_one_after_another_are_read_by_the_layers_that_are_tracts() {
    let (mut network, source) = Network::new([1, 1, 9, 11]);
    let parts = [5, 19].map(|channels| network.convolution(source, channels, 1, &Slide::point()));
    let map = network.wire(TypedConcat { axis: 1 }, &[parts[0], source, parts[1]]);
    let last = network.convolution(map, 5, 1, &Slide::point());
    assert_eq!(network.compare(&[last, map]).unwrap(), ["Conv"]);
}

#[test]
fn products_and_sums_that_are_no_gate_and_no_mean_stay_with_tract() {
    let (mut network, source) = Network::new([1, 1, 9, 11]);
    let map = network.convolution(source, 12, 1, &Slide::point());
    let square = network.wire(mul(), &[map, map]);
    let mean = network.mean(map);
    let weighed = network.wire(mul(), &[map, mean]);
    let rows = network.wire(Reduce { axes: tvec!(2), reducer: Reducer::Sum }, &[map]);
    let highest = network.wire(Reduce { axes: tvec!(2, 3), reducer: Reducer::Max }, &[map]);
    let mut left = network.compare(&[square, weighed, rows, highest]).unwrap();
    left.sort();
    assert_eq!(left, ["Mul", "Mul", "Reduce<Max>", "Reduce<Sum>"]);
}
