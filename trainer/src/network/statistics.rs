//! The statistics that batch norms evaluate by, made from films at once instead of along the way.

use std::collections::BTreeMap;

use tch::{Kind, Tensor};

use super::{
    neck,
    torch::{BATCH_NORM_EPSILON, Backbone, Mode, ShiftParameters},
};

impl Backbone {
    /// Gives batch norm the mean of these batches' statistics; gives what the network then says of each, pooled, N x C.
    pub fn settle_batch_norm(&self, batches: &[Tensor]) -> Vec<Tensor> {
        let share = |seen: usize| Mode::Settle(1.0 / (seen + 1) as f64);
        batches.iter().enumerate().map(|(seen, films)| self.forward(films, share(seen)).pooled).collect()
    }

    /// Gives batch norm the statistics of these batches without changing what the network computes.
    ///
    /// Weights that came with batch norm folded in have none: in training the first batch would be normalised by
    /// statistics the network never had, and would forget what it knew. Here every running mean and variance becomes that
    /// of the layer's real input, and scale and shift make up for it.
    pub fn calibrate_batch_norm(&self, batches: &[Tensor]) {
        let mut moments: BTreeMap<usize, Moments> = BTreeMap::new();
        for films in batches {
            self.run(films, Mode::Evaluate, &mut |node, map| moments.entry(node).or_default().add(map));
        }
        tch::no_grad(|| {
            for ((name, parameters), moments) in self.parameters().zip(moments.into_values()) {
                // The neck knows nothing yet that could be forgotten, and should start normalised.
                if name.starts_with(neck::PREFIX) {
                    continue;
                }
                let ShiftParameters::BatchNorm { gamma, beta, mean, variance } = &parameters.shift else { continue };
                let (new_mean, new_variance) = moments.mean_and_variance();
                let scale = gamma.to_kind(Kind::Double) / (variance.to_kind(Kind::Double) + BATCH_NORM_EPSILON).sqrt();
                let new_beta = beta + &scale * (&new_mean - mean);
                let new_gamma = scale * (&new_variance + BATCH_NORM_EPSILON).sqrt();
                for (variable, value) in
                    [(gamma, new_gamma), (beta, new_beta), (mean, new_mean), (variance, new_variance)]
                {
                    variable.shallow_clone().copy_(&value);
                }
            }
        });
    }
}

/// Sums over films and pixels of one layer's output, in f64.
#[derive(Default)]
struct Moments {
    count: f64,
    sums: Option<(Tensor, Tensor)>,
}

impl Moments {
    fn add(&mut self, map: &Tensor) {
        let map = map.to_kind(Kind::Double);
        let over: &[i64] = &[0, 2, 3];
        let sum = map.sum_dim_intlist(over, false, Kind::Double);
        let squares = map.square().sum_dim_intlist(over, false, Kind::Double);
        self.count += (map.numel() / map.size()[1] as usize) as f64;
        self.sums = Some(match self.sums.take() {
            Some((sums, squares_before)) => (sums + sum, squares_before + squares),
            None => (sum, squares),
        });
    }

    fn mean_and_variance(&self) -> (Tensor, Tensor) {
        let (sum, squares) =
            self.sums.as_ref().map(|(a, b)| (a.shallow_clone(), b.shallow_clone())).unwrap_or_default();
        let mean = sum / self.count;
        let variance = (squares / self.count - mean.square()).clamp_min(0.0);
        (mean, variance)
    }
}
