//! The fusion, and the measure of novelty beside it.

use ndarray::{Array1, array};

use super::PartError;
use crate::bundle::weights::{Weights, WeightsError};
use crate::fusion::{Fusion, Projection};
use crate::novelty::{Gaussian, Novelty};

impl Weights {
    /// Adds the arrays of a fusion.
    pub fn insert_fusion(&mut self, fusion: &Fusion) {
        self.insert_vector("fusion.mean", fusion.mean());
        self.insert_vector("fusion.deviation", fusion.deviation());
        self.insert_projection("fusion.components", fusion.projection());
    }

    /// The fusion.
    pub fn fusion(&self) -> Result<Fusion, PartError> {
        let projection = self.projection("fusion.components")?;
        Ok(Fusion::new(self.vector("fusion.mean")?, self.vector("fusion.deviation")?, projection)?)
    }

    /// Adds the arrays of a measure of novelty; its limit is the manifest's.
    pub fn insert_novelty(&mut self, novelty: &Novelty) {
        self.insert_gaussian("novelty", &novelty.features);
        if let Some(shades) = &novelty.shades {
            self.insert_gaussian("novelty.shades", shades);
        }
    }

    /// The measure of novelty beside a `fusion`, with its `limit`.
    pub fn novelty(&self, fusion: &Fusion, limit: f64) -> Result<Novelty, PartError> {
        let features = if self.has("novelty.mean") {
            self.gaussian("novelty")?
        } else {
            // Bundles made before it had directions of its own measure it along those of the fusion.
            Gaussian {
                mean: Array1::zeros(fusion.width()),
                directions: fusion.projection().clone(),
                variance: self.vector("novelty.variance")?,
                residual_variance: self.vector("novelty.residual_variance")?.sum(),
            }
        };
        let shades = if self.has("novelty.shades.mean") { Some(self.gaussian("novelty.shades")?) } else { None };
        Ok(Novelty { features, shades, limit })
    }

    fn insert_gaussian(&mut self, name: &str, gaussian: &Gaussian) {
        self.insert_vector(format!("{name}.mean"), &gaussian.mean);
        self.insert_projection(&format!("{name}.directions"), &gaussian.directions);
        self.insert_vector(format!("{name}.variance"), &gaussian.variance);
        self.insert_vector(format!("{name}.residual_variance"), &array![gaussian.residual_variance]);
    }

    fn gaussian(&self, name: &str) -> Result<Gaussian, WeightsError> {
        Ok(Gaussian {
            mean: self.vector(&format!("{name}.mean"))?,
            directions: self.projection(&format!("{name}.directions"))?,
            variance: self.vector(&format!("{name}.variance"))?,
            residual_variance: self.vector(&format!("{name}.residual_variance"))?.sum(),
        })
    }

    /// What does not project has no rows to store.
    fn insert_projection(&mut self, name: &str, projection: &Projection) {
        if let Projection::Components(rows) = projection {
            self.insert_matrix(name, rows);
        }
    }

    fn projection(&self, name: &str) -> Result<Projection, WeightsError> {
        Ok(if self.has(name) { Projection::Components(self.matrix(name)?) } else { Projection::None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaussian(directions: Projection) -> Gaussian {
        let variance = Array1::from_elem(if directions == Projection::None { 2 } else { 1 }, 0.5);
        Gaussian { mean: array![0.25, 1.0], directions, variance, residual_variance: 2.0 }
    }

    #[test]
    fn fusion_and_novelty_come_back_as_they_went_in() {
        let line = || Projection::Components(array![[0.0, 1.0]]);
        for projection in [Projection::None, line()] {
            let fusion = Fusion::new(array![1.0, -2.0], array![0.5, 4.0], projection.clone()).unwrap();
            for shades in [None, Some(gaussian(line()))] {
                let novelty = Novelty { features: gaussian(projection.clone()), shades, limit: 3.0 };
                let mut weights = Weights::default();
                weights.insert_fusion(&fusion);
                weights.insert_novelty(&novelty);
                let back = Weights::from_bytes(&weights.to_bytes().unwrap()).unwrap();
                assert_eq!(back.fusion().unwrap(), fusion);
                assert_eq!(back.novelty(&fusion, 3.0).unwrap(), novelty);
            }
        }
    }

    #[test]
    fn novelty_of_an_older_bundle_lies_along_the_fusion() {
        let line = Projection::Components(array![[0.6, 0.8]]);
        let fusion = Fusion::new(array![1.0, -2.0], array![0.5, 4.0], line.clone()).unwrap();
        let mut weights = Weights::default();
        weights.insert_vector("novelty.variance", &array![4.0]);
        weights.insert_vector("novelty.residual_variance", &array![0.5]);
        let novelty = weights.novelty(&fusion, 1.5).unwrap();
        assert!(novelty.accepts(2) && novelty.shades.is_none());
        // 3 along the line, 1 beside it, over two features.
        let point = array![3.0 * 0.6 + 0.8, 3.0 * 0.8 - 0.6];
        assert!((novelty.features.distance(&point) - (9.0 / 4.0 + 1.0 / 0.5) / 2.0).abs() < 1e-12);
    }
}
