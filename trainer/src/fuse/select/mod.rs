//! Choosing: which classifiers each head gets, how sure they are, and where they decide.
//!
//! Hyper-parameters are chosen by cross-validation inside the training films. Calibration, prediction sets and the operating point come
//! from the validation films, which neither the networks nor the classifiers learned from.

mod compare;
mod labelled;
mod point;

pub use labelled::Labelled;

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    bundle::manifest::Vote,
    calibrate::{Calibration, OperatingPoint, probability},
    classifier::Classifier,
    conformal::Conformal,
    fusion::Fusion,
    metrics,
    screening::Head,
};
use ndarray::{Array2, Axis};

use self::{
    compare::{Candidate, Pool},
    labelled::{abnormal_among, each, scored},
};
use super::{calibrate, fit::Examples, fusion};
use crate::{
    data::folds::Folds,
    recipe::{self, Recipe},
};

/// Fewest abnormal films of its own from which a head's choice, calibration and operating point are believed; with fewer, those of
/// all regions together serve.
const OWN_FROM: usize = 20;

/// A head with a line a kind that says what was chosen and how it validated.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The head.
    pub head: Head,
    /// What was chosen, for the log.
    pub account: Vec<String>,
}

/// Fits every kind the recipe names, for each head on all training films and on the head's own, with several settings, and keeps for
/// each head and kind what ranks its training films best out of fold; then calibrates by the `judges`.
///
/// # Errors
/// Where a class has too few films to learn from, to compare by or to calibrate by.
pub fn heads(
    recipe: &Recipe,
    fusion: &Fusion,
    training: &Labelled,
    judges: &Labelled,
    threads: usize,
) -> Result<Vec<Chosen>> {
    ensure!(
        abnormal_among(&judges.abnormal) > 0,
        "no abnormal film is left to calibrate classifiers by; widen the validation part"
    );
    // Of one head the films of its own are all there are.
    let several = if recipe.heads.len() > 1 { recipe.heads.len() } else { 0 };
    let own: Vec<usize> = (0..several).filter(|head| has_its_own(training, *head)).collect();
    let kinds = &recipe.classifiers.kinds;
    let pool = compare::candidates(kinds, training, &own, recipe.fusion.components, recipe.seed, threads)?;
    let fused = fusion::fuse(fusion, &training.features);
    (recipe.heads.iter().enumerate())
        .map(|(index, entry)| {
            let members = members(recipe, index, &pool, training, &fused)?;
            let judges = judges.at(&judges.places_of(has_its_own(judges, index).then_some(index)));
            head(recipe, &entry.name, members, fusion, &judges)
        })
        .zip(&recipe.heads)
        .map(|(chosen, entry)| chosen.with_context(|| format!("head {}", entry.name)))
        .collect()
}

fn has_its_own(films: &Labelled, head: usize) -> bool {
    let places = films.places_of(Some(head));
    let abnormal = places.iter().filter(|at| films.abnormal[**at]).count();
    abnormal >= OWN_FROM && abnormal < places.len()
}

/// A classifier with the words that say how it was come by.
type Member = (Classifier, String);

/// Of each kind the simplest candidate that ranks the head's training films as well as the best, within the best one's standard error
/// (Breiman et al. 1984), fitted to all films of its pool.
///
/// The networks have learned these very films, so that even out of fold every candidate looks good on them; of several that look
/// alike the one that follows them least holds on others.
fn members(
    recipe: &Recipe,
    head: usize,
    pool: &[Candidate],
    training: &Labelled,
    fused: &Array2<f64>,
) -> Result<Vec<Member>> {
    let mut judged = training.places_of(has_its_own(training, head).then_some(head));
    judged.retain(|at| training.counts[*at]);
    let abnormal = judged.iter().filter(|at| training.abnormal[**at]).count();
    (recipe.classifiers.kinds.iter())
        .map(|kind| {
            let candidates = pool.iter().filter(|candidate| candidate.kind == *kind);
            let open = candidates.filter(|candidate| candidate.pool.head().is_none_or(|own| own == head));
            let ranked: Vec<(f64, &Candidate)> =
                open.filter_map(|candidate| Some((candidate.auroc(training, &judged)?, candidate))).collect();
            let highest = ranked.iter().map(|(auroc, _)| *auroc).fold(0.0, f64::max);
            let tolerance = metrics::auroc_standard_error(highest, abnormal, judged.len() - abnormal);
            let (auroc, best) = ranked
                .into_iter()
                .find(|(auroc, _)| *auroc >= highest - tolerance)
                .context("one class is missing among the training films that count; add films of both")?;
            let places = training.places_of(best.pool.head());
            let labels = places.iter().map(|at| training.abnormal[*at]).collect();
            let classifier = best.setting.fit(&Examples::new(fused.select(Axis(0), &places), labels)?, recipe.seed)?;
            let whose = match best.pool {
                Pool::All => "all regions",
                Pool::Own(_) => "its own region",
            };
            let how = format!("{} on {whose}, {}, AUROC out of fold {auroc:.3}", kind.name(), best.setting);
            Ok((classifier, how))
        })
        .collect()
}

/// The head that these members make, calibrated and with its operating point.
fn head(recipe: &Recipe, name: &str, members: Vec<Member>, fusion: &Fusion, judges: &Labelled) -> Result<Chosen> {
    let fused = fusion::fuse(fusion, &judges.features);
    let folds = Folds::deal(&judges.families, &judges.strata());
    let mut head = Head {
        name: name.to_owned(),
        views: Vec::new(),
        members: Vec::new(),
        vote: recipe.classifiers.vote,
        calibration: Calibration::NONE,
        operating_point: OperatingPoint::new(0.5, 0.5)?,
        conformal: None,
    };
    let mut account = Vec::new();
    let mut scores = Vec::new();
    for (classifier, how) in members {
        let own = each(&fused, |row| classifier.score(row));
        let calibration = calibrate::choose(&own, &judges.abnormal, &folds)?;
        let auroc = metrics::auroc(&scored(&judges.abnormal, &own)).unwrap_or(f64::NAN);
        account.push(format!("{name}: {how}, validation AUROC {auroc:.3}, {} calibration", calibration.name()));
        head.members.push((classifier, calibration));
        scores.push(own);
    }
    // The vote is calibrated once more, because calibrated members agree too much or too little.
    let outcome = |film: usize| head.outcome(scores.iter().map(|own| own[film]));
    let outcomes: Vec<f64> = (0..judges.count()).map(outcome).collect();
    head.calibration = calibrate::choose(&outcomes, &judges.abnormal, &folds)?;
    let said: Vec<f64> = outcomes.iter().map(|outcome| probability(head.calibration.log_odds(*outcome))).collect();
    let films = scored(&judges.abnormal, &said);
    let conformal = Conformal::fit(&films, recipe.operating_point.coverage());
    head.operating_point = match recipe.operating_point {
        recipe::OperatingPoint::Rates { sensitivity, specificity } => point::rates(&films, sensitivity, specificity)?,
        recipe::OperatingPoint::Coverage { .. } => conformal.operating_point()?,
    };
    head.conformal = Some(conformal);

    let auroc = metrics::auroc(&films).unwrap_or(f64::NAN);
    let vote = match head.vote {
        Vote::Soft => "soft",
        Vote::Majority => "majority",
    };
    let (low, high) = (head.operating_point.normal_below(), head.operating_point.abnormal_from());
    account.push(format!(
        "{name}: {vote} vote {auroc:.3}, {} calibration, normal below {low:.3}, abnormal from {high:.3}",
        head.calibration.name()
    ));
    Ok(Chosen { head, account })
}

#[cfg(test)]
mod tests;
