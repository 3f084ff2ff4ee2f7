use std::collections::BTreeMap;

use fieldray_common::{metrics::auroc, screening::Decision};

use super::{super::measure::Spoiled, *};
use crate::evaluate::FilmResult;

/// Forty films a fold, each third abnormal; the model is as good as `skill`, and films spoiled by noise are guessed.
fn folds(skill: f64) -> Vec<Measured> {
    (0..FOLDS)
        .map(|fold| {
            let said = |at: usize, skill: f64| {
                let noise = ((fold * 40 + at) as f64 * 12.9898).sin() * 43_758.545;
                let noise = noise - noise.floor();
                (if at.is_multiple_of(3) { skill } else { 0.0 } + noise) / (1.0 + skill)
            };
            let film = |at: usize| FilmResult {
                id: format!("film {fold} {at}"),
                real: true,
                family: at as u64 / 2,
                study: format!("study {fold} {at}"),
                head: "hand".to_owned(),
                recognised: None,
                abnormal: at.is_multiple_of(3),
                hardware: false,
                probability: Some(said(at, skill)),
                decision: Decision::Refer,
                set: None,
                pointing: None,
            };
            let by = |severity: f64| Spoiled {
                by: Corruption::Noise,
                severity,
                probabilities: (0..40).map(|at| said(at, skill * (1.0 - severity))).collect(),
            };
            Measured {
                films: (0..40).map(film).collect(),
                others: BTreeMap::from([("resnet10".to_owned(), (0..40).map(|at| said(at, skill / 2.0)).collect())]),
                spoiled: vec![by(0.5), by(1.0)],
            }
        })
        .collect()
}

#[test]
fn a_score_is_the_mean_of_the_folds_own() {
    let runs = folds(0.6);
    let mut claims = Claims::default();
    let setting = Setting { target: "hand".into(), arm: "in-domain".into(), percent: 100 };
    claims.add_scores(&setting, &runs, &["resnet10"]);
    let of_fold = |run: &Measured| {
        let films = run.films.iter();
        auroc(&films.map(|film| film.scored().unwrap()).collect::<Vec<_>>()).unwrap()
    };
    let mean = runs.iter().map(of_fold).sum::<f64>() / FOLDS as f64;
    let fused = claims.scores.iter().find(|score| score.model == FUSION).unwrap();
    assert!((fused.auroc.unwrap().value - mean).abs() < 1e-12);
    assert_eq!(fused.folds, runs.iter().map(|run| Some(of_fold(run))).collect::<Vec<_>>());
    assert_eq!(claims.fusion[0].than, "in-domain, resnet10");
    assert!(claims.fusion[0].difference.unwrap().value > 0.0);
}

#[test]
fn what_is_better_is_found_better_and_what_is_the_same_is_not() {
    let [good, poor] = [folds(1.5), folds(0.2)];
    let clear = difference("hand", [("good", good.as_slice(), FUSION), ("poor", poor.as_slice(), FUSION)]);
    assert!(clear.difference.unwrap().low > 0.0);
    let none = difference("hand", [("good", good.as_slice(), FUSION), ("good", good.as_slice(), FUSION)]);
    assert_eq!(none.folds, vec![Some(0.0); FOLDS]);
}

#[test]
fn an_area_lies_between_the_ends_of_a_falling_curve() {
    let curves = spoiled::curves("hand", "in-domain", &folds(0.8));
    let [curve] = curves.as_slice() else { panic!("{curves:?}") };
    assert_eq!(curve.severities, [0.0, 0.5, 1.0]);
    let area = curve.area.unwrap().value;
    let expected = (curve.auroc[0] + 2.0 * curve.auroc[1] + curve.auroc[2]) / 4.0;
    assert!((area - expected).abs() < 1e-12);
    assert!(curve.auroc[0] > area && area > curve.auroc[2]);
    let same = spoiled::differences("hand", [("one", &folds(0.8)), ("other", &folds(0.8))]);
    assert_eq!(same[0].difference.unwrap().value, 0.0);
}
