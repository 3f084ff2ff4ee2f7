//! What the scenario tests share.

use std::path::PathBuf;

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

/// The root of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}
