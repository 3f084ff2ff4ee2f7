//! The network stage: a backbone's ONNX file, read by tract and run by kernels of our own; layers that they do not know, tract runs.

mod file;
mod kernel;
mod lanes;
mod layout;
mod region;

use std::sync::Arc;

use ndarray::{Array1, Array3, Array4, ArrayD, Axis, Ix2, Ix4};
use tract_onnx::prelude::{IntoRunnable, IntoTValue, IntoTensor, TValue, TractError, TypedRunnableModel, tvec};

use lanes::Processor;
use region::Region;

/// How a backbone is run.
#[derive(Debug, Clone)]
enum Plan {
    /// By our kernels alone.
    Region(Region),
    /// By tract, with a region where there is one.
    Tract(Arc<TypedRunnableModel>),
}

/// One backbone, ready to run.
///
/// Its file has one input (1 x 1 x side x side) and two outputs: `map`, the last feature map (1 x C x h x w), and `pooled`,
/// the mean of the map over its area (1 x C).
#[derive(Debug, Clone)]
pub struct Backbone {
    name: String,
    plan: Plan,
}

/// A backbone that is not ready to run yet.
#[derive(Debug, Clone, Copy)]
pub struct BackboneFile<'a> {
    /// The name it has in its bundle.
    pub name: &'a str,
    /// Its ONNX file.
    pub onnx: &'a [u8],
    /// Side of the films it is to run on.
    pub side_px: usize,
}

/// What one backbone sees in a film.
#[derive(Debug, Clone, PartialEq)]
pub struct Features {
    /// The last feature map, C x h x w.
    pub map: Array3<f32>,
    /// Its mean over h and w, C.
    pub pooled: Array1<f32>,
}

/// Why a backbone cannot be loaded or run.
#[derive(Debug, thiserror::Error)]
#[error("the network '{name}' cannot be {act}: {cause:#}")]
pub struct EngineError {
    name: String,
    act: &'static str,
    cause: TractError,
}

impl BackboneFile<'_> {
    /// Makes it ready: see [`Backbone::load`].
    pub fn load(&self) -> Result<Backbone, EngineError> {
        Backbone::load(self.name, self.onnx, self.side_px)
    }
}

impl Backbone {
    /// Reads an ONNX file and optimises it for films of `side_px`.
    ///
    /// The input's shape is fixed here whatever the file leaves open: an open batch dimension costs tract several times the time.
    pub fn load(name: &str, onnx: &[u8], side_px: usize) -> Result<Self, EngineError> {
        let plan = plan(onnx, side_px).map_err(|cause| EngineError { name: name.to_owned(), act: "loaded", cause })?;
        Ok(Self { name: name.to_owned(), plan })
    }

    /// The name it has in its bundle.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs it on one prepared film (1 x 1 x side x side).
    pub fn run(&self, film: &Array4<f32>) -> Result<Features, EngineError> {
        self.outputs(film).map_err(|cause| EngineError { name: self.name.clone(), act: "run", cause })
    }

    fn outputs(&self, film: &Array4<f32>) -> Result<Features, TractError> {
        let outputs = match &self.plan {
            Plan::Region(region) => region.run(film.view())?,
            Plan::Tract(plan) => {
                let outputs = plan.run(tvec!(film.clone().into_tensor().into_tvalue()))?;
                lanes::clear_upper_halves();
                let array = |output: &TValue| Ok(output.to_plain_array_view::<f32>()?.to_owned());
                outputs.iter().map(array).collect::<Result<_, TractError>>()?
            }
        };
        let [map, pooled]: [ArrayD<f32>; 2] = outputs
            .try_into()
            .map_err(|other: Vec<_>| TractError::msg(format!("it has {} outputs, not 2", other.len())))?;
        let (map, pooled) = (map.into_dimensionality::<Ix4>()?, pooled.into_dimensionality::<Ix2>()?);
        Ok(Features { map: map.index_axis_move(Axis(0), 0), pooled: pooled.index_axis_move(Axis(0), 0) })
    }
}

fn plan(onnx: &[u8], side_px: usize) -> Result<Plan, TractError> {
    let network = region::compile(file::read(onnx, side_px)?, Processor::best())?;
    match region::whole(&network) {
        Some(region) => Ok(Plan::Region(region.clone())),
        None => Ok(Plan::Tract(network.into_optimized()?.into_runnable()?)),
    }
}
