//! Every metric says what scikit-learn and scipy say of the same cases.

use fieldray_common::metrics::{
    Case, Confusion, McNemar, Paired, Scored, auroc, average_precision, brier, delong, expected_calibration_error,
    log_loss, precision_recall_curve, rank_correlation, reliability_curve, roc_curve, studies,
};
use fieldray_tests::{ask, oracle_python};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

const CALL_FROM: f64 = 0.5;

/// Cases as two models see them: the second a little better, both far from certain.
struct Cases {
    abnormal: Vec<bool>,
    first: Vec<f64>,
    second: Vec<f64>,
    study: Vec<u32>,
}

/// `levels` distinct probabilities, so that few levels give many ties.
fn cases(count: usize, levels: u32, prevalence: f64, seed: u64) -> Cases {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let mut cases = Cases { abnormal: vec![], first: vec![], second: vec![], study: vec![] };
    for _ in 0..count {
        let abnormal = random.random_bool(prevalence);
        let shared: f64 = random.random();
        let mut score = |lift: f64| {
            let sure = 0.5 * shared + 0.5 * random.random::<f64>();
            let raised = if abnormal { sure.powf(1.0 - lift) } else { sure.powf(1.0 + lift) };
            (raised * f64::from(levels)).floor() / f64::from(levels)
        };
        let (first, second) = (score(0.3), score(0.4));
        cases.abnormal.push(abnormal);
        cases.first.push(first);
        cases.second.push(second);
        cases.study.push(random.random_range(0..count as u32 / 2));
    }
    cases
}

fn near(what: &str, ours: f64, theirs: &Value) {
    let theirs = theirs.as_f64().unwrap_or_else(|| panic!("{what}: no figure"));
    assert!((ours - theirs).abs() < 1e-9, "{what}: ours {ours}, theirs {theirs}");
}

fn rows_near(what: &str, ours: &[Vec<f64>], theirs: &Value) {
    let theirs = theirs.as_array().unwrap();
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        ours.iter().zip(theirs.as_array().unwrap()).for_each(|(ours, theirs)| near(what, *ours, theirs));
    }
}

fn compare(cases: &Cases, theirs: &Value) {
    let truth_and = |scores: &[f64]| cases.abnormal.iter().copied().zip(scores.to_vec()).collect::<Vec<(bool, f64)>>();
    let films: Vec<Scored> =
        truth_and(&cases.first).into_iter().map(|(abnormal, probability)| Scored { abnormal, probability }).collect();
    near("auroc", auroc(&films).unwrap(), &theirs["auroc"]);
    near("average precision", average_precision(&films).unwrap(), &theirs["average_precision"]);
    near("brier", brier(&films).unwrap(), &theirs["brier"]);
    near("calibration error", expected_calibration_error(&films).unwrap(), &theirs["calibration_error"]);
    let log_odds = films.iter().map(|film| {
        let probability = film.probability.clamp(1e-6, 1.0 - 1e-6);
        (film.abnormal, (probability / (1.0 - probability)).ln())
    });
    near("log loss", log_loss(log_odds).unwrap(), &theirs["log_loss"]);

    let confusion = Confusion::count(films.iter().map(|film| (film.abnormal, film.probability >= CALL_FROM)));
    for (what, ours) in [
        ("accuracy", confusion.accuracy()),
        ("sensitivity", confusion.sensitivity()),
        ("specificity", confusion.specificity()),
        ("precision", confusion.precision()),
        ("f1", confusion.f1()),
        ("kappa", confusion.kappa()),
    ] {
        near(what, ours.unwrap(), &theirs[what]);
    }

    let roc: Vec<Vec<f64>> = (roc_curve(&films).unwrap().iter().skip(1))
        .map(|point| vec![point.false_positive_rate, point.sensitivity, point.threshold])
        .collect();
    rows_near("ROC", &roc, &theirs["roc"]);
    let precision_recall: Vec<Vec<f64>> =
        precision_recall_curve(&films).unwrap().iter().map(|point| vec![point.recall, point.precision]).collect();
    rows_near("precision and recall", &precision_recall, &theirs["precision_recall"]);
    let reliability: Vec<Vec<f64>> = reliability_curve(&films)
        .iter()
        .map(|bin| vec![bin.count as f64, bin.mean_probability, bin.abnormal])
        .collect();
    rows_near("reliability", &reliability, &theirs["reliability"]);

    let pairs: Vec<Paired> = truth_and(&cases.first)
        .into_iter()
        .zip(&cases.second)
        .map(|((abnormal, first), second)| Paired { abnormal, first, second: *second })
        .collect();
    let test = delong(&pairs).unwrap();
    near("DeLong, area", test.first, &theirs["auroc"]);
    near("DeLong, standard error", test.standard_error, &theirs["delong"]["standard_error"]);
    near("DeLong, p", test.p_value, &theirs["delong"]["p_value"]);
    let right = |abnormal: bool, probability: f64| (probability >= CALL_FROM) == abnormal;
    let test =
        McNemar::count(pairs.iter().map(|pair| (right(pair.abnormal, pair.first), right(pair.abnormal, pair.second))));
    near("McNemar, only first", test.only_first as f64, &theirs["mcnemar"]["only_first"]);
    near("McNemar, only second", test.only_second as f64, &theirs["mcnemar"]["only_second"]);
    near("McNemar, exact", test.exact_p_value(), &theirs["mcnemar"]["exact"]);
    near("McNemar, corrected", test.corrected_p_value(), &theirs["mcnemar"]["corrected"]);
    let correlation = rank_correlation(&cases.first, &cases.second).unwrap();
    near("rank correlation", correlation, &theirs["rank_correlation"]);

    let studies: Vec<_> = studies(cases.study.iter().zip(films)).into_values().collect();
    assert!(studies.len() < cases.study.len() && studies.iter().any(|study| study.abnormal()));
    near("study AUROC", auroc(&studies).unwrap(), &theirs["study_auroc"]);
    near("study AUPRC", average_precision(&studies).unwrap(), &theirs["study_average_precision"]);
}

#[test]
fn scikit_learn_and_scipy_agree() {
    let Some(python) = oracle_python("the metrics against scikit-learn and scipy") else { return };
    let sets: Vec<Cases> = [(40, 7, 0.5), (200, 20, 0.2), (700, 1 << 20, 0.17), (2500, 100, 0.4), (90, 10, 0.9)]
        .into_iter()
        .zip(1..)
        .map(|((count, levels, prevalence), seed)| cases(count, levels, prevalence, seed))
        .collect();
    let question: Vec<Value> = (sets.iter())
        .map(|set| json!({"abnormal": set.abnormal, "first": set.first, "second": set.second, "study": set.study}))
        .collect();
    let answers = ask(&python, "metrics.py", &question.into());
    for (set, answer) in sets.iter().zip(answers.as_array().unwrap()) {
        compare(set, answer);
    }
}
