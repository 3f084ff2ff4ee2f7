//! Random networks through our kernels, on every kind of processor that this machine is, against tract's own ops.

mod neck;

use proptest::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PaddingSpec, PoolSpec, SumPool};
use tract_onnx::tract_core::ops::math::{add, max, min, mul};
use tract_onnx::tract_core::ops::nn::{DataFormat, NearestUpsample};

use super::{Region, compile, whole};
use crate::engine::lanes::Processor;

/// Numbers between -1 and 1 that look random; the same seed gives the same ones.
fn noise(shape: &[usize], seed: u64) -> Tensor {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect();
    Tensor::from_shape(shape, &values).unwrap()
}

/// How a window slides.
#[derive(Debug, Clone)]
struct Slide {
    window: [usize; 2],
    stride: [usize; 2],
    dilation: [usize; 2],
    before: [usize; 2],
    after: [usize; 2],
}

impl Slide {
    fn point() -> Self {
        Self { window: [1, 1], stride: [1, 1], dilation: [1, 1], before: [0, 0], after: [0, 0] }
    }

    /// Whether no place of the window shows padding alone of a map of this size.
    fn always_sees(&self, size: [usize; 2]) -> bool {
        (0..2).all(|axis| {
            let padded: Vec<bool> = [(self.before[axis], false), (size[axis], true), (self.after[axis], false)]
                .iter()
                .flat_map(|&(count, inside)| vec![inside; count])
                .collect();
            let reach = (self.window[axis] - 1) * self.dilation[axis] + 1;
            padded
                .windows(reach)
                .step_by(self.stride[axis])
                .all(|seen| seen.iter().step_by(self.dilation[axis]).any(|inside| *inside))
        })
    }

    fn spec(&self, inputs: usize, outputs: usize) -> PoolSpec {
        PoolSpec {
            data_format: DataFormat::NCHW,
            kernel_shape: tvec(self.window),
            padding: PaddingSpec::Explicit(tvec(self.before), tvec(self.after)),
            dilations: Some(tvec(self.dilation)),
            strides: Some(tvec(self.stride)),
            input_channels: inputs,
            output_channels: outputs,
        }
    }
}

fn slide() -> impl Strategy<Value = Slide> {
    let pair = |range: std::ops::RangeInclusive<usize>| [range.clone(), range];
    (pair(1..=4), pair(1..=3), pair(1..=2)).prop_flat_map(|(window, stride, dilation)| {
        let pad = [0..window[0], 0..window[1]];
        (pad.clone(), pad).prop_map(move |(before, after)| Slide { window, stride, dilation, before, after })
    })
}

/// A network that is put together node by node.
struct Network {
    model: TypedModel,
    nodes: usize,
}

impl Network {
    fn new(shape: [usize; 4]) -> (Self, OutletId) {
        let mut model = TypedModel::default();
        let film = model.add_source("film", f32::fact(shape)).unwrap();
        (Self { model, nodes: 0 }, film)
    }

    fn wire(&mut self, op: impl Into<Box<dyn TypedOp>>, inputs: &[OutletId]) -> OutletId {
        self.nodes += 1;
        self.model.wire_node(format!("node{}", self.nodes), op, inputs).unwrap()[0]
    }

    fn constant(&mut self, tensor: Tensor) -> OutletId {
        self.nodes += 1;
        self.model.add_const(format!("constant{}", self.nodes), tensor).unwrap()
    }

    fn dims(&self, outlet: OutletId) -> Vec<usize> {
        self.model.outlet_fact(outlet).unwrap().shape.as_concrete().unwrap().to_vec()
    }

    fn convolution(&mut self, input: OutletId, outputs: usize, group: usize, slide: &Slide) -> OutletId {
        let inputs = self.dims(input)[1];
        let seed = self.nodes as u64;
        let weights = self.constant(noise(&[outputs, inputs / group, slide.window[0], slide.window[1]], seed));
        let biases = self.constant(noise(&[outputs], seed + 1000));
        let (pool_spec, kernel_fmt) = (slide.spec(inputs, outputs), KernelFormat::OIHW);
        self.wire(Conv { pool_spec, kernel_fmt, group, q_params: None }, &[input, weights, biases])
    }

    fn relu6(&mut self, input: OutletId) -> OutletId {
        let [low, high] = [0f32, 6.0].map(|limit| self.constant(Tensor::from_shape(&[1, 1, 1, 1], &[limit]).unwrap()));
        let above = self.wire(max(), &[input, low]);
        self.wire(min(), &[above, high])
    }

    /// Compares what it makes with and without a region, and gives the ops beside the region.
    fn compare(mut self, outputs: &[OutletId]) -> Result<Vec<String>, TestCaseError> {
        self.model.select_output_outlets(outputs).unwrap();
        let film = self.model.input_fact(0).unwrap().shape.as_concrete().unwrap().to_vec();
        let film = noise(&film, 7);
        let run = |model: &TypedModel| {
            model
                .clone()
                .into_optimized()
                .unwrap()
                .into_runnable()
                .unwrap()
                .run(tvec!(film.clone().into_tvalue()))
                .unwrap()
        };
        let expected = run(&self.model);
        let mut others = Vec::new();
        for processor in Processor::here() {
            let spliced = compile(self.model.clone(), processor).unwrap();
            prop_assert!(spliced.nodes().iter().any(|node| node.op_is::<Region>()), "no region");
            let plan = spliced.clone().into_optimized().unwrap().into_runnable().unwrap();
            // Twice: the second run finds the memory that the first one left.
            for _ in 0..2 {
                let found = plan.run(tvec!(film.clone().into_tvalue())).unwrap();
                for (found, expected) in found.iter().zip(&expected) {
                    let found = found.to_plain_array_view::<f32>().unwrap();
                    let expected = expected.to_plain_array_view::<f32>().unwrap();
                    prop_assert_eq!(found.shape(), expected.shape());
                    let scale = expected.iter().fold(1f32, |scale, value| scale.max(value.abs()));
                    let apart =
                        found.iter().zip(&expected).map(|(one, other)| (one - other).abs()).fold(0f32, f32::max);
                    prop_assert!(apart <= 1e-5 * scale, "{processor:?}: {apart} apart where values reach {scale}");
                }
            }
            let left = spliced.nodes().iter().filter(|node| !node.inputs.is_empty() && !node.op_is::<Region>());
            others = left.map(|node| node.op.name().to_string()).collect();
            // Where nothing is left to tract, the region gives the same without it.
            let region = whole(&spliced);
            prop_assert_eq!(region.is_some(), others.is_empty());
            if let Some(region) = region {
                let view = film.to_plain_array_view::<f32>().unwrap().into_dimensionality().unwrap();
                let alone: Vec<Tensor> = region.run(view).unwrap().into_iter().map(Tensor::from).collect();
                let inside: Vec<Tensor> = plan
                    .run(tvec!(film.clone().into_tvalue()))
                    .unwrap()
                    .into_iter()
                    .map(|output| output.into_tensor())
                    .collect();
                prop_assert_eq!(alone, inside);
            }
        }
        Ok(others)
    }
}

/// Where a slide leaves anything of a map.
fn fits(slide: &Slide, [rows, columns]: [usize; 2]) -> bool {
    [rows, columns].into_iter().enumerate().all(|(axis, size)| {
        size + slide.before[axis] + slide.after[axis] > (slide.window[axis] - 1) * slide.dilation[axis]
    })
}

#[test]
fn a_pooling_that_sees_padding_alone_is_left_to_tract() {
    let (mut network, source) = Network::new([1, 1, 1, 1]);
    let map = network.convolution(source, 2, 1, &Slide::point());
    let map = network.relu6(map);
    let slide = Slide { window: [1, 2], dilation: [1, 2], before: [0, 1], after: [0, 1], ..Slide::point() };
    assert!(!slide.always_sees([1, 1]));
    let last = network.wire(MaxPool { pool_spec: slide.spec(2, 2), with_index_outputs: None }, &[map]);
    assert_eq!(network.compare(&[last]).unwrap(), ["MaxPool"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_dense_convolution_of_a_film_and_one_of_its_map_are_tracts(
        film in 1..4usize, middle in 1..70usize, outputs in 1..70usize, size in [1..40usize, 1..40usize], one in slide(), other in slide(),
    ) {
        prop_assume!(fits(&one, size));
        let (mut network, source) = Network::new([1, film, size[0], size[1]]);
        let map = network.convolution(source, middle, 1, &one);
        let shape = network.dims(map);
        prop_assume!(fits(&other, [shape[2], shape[3]]));
        let clamped = network.relu6(map);
        let last = network.convolution(clamped, outputs, 1, &other);
        prop_assert_eq!(network.compare(&[last])?, Vec::<String>::new());
    }

    #[test]
    fn a_depthwise_convolution_and_a_pooling_of_it_are_tracts(
        channels in 2..70usize, size in [1..40usize, 1..40usize], one in slide(), other in slide(),
    ) {
        prop_assume!(fits(&one, size));
        let (mut network, source) = Network::new([1, 1, size[0], size[1]]);
        let map = network.convolution(source, channels, 1, &Slide::point());
        let map = network.convolution(map, channels, channels, &one);
        let map = network.relu6(map);
        let shape = network.dims(map);
        prop_assume!(fits(&other, [shape[2], shape[3]]));
        let last = network.wire(MaxPool { pool_spec: other.spec(channels, channels), with_index_outputs: None }, &[map]);
        let left = network.compare(&[last])?;
        let is_ours = other.always_sees([shape[2], shape[3]]);
        prop_assert_eq!(left, if is_ours { vec![] } else { vec!["MaxPool".to_owned()] });
    }

    /// The layers between which memory is shared: residuals, sums, maps written into one, maps blown up, and readers with other padding.
    #[test]
    fn maps_that_meet_again_are_tracts(
        channels in 1..5usize, odd in 1..40usize, size in [4..20usize, 4..20usize], one in slide(), upsample in [1..4usize, 1..4usize],
    ) {
        let channels = channels * 16;
        prop_assume!(fits(&one, size));
        let (mut network, source) = Network::new([1, 1, size[0], size[1]]);
        let stem = network.convolution(source, channels, 1, &Slide::point());
        let stem = network.relu6(stem);
        let wide = network.convolution(stem, odd, 1, &Slide::point());
        let back = network.convolution(wide, channels, 1, &Slide::point());
        let residual = network.wire(add(), &[stem, back]);
        let residual = network.relu6(residual);
        let blocks = [network.convolution(residual, channels, 1, &one), network.convolution(residual, odd, 1, &one)];
        let joined = network.wire(TypedConcat { axis: 1 }, &blocks);
        let after = network.convolution(joined, channels, 1, &Slide::point());
        let sum = network.wire(add(), &[blocks[0], after]);
        let large = network.wire(NearestUpsample { scales: tvec!(1, 1, upsample[0], upsample[1]) }, &[sum]);
        let last = network.convolution(large, odd, 1, &Slide { window: [3, 3], before: [1, 1], after: [1, 1], ..Slide::point() });
        prop_assert_eq!(network.compare(&[last, joined, residual])?, Vec::<String>::new());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// What other backbones are made of: grouped convolutions, means, batch norms before a convolution, lone activations.
    #[test]
    fn other_layers_are_tracts(
        groups in 1..4usize, width in [1..3usize, 1..3usize], size in [4..20usize, 4..20usize], one in slide(), other in slide(),
    ) {
        prop_assume!(fits(&one, size));
        let (mut network, source) = Network::new([1, 1, size[0], size[1]]);
        let (inputs, outputs) = (groups * width[0] * 16, groups * width[1] * 16);
        let map = network.convolution(source, inputs, 1, &Slide::point());
        let map = network.convolution(map, outputs, groups, &one);
        let [scales, shifts] = [3, 5].map(|seed| network.constant(noise(&[1, outputs, 1, 1], seed)));
        let scaled = network.wire(mul(), &[map, scales]);
        let shifted = network.wire(add(), &[scaled, shifts]);
        let clamped = network.relu6(shifted);
        let shape = network.dims(clamped);
        prop_assume!(fits(&other, [shape[2], shape[3]]));
        let pool_spec = other.spec(outputs, outputs);
        let mean = network.wire(SumPool { pool_spec, count_include_pad: true, normalize: true }, &[clamped]);
        let both = network.wire(TypedConcat { axis: 1 }, &[mean]);
        let last = network.relu6(both);
        prop_assert_eq!(network.compare(&[mean, last])?, Vec::<String>::new());
    }
}

#[test]
fn what_the_kernels_do_not_know_stays_with_tract() {
    let (mut network, source) = Network::new([1, 1, 9, 9]);
    let map = network.convolution(source, 12, 1, &Slide::point());
    let grouped = network.convolution(map, 12, 3, &Slide::point());
    let after = network.convolution(grouped, 5, 1, &Slide::point());
    let joined = network.wire(TypedConcat { axis: 1 }, &[map, after]);
    assert_eq!(network.compare(&[joined]).unwrap(), ["Conv", "Conv", "Concat"]);
}

fn tvec(pair: [usize; 2]) -> TVec<usize> {
    TVec::from_slice(&pair)
}
