//! Fusion, classifiers, calibrations and novelty say what scikit-learn says of the same films.

use fieldray_common::{
    calibrate::{Calibration, Platt, Temperature},
    classifier::{Boosted, Classifier, Forest, Node, Tree},
    fusion::Fusion,
};
use fieldray_tests::{ask, oracle_python};
use fieldray_trainer::fuse::{
    calibrate,
    fit::{
        Bagging, Boosting, Examples, Growth, Setting, Tried, boosted, forest, lda, logistic, naive_bayes, svm_linear,
        svm_rbf, tree,
    },
    fusion, novelty,
};
use ndarray::{Array1, Array2};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde_json::{Value, json};

const FEATURES: usize = 8;
const COMPONENTS: usize = 3;
const PENALTY: f64 = 3.0;
const SHRINKAGE: f64 = 0.2;
const COST: f64 = 0.5;
const GAMMA: f64 = 0.1;
const SMOOTHING: f64 = 1e-3;
const NEIGHBOURS: usize = 15;
const DEPTH: usize = 4;
const LEAF: usize = 10;
const TREES: usize = 200;
const STEPS: usize = 40;
const RATE: f64 = 0.1;

/// Films of which a third are abnormal: overlapping clouds, correlated features of very different scales, and one feature in whose
/// middle the abnormal films lie, which no line finds.
fn films(count: usize, seed: u64) -> (Array2<f64>, Vec<bool>) {
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    let mut normal = || (0..12).map(|_| random.random::<f64>()).sum::<f64>() - 6.0;
    let mut features = Array2::zeros((count, FEATURES));
    let mut abnormal = Vec::with_capacity(count);
    for mut row in features.rows_mut() {
        let is_abnormal = normal() > 0.43;
        let shared = normal();
        for (place, value) in row.iter_mut().enumerate() {
            let shift = if is_abnormal && place < 3 { 0.7 } else { 0.0 };
            *value = 10_f64.powi(place as i32 % 3 - 1) * (shift + 0.5 * shared + normal()) + place as f64;
        }
        let width = if is_abnormal { 0.5 } else { 1.3 };
        row[3] = width * normal();
        abnormal.push(is_abnormal);
    }
    // scikit-learn's trees look at 32-bit features.
    (features.mapv(|value| f64::from(value as f32)), abnormal)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn rows(value: &Value) -> Array2<f64> {
    let rows: Vec<Vec<f64>> = value.as_array().unwrap().iter().map(numbers).collect();
    Array2::from_shape_vec((rows.len(), rows[0].len()), rows.concat()).unwrap()
}

fn greatest(differences: impl IntoIterator<Item = f64>) -> f64 {
    differences.into_iter().fold(0.0, |greatest, difference| greatest.max(difference.abs()))
}

/// scikit-learn's trees in our form.
fn trees(value: &Value) -> Vec<Tree> {
    let tree = |tree: &Value| {
        let (features, thresholds, rights) =
            (numbers(&tree["features"]), numbers(&tree["thresholds"]), numbers(&tree["rights"]));
        let node = |at: usize| match features[at] {
            -1.0 => Node::Leaf(thresholds[at]),
            feature => Node::Split { feature: feature as usize, threshold: thresholds[at], right: rights[at] as usize },
        };
        Tree::new((0..features.len()).map(node).collect()).unwrap()
    };
    value.as_array().unwrap().iter().map(tree).collect()
}

struct Parity {
    films: Examples,
    new: Array2<f64>,
    theirs: Value,
}

impl Parity {
    fn scores(&self, classifier: &Classifier) -> Vec<f64> {
        self.new.rows().into_iter().map(|row| classifier.score(&row.to_owned())).collect()
    }

    /// Predictions agree on `share` of the new films, and no score differs by more than `within`.
    fn holds(&self, name: &str, classifier: &Classifier, share: f64, within: f64) {
        let (ours, theirs) = (self.scores(classifier), numbers(&self.theirs["scores"][name]));
        let pairs = || ours.iter().zip(&theirs);
        let alike = pairs().filter(|(ours, theirs)| (**ours > 0.0) == (**theirs > 0.0)).count() as f64;
        let (alike, difference) = (alike / ours.len() as f64, greatest(pairs().map(|(ours, theirs)| ours - theirs)));
        println!("{name}: {:.1} % of predictions alike, scores within {difference:.1e}", alike * 100.0);
        assert!(alike >= share && difference <= within, "{name}: {alike} alike, scores within {difference}");
    }
}

fn fused(fusion: &Fusion, answer: &Value, new: &Array2<f64>) -> Array2<f64> {
    let standardised = fusion::fuse(fusion, new);
    assert!(greatest(&standardised - &rows(&answer["standardised"])) < 1e-9);
    standardised
}

#[test]
fn scikit_learn_agrees() {
    let Some(python) = oracle_python("classifiers against scikit-learn") else { return };
    let ((features, abnormal), (new, _)) = (films(500, 1), films(1000, 2));
    let scores: Vec<f64> = features.column(0).iter().map(|value| value * 10.0 - 1.0).collect();
    let listed = |of: &Array2<f64>| of.rows().into_iter().map(|row| row.to_vec()).collect::<Vec<_>>();
    let settings = json!({
        "penalty": PENALTY, "shrinkage": SHRINKAGE, "cost": COST, "gamma": GAMMA, "smoothing": SMOOTHING, "neighbours": NEIGHBOURS,
        "depth": DEPTH, "leaf": LEAF, "trees": TREES, "steps": STEPS, "rate": RATE, "components": COMPONENTS,
    });
    let question = json!({
        "features": listed(&features), "abnormal": abnormal, "new": listed(&new), "scores": scores, "settings": settings
    });
    let theirs = ask(&python, "classifiers.py", &question);

    let fusion = fusion::fit(&features, None).unwrap();
    let (standardised, new_standardised) = (fusion::fuse(&fusion, &features), fused(&fusion, &theirs, &new));
    let projected = fusion::fuse(&fusion::fit(&features, Some(COMPONENTS)).unwrap(), &new);
    for (ours, theirs) in projected.columns().into_iter().zip(rows(&theirs["projected"]).columns()) {
        // A component may point either way.
        let turned = if ours.dot(&theirs) < 0.0 { -1.0 } else { 1.0 };
        assert!(greatest(&ours * turned - theirs) < 1e-8);
    }

    let spread = novelty::gaussian(&standardised, FEATURES).unwrap();
    let distances = new_standardised.rows().into_iter().map(|row| spread.distance(&row.to_owned()));
    let differences = distances.zip(numbers(&theirs["distances"])).map(|(ours, theirs)| ours / theirs - 1.0);
    assert!(greatest(differences) < 1e-9);

    calibrations_agree(&scores, &abnormal, &theirs);
    classifiers_agree(&Parity { films: Examples::new(standardised, abnormal).unwrap(), new: new_standardised, theirs });
}

fn calibrations_agree(scores: &[f64], abnormal: &[bool], theirs: &Value) {
    let Calibration::Platt(Platt { slope, offset }) = calibrate::platt(scores, abnormal).unwrap() else { panic!() };
    assert!(greatest([slope, offset].iter().zip(numbers(&theirs["platt"])).map(|(a, b)| a - b)) < 1e-3);
    let Calibration::Temperature(Temperature { temperature }) = calibrate::temperature(scores, abnormal).unwrap()
    else {
        panic!()
    };
    assert!((temperature / theirs["temperature"].as_f64().unwrap() - 1.0).abs() < 1e-4);
    let isotonic = serde_json::to_value(calibrate::isotonic(scores, abnormal).unwrap()).unwrap();
    for part in ["scores", "log_odds"] {
        let (ours, theirs) = (numbers(&isotonic[part]), numbers(&theirs["isotonic"][part]));
        assert_eq!(ours.len(), theirs.len());
        assert!(greatest(ours.iter().zip(theirs).map(|(ours, theirs)| ours - theirs)) < 1e-9);
    }
}

fn classifiers_agree(parity: &Parity) {
    let films = &parity.films;
    parity.holds("logistic", &Classifier::Logistic(logistic(films, PENALTY).unwrap()), 0.99, 1e-3);
    parity.holds("lda", &Classifier::Lda(lda(films, SHRINKAGE).unwrap()), 0.99, 1e-8);
    parity.holds("svm_linear", &Classifier::SvmLinear(svm_linear(films, COST).unwrap()), 0.99, 1e-3);
    parity.holds("svm_rbf", &Classifier::SvmRbf(svm_rbf(films, COST, GAMMA).unwrap()), 0.99, 1e-3);
    parity.holds("naive_bayes", &Classifier::NaiveBayes(naive_bayes(films, SMOOTHING).unwrap()), 0.99, 1e-8);
    let neighbours = Setting::Neighbours { count: NEIGHBOURS }.fit(films, 0).unwrap();
    parity.holds("neighbours", &neighbours, 0.99, 1e-12);

    // Their trees, walked by us.
    let of = |kind: &str| trees(&parity.theirs["trees"][kind]);
    parity.holds("tree", &Classifier::Tree(of("tree").remove(0)), 0.99, 1e-9);
    parity.holds("forest", &Classifier::Forest(Forest::new(of("forest")).unwrap()), 0.99, 1e-9);
    let start = parity.theirs["trees"]["start"].as_f64().unwrap();
    parity.holds("boosted", &Classifier::Boosted(Boosted::new(start, of("boosted"))), 0.99, 1e-9);

    // Our own. Where two questions part films equally well either may be asked, so that single films may end elsewhere.
    let growth = Growth { depth: DEPTH, leaf: LEAF, tried: FEATURES };
    parity.holds("tree", &Classifier::Tree(tree(films, &growth).unwrap()), 0.99, 0.5);
    let boosting = Boosting { steps: STEPS, rate: RATE, depth: DEPTH, leaf: LEAF, tried: Tried::All };
    parity.holds("boosted", &Classifier::Boosted(boosted(films, &boosting, 0).unwrap()), 0.99, 0.5);
    // Two forests are two draws: they differ as two of scikit-learn's with different seeds do.
    let grown = Classifier::Forest(forest(films, &Bagging { trees: TREES, leaf: LEAF }, 0).unwrap());
    parity.holds("forest", &grown, 0.95, 0.15);
    let (ours, theirs) = (parity.scores(&grown), numbers(&parity.theirs["scores"]["forest"]));
    let bias = (Array1::from(ours) - Array1::from(theirs)).mean().unwrap();
    assert!(bias.abs() < 0.01, "our forest says {bias} more");
}
