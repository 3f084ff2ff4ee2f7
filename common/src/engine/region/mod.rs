//! The part of a network that our own kernels compute, as one op of tract's.

mod compile;
mod draft;
mod layers;
mod neck;
mod step;
#[cfg(test)]
mod tests;

pub use compile::{compile, whole};

use std::sync::{Arc, Mutex, PoisonError};

use ndarray::{ArrayD, ArrayView4};
use tract_onnx::tract_core::internal::*;

use super::layout::Lane;
use step::{Output, Place, Step};

/// A film in (1 x C x side x side), some maps out (1 x C x h x w), or means of them (1 x C).
#[derive(Debug, Clone)]
pub struct Region {
    program: Arc<Program>,
}

#[derive(Debug)]
struct Program {
    film: Place,
    steps: Vec<Step<Place>>,
    outputs: Vec<Output<Place>>,
    /// Lanes of each buffer.
    buffers: Vec<usize>,
    /// Memory of runs that are over: a run takes one or makes one, so that any number of threads may run at once.
    idle: Mutex<Vec<Vec<Vec<Lane>>>>,
}

impl Region {
    /// What it makes of a film.
    ///
    /// # Errors
    /// Where the film has another size than the region was made for.
    pub fn run(&self, film: ArrayView4<f32>) -> TractResult<Vec<ArrayD<f32>>> {
        let program = &self.program;
        let layout = program.film.layout;
        ensure!(film.shape() == [1, layout.channels, layout.rows, layout.columns], "a film of another size");
        // A thread that panicked while it held the lock has left whole buffers, whatever is in them.
        let idle = || program.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = idle().pop();
        let mut buffers =
            spare.unwrap_or_else(|| program.buffers.iter().map(|&lanes| vec![Lane::default(); lanes]).collect());

        read(&program.film, film, &mut buffers);
        for step in &program.steps {
            step.run(&mut buffers);
        }
        let outputs = program.outputs.iter().map(|output| write(output, &buffers)).collect();
        idle().push(buffers);
        outputs
    }
}

/// Puts the film into its place, with the border that its readers need.
fn read(place: &Place, film: ArrayView4<f32>, buffers: &mut [Vec<Lane>]) {
    let map = place.of_mut(&mut buffers[place.buffer]);
    let layout = map.layout;
    layout.clear_border(map.floats);
    for (line, pixels) in film.rows().into_iter().enumerate() {
        let (channel, row) = (line / layout.rows, line % layout.rows);
        let to = &mut map.floats[channel * layout.block_stride() + layout.row(row)..][..layout.columns];
        to.iter_mut().zip(pixels).for_each(|(to, pixel)| *to = *pixel);
    }
}

/// Maps in the order that the rest of the network knows: channel by channel.
fn write(output: &Output<Place>, buffers: &[Vec<Lane>]) -> TractResult<ArrayD<f32>> {
    let mut values = vec![0.0; output.shape.iter().product()];
    let mut rest = &mut values[..];
    for map in output.maps.iter().map(|place| place.of(buffers)) {
        let layout = map.layout;
        let (pixels, after) = rest.split_at_mut(layout.channels * layout.rows * layout.columns);
        rest = after;
        let blocks = pixels.chunks_mut(layout.lanes * layout.rows * layout.columns);
        for (pixels, block) in blocks.zip(map.floats.chunks_exact(layout.block_stride())) {
            // Row by row, all channels of each: a row stays in the nearest cache.
            for row in 0..layout.rows {
                let line = &block[layout.row(row)..][..layout.columns * layout.lanes];
                for (lane, channel) in pixels.chunks_exact_mut(layout.rows * layout.columns).enumerate() {
                    let pixels = &mut channel[row * layout.columns..][..layout.columns];
                    let values = line[lane..].iter().step_by(layout.lanes);
                    pixels.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = *value);
                }
            }
        }
    }
    Ok(ArrayD::from_shape_vec(&output.shape[..], values)?)
}

impl PartialEq for Region {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.program, &other.program)
    }
}

impl Eq for Region {}

impl Op for Region {
    fn name(&self) -> StaticName {
        "Region".into()
    }

    op_as_typed_op!();
}

impl EvalOp for Region {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let film = args_1!(inputs);
        let outputs = self.run(film.to_plain_array_view()?.into_dimensionality()?)?;
        Ok(outputs.into_iter().map(IntoTValue::into_tvalue).collect())
    }
}

impl TypedOp for Region {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(self.program.outputs.iter().map(|output| f32::fact(&output.shape)).collect())
    }

    as_op!();
}
