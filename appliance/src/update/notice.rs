//! That the box went back to its old model by itself: kept until somebody at the display has seen it.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use tracing::error;

use crate::archive::durable;

/// Name of the file, in the archive's folder.
const FILE: &str = "went-back.json";

/// From which model to which one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentBack {
    /// `name@version` of the one that failed; of one that cannot be read it is not known.
    pub from: Option<String>,
    /// `name@version` of the one that is in use again.
    pub to: String,
}

impl WentBack {
    /// Keeps it in the archive's `folder`. That it cannot be kept must not keep the box from its work.
    pub fn keep(&self, folder: &Path) {
        let text = serde_json::to_vec(self).unwrap_or_default();
        if let Err(error) = durable::write(&folder.join(FILE), &folder.join(".went-back.json"), &text) {
            error!(%error, "that the box went back to its old model cannot be kept for the display");
        }
    }

    /// What was kept and not seen yet.
    pub fn kept(folder: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(folder.join(FILE)).ok()?).ok()
    }

    /// It was seen.
    pub fn seen(folder: &Path) {
        match fs::remove_file(folder.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => error!(%error, "a notice that was seen stays"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_outlives_the_program_until_it_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(WentBack::kept(folder.path()), None);
        let back = WentBack { from: Some("bones@2.0.0".into()), to: "bones@1.0.0".into() };
        back.keep(folder.path());
        assert_eq!(WentBack::kept(folder.path()), Some(back));
        WentBack::seen(folder.path());
        WentBack::seen(folder.path());
        assert_eq!(WentBack::kept(folder.path()), None);
    }
}
