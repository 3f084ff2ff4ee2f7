//! The part of a network that our own kernels compute, as one op of tract's.

mod compile;
mod draft;
mod layers;
mod step;
#[cfg(test)]
mod tests;

pub use compile::compile;

use std::sync::{Arc, Mutex, PoisonError};

use tract_onnx::tract_core::internal::*;

use super::layout::Lane;
use step::{Place, Step};

/// A film in (1 x C x side x side), some maps out (1 x C x h x w).
#[derive(Debug, Clone)]
pub struct Region {
    program: Arc<Program>,
}

#[derive(Debug)]
struct Program {
    film: Place,
    steps: Vec<Step<Place>>,
    outputs: Vec<Place>,
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
        let outputs = self.outputs.iter().map(|place| write(place, &buffers)).collect::<TractResult<TVec<_>>>()?;
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

/// A map in the order that the rest of the network knows.
fn write(place: &Place, buffers: &[Vec<Lane>]) -> TractResult<TValue> {
    let map = place.of(buffers);
    let layout = map.layout;
    let mut tensor = Tensor::zero::<f32>(&[1, layout.channels, layout.rows, layout.columns])?;
    let mut plain = tensor.try_as_plain_ram_mut()?;
    let pixels = plain.as_slice_mut::<f32>()?.chunks_exact_mut(layout.rows * layout.columns);
    for (channel, pixels) in pixels.enumerate() {
        let corner = channel / layout.lanes * layout.block_stride() + channel % layout.lanes;
        for (row, pixels) in pixels.chunks_exact_mut(layout.columns).enumerate() {
            let line = map.floats[corner + layout.row(row)..].iter().step_by(layout.lanes);
            pixels.iter_mut().zip(line).for_each(|(pixel, value)| *pixel = *value);
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
        let fact = |place: &Place| {
            let layout = place.layout;
            f32::fact([1, layout.channels, layout.rows, layout.columns])
        };
        Ok(self.program.outputs.iter().map(fact).collect())
    }

    as_op!();
}
