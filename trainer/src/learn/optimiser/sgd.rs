//! Stochastic gradient descent with momentum: Polyak 1964; Sutskever et al. 2013, "On the importance of initialization and momentum
//! in deep learning", equations 1 and 2.

use tch::Tensor;

/// What is remembered of one parameter's gradients.
#[derive(Debug)]
pub struct Velocity(Tensor);

impl Velocity {
    /// At rest.
    pub fn new(value: &Tensor) -> Self {
        Self(value.zeros_like().set_requires_grad(false))
    }

    /// Takes in a gradient and moves `value`. The decay is decoupled from the velocity, as in [`super::adamw`], so that one decay
    /// means the same in both.
    pub fn step(&mut self, value: &mut Tensor, gradient: &Tensor, momentum: f64, rate: f64, decay: f64) {
        let _ = self.0.g_mul_scalar_(momentum);
        self.0 += gradient;
        let _ = value.g_mul_scalar_(1.0 - rate * decay);
        *value -= &self.0 * rate;
    }

    /// All of it, by name.
    pub fn state(&self) -> Vec<(&'static str, &Tensor)> {
        vec![("velocity", &self.0)]
    }
}
