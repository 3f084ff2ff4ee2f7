//! What lies in folders and tables, and what names it.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

use super::manifest::Label;

/// Every file below a folder, by its path from there (names joined by `/`), in the order of the names. Files that start with a
/// dot are passed over: they are what file systems leave behind.
pub(super) fn below(folder: &Path) -> Result<Vec<String>> {
    ensure!(folder.is_dir(), "there is no folder {}", folder.display());
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).follow_links(true).min_depth(1).sort_by_file_name() {
        let entry = entry.with_context(|| format!("cannot look through {}", folder.display()))?;
        if entry.file_type().is_dir() || hidden(entry.file_name()) {
            continue;
        }
        let names = entry.path().strip_prefix(folder)?.iter().map(|name| name.to_str());
        let names: Option<Vec<&str>> = names.collect();
        files.push(names.with_context(|| format!("the name of {} is no text", entry.path().display()))?.join("/"));
    }
    Ok(files)
}

/// Tells contents apart: the first 64 bits of their SHA-256, in hexadecimal.
pub(super) fn fingerprint(content: &[u8]) -> String {
    Sha256::digest(content)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The label that a word of a table stands for.
pub(super) fn label(word: &str) -> Result<Label> {
    match word.to_ascii_lowercase().as_str() {
        "normal" | "0" => Ok(Label::Normal),
        "abnormal" | "1" => Ok(Label::Abnormal),
        _ => bail!("the label '{word}' is neither normal (or 0) nor abnormal (or 1)"),
    }
}
