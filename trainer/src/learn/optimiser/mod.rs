//! What moves the weights, written out so that all of its state can be kept and taken up again.

mod adamw;
mod sgd;

use tch::{Kind, Tensor};

use self::{adamw::Moments, sgd::Velocity};
use super::model::Model;
use crate::recipe::Method;

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
pub struct Optimiser {
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    name: String,
    value: Tensor,
    memory: Memory,
}

/// What a method remembers of one parameter.
#[derive(Debug)]
enum Memory {
    AdamW(Moments),
    Sgd { momentum: f64, velocity: Velocity },
}

impl Optimiser {
    /// A fresh optimiser for all that can learn in the model.
    pub fn new(model: &Model, method: Method) -> Self {
        let learning = model.variables().into_iter().filter(|(_, value)| value.requires_grad());
        let parameters = learning.map(|(name, value)| {
            let memory = match method {
                Method::AdamW => Memory::AdamW(Moments::new(&value)),
                Method::Sgd { momentum } => Memory::Sgd { momentum, velocity: Velocity::new(&value) },
            };
            Parameter { name, value, memory }
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
        let of = |parameter: &Parameter| -> Vec<(String, Tensor)> {
            let state = match &parameter.memory {
                Memory::AdamW(moments) => moments.state(),
                Memory::Sgd { velocity, .. } => velocity.state(),
            };
            let named =
                state.into_iter().map(|(part, value)| (format!("{part}.{}", parameter.name), value.shallow_clone()));
            named.collect()
        };
        self.parameters.iter().flat_map(of).collect()
    }
}

impl Parameter {
    fn step(&mut self, gradient: &Tensor, rate: f64, decay: f64) {
        match &mut self.memory {
            Memory::AdamW(moments) => moments.step(&mut self.value, gradient, rate, decay),
            Memory::Sgd { momentum, velocity } => velocity.step(&mut self.value, gradient, *momentum, rate, decay),
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;
    use crate::network::Architecture;

    /// A model's weight and the loss whose gradient there is `slope`.
    fn weight(model: &Model) -> (Tensor, Tensor) {
        let weight = model.heads.variables().remove("abnormal.weight").unwrap();
        let slope =
            Tensor::linspace(-3.0, 5.0, weight.numel() as i64, (Kind::Float, Device::Cpu)).reshape(weight.size());
        (weight, slope)
    }

    const HEADS: Rates = Rates { body: 0.0, heads: 0.01 };

    /// The first step of AdamW is the rate, against the gradient's sign, whatever the gradient's size.
    #[test]
    fn the_first_step_of_adamw_is_the_rate() {
        let _alone = crate::seeded(1);
        let model = Model::new(Architecture::SqueezeNet1_1, 2, Device::Cpu);
        let (weight, slope) = weight(&model);
        let before = weight.copy();
        let loss = (&weight * &slope).sum(Kind::Float);
        let length = Optimiser::new(&model, Method::AdamW).step(&loss, HEADS, 0.0, f64::INFINITY);
        let moved = (&weight - before) / -0.01;
        assert!((moved - slope.sign()).abs().max().double_value(&[]) < 1e-3);
        assert!((length - slope.square().sum(Kind::Double).sqrt().double_value(&[])).abs() < 1e-3);
    }

    /// On a slope that stays, momentum adds up: after n steps the way is rate * (n + (n - 1) m + (n - 2) m^2 + ...).
    #[test]
    fn momentum_adds_up() {
        let _alone = crate::seeded(1);
        let model = Model::new(Architecture::SqueezeNet1_1, 2, Device::Cpu);
        let (weight, slope) = weight(&model);
        let before = weight.copy();
        let mut optimiser = Optimiser::new(&model, Method::Sgd { momentum: 0.5 });
        for _ in 0..3 {
            optimiser.step(&(&weight * &slope).sum(Kind::Float), HEADS, 0.0, f64::INFINITY);
        }
        let way = (before - &weight) / 0.01;
        assert!((way - slope * (3.0 + 2.0 * 0.5 + 0.25)).abs().max().double_value(&[]) < 1e-3);
    }
}
