//! Prediction sets with a promised coverage.

use serde::{Deserialize, Serialize};

use crate::calibrate::{OperatingPoint, OperatingPointError};
use crate::metrics::Scored;

/// Split conformal prediction with a threshold of its own for each class (Vovk 2013, "Conditional validity of inductive conformal
/// predictors").
///
/// A label is in a film's set unless the film would be among the most unusual of that label's calibration films. Whatever the
/// classifier is worth, and however rare a class, the set holds the true label for at least the promised share of the normal films,
/// and of the abnormal ones, as long as new films and calibration films come from the same source.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conformal {
    /// The promised share of each class's films whose set holds their label, 0 to 1.
    pub coverage: f64,
    /// Films up to this probability may be normal.
    pub normal_to: f64,
    /// Films from this probability on may be abnormal.
    pub abnormal_from: f64,
}

/// The labels that a film may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PredictionSet {
    /// `normal` alone.
    Normal,
    /// `abnormal` alone.
    Abnormal,
    /// Either: the film is between the classes.
    Both,
    /// Neither: the film is unlike the calibration films of both classes.
    None,
}

impl Conformal {
    /// The thresholds that promise a `coverage` (0 to 1), by films that no classifier was fitted to.
    ///
    /// A class with too few films to promise anything (with none at all, to begin with) has its label in every set.
    pub fn fit(films: &[Scored], coverage: f64) -> Self {
        let of = |class: bool| films.iter().filter(move |film| film.abnormal == class).map(|film| film.probability);
        // The less probable an abnormal film, the less usual: its probabilities are ranked from the other end.
        let lowest = quantile(of(true).map(|probability| -probability).collect(), coverage).map(|negative| -negative);
        let highest = quantile(of(false).collect(), coverage);
        Self { coverage, normal_to: highest.unwrap_or(1.0), abnormal_from: lowest.unwrap_or(0.0) }
    }

    /// The labels that a film of this probability may have. One that is no number may have any.
    pub fn set(&self, probability: f64) -> PredictionSet {
        let ruled_out = (probability > self.normal_to, probability < self.abnormal_from);
        match ruled_out {
            (false, false) => PredictionSet::Both,
            (false, true) => PredictionSet::Normal,
            (true, false) => PredictionSet::Abnormal,
            (true, true) => PredictionSet::None,
        }
    }

    /// The operating point that decides where the set holds one label and refers the rest.
    pub fn operating_point(&self) -> Result<OperatingPoint, OperatingPointError> {
        // A threshold belongs to the side above it, but `normal_to` to the side below.
        let above_normal = self.normal_to.next_up();
        let (low, high) = (above_normal.min(self.abnormal_from), above_normal.max(self.abnormal_from));
        OperatingPoint::new(low.min(1.0), high.min(1.0))
    }
}

impl PredictionSet {
    /// Whether it holds a film's label.
    pub fn holds(self, abnormal: bool) -> bool {
        match self {
            PredictionSet::Both => true,
            PredictionSet::None => false,
            PredictionSet::Normal => !abnormal,
            PredictionSet::Abnormal => abnormal,
        }
    }
}

/// What the next value of the same source does not exceed with the chance `coverage`: of n values the ceil((n + 1) * coverage)-th in
/// rising order. `None` where n are too few.
fn quantile(mut values: Vec<f64>, coverage: f64) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    // Rounding in the product must not ask for one value more.
    let place = ((values.len() + 1) as f64 * coverage - 1e-9).ceil().max(1.0) as usize;
    values.get(place - 1).copied()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{RngExt, SeedableRng};

    use super::*;
    use crate::calibrate::Side;

    /// Films from one source, a third abnormal; the classifier is not well calibrated, and knows a few values only.
    fn films(count: usize, random: &mut rand_pcg::Pcg64Mcg) -> Vec<Scored> {
        let film = |_| {
            let abnormal = random.random_range(0..3) == 0;
            let evidence = random.random_range(0.0..1.0_f64) + if abnormal { 0.35 } else { 0.0 };
            Scored { abnormal, probability: (evidence * 20.0).round() / 30.0 }
        };
        (0..count).map(film).collect()
    }

    /// The share of each class's new films whose set holds their label, over many draws of calibration films.
    fn covered(calibration: usize, coverage: f64) -> [f64; 2] {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(11);
        let (mut held, mut count) = ([0.0; 2], [0.0; 2]);
        for _ in 0..2000 {
            let conformal = Conformal::fit(&films(calibration, &mut random), coverage);
            for film in films(10, &mut random) {
                let class = usize::from(film.abnormal);
                count[class] += 1.0;
                held[class] += f64::from(u8::from(conformal.set(film.probability).holds(film.abnormal)));
            }
        }
        [held[0] / count[0], held[1] / count[1]]
    }

    #[test]
    fn each_class_is_covered_as_promised_however_few_films_calibrate() {
        for (calibration, coverage) in [(3, 0.8), (30, 0.9), (200, 0.9), (200, 0.7)] {
            let shares = covered(calibration, coverage);
            // Two standard errors of a share of some 6,600 films.
            assert!(shares.iter().all(|share| *share > coverage - 0.01), "{calibration} {coverage}: {shares:?}");
        }
    }

    #[test]
    fn where_films_are_many_the_sets_are_no_larger_than_promised() {
        let fine = |at: u32| Scored { abnormal: at % 2 == 1, probability: f64::from(at) / 20_000.0 };
        let films: Vec<Scored> = (0..20_000).map(fine).collect();
        let conformal = Conformal::fit(&films, 0.9);
        assert!((conformal.normal_to - 0.9).abs() < 1e-3 && (conformal.abnormal_from - 0.1).abs() < 1e-3);
    }

    #[test]
    fn a_class_without_films_is_never_ruled_out() {
        let normal = [0.1, 0.2, 0.3].map(|probability| Scored { abnormal: false, probability });
        let conformal = Conformal::fit(&normal, 0.5);
        assert_eq!(conformal.set(0.1), PredictionSet::Both);
        assert_eq!(conformal.set(0.25), PredictionSet::Abnormal);
    }

    proptest! {
        /// The operating point calls a film what its set says, where the set holds one label, and refers the others.
        #[test]
        fn the_operating_point_decides_as_the_set(normal_to in 0.0..=1.0, abnormal_from in 0.0..=1.0, probability in 0.0..1.0) {
            let conformal = Conformal { coverage: 0.9, normal_to, abnormal_from };
            for probability in [probability, normal_to.min(0.999), abnormal_from.min(0.999)] {
                let wanted = match conformal.set(probability) {
                    PredictionSet::Normal => Side::Normal,
                    PredictionSet::Abnormal => Side::Abnormal,
                    PredictionSet::Both | PredictionSet::None => Side::Between,
                };
                prop_assert_eq!(conformal.operating_point().unwrap().side(probability), wanted);
            }
        }
    }
}
