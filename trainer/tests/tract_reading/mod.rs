//! tract alone, in a module of its own because its names clash with torch's and ours.

use ndarray::Array4;
use tract_onnx::prelude::*;

pub fn run(onnx: &[u8], film: &Array4<f32>) -> (Vec<f32>, Vec<f32>) {
    let fact = InferenceFact::dt_shape(f32::datum_type(), film.shape());
    let model = tract_onnx::onnx().model_for_read(&mut &onnx[..]).unwrap();
    let model = model.with_input_fact(0, fact).unwrap().into_optimized().unwrap().into_runnable().unwrap();
    let film = Tensor::from_shape(film.shape(), film.as_slice().unwrap()).unwrap();
    let outputs = model.run(tvec![film.into()]).unwrap();
    let numbers = |index: usize| outputs[index].try_as_plain_ram().unwrap().as_slice::<f32>().unwrap().to_vec();
    (numbers(0), numbers(1))
}
