//! The randomisation check: a map that does not change when the network forgets what it learned explains nothing (Adebayo et al.
//! 2018, "Sanity checks for saliency maps").

use anyhow::{Context, Result};
use fieldray_common::{bundle::Bundle, engine::Backbone, screening::Model};
use prost::Message;
use rand::{SeedableRng, seq::SliceRandom};
use rand_pcg::Pcg64Mcg;
use tract_onnx::pb::{ModelProto, TensorProto, tensor_proto::DataType};

/// The shares of a network's tensors that forget, from the last layer down to the first: the cascade.
pub const SHARES: [f64; 4] = [0.25, 0.5, 0.75, 1.0];

/// The `model` of a `bundle` with the last `share` (0 to 1) of every network's tensors forgotten.
///
/// A tensor forgets by being shuffled: what it learned is gone, while the size and spread of its numbers, and with them the size
/// of what it passes on, stay.
pub fn forgetful(model: &Model, bundle: &Bundle, share: f64, seed: u64) -> Result<Model> {
    let side_px = model.preparation().side_px;
    let backbones = model.manifest().backbones.iter().map(|entry| {
        let shuffled = shuffle(bundle.file(&entry.file)?, share, seed)?;
        Ok(Backbone::load(&entry.name, &shuffled, side_px)?)
    });
    Ok(model.with_backbones(backbones.collect::<Result<Vec<_>>>()?)?)
}

/// An ONNX file with the last `share` of its tensors shuffled.
fn shuffle(onnx: &[u8], share: f64, seed: u64) -> Result<Vec<u8>> {
    let mut network = ModelProto::decode(onnx).context("the network is no ONNX file")?;
    let graph = network.graph.as_mut().context("the network has no graph")?;
    // Beside what was learned there are constants of the network's form, such as the bounds of a ReLU6.
    let learned =
        |tensor: &&mut TensorProto| [".weight", ".weight.f16", ".bias"].iter().any(|part| tensor.name.ends_with(part));
    let mut tensors: Vec<&mut TensorProto> = graph.initializer.iter_mut().filter(learned).collect();
    let kept = tensors.len() - (share * tensors.len() as f64).round() as usize;
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    for tensor in &mut tensors[kept..] {
        let bytes = if tensor.data_type == DataType::Float16 as i32 { 2 } else { 4 };
        let mut numbers: Vec<&[u8]> = tensor.raw_data.chunks_exact(bytes).collect();
        numbers.shuffle(&mut random);
        tensor.raw_data = numbers.concat();
    }
    Ok(network.encode_to_vec())
}
