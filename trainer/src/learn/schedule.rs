//! How fast a stage learns, step by step.

use std::f64::consts::PI;

use super::optimiser::Rates;
use crate::recipe::Stage;

/// The learning rates of one stage: the heads rise at once, the body when it is set free; both fall as a cosine to the end
/// (Loshchilov and Hutter, ICLR 2017).
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// Steps in an epoch.
    pub epoch_steps: usize,
    /// Steps in the stage.
    pub steps: usize,
    /// Steps at the start in which the backbone stands still.
    pub head_steps: usize,
    warm_up_steps: usize,
    largest: Rates,
    final_share: f64,
}

impl Schedule {
    /// For a stage whose epochs have `films` films.
    pub fn new(stage: &Stage, films: usize) -> Self {
        let epoch_steps = (films / stage.batch).max(1);
        let steps = epoch_steps * stage.epochs;
        Self {
            epoch_steps,
            steps,
            head_steps: epoch_steps * stage.head_epochs,
            warm_up_steps: (steps as f64 * stage.warm_up).round() as usize,
            largest: Rates { body: stage.body_rate, heads: stage.head_rate },
            final_share: stage.final_rate,
        }
    }

    /// The rates of one step, counted from 0.
    pub fn rates(&self, step: usize) -> Rates {
        let rise = |since: usize| ((since + 1) as f64 / (self.warm_up_steps + 1) as f64).min(1.0);
        let cosine = 1.0 + (PI * step as f64 / self.steps as f64).cos();
        let fall = self.final_share + (1.0 - self.final_share) * 0.5 * cosine;
        Rates {
            body: step.checked_sub(self.head_steps).map_or(0.0, |since| self.largest.body * rise(since) * fall),
            heads: self.largest.heads * rise(step) * fall,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recipe::Recipe;

    #[test]
    fn the_body_waits_rises_and_both_fall() {
        let mut stage = Recipe::parse(include_str!("../../recipes/smoke.toml")).unwrap().stages.remove(0);
        (stage.epochs, stage.head_epochs, stage.batch, stage.warm_up) = (10, 2, 10, 0.1);
        (stage.head_rate, stage.body_rate) = (1e-2, 1e-3);
        let schedule = Schedule::new(&stage, 105);
        assert_eq!((schedule.epoch_steps, schedule.steps, schedule.head_steps), (10, 100, 20));
        assert_eq!(schedule.rates(19).body, 0.0);
        assert!(schedule.rates(20).body > 0.0 && schedule.rates(20).body < 2e-4);
        assert!(schedule.rates(0).heads < schedule.rates(10).heads);
        let (middle, end) = (schedule.rates(50), schedule.rates(99));
        assert!((middle.body - 0.505e-3).abs() < 1e-9 && (middle.heads - 0.505e-2).abs() < 1e-9);
        assert!(end.body < 0.02e-3);
    }
}
