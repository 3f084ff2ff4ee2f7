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
    let key = TrustedKey::from_base64("demo", key.lines().last().unwrap()).unwrap();
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
}

#[test]
fn a_mistake_is_one_sentence_with_the_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("no.key");
    fs::write(&key, "not a key").unwrap();
    let cases: [(&[&str], &str); 5] = [
        (&["run", "none.toml"], "cannot read the recipe none.toml; the project's are in trainer/recipes"),
        (&["run", "trainer/recipes/smoke.toml", "--only", "alexnet"], "known are mobilenet_v2"),
        (&["run", "trainer/recipes/smoke.toml", "--key", path(&key)], "no usable minisign secret key"),
        (&["evaluate", "none.frb", "--recipe", "trainer/recipes/smoke.toml"], "cannot read none.frb"),
        (&["evaluate", "Cargo.toml", "--recipe", "trainer/recipes/smoke.toml"], "not a bundle"),
    ];
    for (arguments, wanted) in cases {
        let output = train(arguments);
        assert!(!output.status.success());
        assert!(text(&output.stderr).contains(wanted), "{arguments:?}: {}", text(&output.stderr));
    }
}
