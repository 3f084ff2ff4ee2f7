//! A backbone's ONNX file as tract reads it, but that convolutions' kernels stay out of its sight until shapes are known.
//!
//! Kernels are stored in 16 bits, each behind a node that widens it. Inferring shapes, tract would widen them again and again, one
//! number after the other, and compare what comes out, although only their shapes matter there.

use std::collections::{HashMap, HashSet};

use prost::Message;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension::Value as Size};
use tract_onnx::pb::{GraphProto, ModelProto, NodeProto, TensorProto, TensorShapeProto, TypeProto, ValueInfoProto};
use tract_onnx::pb::{type_proto, type_proto::Value as Kind};
use tract_onnx::prelude::{Framework, InferenceFact, InferenceModelExt};
use tract_onnx::tensor::load_tensor;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cast::cast;

/// A convolution's kernel in 16 bits.
struct Kernel {
    /// What the convolution knows it by, once it is widened.
    name: String,
    narrow: TensorProto,
}

/// The network in a file, for one film of `side_px`.
pub fn read(onnx: &[u8], side_px: usize) -> TractResult<TypedModel> {
    let tract = tract_onnx::onnx();
    let mut file = ModelProto::decode(onnx)?;
    let kernels = file.graph.as_mut().map(take_kernels).unwrap_or_default();
    let film = InferenceFact::dt_shape(f32::datum_type(), [1, 1, side_px, side_px]);
    let mut network = tract.model_for_proto_model(&file)?.with_input_fact(0, film)?.into_typed()?;
    for kernel in kernels {
        let narrow = load_tensor(&*tract.provider, &kernel.narrow, None)?;
        put_back(&mut network, &kernel.name, narrow)?;
    }
    Ok(network)
}

/// Takes the kernels out of a graph, and leaves in the place of each, and of the node that widens it, an input of its shape.
fn take_kernels(graph: &mut GraphProto) -> Vec<Kernel> {
    let mut wide_names = narrow_kernels(graph);
    graph.node.retain(|node| widening(node).is_none_or(|(narrow, _)| !wide_names.contains_key(narrow)));
    let mut kernels = Vec::new();
    for tensor in std::mem::take(&mut graph.initializer) {
        match wide_names.remove(&tensor.name) {
            Some(name) => kernels.push(Kernel { name, narrow: tensor }),
            None => graph.initializer.push(tensor),
        }
    }
    graph.input.extend(kernels.iter().map(|kernel| input(&kernel.name, &kernel.narrow.dims)));
    kernels
}

/// The names of kernels in 16 bits, each with the name of what it is widened to, where nothing but its convolution reads either.
fn narrow_kernels(graph: &GraphProto) -> HashMap<String, String> {
    // A graph inside a node may read what the node does not name.
    if graph.node.iter().flat_map(|node| &node.attribute).any(|given| given.g.is_some() || !given.graphs.is_empty()) {
        return HashMap::new();
    }
    let mut mentions: HashMap<&str, usize> = HashMap::new();
    let ends = graph.input.iter().chain(&graph.output).map(|end| &end.name);
    for name in graph.node.iter().flat_map(|node| &node.input).chain(ends) {
        *mentions.entry(name).or_default() += 1;
    }
    let is_mentioned_once = |name: &str| mentions.get(name) == Some(&1);
    let stored: HashSet<&str> =
        graph.initializer.iter().filter(|tensor| is_narrow(tensor)).map(|tensor| tensor.name.as_str()).collect();
    let convolutions = graph.node.iter().filter(|node| node.op_type == "Conv");
    let kernels: HashSet<&str> = convolutions.filter_map(|node| node.input.get(1).map(String::as_str)).collect();
    let is_narrow_kernel = |&(narrow, wide): &(&str, &str)| {
        stored.contains(narrow) && kernels.contains(wide) && is_mentioned_once(narrow) && is_mentioned_once(wide)
    };
    let found = graph.node.iter().filter_map(widening).filter(is_narrow_kernel);
    found.map(|(narrow, wide)| (narrow.to_owned(), wide.to_owned())).collect()
}

/// From what and to what, where a node makes numbers of 32 bits of others.
fn widening(node: &NodeProto) -> Option<(&str, &str)> {
    let ([from], [to]) = (&node.input[..], &node.output[..]) else { return None };
    let is_wide = node.attribute.iter().any(|given| given.name == "to" && given.i == DataType::Float as i64);
    (node.op_type == "Cast" && is_wide).then_some((from, to))
}

/// Whether a tensor's numbers have 16 bits and lie in the file itself.
fn is_narrow(tensor: &TensorProto) -> bool {
    tensor.data_type == DataType::Float16 as i32 && !tensor.raw_data.is_empty()
}

/// An input of numbers of 32 bits.
fn input(name: &str, dims: &[i64]) -> ValueInfoProto {
    let dim = dims.iter().map(|&size| Dimension { value: Some(Size::DimValue(size)), ..Default::default() }).collect();
    let tensor = type_proto::Tensor { elem_type: DataType::Float as i32, shape: Some(TensorShapeProto { dim }) };
    let kind = TypeProto { value: Some(Kind::TensorType(tensor)), ..Default::default() };
    ValueInfoProto { name: name.to_owned(), r#type: Some(kind), ..Default::default() }
}

/// Makes the input of this name what is widened of a constant.
fn put_back(network: &mut TypedModel, name: &str, narrow: Tensor) -> TractResult<()> {
    let input = network.node_id_by_name(name)?;
    let narrow = network.add_const(format!("{name}.narrow"), narrow)?;
    network.node_mut(input).op = Box::new(cast(f32::datum_type()));
    network.add_edge(narrow, InletId::new(input, 0))?;
    network.inputs.retain(|outlet| outlet.node != input);
    Ok(())
}

#[cfg(test)]
mod tests {
    use tract_onnx::pb::AttributeProto;

    use super::*;

    const SIDE_PX: usize = 8;

    fn tensor(name: &str, dims: &[i64], kind: DataType, raw_data: Vec<u8>) -> TensorProto {
        TensorProto { name: name.into(), dims: dims.into(), data_type: kind as i32, raw_data, ..Default::default() }
    }

    /// A kernel of 2 x `inputs` x 3 x 3 numbers.
    fn narrow(name: &str, inputs: i64) -> TensorProto {
        let bytes = (0..18 * inputs).flat_map(|k| f16::from_f32(k as f32 / 7.0 - 1.0).to_le_bytes()).collect();
        tensor(name, &[2, inputs, 3, 3], DataType::Float16, bytes)
    }

    fn node(op_type: &str, input: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
        let input = input.iter().map(|&name| name.to_owned()).collect();
        NodeProto { op_type: op_type.into(), input, output: vec![output.into()], attribute, ..Default::default() }
    }

    fn widens(narrow: &str, wide: &str) -> NodeProto {
        let to = AttributeProto { name: "to".into(), i: DataType::Float as i64, ..Default::default() };
        node("Cast", &[narrow], wide, vec![AttributeProto { r#type: 2, ..to }])
    }

    /// Four convolutions: one kernel of each kind, and one that two share.
    fn graph() -> GraphProto {
        let wide = (0..36).flat_map(|k| (k as f32 / 9.0 - 2.0).to_le_bytes()).collect();
        let end = |name: &str| ValueInfoProto { r#type: None, ..input(name, &[]) };
        GraphProto {
            initializer: vec![
                narrow("first.f16", 1),
                narrow("shared.f16", 2),
                tensor("wide", &[2, 2, 3, 3], DataType::Float, wide),
            ],
            input: vec![input("film", &[1, 1, SIDE_PX as i64, SIDE_PX as i64])],
            output: vec![end("map")],
            node: vec![
                widens("first.f16", "first"),
                widens("shared.f16", "shared"),
                node("Conv", &["film", "first"], "a", vec![]),
                node("Conv", &["a", "shared"], "b", vec![]),
                node("Conv", &["a", "wide"], "c", vec![]),
                node("Conv", &["a", "shared"], "d", vec![]),
                node("Sum", &["b", "c", "d"], "map", vec![]),
            ],
            ..Default::default()
        }
    }

    fn file(graph: GraphProto) -> Vec<u8> {
        ModelProto { ir_version: 8, graph: Some(graph), ..Default::default() }.encode_to_vec()
    }

    fn run(network: TypedModel) -> Tensor {
        let film: Vec<f32> = (0..SIDE_PX * SIDE_PX).map(|k| k as f32 / 3.0).collect();
        let film = Tensor::from_shape(&[1, 1, SIDE_PX, SIDE_PX], &film).unwrap();
        let plan = network.into_optimized().unwrap().into_runnable().unwrap();
        plan.run(tvec!(film.into_tvalue())).unwrap().remove(0).into_tensor()
    }

    #[test]
    fn a_network_is_what_tract_reads() {
        let file = file(graph());
        let by_tract = tract_onnx::onnx().model_for_read(&mut &file[..]).unwrap().into_typed().unwrap();
        let read = read(&file, SIDE_PX).unwrap();
        assert_eq!(read.inputs.len(), 1);
        assert_eq!(run(read), run(by_tract));
    }

    #[test]
    fn a_kernel_is_taken_that_one_convolution_alone_reads() {
        let taken = |graph: &mut GraphProto| -> Vec<String> {
            take_kernels(graph).into_iter().map(|kernel| kernel.name).collect()
        };
        assert_eq!(taken(&mut graph()), ["first"]);
        let mut told = graph();
        told.output.push(input("first", &[2, 1, 3, 3]));
        assert!(taken(&mut told).is_empty(), "an output is read from outside");
        let mut nested = graph();
        let inner = AttributeProto { g: Some(GraphProto::default()), ..Default::default() };
        nested.node[6].attribute.push(inner);
        assert!(taken(&mut nested).is_empty(), "a graph inside a node may read it");
    }

    #[test]
    fn a_kernel_of_another_length_than_its_shape_is_refused() {
        let mut graph = graph();
        graph.initializer[0].raw_data.pop();
        assert!(read(&file(graph), SIDE_PX).is_err());
    }
}
