//! The part of a network that our own kernels compute, as one op of tract's.

mod compile;
mod draft;
mod layers;
mod neck;
mod step;
#[cfg(test)]
mod tests;

pub use compile::compile;

use std::sync::{Arc, Mutex, PoisonError};

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

impl Program {
    fn run(&self, film: &[f32]) -> TractResult<TVec<TValue>> {
        // A thread that panicked while it held the lock has left whole buffers, whatever is in them.
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let spare = idle().pop();
        let mut buffers =
            spare.unwrap_or_else(|| self.buffers.iter().map(|&lanes| vec![Lane::default(); lanes]).collect());

        self.read(film, &mut buffers[self.film.buffer]);
        for step in &self.steps {
            step.run(&mut buffers);
        }
        let outputs = self.outputs.iter().map(|output| write(output, &buffers)).collect::<TractResult<TVec<_>>>()?;
        idle().push(buffers);
        Ok(outputs)
    }

    /// Puts the film into its buffer, with the border that its readers need.
    fn read(&self, film: &[f32], buffer: &mut [Lane]) {
        let map = self.film.of_mut(buffer);
        let layout = map.layout;
        layout.clear_border(map.floats);
        for (channel, pixels) in film.chunks_exact(layout.rows * layout.columns).enumerate() {
            for (row, pixels) in pixels.chunks_exact(layout.columns).enumerate() {
                map.floats[channel * layout.block_stride() + layout.row(row)..][..layout.columns]
                    .copy_from_slice(pixels);
            }
        }
    }
}

/// Maps in the order that the rest of the network knows: channel by channel.
fn write(output: &Output<Place>, buffers: &[Vec<Lane>]) -> TractResult<TValue> {
    let mut tensor = Tensor::zero::<f32>(&output.shape)?;
    let mut plain = tensor.try_as_plain_ram_mut()?;
    let mut rest = plain.as_slice_mut::<f32>()?;
    for map in output.maps.iter().map(|place| place.of(buffers)) {
        let layout = map.layout;
        let (pixels, after) = rest.split_at_mut(layout.channels * layout.rows * layout.columns);
        rest = after;
        let blocks = pixels.chunks_mut(layout.lanes * layout.rows * layout.columns);
        for (pixels, block) in blocks.zip(map.floats.chunks_exact(layout.block_stride())) {
            // Row by row, all channels of each: a row stays in the nearest cache.
            for row in 0..layout.rows {
                let line = &block[layout.row(row)..][..layout.columns * layout.lanes];
                let channels = pixels.chunks_exact_mut(layout.rows * layout.columns);
                for (lane, channel) in channels.enumerate() {
                    let values = line[lane..].iter().step_by(layout.lanes);
                    let pixels = &mut channel[row * layout.columns..][..layout.columns];
                    pixels.iter_mut().zip(values).for_each(|(pixel, value)| *pixel = *value);
                }
            }
        }
    }
    Ok(tensor.into_tvalue())
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
        let layout = self.program.film.layout;
        ensure!(film.shape() == [1, layout.channels, layout.rows, layout.columns], "a film of another size");
        self.program.run(film.try_as_plain_ram()?.as_slice()?)
    }
}

impl TypedOp for Region {
    fn output_facts(&self, _: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        Ok(self.program.outputs.iter().map(|output| f32::fact(&output.shape)).collect())
    }

    as_op!();
}
