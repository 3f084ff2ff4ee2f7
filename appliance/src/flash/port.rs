//! The port at which a box answered last, in a small file in the user's folder of settings.

use std::env;
use std::fs;
use std::path::PathBuf;

/// The file, as the XDG Base Directory Specification places it.
fn file() -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let settings = folder("XDG_CONFIG_HOME").or_else(|| Some(folder("HOME")?.join(".config")))?;
    Some(settings.join("fieldray").join("port"))
}

/// The port that was remembered.
pub(super) fn remembered() -> Option<String> {
    let port = fs::read_to_string(file()?).ok()?.trim().to_owned();
    (!port.is_empty()).then_some(port)
}

/// Remembers a port. Where that cannot be, it is looked for again the next time.
pub(super) fn remember(port: &str) {
    if let Some(file) = file()
        && let Some(folder) = file.parent()
        && fs::create_dir_all(folder).is_ok()
    {
        let _ = fs::write(file, format!("{port}\n"));
    }
}
