//! How unlike the training films a film is.

use ndarray::{Array1, Array4};

use crate::fusion::Projection;
use crate::prepare::Preparation;

/// How many grey levels are told apart.
pub const SHADES: usize = 8;

/// Two Gaussians of the training films: over the standardised features, which know what is on a film, and over the shades of grey,
/// which know how a film looks (an inverted one has the same bones, but no dark background).
#[derive(Debug, Clone, PartialEq)]
pub struct Novelty {
    /// Of the standardised features (D).
    pub features: Gaussian,
    /// Of the [`shades`]; a bundle may lack it.
    pub shades: Option<Gaussian>,
    /// Films farther away than this are referred.
    pub limit: f64,
}

/// A Gaussian with a variance of its own along each of some directions, and one shared variance along all others: probabilistic
/// principal component analysis (Tipping and Bishop 1999).
#[derive(Debug, Clone, PartialEq)]
pub struct Gaussian {
    /// Its centre (d).
    pub mean: Array1<f64>,
    /// Orthonormal directions, or none where they are the axes.
    pub directions: Projection,
    /// Variance along each direction, above 0.
    pub variance: Array1<f64>,
    /// Variance along all others, above 0.
    pub residual_variance: f64,
}

impl Novelty {
    /// The distance of a film with these standardised features (D) and shades; about 1 for a film like the training films.
    pub fn distance(&self, standardised: &Array1<f64>, shades: &Array1<f64>) -> f64 {
        let features = self.features.distance(standardised);
        match &self.shades {
            Some(of_shades) => (features + of_shades.distance(shades)) / 2.0,
            None => features,
        }
    }

    /// Whether it measures films of `width` standardised features.
    pub fn accepts(&self, width: usize) -> bool {
        self.features.is_sound(width)
            && self.shades.as_ref().is_none_or(|of_shades| of_shades.is_sound(SHADES))
            && self.limit > 0.0
    }
}

impl Gaussian {
    /// The squared Mahalanobis distance of a point (d), over d: 1 on average for what the Gaussian was fitted to.
    pub fn distance(&self, point: &Array1<f64>) -> f64 {
        let away = point - &self.mean;
        let along = match &self.directions {
            Projection::None => away.clone(),
            Projection::Components(directions) => directions.dot(&away),
        };
        let inside: f64 = along.iter().zip(&self.variance).map(|(value, variance)| value * value / variance).sum();
        let outside = (away.dot(&away) - along.dot(&along)).max(0.0) / self.residual_variance;
        (inside + outside) / point.len() as f64
    }

    fn is_sound(&self, width: usize) -> bool {
        let along = match &self.directions {
            Projection::None => width,
            Projection::Components(directions) if directions.ncols() == width => directions.nrows(),
            Projection::Components(_) => return false,
        };
        let positive = |variance: &f64| *variance > 0.0;
        self.mean.len() == width
            && self.variance.len() == along
            && self.variance.iter().all(positive)
            && positive(&self.residual_variance)
    }
}

/// The square roots of the shares of eight grey levels in a prepared film (1 x 1 x side x side), black first. Between roots of shares
/// the Euclidean distance is Hellinger's, in which small shares count too.
pub fn shades(film: &Array4<f32>, preparation: &Preparation) -> Array1<f64> {
    let mut counts = Array1::<f64>::zeros(SHADES);
    for value in film {
        let level = (value * preparation.deviation + preparation.mean).clamp(0.0, 1.0);
        counts[((level * SHADES as f32) as usize).min(SHADES - 1)] += 1.0;
    }
    (counts / film.len() as f64).mapv(f64::sqrt)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{Array2, array};

    fn gaussian() -> Gaussian {
        let directions = Projection::Components(array![[0.6, 0.8, 0.0], [0.0, 0.0, 1.0]]);
        Gaussian { mean: array![1.0, 0.0, -1.0], directions, variance: array![4.0, 0.25], residual_variance: 2.0 }
    }

    #[test]
    fn the_distance_is_that_of_the_whole_covariance() {
        // Covariance: 4 along (.6, .8, 0), 0.25 along the third axis, 2 along what is left, (.8, -.6, 0).
        let point = array![2.0, 3.0, 0.5];
        let away = [1.0, 3.0, 1.5];
        let along = [0.6 * away[0] + 0.8 * away[1], away[2], 0.8 * away[0] - 0.6 * away[1]];
        let wanted = along[0] * along[0] / 4.0 + along[1] * along[1] / 0.25 + along[2] * along[2] / 2.0;
        assert!((gaussian().distance(&point) - wanted / 3.0).abs() < 1e-12);
        let axes = Gaussian { directions: Projection::None, variance: array![1.0, 4.0, 0.5], ..gaussian() };
        assert!((axes.distance(&point) - (1.0 + 9.0 / 4.0 + 2.25 / 0.5) / 3.0).abs() < 1e-12);
    }

    #[test]
    fn parts_that_do_not_fit_are_noticed() {
        let whole = Novelty { features: gaussian(), shades: None, limit: 1.0 };
        assert!(whole.accepts(3) && !whole.accepts(4));
        for broken in [
            Gaussian { variance: array![4.0], ..gaussian() },
            Gaussian { variance: array![4.0, 0.0], ..gaussian() },
            Gaussian { residual_variance: f64::NAN, ..gaussian() },
            Gaussian { directions: Projection::None, ..gaussian() },
        ] {
            assert!(!Novelty { features: broken, ..whole.clone() }.accepts(3));
        }
        assert!(!Novelty { shades: Some(gaussian()), ..whole.clone() }.accepts(3));
        assert!(!Novelty { limit: 0.0, ..whole }.accepts(3));
    }

    #[test]
    fn shades_are_those_of_the_grid() {
        let preparation = Preparation {
            side_px: 4,
            black_percentile: 0.5,
            white_percentile: 99.5,
            mean: 0.4,
            deviation: 0.25,
            ct_window_hu: None,
        };
        for level in 0..=255_u8 {
            let mut grid = Array2::zeros((4, 4));
            grid.row_mut(1).fill(level);
            let found = shades(&preparation.tensor(&grid), &preparation);
            let bin = (usize::from(level) * SHADES / 255).min(SHADES - 1);
            let wanted = if bin == 0 { 1.0 } else { 0.5 };
            assert!((found[bin] - wanted).abs() < 1e-12 && (found.dot(&found) - 1.0).abs() < 1e-12, "{level}: {found}");
        }
    }
}
