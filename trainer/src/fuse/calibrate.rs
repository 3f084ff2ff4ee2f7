//! Fitting calibrations to scores of films that neither the networks nor the classifiers learned from.
//!
//! Scores of training films, even out of fold, will not do: the networks have learned those films, and the scores are too sure of
//! themselves.

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    calibrate::{Calibration, Isotonic, Platt, Temperature, probability},
    metrics,
};

use crate::data::folds::Folds;

/// The calibration of the kind that has the lowest log loss over `folds` it was not fitted to; Platt's where the films are too few
/// to tell.
pub fn choose(scores: &[f64], abnormal: &[bool], folds: &Folds) -> Result<Calibration> {
    if !folds.leave_both_classes(abnormal) {
        return platt(scores, abnormal);
    }
    // The simpler kinds come first, and stay where another is no better.
    let mut best: (Fit, f64) = (platt, f64::INFINITY);
    for fit in [platt, temperature, isotonic] {
        let mut judged: Vec<(bool, f64)> = Vec::with_capacity(scores.len());
        for fold in folds.each() {
            let fitted_scores: Vec<f64> = fold.fitted.iter().map(|at| scores[*at]).collect();
            let fitted_labels: Vec<bool> = fold.fitted.iter().map(|at| abnormal[*at]).collect();
            let calibration = fit(&fitted_scores, &fitted_labels)?;
            judged.extend(fold.judged.iter().map(|at| (abnormal[*at], calibration.log_odds(scores[*at]))));
        }
        let loss = metrics::log_loss(judged.into_iter()).context("no film to choose a calibration by")?;
        if loss < best.1 {
            best = (fit, loss);
        }
    }
    (best.0)(scores, abnormal)
}

/// What fits one kind of calibration to scores.
type Fit = fn(&[f64], &[bool]) -> Result<Calibration>;

/// Platt's calibration, by Newton's method with halved steps (Lin, Lin and Weng 2007, "A note on Platt's probabilistic outputs").
pub fn platt(scores: &[f64], abnormal: &[bool]) -> Result<Calibration> {
    let targets = targets(scores, abnormal)?;
    let loss = |[slope, offset]: [f64; 2]| cross_entropy(scores.iter().map(|score| slope * score + offset), &targets);
    let mut at = [0.0, 0.0];
    for _ in 0..STEPS {
        let (mut gradient, mut curvature) = ([0.0; 2], [LEAST_CURVATURE, 0.0, LEAST_CURVATURE]);
        for (score, target) in scores.iter().zip(&targets) {
            let said = probability(at[0] * score + at[1]);
            let (miss, weight) = (said - target, said * (1.0 - said));
            gradient = [gradient[0] + miss * score, gradient[1] + miss];
            let [a, b, c] = curvature;
            curvature = [a + weight * score * score, b + weight * score, c + weight];
        }
        let [a, b, c] = curvature;
        let determinant = a * c - b * b;
        let step =
            [(c * gradient[0] - b * gradient[1]) / determinant, (a * gradient[1] - b * gradient[0]) / determinant];
        let Some(next) = descend(at, step, loss) else { break };
        at = next;
    }
    Ok(Calibration::Platt(Platt { slope: at[0], offset: at[1] }))
}

/// Temperature scaling, by the same method.
pub fn temperature(scores: &[f64], abnormal: &[bool]) -> Result<Calibration> {
    let targets = targets(scores, abnormal)?;
    let loss = |[slope]: [f64; 1]| cross_entropy(scores.iter().map(|score| slope * score), &targets);
    let mut at = [0.0];
    for _ in 0..STEPS {
        let (mut gradient, mut curvature) = (0.0, LEAST_CURVATURE);
        for (score, target) in scores.iter().zip(&targets) {
            let said = probability(at[0] * score);
            gradient += (said - target) * score;
            curvature += said * (1.0 - said) * score * score;
        }
        let Some(next) = descend(at, [gradient / curvature], loss) else { break };
        at = next;
    }
    // Scores that do not grow with the evidence leave the odds even.
    let temperature = 1.0 / at[0].max(LEAST_SLOPE);
    Ok(Calibration::Temperature(Temperature { temperature }))
}

/// Isotonic calibration, by pooling adjacent violators (Ayer et al. 1955); each pool becomes a knot at its films' mean score.
pub fn isotonic(scores: &[f64], abnormal: &[bool]) -> Result<Calibration> {
    let mut films: Vec<(f64, f64)> = scores.iter().copied().zip(targets(scores, abnormal)?).collect();
    films.sort_unstable_by(|one, other| one.0.total_cmp(&other.0));
    let mut pools: Vec<Pool> = Vec::new();
    // Films of one score are one pool before any pools are compared.
    for films in films.chunk_by(|one, other| one.0 == other.0) {
        let mut pool = Pool {
            count: films.len() as f64,
            scores: films.iter().map(|film| film.0).sum(),
            targets: films.iter().map(|film| film.1).sum(),
        };
        while let Some(before) = pools.pop_if(|before| before.share() >= pool.share()) {
            pool = before.joined(pool);
        }
        pools.push(pool);
    }
    let knots = pools.iter().map(|pool| pool.scores / pool.count).collect();
    let log_odds = pools.iter().map(|pool| (pool.share() / (1.0 - pool.share())).ln()).collect();
    Ok(Calibration::Isotonic(Isotonic::new(knots, log_odds)?))
}

/// Most steps of Newton's method; it takes about ten.
const STEPS: usize = 100;
/// Keeps a step finite where no score differs.
const LEAST_CURVATURE: f64 = 1e-12;
/// The least slope of a temperature.
const LEAST_SLOPE: f64 = 1e-6;

/// Films pooled because their score does not tell them apart.
#[derive(Debug, Clone, Copy)]
struct Pool {
    count: f64,
    scores: f64,
    targets: f64,
}

impl Pool {
    fn share(&self) -> f64 {
        self.targets / self.count
    }

    fn joined(self, next: Self) -> Self {
        let Self { count, scores, targets } = next;
        Self { count: self.count + count, scores: self.scores + scores, targets: self.targets + targets }
    }
}

/// What a probability should be of each film: not quite 0 or 1, by the number of films of its class (Platt 1999), so that the
/// log-odds stay finite however well the score parts the films.
fn targets(scores: &[f64], abnormal: &[bool]) -> Result<Vec<f64>> {
    ensure!(scores.iter().all(|score| score.is_finite()), "a score is not a finite number, so it cannot be calibrated");
    let count = abnormal.iter().filter(|abnormal| **abnormal).count() as f64;
    let others = abnormal.len() as f64 - count;
    ensure!(count > 0.0 && others > 0.0, "calibration needs films of both classes; widen the validation part");
    let (high, low) = ((count + 1.0) / (count + 2.0), 1.0 / (others + 2.0));
    Ok(abnormal.iter().map(|abnormal| if *abnormal { high } else { low }).collect())
}

/// Half the step, again and again, until the loss falls; `None` where it no longer does.
fn descend<const N: usize>(at: [f64; N], step: [f64; N], loss: impl Fn([f64; N]) -> f64) -> Option<[f64; N]> {
    let before = loss(at);
    let mut share = 1.0;
    while share > 1e-10 {
        let next = std::array::from_fn(|axis| at[axis] - share * step[axis]);
        if loss(next) < before - 1e-12 * before.abs() {
            return Some(next);
        }
        share /= 2.0;
    }
    None
}

fn cross_entropy(log_odds: impl Iterator<Item = f64>, targets: &[f64]) -> f64 {
    // -t ln p - (1 - t) ln (1 - p), in terms of the log-odds and without overflow.
    log_odds.zip(targets).map(|(odds, target)| odds.max(0.0) - target * odds + (-odds.abs()).exp().ln_1p()).sum()
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};

    use super::*;

    /// Scores whose log-odds are a known function of them.
    fn films(count: usize, truth: impl Fn(f64) -> f64) -> (Vec<f64>, Vec<bool>) {
        let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(5);
        let scores: Vec<f64> = (0..count).map(|_| random.random_range(-2.0..2.0)).collect();
        let abnormal = scores.iter().map(|score| random.random_range(0.0..1.0) < probability(truth(*score))).collect();
        (scores, abnormal)
    }

    fn chosen(truth: impl Fn(f64) -> f64) -> Calibration {
        let (scores, abnormal) = films(4000, truth);
        let families: Vec<usize> = (0..scores.len()).collect();
        let strata: Vec<usize> = abnormal.iter().map(|label| usize::from(*label)).collect();
        choose(&scores, &abnormal, &Folds::deal(&families, &strata)).unwrap()
    }

    #[test]
    fn the_kind_that_fits_is_chosen() {
        let line = chosen(|score| 2.0 * score - 1.5);
        let Calibration::Platt(Platt { slope, offset }) = line else { panic!("{line:?}") };
        assert!((slope - 2.0).abs() < 0.2 && (offset + 1.5).abs() < 0.2, "{line:?}");
        let curve = chosen(|score| if score > 0.5 { 3.0 } else { -3.0 });
        assert!(matches!(curve, Calibration::Isotonic(_)), "{curve:?}");
    }

    #[test]
    fn every_kind_says_what_happens() {
        let (scores, abnormal) = films(4000, |score| 2.0 * score);
        let share = abnormal.iter().filter(|label| **label).count() as f64 / 4000.0;
        for fit in [platt, temperature, isotonic] {
            let calibration = fit(&scores, &abnormal).unwrap();
            let said = scores.iter().map(|score| probability(calibration.log_odds(*score))).sum::<f64>() / 4000.0;
            assert!((said - share).abs() < 0.02, "{calibration:?}: {said} of {share}");
            assert!((calibration.log_odds(1.0) - 2.0).abs() < 0.4, "{calibration:?}");
        }
    }

    #[test]
    fn films_parted_perfectly_do_not_run_away() {
        let (scores, abnormal) = ([-2.0, -1.0, -0.5, 1.0, 3.0], [false, false, false, true, true]);
        for fit in [platt, temperature, isotonic] {
            let calibration = fit(&scores, &abnormal).unwrap();
            let certain = calibration.log_odds(3.0);
            assert!((0.5..10.0).contains(&certain), "{calibration:?}");
        }
    }

    #[test]
    fn scores_that_cannot_be_calibrated_are_said_so() {
        for fit in [platt, temperature, isotonic] {
            assert!(fit(&[0.0, 1.0], &[true, true]).unwrap_err().to_string().contains("both classes"));
            assert!(fit(&[0.0, f64::NAN], &[true, false]).unwrap_err().to_string().contains("not a finite number"));
            // One score for all: the share of abnormal films is all there is to say, or even odds.
            assert!(fit(&[1.0; 4], &[true, false, false, true]).unwrap().log_odds(1.0).abs() < 0.1);
        }
    }
}
