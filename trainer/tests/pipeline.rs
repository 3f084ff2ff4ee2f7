//! A whole run by the command line, from films to a bundle that measures as its card says; and the sentences of mistakes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use fieldray_common::{
    bundle::{Bundle, CARD, TrustedKey},
    screening::Model,
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn train(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fieldray-train")).current_dir(ROOT).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_recipe_becomes_a_bundle_that_measures_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("run");
    let ran = train(&["run", "trainer/recipes/smoke.toml", "--out", path(&out)]);
    assert!(ran.status.success(), "{}", text(&ran.stderr));

    let key = fs::read_to_string(Path::new(ROOT).join("appliance/keys/demo.pub")).unwrap();
    let key = TrustedKey::parse("demo", &key).unwrap();
    let content = fs::read(out.join("bundle.frb")).unwrap();
    let bundle = Bundle::open(&content, &[key]).unwrap();
    assert_eq!(bundle.manifest().id(), "smoke@0.1.0");
    assert_eq!(bundle.manifest().references.len(), 2 * bundle.manifest().heads.len());
    Model::load(&bundle).unwrap();

    // Measured again from the file alone, the table is the one in the model card, to the digit.
    let json = folder.path().join("results.json");
    let measured = train(&[
        "evaluate",
        path(&out.join("bundle.frb")),
        "--recipe",
        "trainer/recipes/smoke.toml",
        "--json",
        path(&json),
    ]);
    assert!(measured.status.success(), "{}", text(&measured.stderr));
    let card = text(bundle.file(CARD).unwrap());
    let table: Vec<String> =
        text(&measured.stdout).lines().filter(|line| line.starts_with('|')).map(String::from).collect();
    assert!(table.len() > 6 && table.iter().all(|line| card.contains(line)), "{card}");
    assert_eq!(fs::read(&json).unwrap(), fs::read(out.join("evaluation.json")).unwrap());

    // The page of the run shows how it learned, what it scores and where it looks.
    let reported = train(&["report", path(&out)]);
    assert!(reported.status.success(), "{}", text(&reported.stderr));
    let page = fs::read_to_string(out.join("report/report.html")).unwrap();
    for figure in ["roc", "precision-recall", "reliability", "learning"] {
        assert!(out.join(format!("report/{figure}.png")).exists());
    }
    assert!(page.contains("<h2>What is called what</h2>") && page.contains("<h2>Where it looks</h2>"), "{page}");
    let results: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("report/results.json")).unwrap()).unwrap();
    assert_eq!(results["learning"].as_array().unwrap().len(), 8);

    // It is as good as itself.
    let compared = train(&["compare", path(&json), path(&json)]);
    let said = text(&compared.stdout);
    assert!(compared.status.success() && said.contains("| 0.000 (0.000 to 0.000) | 1.000 | 0 | 0 | 1.000 |"), "{said}");

    let judged = folder.path().join("explanations.json");
    let explained = train(&[
        "explain",
        path(&out.join("bundle.frb")),
        "--recipe",
        "trainer/recipes/smoke.toml",
        "--films",
        "2",
        "--samples",
        "20",
        "--json",
        path(&judged),
    ]);
    let said = text(&explained.stdout);
    assert!(explained.status.success(), "{}", text(&explained.stderr));
    for row in ["| Grad-CAM |", "| Grad-CAM++ |", "| LayerCAM |", "| LIME |", "| random |", "| 100 % of the tensors |"]
    {
        assert!(said.contains(row), "{row} in {said}");
    }
    let judged: serde_json::Value = serde_json::from_slice(&fs::read(&judged).unwrap()).unwrap();
    for film in judged["films"].as_array().unwrap() {
        let maps = film["maps"].as_array().unwrap();
        assert_eq!(maps.len(), 5);
        // Every curve of a film begins and ends at the same two probabilities, so that its area is one too.
        for area in maps.iter().flat_map(|map| [&map["deletion"], &map["insertion"]]) {
            assert!((0.0..=1.0).contains(&area.as_f64().unwrap()), "{film}");
        }
    }
}

#[test]
fn the_speed_of_learning_is_told_and_nothing_is_learned() {
    let folder = tempfile::tempdir().unwrap();
    let told = train(&["speed", "trainer/recipes/smoke.toml", "--steps", "1", "--out", path(folder.path())]);
    assert!(told.status.success(), "{}", text(&told.stderr));
    let table = text(&told.stdout);
    for (line, name) in table.lines().skip(1).zip(["resnet10", "squeezenet1_1"]) {
        let columns: Vec<&str> = line.split_whitespace().collect();
        assert!(columns[0] == name && columns[1..3].iter().all(|rate| rate.parse::<f64>().unwrap() > 0.0), "{table}");
    }
    assert_eq!(table.lines().count(), 3);
    assert!(fs::read_dir(folder.path().join("checkpoints")).unwrap().next().is_none());
}

#[test]
fn a_mistake_is_one_sentence_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("no.key");
    fs::write(&key, "not a key").unwrap();
    let cases: [(&[&str], &str); 9] = [
        (&["run", "none.toml"], "cannot read the recipe none.toml; the project's are in trainer/recipes"),
        (&["run", "trainer/recipes/smoke.toml", "--only", "alexnet"], "known are mobilenet_v2"),
        (&["run", "trainer/recipes/smoke.toml", "--key", path(&key)], "no usable minisign secret key"),
        (&["evaluate", "none.frb", "--recipe", "trainer/recipes/smoke.toml"], "cannot read none.frb"),
        (&["evaluate", "Cargo.toml", "--recipe", "trainer/recipes/smoke.toml"], "not a bundle"),
        (&["compare", "none.json", "none.json"], "cannot read none.json"),
        (&["report", "trainer"], "trainer holds no finished run"),
        (&["experiment", "none.toml"], "cannot read the plan none.toml; the project's are in trainer/experiments"),
        (&["compare", "Cargo.toml", "Cargo.toml"], "Cargo.toml is not an evaluation; make one with"),
    ];
    for (arguments, wanted) in cases {
        let output = train(arguments);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(wanted), "{arguments:?}: {}", text(&output.stderr));
    }
}
