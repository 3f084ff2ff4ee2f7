//! Mixup: Zhang et al., ICLR 2018, "mixup: Beyond empirical risk minimization".

use tch::{Device, Kind, Tensor};

use crate::data::batch::Batch;

/// How the films of a batch are laid over one another: each a `share` of itself and the rest of its partner.
#[derive(Debug)]
pub struct Mixture {
    /// From 0 to 1.
    share: f64,
    /// The partner's place for each film.
    partner: Tensor,
}

impl Mixture {
    /// Draws the share from Beta(alpha, alpha) and the partners, for `count` films, from torch's generator.
    pub fn draw(count: i64, alpha: f64, device: Device) -> Self {
        // Two numbers of Gamma(alpha) give one of Beta(alpha, alpha).
        let gammas = Tensor::full([2], alpha, (Kind::Double, Device::Cpu)).internal_standard_gamma();
        let share = gammas.double_value(&[0]) / (gammas.double_value(&[0]) + gammas.double_value(&[1])).max(1e-12);
        Self { share, partner: Tensor::randperm(count, (Kind::Int64, device)) }
    }

    /// Any numbers of the films, films first, mixed.
    pub fn of(&self, numbers: &Tensor) -> Tensor {
        numbers * self.share + numbers.index_select(0, &self.partner) * (1.0 - self.share)
    }

    /// The films and all that is known of them, mixed. Where the lesions are is known only where it is of both.
    pub fn batch(&self, batch: Batch) -> Batch {
        Batch {
            films: self.of(&batch.films),
            abnormal: self.of(&batch.abnormal),
            regions: self.of(&batch.regions),
            lesions: self.of(&batch.lesions),
            located: &batch.located * batch.located.index_select(0, &self.partner),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_mixed_as_films_are() {
        let _alone = crate::seeded(4);
        let abnormal = Tensor::from_slice(&[0_f32, 1.0, 1.0, 0.0, 1.0]);
        let level = |of: &Tensor| of.view([-1, 1, 1, 1]) * Tensor::ones([1, 1, 4, 4], (Kind::Float, Device::Cpu));
        let batch = Batch {
            films: level(&abnormal),
            regions: Tensor::stack(&[&abnormal, &(1.0 - &abnormal)], 1),
            lesions: level(&abnormal),
            located: Tensor::from_slice(&[1_f32, 1.0, 0.0, 1.0, 1.0]),
            abnormal,
        };
        let mixed = Mixture::draw(5, 0.4, Device::Cpu).batch(batch);
        assert!(level(&mixed.abnormal).equal(&mixed.films) && mixed.films.equal(&mixed.lesions));
        assert!(
            (mixed.regions.sum_dim_intlist([1_i64].as_slice(), false, Kind::Float) - 1.0).abs().max().double_value(&[])
                < 1e-6
        );
        assert!((1.0..=2.0).contains(&(5.0 - mixed.located.sum(Kind::Float).double_value(&[]))));
    }

    /// Beta(a, a) has the mean 1/2 and the variance 1 / (4 (2 a + 1)).
    #[test]
    fn shares_are_spread_as_the_paper_says() {
        let _alone = crate::seeded(5);
        for alpha in [0.2, 1.0, 4.0] {
            let shares: Vec<f64> = (0..4000).map(|_| Mixture::draw(1, alpha, Device::Cpu).share).collect();
            let mean = shares.iter().sum::<f64>() / 4000.0;
            let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / 4000.0;
            assert!((mean - 0.5).abs() < 0.03, "{alpha}: {mean}");
            assert!((variance * 4.0 * (2.0 * alpha + 1.0) - 1.0).abs() < 0.1, "{alpha}: {variance}");
        }
    }
}
