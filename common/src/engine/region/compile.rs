//! From tract's reading of a network to the same network with a region in it.

use std::collections::{HashMap, HashSet};

use half::slice::HalfFloatSliceExt;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cast::Cast;
use tract_onnx::tract_core::ops::konst::Const;
use tract_onnx::tract_core::ops::source::TypedSource;

use super::Region;
use super::draft::{Draft, MapId};
use super::layers::Layers;
use super::step::Output;
use crate::engine::lanes::Processor;

/// Replaces all that follows from the film alone through layers that our kernels know; the rest stays as it is.
///
/// # Errors
/// Where tract contradicts itself.
pub fn compile(mut model: TypedModel, processor: Processor) -> TractResult<TypedModel> {
    settle_resizes(&mut model)?;
    let &[film] = model.input_outlets()? else { return Ok(model) };
    let Some(&[1, channels, rows, columns]) = shape(&model, film).as_deref() else { return Ok(model) };
    let mut draft = Draft::default();
    let film_map = draft.map([channels, rows, columns], 1, false);
    let mut layers = Layers { model: &model, processor, draft, maps: HashMap::from([(film, vec![film_map])]) };
    for node in model.eval_order()? {
        layers.add(model.node(node));
    }
    let Layers { draft, maps, .. } = layers;
    splice(&model, draft, &maps, film, film_map)
}

/// The region that a compiled network is, if it is one from its film to its last output.
pub fn whole(model: &TypedModel) -> Option<&Region> {
    let outputs = model.output_outlets().ok()?;
    let node = model.node(outputs.first()?.node);
    let made = (0..node.outputs.len()).map(|slot| OutletId::new(node.id, slot));
    made.eq(outputs.iter().copied()).then(|| node.op_as()).flatten()
}

/// The dimensions of an outlet of floats.
pub(super) fn shape(model: &TypedModel, outlet: OutletId) -> Option<Vec<usize>> {
    let fact = model.outlet_fact(outlet).ok()?;
    (fact.datum_type == f32::datum_type()).then_some(())?;
    Some(fact.shape.as_concrete()?.to_vec())
}

/// The values of an outlet that is a constant, as it is or cast to floats.
pub(super) fn constant(model: &TypedModel, outlet: OutletId) -> Option<Arc<Tensor>> {
    let node = model.node(outlet.node);
    if node.op_is::<Cast>() {
        return Some(widen(&*constant(model, node.inputs[0])?).ok()?.into_arc_tensor());
    }
    Some(node.op_as::<Const>()?.val().clone())
}

/// The same values as floats. tract widens those of 16 bits one by one.
fn widen(tensor: &Tensor) -> TractResult<Tensor> {
    if tensor.datum_type() != f16::datum_type() {
        return Ok(tensor.cast_to_dt(f32::datum_type())?.into_owned());
    }
    let mut wide = Tensor::zero::<f32>(tensor.shape())?;
    let narrow = tensor.try_as_plain_ram()?.as_slice::<f16>()?;
    narrow.convert_to_f32_slice(wide.try_as_plain_ram_mut()?.as_slice_mut::<f32>()?);
    Ok(wide)
}

/// Lets tract say which of the many kinds of resizing are plain repetition of pixels.
fn settle_resizes(model: &mut TypedModel) -> TractResult<()> {
    loop {
        let mut patches =
            model.nodes().iter().filter(|node| node.op.name() == "Resize").map(|node| node.op.declutter(model, node));
        let Some(patch) = patches.find_map(Result::transpose).transpose()? else { return Ok(()) };
        patch.apply(model)?;
    }
}

/// The nodes that are left to tract, in the order in which they run: of those that are not ours, all that an output waits for. The constants
/// that our layers have packed are not among them.
fn kept<'a>(model: &'a TypedModel, maps: &HashMap<OutletId, Vec<MapId>>) -> TractResult<Vec<&'a TypedNode>> {
    let mut wanted: HashSet<usize> = model.output_outlets()?.iter().map(|outlet| outlet.node).collect();
    let mut kept = Vec::new();
    for node in model.eval_order()?.into_iter().rev().map(|node| model.node(node)) {
        let is_ours = node.op_is::<TypedSource>() || maps.contains_key(&OutletId::new(node.id, 0));
        if wanted.contains(&node.id) && !is_ours {
            wanted.extend(node.inputs.iter().map(|input| input.node));
            kept.push(node);
        }
    }
    kept.reverse();
    Ok(kept)
}

/// The model with the region that makes `maps` in place of the nodes that made them.
fn splice(
    model: &TypedModel,
    draft: Draft,
    maps: &HashMap<OutletId, Vec<MapId>>,
    film: OutletId,
    film_map: MapId,
) -> TractResult<TypedModel> {
    let kept = kept(model, maps)?;
    let mut wanted: Vec<OutletId> = Vec::new();
    for outlet in kept.iter().flat_map(|node| &node.inputs).chain(model.output_outlets()?) {
        if maps.contains_key(outlet) && *outlet != film && !wanted.contains(outlet) {
            wanted.push(*outlet);
        }
    }
    if wanted.is_empty() {
        return Ok(model.clone());
    }
    let output = |outlet: &OutletId| Some(Output { maps: maps[outlet].clone(), shape: shape(model, *outlet)? });
    let outputs: Vec<Output<MapId>> =
        wanted.iter().map(output).collect::<Option<_>>().context("a map without a shape")?;
    let mut spliced = TypedModel { symbols: model.symbols.clone(), ..TypedModel::default() };
    let source = spliced.add_source(&model.node(film.node).name, model.outlet_fact(film)?.clone())?;
    let made = spliced.wire_node("region", draft.finish(film_map, outputs), &[source])?;
    let mut wires: HashMap<OutletId, OutletId> = wanted.into_iter().zip(made).chain([(film, source)]).collect();
    for node in kept {
        let inputs: Vec<OutletId> = node.inputs.iter().map(|input| wires[input]).collect();
        for (slot, wire) in spliced.wire_node(&node.name, node.op.clone(), &inputs)?.into_iter().enumerate() {
            wires.insert(OutletId::new(node.id, slot), wire);
        }
    }
    let outputs: Vec<OutletId> = model.output_outlets()?.iter().map(|outlet| wires[outlet]).collect();
    spliced.select_output_outlets(&outputs)?;
    Ok(spliced)
}
