//! Choosing: which classifiers each head gets, by films that no classifier was fitted to.

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    calibrate::{OperatingPoint, Platt, probability},
    classifier::Classifier,
    metrics::{self, Scored},
    screening::Head,
};
use ndarray::{Array1, Array2};

use super::fit;
use crate::recipe::{self, ClassifierKind};

/// Fewest abnormal validation films from which a head's own calibration, choice and operating point are believed; with fewer,
/// those of all regions together serve.
const OWN_FROM: usize = 20;

/// Rows of fused features with their labels and the head each film belongs to.
#[derive(Debug, Clone)]
pub struct Labelled {
    /// n x K.
    pub fused: Array2<f64>,
    /// Whether each film is abnormal.
    pub abnormal: Vec<bool>,
    /// Each film's head, by index.
    pub heads: Vec<usize>,
}

impl Labelled {
    fn of_head(&self, head: usize) -> Self {
        let places: Vec<usize> = (0..self.heads.len()).filter(|at| self.heads[*at] == head).collect();
        Self {
            fused: self.fused.select(ndarray::Axis(0), &places),
            abnormal: places.iter().map(|at| self.abnormal[*at]).collect(),
            heads: vec![head; places.len()],
        }
    }

    fn count_abnormal(&self) -> usize {
        self.abnormal.iter().filter(|abnormal| **abnormal).count()
    }

    fn scores(&self, score: impl Fn(&Array1<f64>) -> f64) -> Vec<f64> {
        self.fused.rows().into_iter().map(|row| score(&row.to_owned())).collect()
    }

    fn scored(&self, probabilities: &[f64]) -> Vec<Scored> {
        self.abnormal
            .iter()
            .zip(probabilities)
            .map(|(&abnormal, &probability)| Scored { abnormal, probability })
            .collect()
    }
}

/// A fitted classifier with the words that describe how it was come by.
#[derive(Debug, Clone)]
struct Candidate {
    kind: ClassifierKind,
    classifier: Classifier,
    how: String,
}

/// A head with a line a kind that says what was chosen and how it validated.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The head.
    pub head: Head,
    /// What was chosen, for the log.
    pub account: Vec<String>,
}

/// Fits every kind the recipe names, for each head on all training films and on the head's own, with several penalties, and
/// keeps for each head and kind what ranks its validation films best.
pub fn heads(recipe: &recipe::Recipe, training: &Labelled, validation: &Labelled) -> Result<Vec<Chosen>> {
    ensure!(
        validation.count_abnormal() > 0,
        "no abnormal film is left to choose classifiers by; widen the validation part"
    );
    let shared = candidates(&recipe.classifiers.kinds, training, "all regions")?;
    let mut chosen = Vec::new();
    for (index, entry) in recipe.heads.iter().enumerate() {
        let own = training.of_head(index);
        let judges = validation.of_head(index);
        let judges = if judges.count_abnormal() >= OWN_FROM { judges } else { validation.clone() };
        let mut pool = shared.clone();
        if own.count_abnormal() >= OWN_FROM && own.count_abnormal() < own.abnormal.len() {
            pool.extend(candidates(&recipe.classifiers.kinds, &own, "its own region")?);
        }
        chosen.push(head(recipe, &entry.name, &pool, &judges).with_context(|| format!("head {}", entry.name))?);
    }
    Ok(chosen)
}

fn head(recipe: &recipe::Recipe, name: &str, pool: &[Candidate], judges: &Labelled) -> Result<Chosen> {
    let mut members: Vec<(Classifier, Platt)> = Vec::new();
    let mut account = Vec::new();
    for kind in &recipe.classifiers.kinds {
        let ranked = pool.iter().filter(|candidate| candidate.kind == *kind).filter_map(|candidate| {
            let scores = judges.scores(|row| candidate.classifier.score(row));
            Some((metrics::auroc(&judges.scored(&scores))?, candidate, scores))
        });
        let (auroc, best, scores) =
            ranked.max_by(|a, b| a.0.total_cmp(&b.0)).context("one class is missing among its validation films")?;
        account.push(format!("{name}: {kind:?}, {}, validation AUROC {auroc:.3}", best.how));
        members.push((best.classifier.clone(), fit::platt(&scores, &judges.abnormal)?));
    }
    let mut head = Head { name: name.to_owned(), members, operating_point: OperatingPoint::new(0.5, 0.5)? };
    // The mean of the members' log-odds is calibrated once more, because calibrated members agree too much or too little.
    let odds = judges.scores(|row| log_odds(&head, row));
    let again = fit::platt(&odds, &judges.abnormal)?;
    for (_, calibration) in &mut head.members {
        *calibration =
            Platt { slope: calibration.slope * again.slope, offset: calibration.offset * again.slope + again.offset };
    }
    let probabilities = judges.scores(|row| probability(log_odds(&head, row)));
    let scored = judges.scored(&probabilities);
    head.operating_point = operating_point(&scored, &recipe.operating_point)?;
    let auroc = metrics::auroc(&scored).unwrap_or(f64::NAN);
    let (low, high) = (head.operating_point.normal_below(), head.operating_point.abnormal_from());
    account.push(format!("{name}: together {auroc:.3}, normal below {low:.3}, abnormal from {high:.3}"));
    Ok(Chosen { head, account })
}

fn log_odds(head: &Head, fused: &Array1<f64>) -> f64 {
    let sum: f64 =
        head.members.iter().map(|(classifier, calibration)| calibration.log_odds(classifier.score(fused))).sum();
    sum / head.members.len() as f64
}

/// Below the first threshold at most `1 - sensitivity` of the abnormal films lie, from the second on at most
/// `1 - specificity` of the normal ones; where the two cross, nothing needs to be referred, and one threshold serves.
fn operating_point(scored: &[Scored], wanted: &recipe::OperatingPoint) -> Result<OperatingPoint> {
    let finds = metrics::operating_threshold(scored, wanted.sensitivity).context("no abnormal film")?;
    let turned: Vec<Scored> =
        scored.iter().map(|film| Scored { abnormal: !film.abnormal, probability: 1.0 - film.probability }).collect();
    let passes = 1.0 - metrics::operating_threshold(&turned, wanted.specificity).context("no normal film")?;
    let (low, high) = if finds <= passes { (finds, passes) } else { ((finds + passes) / 2.0, (finds + passes) / 2.0) };
    Ok(OperatingPoint::new(low, high)?)
}

fn candidates(kinds: &[ClassifierKind], training: &Labelled, whose: &str) -> Result<Vec<Candidate>> {
    let mut pool = Vec::new();
    let width = training.fused.ncols() as f64;
    let spread = training.fused.iter().map(|value| value * value).sum::<f64>() / training.fused.nrows() as f64;
    for kind in kinds {
        match kind {
            ClassifierKind::Logistic => {
                for penalty in [1.0, 10.0, 100.0, 1000.0] {
                    let classifier = Classifier::Logistic(fit::logistic(&training.fused, &training.abnormal, penalty)?);
                    pool.push(Candidate { kind: *kind, classifier, how: format!("on {whose}, penalty {penalty}") });
                }
            }
            ClassifierKind::Svm => {
                for cost in [0.3, 1.0, 3.0] {
                    for narrowness in [0.25, 1.0] {
                        // Relative to the films' mean squared distance from their centre, so that it fits any features.
                        let gamma = narrowness / spread.max(f64::MIN_POSITIVE);
                        let classifier =
                            Classifier::SvmRbf(fit::svm(&training.fused, &training.abnormal, cost, gamma)?);
                        let how = format!("on {whose}, cost {cost}, gamma {:.2e} ({width} components)", gamma);
                        pool.push(Candidate { kind: *kind, classifier, how });
                    }
                }
            }
        }
    }
    Ok(pool)
}
