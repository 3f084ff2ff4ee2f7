//! What was set at the display: kept in the archive's folder, over what the settings' file says.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::archive::durable;
use crate::config;
use crate::screen::{Language, Layer, Look, Theme};

/// Name of the file.
const FILE: &str = "display.toml";

/// How the display speaks, is coloured, and shows a result at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preferences {
    /// What it speaks.
    pub language: Language,
    /// Its colours.
    pub theme: Theme,
    /// Whether a result is shown with its heatmap at first.
    pub layer: Layer,
}

/// The file. What is not in it is as configured.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    language: Option<Language>,
    theme: Option<Theme>,
    heatmap: Option<bool>,
}

impl Preferences {
    /// What the settings' file says.
    pub fn configured(display: &config::Display) -> Self {
        Self { language: display.language, theme: display.theme, layer: Layer::default() }
    }

    /// What was set at the display of the archive in `folder`; what was not is as it is in `self`, as is all of it where the file is
    /// missing or cannot be understood: then the second of the pair says why.
    pub fn or_set(self, folder: &Path) -> (Self, Option<String>) {
        let text = match fs::read_to_string(folder.join(FILE)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return (self, None),
            Err(error) => return (self, Some(error.to_string())),
        };
        match toml::from_str::<Set>(&text) {
            Ok(set) => (self.with(&set), None),
            Err(error) => (self, Some(error.message().to_owned())),
        }
    }

    fn with(self, set: &Set) -> Self {
        Self {
            language: set.language.unwrap_or(self.language),
            theme: set.theme.unwrap_or(self.theme),
            layer: match set.heatmap {
                Some(true) => Layer::Heatmap,
                Some(false) => Layer::Film,
                None => self.layer,
            },
        }
    }

    /// Keeps them in the archive's `folder`, whole or not at all.
    pub fn keep(self, folder: &Path) -> io::Result<()> {
        let set =
            Set { language: Some(self.language), theme: Some(self.theme), heatmap: Some(self.layer == Layer::Heatmap) };
        let text = toml::to_string(&set).map_err(io::Error::other)?;
        durable::write(&folder.join(FILE), &folder.join(".display.toml"), text.as_bytes())
    }

    /// How the display speaks and is coloured.
    pub fn look(self) -> Look {
        Look { language: self.language, theme: self.theme }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_set_outlives_the_program_and_the_rest_is_as_configured() {
        let folder = tempfile::tempdir().unwrap();
        let configured = Preferences { language: Language::Spanish, theme: Theme::Light, layer: Layer::Heatmap };
        assert_eq!(configured.or_set(folder.path()), (configured, None));
        let set = Preferences { language: Language::Arabic, theme: Theme::Dark, layer: Layer::Film };
        set.keep(folder.path()).unwrap();
        assert_eq!(configured.or_set(folder.path()), (set, None));
        fs::write(folder.path().join(FILE), "theme = \"dark\"").unwrap();
        assert_eq!(configured.or_set(folder.path()).0, Preferences { theme: Theme::Dark, ..configured });
        fs::write(folder.path().join(FILE), "theme = \"pink\"").unwrap();
        assert!(matches!(configured.or_set(folder.path()), (unchanged, Some(_)) if unchanged == configured));
    }
}
