//! The layers that a network ends with: a gate, maps one after another, their mean.

use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::math::Div;
use tract_onnx::tract_core::ops::nn::{Reduce, Reducer};

use super::draft::{DraftMap, MapId};
use super::layers::Layers;
use super::step::Layer;
use crate::engine::layout::{Border, LANES};

impl Layers<'_> {
    /// A map times another of one channel.
    pub(super) fn gate(&mut self, node: &TypedNode, maps: [MapId; 2]) -> Option<MapId> {
        let shape = self.output_shape(node)?;
        let [one, other] = maps.map(|map| self.draft.get(map).layout);
        let [map, gate] = if other.channels == 1 { maps } else { [maps[1], maps[0]] };
        let fits = (one.channels == 1 || other.channels == 1)
            && (one.rows, one.columns) == (other.rows, other.columns)
            && (one.lanes, other.lanes) == (LANES, LANES);
        fits.then_some(())?;
        let non_negative = maps.iter().all(|map| self.draft.get(*map).non_negative);
        Some(self.draft.layer(Layer::Gate, &[map, gate].map(|map| (map, Border::default())), shape, non_negative))
    }

    pub(super) fn sigmoid(&mut self, node: &TypedNode, input: MapId) -> Option<MapId> {
        let shape = self.output_shape(node)?;
        (self.draft.get(input).layout.lanes == LANES).then_some(())?;
        Some(self.draft.layer(Layer::Sigmoid, &[(input, Border::default())], shape, true))
    }

    /// Maps one after another: one map where they can be written into one, and themselves where they cannot.
    pub(super) fn concat(&mut self, node: &TypedNode, concat: &TypedConcat) -> Option<Vec<MapId>> {
        (concat.axis == 1).then_some(())?;
        let parts: Option<Vec<&Vec<MapId>>> = node.inputs.iter().map(|input| self.maps.get(input)).collect();
        let parts: Vec<MapId> = parts?.into_iter().flatten().copied().collect();
        Some(self.draft.join(&parts).map_or(parts, |joined| vec![joined]))
    }

    /// The sum over a map's area, and its division by the number of pixels, which is a node of its own.
    pub(super) fn mean(&mut self, node: &TypedNode, reduce: &Reduce) -> Option<Vec<MapId>> {
        self.output_shape(node)?;
        (reduce.reducer == Reducer::Sum && reduce.axes[..] == [2, 3]).then_some(())?;
        let parts = self.maps.get(&node.inputs[0])?.clone();
        parts.iter().all(|map| self.draft.get(*map).layout.lanes == LANES).then_some(())?;
        let division = self.only_reader(OutletId::new(node.id, 0)).and_then(|next| {
            let is_division = next.op_as::<TypedBinOp>().is_some_and(|binary| binary.0.is::<Div>());
            Some((next, is_division.then(|| self.scalar(next.inputs[1])).flatten()?))
        });
        let share = division.map_or(1.0, |(_, divisor)| 1.0 / divisor);
        let total = |&map: &MapId| {
            let DraftMap { layout, non_negative, .. } = *self.draft.get(map);
            let non_negative = non_negative && share >= 0.0;
            self.draft.layer(Layer::Total(share), &[(map, Border::default())], [layout.channels, 1, 1], non_negative)
        };
        let totals: Vec<MapId> = parts.iter().map(total).collect();
        self.maps.extend(division.map(|(next, _)| (OutletId::new(next.id, 0), totals.clone())));
        Some(totals)
    }
}
