//! AdamW (Loshchilov and Hutter, ICLR 2019), written out so that all of its state can be kept and taken up again.

use tch::{Kind, Tensor};

use super::model::Model;

const MEAN_DECAY: f64 = 0.9;
const SQUARE_DECAY: f64 = 0.999;
const EPSILON: f64 = 1e-8;

/// Learning rates of the two parts of a model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rates {
    /// Of the backbone; 0 while it stands still.
    pub body: f64,
    /// Of the heads, and of a neck, which is as new as they are.
    pub heads: f64,
}

/// The optimiser of one model in one stage.
#[derive(Debug)]
pub struct AdamW {
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    value: Tensor,
    /// Running mean of the gradient.
    mean: Tensor,
    /// Running mean of its square.
    square: Tensor,
    /// Steps taken, one number; a backbone that stood still has fewer than its heads.
    steps: Tensor,
}

impl AdamW {
    /// A fresh optimiser for all that can learn in the model.
    pub fn new(model: &Model) -> Self {
        let learning = model.variables().into_iter().filter(|(_, value)| value.requires_grad());
        let parameters = learning.map(|(name, value)| Parameter {
            name,
            mean: value.zeros_like().set_requires_grad(false),
            square: value.zeros_like().set_requires_grad(false),
            steps: Tensor::zeros([1], (Kind::Double, tch::Device::Cpu)),
            value,
        });
        Self { parameters: parameters.collect() }
    }

    /// Moves the weights against the gradient of `loss`, whose length is cut to `longest`; gives the length it had.
    pub fn step(&mut self, loss: &Tensor, rates: Rates, weight_decay: f64, longest: f64) -> f64 {
        for parameter in &mut self.parameters {
            parameter.value.zero_grad();
        }
        loss.backward();
        tch::no_grad(|| {
            let moving: Vec<(&mut Parameter, Tensor, f64)> = (self.parameters.iter_mut())
                .filter_map(|parameter| {
                    let is_new = !parameter.name.starts_with("body.") || parameter.name.starts_with("body.neck.");
                    let rate = if is_new { rates.heads } else { rates.body };
                    let gradient = parameter.value.grad();
                    (rate > 0.0 && gradient.defined()).then_some((parameter, gradient, rate))
                })
                .collect();
            let squares: Vec<Tensor> =
                moving.iter().map(|(_, gradient, _)| gradient.square().sum(Kind::Double)).collect();
            let length = if squares.is_empty() {
                0.0
            } else {
                Tensor::stack(&squares, 0).sum(Kind::Double).sqrt().double_value(&[])
            };
            let cut = (longest / (length + 1e-6)).min(1.0);
            for (parameter, gradient, rate) in moving {
                // Biases, scales and shifts are not drawn to zero.
                let decay = if gradient.dim() > 1 { weight_decay } else { 0.0 };
                parameter.step(&(gradient * cut), rate, decay);
            }
            length
        })
    }

    /// All of its state, by name.
    pub fn state(&self) -> Vec<(String, Tensor)> {
        let parts = |parameter: &Parameter| {
            [("mean", &parameter.mean), ("square", &parameter.square), ("steps", &parameter.steps)]
                .map(|(part, value)| (format!("{part}.{}", parameter.name), value.shallow_clone()))
        };
        self.parameters.iter().flat_map(parts).collect()
    }
}

impl Parameter {
    fn step(&mut self, gradient: &Tensor, rate: f64, decay: f64) {
        self.steps += 1.0;
        let steps = self.steps.double_value(&[0]);
        let _ = self.mean.lerp_(gradient, 1.0 - MEAN_DECAY);
        let _ = self.square.lerp_(&gradient.square(), 1.0 - SQUARE_DECAY);
        let spread = (&self.square / (1.0 - SQUARE_DECAY.powf(steps))).sqrt() + EPSILON;
        let _ = self.value.g_mul_scalar_(1.0 - rate * decay);
        let towards = &self.mean / spread * (rate / (1.0 - MEAN_DECAY.powf(steps)));
        self.value -= towards;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::Architecture;

    /// The first step of AdamW is the rate, against the gradient's sign, whatever the gradient's size.
    #[test]
    fn the_first_step_is_the_rate() {
        let _alone = crate::seeded(1);
        let model = Model::new(Architecture::SqueezeNet1_1, 2, tch::Device::Cpu);
        let weight = model.heads.variables().remove("abnormal.weight").unwrap();
        let before = weight.copy();
        let slope =
            Tensor::linspace(-3.0, 5.0, weight.numel() as i64, (Kind::Float, tch::Device::Cpu)).reshape(weight.size());
        let loss = (&weight * &slope).sum(Kind::Float);
        let length = AdamW::new(&model).step(&loss, Rates { body: 0.0, heads: 0.01 }, 0.0, f64::INFINITY);
        let moved = (&weight - before) / -0.01;
        assert!((moved - slope.sign()).abs().max().double_value(&[]) < 1e-3);
        assert!((length - slope.square().sum(Kind::Double).sqrt().double_value(&[])).abs() < 1e-3);
    }
}
