//! The backbones of a model side by side, each on a thread.

use std::thread;

use fieldray_common::engine::{Backbone, EngineError, Features};
use ndarray::Array4;

use super::join;

/// Runs all backbones on one film (1 x 1 x side x side) at the same time: as long as the slowest of them takes, where there is a core
/// for each.
pub fn side_by_side(backbones: &[Backbone], film: &Array4<f32>) -> Vec<Result<Features, EngineError>> {
    let Some((first, others)) = backbones.split_first() else { return Vec::new() };
    thread::scope(|scope| {
        let others: Vec<_> = others.iter().map(|backbone| scope.spawn(|| backbone.run(film))).collect();
        let first = first.run(film);
        [first].into_iter().chain(others.into_iter().map(join)).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::choice::BundleChoice;
    use fieldray_common::screening::Model;

    #[test]
    fn they_see_what_they_see_one_by_one() {
        let model = Model::load(&BundleChoice::default().open().unwrap()).unwrap();
        let side = model.preparation().side_px;
        let film =
            Array4::from_shape_fn((1, 1, side, side), |(_, _, row, column)| (row as f32 - column as f32) / side as f32);
        let alone = model.see(&film).unwrap();
        let together = model.running_backbones(side_by_side).see(&film).unwrap();
        assert_eq!(alone.features, together.features);
    }
}
