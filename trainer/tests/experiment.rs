//! A plan by the command line: every run learned and measured, what they say together, and the page about it.

mod clinic;

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use clinic::Clinic;
use serde_json::Value;

const PLAN: &str = r#"
name = "tiny"
recipe = "clinic.toml"

[[target]]
name = "hand"
regions = ["hand"]
source = ["leg"]

[[arm]]
name = "scratch"
start = "scratch"

[[arm]]
name = "in-domain"
start = "source"
phantoms = 10
every_classifier = true

[labels]
shares = [0.5]
targets = ["hand"]
arms = ["scratch"]

[corrupted]
by = ["noise", "crop"]
severities = [0.5]
targets = ["hand"]
arms = ["scratch", "in-domain"]

[[comparison]]
better = "in-domain"
than = "scratch"
"#;

fn train(clinic: &Clinic, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray-train"));
    command.current_dir(clinic.path("")).args(arguments).args(["--data", "."]).output().unwrap()
}

fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn every_run_of_a_plan_is_measured_and_told_of() {
    let clinic = Clinic::new();
    fs::write(clinic.path("tiny.plan.toml"), PLAN).unwrap();
    // Films of a patient whose hand is held out are held out too, so here no leg belongs to the patient of a hand.
    let table = fs::read_to_string(clinic.path("films.csv")).unwrap().replace(",leg,", ",leg,other-");
    fs::write(clinic.path("films.csv"), table).unwrap();
    // One process learns; what it leaves, another measures.
    succeeded(&train(&clinic, &["experiment", "tiny.plan.toml", "--only", "squeezenet1_1"]));
    assert!(!clinic.path("runs/tiny/hand/scratch/fold-0/measured.json").exists());
    let said = succeeded(&train(&clinic, &["experiment", "tiny.plan.toml"]));
    for words in [
        "| hand | in-domain | scratch |",
        "| hand | scratch | 50 % |",
        "gradient-boosted trees",
        "majority vote of all",
        "| hand | crop |",
    ] {
        assert!(said.contains(words), "{words} in {said}");
    }

    let results = json(&clinic.path("runs/tiny/results.json"));
    assert_eq!(results["missing"], 0);
    // Every film of the hand was held out once, and no source has seen one.
    let measured = |fold: usize| json(&clinic.path(&format!("runs/tiny/hand/in-domain/fold-{fold}/measured.json")));
    let films = |run: &Value| -> Vec<String> {
        run["films"].as_array().unwrap().iter().map(|film| film["id"].as_str().unwrap().to_owned()).collect()
    };
    let mut held_out: Vec<String> = (0..5).flat_map(|fold| films(&measured(fold))).collect();
    held_out.sort_unstable();
    held_out.dedup();
    assert_eq!(held_out.len(), 48);
    let seen = fs::read_to_string(clinic.path("runs/tiny/hand/source-with-10-phantoms/learned-from.txt")).unwrap();
    assert!(!seen.contains("clinic/hand") && seen.contains("clinic/leg") && seen.contains("phantom/"));

    // Again, nothing is learned; and the page holds its figures.
    let again = train(&clinic, &["experiment", "tiny.plan.toml"]);
    assert!(succeeded(&again) == said && !String::from_utf8_lossy(&again.stderr).contains("epoch"));
    succeeded(&train(&clinic, &["report", "runs/tiny"]));
    let page = fs::read_to_string(clinic.path("runs/tiny/report/report.html")).unwrap();
    assert!(page.matches("data:image/png;base64,").count() >= 6 && page.contains("<td>in-domain</td>"));
    for figure in ["starts", "comparisons", "fusion", "classifiers", "labels-hand", "spoiled-hand", "robustness"] {
        image::open(clinic.path(&format!("runs/tiny/report/{figure}.png"))).unwrap();
    }
}

#[test]
fn weights_that_have_seen_a_held_out_film_are_refused() {
    let clinic = Clinic::new();
    succeeded(&train(&clinic, &["run", "clinic.toml", "--only", "squeezenet1_1", "--out", "first"]));
    clinic.edit("clinic.toml", "start = \"scratch\"", "start = { run = \"first\" }");
    succeeded(&train(&clinic, &["run", "clinic.toml", "--only", "squeezenet1_1", "--out", "second"]));
    let split =
        fs::read_to_string(clinic.path("films.csv")).unwrap().replace("learning", "x").replace("hold-out", "learning");
    fs::write(clinic.path("films.csv"), split.replace(",x", ",hold-out")).unwrap();
    let refused = train(&clinic, &["run", "clinic.toml", "--only", "squeezenet1_1", "--out", "third"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("the run has learned from clinic/"), "{said}");
}
