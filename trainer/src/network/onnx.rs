//! The second reading of a [`Graph`]: an ONNX file that the box runs.
//!
//! The file takes `film` (N x 1 x side x side) and gives `map` (N x C x h x w) and `pooled` (N x C). The side is fixed and N is
//! free. Paddings are written out for that side, so no reader has to know how TensorFlow or a 'ceil mode' rounds.

use prost::Message;
use tract_onnx::{
    pb::{
        AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
        TypeProto, ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType,
        tensor_shape_proto::Dimension, tensor_shape_proto::dimension, type_proto,
    },
    prelude::f16,
};

use super::{
    fold::{Kernel, Weights},
    graph::{Graph, Layer, Node, Shape, TooSmall, Window},
};

/// ONNX 1.8: every runtime of the last years reads it.
const OPSET: i64 = 13;
const IR_VERSION: i64 = 8;

/// How the kernels are stored. Everything is computed in f32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// As trained.
    F32,
    /// Kernels rounded to half precision, so the file is half as large; each number keeps 11 bits. Biases stay f32.
    F16,
}

/// Why a network cannot be exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExportError {
    /// The side does not suit the network.
    #[error(transparent)]
    TooSmall(#[from] TooSmall),
    /// The weights are another network's.
    #[error("the weights do not belong to {network}: '{layer}' is missing or has another shape")]
    OtherNetwork {
        /// The graph's name.
        network: String,
        /// The convolution.
        layer: String,
    },
    /// A weight is not a number, or too large for its precision.
    #[error(
        "'{layer}' holds weights that cannot be stored: training diverged; lower the learning rate and train again"
    )]
    NotFinite {
        /// The convolution.
        layer: String,
    },
}

/// The bytes of an ONNX file for films of `side_px`.
///
/// # Errors
/// [`ExportError`] where the graph, its weights and the side do not go together.
pub fn write(graph: &Graph, weights: &Weights, side_px: usize, precision: Precision) -> Result<Vec<u8>, ExportError> {
    let shapes = graph.shapes(side_px)?;
    let mut out = GraphProto { name: graph.name().to_owned(), ..GraphProto::default() };
    let clip = ["clip.low", "clip.high"];
    if graph.nodes().iter().any(|node| node.layer == Layer::Relu6) {
        out.initializer.extend(clip.into_iter().zip([0.0, 6.0]).map(|(name, bound)| numbers(name, &[], [bound])));
    }
    let last = graph.nodes().len() - 1;
    let names: Vec<&str> = (graph.nodes().iter().enumerate())
        .map(|(index, node)| if index == last { "map" } else { node.name.as_str() })
        .collect();
    for (index, node) in graph.nodes().iter().enumerate() {
        let mut inputs: Vec<&str> = node.inputs.iter().map(|input| names[input.index()]).collect();
        let side = node.inputs.first().map_or(side_px, |input| shapes[input.index()].side_px);
        let kernel_names = [format!("{}.weight", node.name), format!("{}.bias", node.name)];
        let mut stored = |kernel: &Kernel, dims: [&[usize]; 2]| {
            let stored = store(&mut out, kernel, &kernel_names, dims, precision);
            stored.ok_or_else(|| ExportError::NotFinite { layer: node.name.clone() })
        };
        let (operator, attributes) = match &node.layer {
            Layer::Film => continue,
            Layer::Convolution(convolution) => {
                let kernel = kernel(graph, node, weights)?;
                stored(kernel, [kernel.weight.shape(), kernel.bias.shape()])?;
                inputs.extend(kernel_names.iter().map(String::as_str));
                let mut attributes = window_attributes(convolution.window, side);
                attributes.push(integer("group", convolution.groups));
                ("Conv", attributes)
            }
            Layer::BatchNorm => {
                stored(kernel(graph, node, weights)?, [&[node.channels, 1, 1]; 2])?;
                let scaled = format!("{}.scaled", node.name);
                out.node.push(operation("Mul", &[inputs[0], &kernel_names[0]], &scaled, Vec::new()));
                out.node.push(operation("Add", &[&scaled, &kernel_names[1]], names[index], Vec::new()));
                continue;
            }
            Layer::Relu => ("Relu", Vec::new()),
            Layer::Relu6 => {
                inputs.extend(clip);
                ("Clip", Vec::new())
            }
            Layer::MaxPool(window) => ("MaxPool", window_attributes(*window, side)),
            Layer::Sigmoid => ("Sigmoid", Vec::new()),
            Layer::Upsample(factor) => {
                let whole = upsample(&mut out, inputs[0], node, *factor);
                let wanted = shapes[index].side_px;
                if side * factor > wanted {
                    cut(&mut out, &whole, names[index], wanted);
                } else {
                    out.node.push(operation("Identity", &[&whole], names[index], Vec::new()));
                }
                continue;
            }
            Layer::Gate => ("Mul", Vec::new()),
            Layer::AveragePool(window) => ("AveragePool", window_attributes(*window, side)),
            Layer::Add => ("Add", Vec::new()),
            Layer::Concat => ("Concat", vec![integer("axis", 1)]),
        };
        out.node.push(operation(operator, &inputs, names[index], attributes));
    }
    let mean = vec![integers("axes", &[2, 3]), integer("keepdims", 0)];
    out.node.push(operation("ReduceMean", &["map"], "pooled", mean));

    let Shape { channels, side_px: map_side_px } = shapes[last];
    out.input = vec![value("film", &[1, side_px, side_px])];
    out.output = vec![value("map", &[channels, map_side_px, map_side_px]), value("pooled", &[channels])];
    let model = ModelProto {
        ir_version: IR_VERSION,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: OPSET }],
        producer_name: "fieldray".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        graph: Some(out),
        ..ModelProto::default()
    };
    Ok(model.encode_to_vec())
}

/// The weights of a convolution or a batch norm, if they have its shape.
fn kernel<'a>(graph: &Graph, node: &Node, weights: &'a Weights) -> Result<&'a Kernel, ExportError> {
    let kernel = node.as_convolution().map_or(0, |convolution| convolution.window.kernel);
    let wanted = (node.channels, graph.channels_seen(node).unwrap_or(0), kernel, kernel);
    let found = weights.0.get(&node.name);
    found
        .filter(|kernel| kernel.weight.dim() == wanted && kernel.bias.len() == node.channels)
        .ok_or_else(|| ExportError::OtherNetwork { network: graph.name().to_owned(), layer: node.name.clone() })
}

/// Adds weight and bias in these shapes, and a cast where the weight is stored in half precision.
/// `None` where a number is not finite, or would not be in that precision.
fn store(
    out: &mut GraphProto,
    kernel: &Kernel,
    [weight_name, bias_name]: &[String; 2],
    [dims, bias_dims]: [&[usize]; 2],
    precision: Precision,
) -> Option<()> {
    let all_finite = kernel.weight.iter().chain(&kernel.bias).all(|number| number.is_finite());
    match precision {
        Precision::F32 => out.initializer.push(numbers(weight_name, dims, kernel.weight.iter().copied())),
        Precision::F16 => {
            let halves: Vec<f16> = kernel.weight.iter().map(|&number| f16::from_f32(number)).collect();
            halves.iter().all(|half| half.is_finite()).then_some(())?;
            let stored = format!("{weight_name}.f16");
            let bytes = halves.iter().flat_map(|half| half.to_le_bytes()).collect();
            out.initializer.push(tensor(&stored, dims, DataType::Float16, bytes));
            out.node.push(operation("Cast", &[&stored], weight_name, vec![integer("to", DataType::Float as usize)]));
        }
    }
    out.initializer.push(numbers(bias_name, bias_dims, kernel.bias.iter().copied()));
    all_finite.then_some(())
}

/// Repeats every cell of `input` on a square; gives the name of the result.
fn upsample(out: &mut GraphProto, input: &str, node: &Node, factor: usize) -> String {
    let [scales, whole] = ["scales", "whole"].map(|part| format!("{}.{part}", node.name));
    out.initializer.push(numbers(&scales, &[4], [1.0, 1.0, factor as f32, factor as f32]));
    let exact = [("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor")];
    let attributes = exact.into_iter().map(|(name, value)| text(name, value)).collect();
    // The second input is a region of interest, which this mode has not.
    out.node.push(operation("Resize", &[input, "", &scales], &whole, attributes));
    whole
}

/// Keeps the first `side_px` rows and columns.
fn cut(out: &mut GraphProto, input: &str, output: &str, side_px: usize) {
    let bounds = [("starts", [0, 0]), ("ends", [side_px as i64; 2]), ("axes", [2, 3])];
    let names: Vec<String> = bounds.iter().map(|(bound, _)| format!("{output}.{bound}")).collect();
    for (name, (_, values)) in names.iter().zip(bounds) {
        out.initializer.push(tensor(
            name,
            &[2],
            DataType::Int64,
            values.into_iter().flat_map(i64::to_le_bytes).collect(),
        ));
    }
    let inputs: Vec<&str> = std::iter::once(input).chain(names.iter().map(String::as_str)).collect();
    out.node.push(operation("Slice", &inputs, output, Vec::new()));
}

fn operation(operator: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        name: format!("{operator}:{output}"),
        input: inputs.iter().map(|&name| name.to_owned()).collect(),
        output: vec![output.to_owned()],
        attribute,
        ..NodeProto::default()
    }
}

/// What `Conv` and `MaxPool` have in common; pads are top, left, bottom, right.
fn window_attributes(window: Window, side_px: usize) -> Vec<AttributeProto> {
    let (before, after) = window.borders(side_px);
    vec![
        integers("kernel_shape", &[window.kernel; 2]),
        integers("strides", &[window.stride; 2]),
        integers("pads", &[before, before, after, after]),
    ]
}

fn integer(name: &str, value: usize) -> AttributeProto {
    AttributeProto { name: name.to_owned(), r#type: AttributeType::Int as i32, i: value as i64, ..Default::default() }
}

fn integers(name: &str, values: &[usize]) -> AttributeProto {
    let ints = values.iter().map(|&value| value as i64).collect();
    AttributeProto { name: name.to_owned(), r#type: AttributeType::Ints as i32, ints, ..Default::default() }
}

fn text(name: &str, value: &str) -> AttributeProto {
    let (r#type, s) = (AttributeType::String as i32, value.as_bytes().to_vec());
    AttributeProto { name: name.to_owned(), r#type, s, ..Default::default() }
}

fn numbers(name: &str, dims: &[usize], values: impl IntoIterator<Item = f32>) -> TensorProto {
    tensor(name, dims, DataType::Float, values.into_iter().flat_map(f32::to_le_bytes).collect())
}

fn tensor(name: &str, dims: &[usize], kind: DataType, raw_data: Vec<u8>) -> TensorProto {
    let dims = dims.iter().map(|&dim| dim as i64).collect();
    TensorProto { name: name.to_owned(), dims, data_type: kind as i32, raw_data, ..Default::default() }
}

/// A named input or output of shape N x `dims`.
fn value(name: &str, dims: &[usize]) -> ValueInfoProto {
    let fixed = dims.iter().map(|&dim| dimension::Value::DimValue(dim as i64));
    let dims = std::iter::once(dimension::Value::DimParam("N".into())).chain(fixed);
    let dim = dims.map(|value| Dimension { value: Some(value), ..Default::default() }).collect();
    let tensor = type_proto::Tensor { elem_type: DataType::Float as i32, shape: Some(TensorShapeProto { dim }) };
    let kind = TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() };
    ValueInfoProto { name: name.to_owned(), r#type: Some(kind), ..Default::default() }
}
