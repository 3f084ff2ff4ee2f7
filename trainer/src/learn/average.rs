//! The average of the weights that a stage passes through: it is validated and kept, since it does better than any of them.

use super::{model::Model, schedule::Schedule};
use crate::recipe::{Averaging, Stage};

/// Lets the average follow the model after a step, counted from 0.
pub fn follow(average: &Model, model: &Model, stage: &Stage, schedule: &Schedule, step: usize) {
    match stage.averaging {
        Averaging::Exponential => {
            // Early on a long average would mostly remember the start.
            let decay = stage.average_decay.min((1 + step) as f64 / (10 + step) as f64);
            average.approach(model, 1.0 - decay);
        }
        Averaging::Equal { from } if (step + 1).is_multiple_of(schedule.epoch_steps) => {
            let epoch = (step + 1) / schedule.epoch_steps;
            let first = (from * stage.epochs as f64).floor() as usize + 1;
            let averaged = (epoch + 1).saturating_sub(first).max(1);
            average.approach(model, 1.0 / averaged as f64);
        }
        Averaging::Equal { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;
    use crate::{network::Architecture, recipe::Recipe};

    /// The average after each epoch, where every weight of the model is the number of the epoch.
    fn averages(averaging: Averaging, epochs: usize) -> Vec<f64> {
        let mut stage = Recipe::parse(include_str!("../../recipes/smoke.toml")).unwrap().stages.remove(0);
        (stage.averaging, stage.epochs, stage.average_decay) = (averaging, epochs, 0.5);
        let schedule = Schedule::new(&stage, 3 * stage.batch);
        let [model, average] = [(); 2].map(|()| Model::new(Architecture::ResNet10, 2, Device::Cpu));
        let weight = |model: &Model| model.heads.variables().remove("abnormal.weight").unwrap();
        average.copy_from(&model);
        let after = |epoch: usize| {
            let _ = tch::no_grad(|| weight(&model).fill_(epoch as f64));
            let steps = (epoch - 1) * schedule.epoch_steps..epoch * schedule.epoch_steps;
            steps.for_each(|step| follow(&average, &model, &stage, &schedule, step));
            weight(&average).mean(Kind::Double).double_value(&[])
        };
        (1..=epochs).map(after).collect()
    }

    #[test]
    fn equal_averages_count_the_epochs_from_their_first_on() {
        assert_eq!(averages(Averaging::Equal { from: 0.5 }, 4), [1.0, 2.0, 3.0, 3.5]);
        assert_eq!(averages(Averaging::Equal { from: 0.0 }, 3), [1.0, 1.5, 2.0]);
    }

    #[test]
    fn running_averages_forget() {
        let last = averages(Averaging::Exponential, 8)[7];
        assert!((last - (8.0 - 0.5_f64.powi(3))).abs() < 0.05, "{last}");
    }
}
