//! The backbones of a model side by side, each on a thread: as long as the slowest of them takes, where there is a core for each.

use std::thread;

use fieldray_common::bundle::Bundle;
use fieldray_common::engine::{Backbone, BackboneFile, EngineError, Features};
use fieldray_common::screening::{Model, ModelError};
use ndarray::Array4;

use super::join;

/// Makes a bundle ready to run, all of its backbones at the same time.
///
/// # Errors
/// As [`Model::load`].
pub fn load_side_by_side(bundle: &Bundle) -> Result<Model, ModelError> {
    Model::load_by(bundle, |files| abreast(files, BackboneFile::load))
}

/// Runs all backbones on one film (1 x 1 x side x side) at the same time.
pub fn side_by_side(backbones: &[Backbone], film: &Array4<f32>) -> Vec<Result<Features, EngineError>> {
    abreast(backbones, |backbone| backbone.run(film))
}

fn abreast<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let Some((first, others)) = all.split_first() else { return Vec::new() };
    thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = others.iter().map(|other| scope.spawn(move || work(other))).collect();
        let first = work(first);
        [first].into_iter().chain(others.into_iter().map(join)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::BundleChoice;

    #[test]
    fn they_see_what_they_see_one_by_one() {
        let bundle = BundleChoice::default().open().unwrap();
        let model = Model::load(&bundle).unwrap();
        let side = model.preparation().side_px;
        let film =
            Array4::from_shape_fn((1, 1, side, side), |(_, _, row, column)| (row as f32 - column as f32) / side as f32);
        let alone = model.see(&film).unwrap();
        let together = load_side_by_side(&bundle).unwrap().running_backbones(side_by_side).see(&film).unwrap();
        assert_eq!(alone.features, together.features);
    }
}
