//! The folder of a run: what lies where, and how files get there whole.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::{network::Architecture, recipe::Recipe};

/// The folder of one run.
#[derive(Debug, Clone)]
pub struct RunFolder {
    root: PathBuf,
    grids: PathBuf,
}

impl RunFolder {
    /// Opens or makes the folder for this recipe.
    ///
    /// # Errors
    /// Where it holds weights learned by another recipe: going on would mix the two. What comes after learning may differ.
    pub fn open(root: &Path, recipe: &Recipe) -> Result<Self> {
        for part in ["backbones", "checkpoints"] {
            fs::create_dir_all(root.join(part))
                .with_context(|| format!("cannot make {}", root.join(part).display()))?;
        }
        let folder = Self::of(root);
        let path = root.join("recipe.toml");
        if path.exists() {
            let before = Recipe::open(&path).context("delete it to go on with the weights beside it")?;
            if !before.learns_like(recipe) {
                bail!("{} holds a run of another recipe; name another folder with --out", root.display());
            }
        }
        let text = toml::to_string(recipe)?;
        write_whole(&path, |file| Ok(fs::write(file, &text)?))?;
        Ok(folder)
    }

    /// The folder of a run that is there, or will be: nothing is made, and nothing asked of it.
    pub fn of(root: &Path) -> Self {
        Self { root: root.to_owned(), grids: root.join("grids") }
    }

    /// The same, but with prepared grids kept in another folder, which other runs may share.
    pub fn with_grids(self, grids: PathBuf) -> Self {
        Self { grids, ..self }
    }

    /// Which film is in which part.
    pub fn split(&self) -> PathBuf {
        self.root.join("split.json")
    }

    /// Which films were ever learned from.
    pub fn ledger(&self) -> PathBuf {
        self.root.join("learned-from.txt")
    }

    /// Where prepared grids are kept.
    pub fn grids(&self) -> &Path {
        &self.grids
    }

    /// All variables of the learned backbone, as safetensors; there only once learning is done.
    pub fn backbone(&self, architecture: Architecture) -> PathBuf {
        self.root.join("backbones").join(format!("{}.safetensors", architecture.name()))
    }

    /// Where learning stands.
    pub fn checkpoint(&self, architecture: Architecture) -> PathBuf {
        self.root.join("checkpoints").join(format!("{}.safetensors", architecture.name()))
    }

    /// Locked by the process that learns the backbone.
    pub fn lock(&self, architecture: Architecture) -> PathBuf {
        self.root.join("checkpoints").join(format!("{}.lock", architecture.name()))
    }

    /// The best weights of the stage so far.
    pub fn best(&self, architecture: Architecture) -> PathBuf {
        self.root.join("checkpoints").join(format!("{}.best.safetensors", architecture.name()))
    }

    /// What its teacher said to a backbone.
    pub fn lessons(&self, student: Architecture) -> PathBuf {
        self.root.join("checkpoints").join(format!("{}.lessons.json", student.name()))
    }

    /// The signed bundle.
    pub fn bundle(&self) -> PathBuf {
        self.root.join("bundle.frb")
    }

    /// What the bundle scored on the hold-out, film by film.
    pub fn evaluation(&self) -> PathBuf {
        self.root.join("evaluation.json")
    }

    /// Adds a line to `log.txt`. Two processes may write to one log.
    pub fn log(&self, line: &str) -> Result<()> {
        let mut log = File::options().create(true).append(true).open(self.root.join("log.txt"))?;
        Ok(log.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// Writes a file so that under its name there is, at any moment, the whole old one or the whole new one.
///
/// `write` is given the name of a new file beside it, with the same extension.
pub fn write_whole(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{}.{name}", std::process::id()));
    let written = write(&fresh)
        .and_then(|()| Ok(File::open(&fresh)?.sync_all()?))
        .and_then(|()| Ok(fs::rename(&fresh, path)?))
        .and_then(|()| Ok(File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?))
        .with_context(|| format!("cannot write {}", path.display()));
    if written.is_err() {
        // Half a file is of no use to anyone, and on a full disk its place is.
        let _ = fs::remove_file(&fresh);
    }
    written
}
