//! Which of tract's nodes our kernels know, and as what.

use std::collections::HashMap;

use ndarray::{Array4, Ix4};
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::change_axes::AxisOp;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, MaxPool as TractMaxPool, PoolSpec, SumPool};
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::identity::Identity;
use tract_onnx::tract_core::ops::math::{Add, Max, Min, Mul};
use tract_onnx::tract_core::ops::nn::{DataFormat, NearestUpsample, Reduce, Sigmoid};

use super::compile::{constant, shape};
use super::draft::{Draft, MapId};
use super::step::Layer;
use crate::engine::kernel::{Clamp, Convolution, Depthwise, MaxPool, Sum, Window};
use crate::engine::lanes::Processor;
use crate::engine::layout::{Border, LANES};

/// The layers that were made of a model's nodes so far.
pub struct Layers<'a> {
    pub model: &'a TypedModel,
    pub processor: Processor,
    pub draft: Draft,
    /// The maps that stand for an outlet, one after another along its channels. Layers read single maps: where there are several, no layer
    /// reads them together but the mean.
    pub maps: HashMap<OutletId, Vec<MapId>>,
}

/// What follows a layer and is computed with it.
struct Tail {
    residual: Option<MapId>,
    clamp: Clamp,
    /// The outlets that the layer's result stands for, the last of which is what the tail makes.
    outlets: Vec<OutletId>,
}

impl<'a> Layers<'a> {
    /// Adds the layer that a node is, where our kernels know it and its inputs are ours.
    pub fn add(&mut self, node: &TypedNode) {
        let outlet = OutletId::new(node.id, 0);
        if self.maps.contains_key(&outlet) || node.outputs.len() != 1 {
            return;
        }
        if let Some(maps) = self.parts(node) {
            self.maps.insert(outlet, maps);
        }
    }

    fn parts(&mut self, node: &TypedNode) -> Option<Vec<MapId>> {
        if let Some(concat) = node.op_as::<TypedConcat>() {
            self.concat(node, concat)
        } else if let Some(reduce) = node.op_as::<Reduce>() {
            self.mean(node, reduce)
        } else if node.op_is::<Identity>() || matches!(node.op_as(), Some(AxisOp::Rm(2..))) {
            // Rows and columns that are one change no order.
            self.maps.get(&node.inputs[0]).cloned()
        } else {
            self.layer(node).map(|map| vec![map])
        }
    }

    fn layer(&mut self, node: &TypedNode) -> Option<MapId> {
        let first = self.map(*node.inputs.first()?)?;
        if let Some(conv) = node.op_as::<Conv>() {
            self.convolution(node, conv, first)
        } else if let Some(pool) = node.op_as::<TractMaxPool>() {
            self.max_pool(node, pool, first)
        } else if let Some(pool) = node.op_as::<SumPool>() {
            self.mean_pool(node, pool, first)
        } else if let Some(upsample) = node.op_as::<NearestUpsample>() {
            self.upsample(node, upsample, first)
        } else if let Some(binary) = node.op_as::<TypedBinOp>() {
            match self.map(node.inputs[1]) {
                Some(second) if binary.0.is::<Add>() => self.sum(node, [first, second]),
                Some(second) if binary.0.is::<Mul>() => self.gate(node, [first, second]),
                Some(_) => None,
                None => self.pixelwise(node, binary, first),
            }
        } else if let Some(elementwise) = node.op_as::<ElementWiseOp>() {
            elementwise.0.is::<Sigmoid>().then(|| self.sigmoid(node, first)).flatten()
        } else {
            None
        }
    }

    fn convolution(&mut self, node: &TypedNode, conv: &Conv, input: MapId) -> Option<MapId> {
        let weights = constant(self.model, node.inputs[1])?;
        let weights = weights.to_plain_array_view::<f32>().ok()?.into_dimensionality::<Ix4>().ok()?;
        let biases = constant(self.model, node.inputs[2])?;
        let biases = biases.try_as_plain_ram().ok()?.as_slice::<f32>().ok()?.to_vec();
        let outputs = conv.output_channels();
        let biases = if let [bias] = biases[..] { vec![bias; outputs] } else { biases };
        let layout = self.draft.get(input).layout;
        let fits = conv.kernel_fmt == KernelFormat::OIHW && conv.q_params.is_none() && biases.len() == outputs;
        let is_depthwise = conv.group == layout.channels && conv.group == outputs && layout.lanes == LANES;
        let whole_blocks =
            [layout.channels, outputs].iter().all(|channels| channels.is_multiple_of(conv.group * LANES));
        (fits && (conv.group == 1 || is_depthwise || whole_blocks)).then_some(())?;
        let (shape, window, border) = self.geometry(node, &conv.pool_spec, input)?;

        let tail = self.tail(node, Clamp::NONE, !is_depthwise);
        let mut inputs = vec![(input, border)];
        inputs.extend(tail.residual.map(|map| (map, Border::default())));
        let layer = if is_depthwise {
            Layer::Depthwise(Depthwise::new(&weights, &biases, window, tail.clamp, self.processor))
        } else {
            let split = (conv.group, layout.lanes);
            Layer::Convolution(Convolution::new(&weights, &biases, split, window, tail.clamp, self.processor))
        };
        Some(self.finish(layer, &inputs, shape, tail))
    }

    fn max_pool(&mut self, node: &TypedNode, pool: &TractMaxPool, input: MapId) -> Option<MapId> {
        let (shape, window, border) = self.geometry(node, &pool.pool_spec, input)?;
        let map = self.draft.get(input);
        // The border is zero: it must not be higher than what it surrounds.
        (map.layout.lanes == LANES && (map.non_negative || border == Border::default())).then_some(())?;
        // What is highest in nothing is tract's to say.
        window.always_sees([map.layout.rows, map.layout.columns], [shape[1], shape[2]]).then_some(())?;
        let non_negative = map.non_negative;
        let layer = Layer::MaxPool(MaxPool { window, processor: self.processor });
        Some(self.draft.layer(layer, &[(input, border)], shape, non_negative))
    }

    /// A mean is a depthwise convolution whose weights are alike; where it counts pixels inside the map only, they are not.
    fn mean_pool(&mut self, node: &TypedNode, pool: &SumPool, input: MapId) -> Option<MapId> {
        let (shape, window, border) = self.geometry(node, &pool.pool_spec, input)?;
        (pool.normalize && (pool.count_include_pad || border == Border::default())).then_some(())?;
        let weight = 1.0 / (window.rows * window.columns) as f32;
        let weights = Array4::from_elem((shape[0], 1, window.rows, window.columns), weight);
        self.depthwise(node, (input, border), shape, window, (weights, vec![0.0; shape[0]]), Clamp::NONE)
    }

    /// What each pixel becomes by itself: scaled by a number a channel, and shifted, or clamped.
    fn pixelwise(&mut self, node: &TypedNode, binary: &TypedBinOp, input: MapId) -> Option<MapId> {
        let shape = self.output_shape(node)?;
        let operand = |node: &TypedNode, from: OutletId| {
            let other = node.inputs.iter().find(|input| **input != from)?;
            let tensor = constant(self.model, *other)?;
            let values = tensor.try_as_plain_ram().ok()?.as_slice::<f32>().ok()?.to_vec();
            match values[..] {
                [value] => Some(vec![value; shape[0]]),
                _ => (tensor.shape() == [1, shape[0], 1, 1]).then_some(values),
            }
        };
        let from = node.inputs[0];
        let mut last = node;
        let (mut scales, mut shifts, mut clamp) = (vec![1.0; shape[0]], vec![0.0; shape[0]], Clamp::NONE);
        if binary.0.is::<Mul>() {
            scales = operand(node, from)?;
            let outlet = OutletId::new(node.id, 0);
            let next = self.only_reader(outlet);
            let is_add = |node: &&TypedNode| node.op_as::<TypedBinOp>().is_some_and(|binary| binary.0.is::<Add>());
            if let Some((next, values)) = next.filter(is_add).and_then(|next| Some((next, operand(next, outlet)?))) {
                (last, shifts) = (next, values);
            }
        } else if binary.0.is::<Max>() {
            clamp.low = self.scalar(node.inputs[1])?;
        } else if binary.0.is::<Min>() {
            clamp.high = self.scalar(node.inputs[1])?;
        } else {
            return None;
        }
        let weights = Array4::from_shape_fn((shape[0], 1, 1, 1), |(channel, ..)| scales[channel]);
        let map = self.depthwise(last, (input, Border::default()), shape, Window::POINT, (weights, shifts), clamp)?;
        self.maps.insert(OutletId::new(last.id, 0), vec![map]);
        Some(map)
    }

    fn depthwise(
        &mut self,
        last: &TypedNode,
        input: (MapId, Border),
        shape: [usize; 3],
        window: Window,
        (weights, biases): (Array4<f32>, Vec<f32>),
        clamp: Clamp,
    ) -> Option<MapId> {
        (self.draft.get(input.0).layout.lanes == LANES).then_some(())?;
        let tail = self.tail(last, clamp, false);
        let layer = Depthwise::new(&weights.view(), &biases, window, tail.clamp, self.processor);
        Some(self.finish(Layer::Depthwise(layer), &[input], shape, tail))
    }

    fn upsample(&mut self, node: &TypedNode, upsample: &NearestUpsample, input: MapId) -> Option<MapId> {
        let &[1, 1, down, right] = &upsample.scales[..] else { return None };
        let map = self.draft.get(input);
        (map.layout.lanes == LANES).then_some(())?;
        let (shape, non_negative) = (self.output_shape(node)?, map.non_negative);
        Some(self.draft.layer(Layer::Upsample([down, right]), &[(input, Border::default())], shape, non_negative))
    }

    fn sum(&mut self, node: &TypedNode, [one, other]: [MapId; 2]) -> Option<MapId> {
        let [of_one, of_other] = [one, other].map(|map| self.draft.get(map).layout);
        let alike =
            (of_one.channels, of_one.rows, of_one.columns) == (of_other.channels, of_other.rows, of_other.columns);
        (alike && of_one.lanes == LANES && of_other.lanes == LANES).then_some(())?;
        let shape = self.output_shape(node)?;
        let tail = self.tail(node, Clamp::NONE, false);
        let layer = Layer::Sum(Sum { clamp: tail.clamp });
        Some(self.finish(layer, &[(one, Border::default()), (other, Border::default())], shape, tail))
    }

    fn finish(&mut self, layer: Layer, inputs: &[(MapId, Border)], shape: [usize; 3], tail: Tail) -> MapId {
        let map = self.draft.layer(layer, inputs, shape, tail.clamp.low >= 0.0);
        self.maps.extend(tail.outlets.into_iter().map(|outlet| (outlet, vec![map])));
        map
    }

    /// The additions and clampings after a node that nobody else waits for.
    fn tail(&self, node: &TypedNode, clamp: Clamp, may_add: bool) -> Tail {
        let mut tail = Tail { residual: None, clamp, outlets: Vec::new() };
        let mut outlet = OutletId::new(node.id, 0);
        while let Some(next) = self.only_reader(outlet) {
            let Some(binary) = next.op_as::<TypedBinOp>() else { break };
            let Some(&other) = next.inputs.iter().find(|input| **input != outlet) else { break };
            if binary.0.is::<Add>() {
                let Some(map) = self.map(other) else { break };
                let fits =
                    shape(self.model, other) == shape(self.model, outlet) && self.draft.get(map).layout.lanes == LANES;
                if !(may_add && fits && tail.residual.is_none() && tail.clamp == Clamp::NONE) {
                    break;
                }
                tail.residual = Some(map);
            } else {
                let Some(limit) = self.scalar(other) else { break };
                if binary.0.is::<Max>() {
                    tail.clamp = Clamp { low: tail.clamp.low.max(limit), high: tail.clamp.high.max(limit) };
                } else if binary.0.is::<Min>() {
                    tail.clamp = Clamp { low: tail.clamp.low.min(limit), high: tail.clamp.high.min(limit) };
                } else {
                    break;
                }
            }
            outlet = OutletId::new(next.id, 0);
            tail.outlets.push(outlet);
        }
        tail
    }

    /// The one map that stands for an outlet.
    pub(super) fn map(&self, outlet: OutletId) -> Option<MapId> {
        match self.maps.get(&outlet)?[..] {
            [map] => Some(map),
            _ => None,
        }
    }

    /// The one node that reads an outlet, if the outlet is no output of the model.
    pub(super) fn only_reader(&self, outlet: OutletId) -> Option<&'a TypedNode> {
        let [reader] = self.model.outlet_successors(outlet) else { return None };
        let is_output = self.model.output_outlets().ok()?.contains(&outlet);
        (!is_output).then(|| self.model.node(reader.node))
    }

    pub(super) fn scalar(&self, outlet: OutletId) -> Option<f32> {
        let tensor = constant(self.model, outlet)?;
        (tensor.len() == 1).then_some(())?;
        tensor.cast_to_scalar::<f32>().ok()
    }

    /// Channels, rows and columns of what a node makes.
    pub(super) fn output_shape(&self, node: &TypedNode) -> Option<[usize; 3]> {
        match shape(self.model, OutletId::new(node.id, 0))?[..] {
            [1, channels, rows, columns] => Some([channels, rows, columns]),
            _ => None,
        }
    }

    /// What a sliding window makes of a map, and the border it needs there.
    fn geometry(&self, node: &TypedNode, spec: &PoolSpec, input: MapId) -> Option<([usize; 3], Window, Border)> {
        let layout = self.draft.get(input).layout;
        let &[rows, columns] = &spec.kernel_shape[..] else { return None };
        (spec.data_format == DataFormat::NCHW).then_some(())?;
        let padding = spec.computed_padding(&[layout.rows, layout.columns]);
        let window = Window {
            rows,
            columns,
            stride: [spec.stride(0), spec.stride(1)],
            dilation: [spec.dilation(0), spec.dilation(1)],
            before: [padding[0].pad_before, padding[1].pad_before],
        };
        let shape = self.output_shape(node)?;
        let border = window.border([layout.rows, layout.columns], [shape[1], shape[2]]);
        Some((shape, window, border))
    }
}
