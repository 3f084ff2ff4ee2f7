//! AdamW: Loshchilov and Hutter, ICLR 2019, "Decoupled weight decay regularization", algorithm 2.

use tch::{Device, Kind, Tensor};

const MEAN_DECAY: f64 = 0.9;
const SQUARE_DECAY: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// What is remembered of one parameter's gradients.
#[derive(Debug)]
pub struct Moments {
    /// Running mean of the gradient.
    mean: Tensor,
    /// Running mean of its square.
    square: Tensor,
    /// Steps taken, one number; a backbone that stood still has fewer than its heads.
    steps: Tensor,
}

impl Moments {
    /// Nothing yet of a parameter like `value`.
    pub fn new(value: &Tensor) -> Self {
        Self {
            mean: value.zeros_like().set_requires_grad(false),
            square: value.zeros_like().set_requires_grad(false),
            steps: Tensor::zeros([1], (Kind::Double, Device::Cpu)),
        }
    }

    /// Takes in a gradient and moves `value`.
    pub fn step(&mut self, value: &mut Tensor, gradient: &Tensor, rate: f64, decay: f64) {
        self.steps += 1.0;
        let steps = self.steps.double_value(&[0]);
        let _ = self.mean.lerp_(gradient, 1.0 - MEAN_DECAY);
        let _ = self.square.lerp_(&gradient.square(), 1.0 - SQUARE_DECAY);
        let spread = (&self.square / (1.0 - SQUARE_DECAY.powf(steps))).sqrt() + EPSILON;
        let _ = value.g_mul_scalar_(1.0 - rate * decay);
        *value -= &self.mean / spread * (rate / (1.0 - MEAN_DECAY.powf(steps)));
    }

    /// All of it, by name.
    pub fn state(&self) -> Vec<(&'static str, &Tensor)> {
        vec![("mean", &self.mean), ("square", &self.square), ("steps", &self.steps)]
    }
}
