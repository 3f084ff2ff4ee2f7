//! LIME's linear model is the one that the `lime` package fits to the same samples and probabilities.

use fieldray_common::{
    explain::Lime,
    phantom::{self, Metal, Request, State},
    prepare::Preparation,
    region::Region,
};
use fieldray_tests::{ask, oracle_python};
use serde_json::{Value, json};

#[test]
fn the_lime_package_gives_the_same_weights() {
    let Some(python) = oracle_python("LIME against the lime package") else { return };
    let preparation = Preparation {
        side_px: 128,
        black_percentile: 0.5,
        white_percentile: 99.5,
        mean: 0.5,
        deviation: 0.25,
        ct_window_hu: None,
    };
    let mut asked = Vec::new();
    for (seed, region) in [Region::Hand, Region::Shoulder, Region::Leg].into_iter().enumerate() {
        let request =
            Request { region, state: State::Fractured, metal: Metal::Absent, long_side_px: 300, seed: seed as u64 };
        let film = preparation.apply(&phantom::simulate(&request).film).unwrap();
        let lime = Lime::plan(&film, 60 + 200 * seed, seed as u64);
        // A model that is not linear in the superpixels: how uneven the sample's rows are.
        let probabilities: Vec<f64> = (0..lime.samples())
            .map(|at| {
                let grid = lime.sample(at);
                let rough: i64 = grid
                    .rows()
                    .into_iter()
                    .map(|row| row.windows(2).into_iter().map(|pair| i64::from(pair[0].abs_diff(pair[1]))).sum::<i64>())
                    .sum();
                1.0 / (1.0 + (-(rough as f64) / 12_000.0 + 3.0).exp())
            })
            .collect();
        asked.push((lime, probabilities));
    }
    let question: Vec<Value> = (asked.iter())
        .map(|(lime, probabilities)| {
            let shown: Vec<Vec<u8>> =
                lime.shown().rows().into_iter().map(|row| row.iter().map(|shown| u8::from(*shown)).collect()).collect();
            json!({"shown": shown, "probabilities": probabilities})
        })
        .collect();
    let answers = ask(&python, "lime_weights.py", &question.into());
    for ((lime, probabilities), theirs) in asked.iter().zip(answers.as_array().unwrap()) {
        let ours = lime.explain(probabilities).unwrap();
        let number = |value: &Value| value.as_f64().unwrap();
        let weights = theirs["weights"].as_array().unwrap();
        assert_eq!(ours.weights.len(), weights.len());
        let largest = ours.weights.iter().fold(0.0_f64, |largest, weight| largest.max(weight.abs()));
        assert!(largest > 1e-3, "nothing was explained: {largest}");
        for (ours, theirs) in ours.weights.iter().zip(weights) {
            assert!((ours - number(theirs)).abs() < 1e-6, "ours {ours}, theirs {theirs}");
        }
        assert!((ours.intercept - number(&theirs["intercept"])).abs() < 1e-6);
        assert!((ours.score - number(&theirs["score"])).abs() < 1e-6);
    }
}
