//! Class activation maps in closed form.

use ndarray::{Array1, Array2, Array3, Axis};

use crate::engine::Features;

/// How a feature map's channels are weighed into one map of evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cam {
    /// By their gradient, so that the map adds up to the score. What the box shows.
    GradCam,
    /// By their positive gradients, each over its share of the map.
    GradCamPlusPlus,
    /// By their positive gradients.
    LayerCam,
}

impl Cam {
    /// The evidence in `features` for a score with this `gradient` in their pooled vector (C), at the map's own h x w.
    pub fn evidence(self, features: &Features, gradient: &Array1<f64>) -> Array2<f64> {
        match self {
            Cam::GradCam => class_activation(&features.map, gradient),
            Cam::GradCamPlusPlus => grad_cam_plus_plus(&features.map, &features.pooled, gradient),
            Cam::LayerCam => layer_cam(&features.map, gradient),
        }
    }
}

/// The evidence density of a feature map (C x h x w) for a score whose gradient with respect to the pooled features is given (C).
///
/// Grad-CAM weighs each channel with the mean of the score's gradient over the map (Selvaraju et al. 2017, eq. 1). Where the
/// score sees the map only through its mean, that gradient is the same everywhere: the pooled gradient over `h * w`. No backward
/// pass is needed. The result is Grad-CAM before its ReLU, times `h * w`: a density whose mean over the film is the part of the
/// score that these channels add, so that maps of different resolution can be summed.
pub fn class_activation(map: &Array3<f32>, gradient: &Array1<f64>) -> Array2<f64> {
    let (_, height, width) = map.dim();
    let mut evidence = Array2::zeros((height, width));
    for (channel, weight) in map.axis_iter(Axis(0)).zip(gradient) {
        evidence.zip_mut_with(&channel, |sum, value| *sum += weight * f64::from(*value));
    }
    evidence
}

/// Grad-CAM++ before its ReLU: channels weighed by the positive gradients only, each cell by its share of the gradient
/// (Chattopadhay et al. 2018, eq. 19). Where the gradient is the same everywhere the shares are too, and the channel's weight is
/// `g / (2 + g * pooled)` for its pooled gradient `g` and `pooled`, the map's mean (C). Feature maps must not be negative.
fn grad_cam_plus_plus(map: &Array3<f32>, pooled: &Array1<f32>, gradient: &Array1<f64>) -> Array2<f64> {
    let weight = |(g, mean): (&f64, &f32)| g.max(0.0) / (2.0 + g.max(0.0) * f64::from(*mean));
    class_activation(map, &gradient.iter().zip(pooled).map(weight).collect())
}

/// LayerCAM before its ReLU: every cell weighed by its own positive gradient (Jiang et al. 2021). Where the gradient is the
/// same everywhere, it is Grad-CAM of the channels that speak for `abnormal`.
fn layer_cam(map: &Array3<f32>, gradient: &Array1<f64>) -> Array2<f64> {
    class_activation(map, &gradient.mapv(|g| g.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_the_density_is_the_score() {
        let map = Array3::from_shape_fn((5, 3, 4), |(c, y, x)| ((c * 7 + y * 3 + x) % 11) as f32);
        let gradient = Array1::from_shape_fn(5, |c| c as f64 - 1.5);
        let pooled = map.mean_axis(Axis(2)).unwrap().mean_axis(Axis(1)).unwrap().mapv(f64::from);
        let density = class_activation(&map, &gradient);
        assert!((density.mean().unwrap() - gradient.dot(&pooled)).abs() < 1e-5);
    }

    /// Against the published formulas, cell by cell, for a gradient that is `g / (h * w)` at each.
    #[test]
    fn the_closed_forms_are_the_published_weights() {
        let map = Array3::from_shape_fn((6, 3, 4), |(c, y, x)| ((c * 5 + y * 7 + x * 2) % 9) as f32);
        let pooled = map.mean_axis(Axis(2)).unwrap().mean_axis(Axis(1)).unwrap();
        let gradient = Array1::from_shape_fn(6, |c| 2.0 - c as f64);
        let (mut plus_plus, mut layer) = (Array2::<f64>::zeros((3, 4)), Array2::<f64>::zeros((3, 4)));
        for (channel, pooled_gradient) in map.axis_iter(Axis(0)).zip(&gradient) {
            let g = pooled_gradient / 12.0;
            let sum: f64 = channel.iter().map(|value| f64::from(*value)).sum();
            let share = if g == 0.0 { 0.0 } else { g.powi(2) / (2.0 * g.powi(2) + sum * g.powi(3)) };
            let weight: f64 = (0..12).map(|_| share * g.max(0.0)).sum();
            plus_plus.zip_mut_with(&channel, |to, value| *to += weight * f64::from(*value));
            layer.zip_mut_with(&channel, |to, value| *to += g.max(0.0) * f64::from(*value));
        }
        let features = Features { map, pooled };
        let near = |ours: Array2<f64>, published: Array2<f64>| {
            assert!((&ours - &published).iter().all(|error| error.abs() < 1e-5), "{ours} {published}");
        };
        near(Cam::GradCamPlusPlus.evidence(&features, &gradient), plus_plus);
        near(Cam::LayerCam.evidence(&features, &gradient) / 12.0, layer);
    }
}
