//! What the scenario tests share.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

/// A folder of the real data: under `FIELDRAY_DATA`, else under `../shared` beside the repository. Where it is missing, says so
/// and gives `None`: a user's checkout has no real data.
pub fn real_data(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("FIELDRAY_DATA").map_or_else(|| repository().join("../shared"), PathBuf::from);
    let found = root.join(folder);
    if !found.is_dir() {
        println!("skipped: {folder} (no real data)");
        return None;
    }
    Some(found)
}

/// The Python of the oracles, which `tests/run` installs; where it is missing, says that `what` is skipped.
pub fn oracle_python(what: &str) -> Option<PathBuf> {
    let python = repository().join(".oracles/bin/python");
    if !python.is_file() {
        println!("skipped: {what} (no .oracles; tests/run installs it)");
        return None;
    }
    Some(python)
}

/// The same with torch, torchvision and timm.
pub fn torch_python(what: &str) -> Option<PathBuf> {
    let python = repository().join(".oracles/bin/torch-python");
    if !python.is_file() {
        println!("skipped: {what} (no torch in .oracles; tests/run installs it)");
        return None;
    }
    Some(python)
}

/// What an oracle under `tests/oracles` answers on its standard output to `question` on its standard input, both JSON.
///
/// # Panics
/// Where it fails.
pub fn ask(python: &Path, oracle: &str, question: &Value) -> Value {
    let mut child = Command::new(python)
        .arg(repository().join("tests/oracles").join(oracle))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the oracle starts");
    let mut input = child.stdin.take().expect("it was asked for");
    input.write_all(question.to_string().as_bytes()).expect("the oracle listens");
    drop(input);
    let output = child.wait_with_output().expect("the oracle ends");
    assert!(output.status.success(), "{oracle} failed");
    serde_json::from_slice(&output.stdout).expect("the oracle answers in JSON")
}

/// The root of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
