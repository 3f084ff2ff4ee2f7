//! The folder of a run: what lies where, and how files get there whole.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use serde::{Deserialize, Serialize};

use crate::{
    network::Architecture,
    recipe::{Purpose, Recipe},
};

/// One epoch of a backbone, as `epochs.jsonl` keeps it: for curves of how it learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// The backbone's name.
    pub backbone: String,
    /// The stage's number, from 1.
    pub stage: usize,
    /// What the stage is for.
    pub purpose: Purpose,
    /// The epoch's number in its stage, from 1.
    pub epoch: usize,
    /// Mean loss of its steps.
    pub loss: f64,
    /// AUROC on the validation films, 0 to 1.
    pub auroc: f64,
    /// Share of the validation films with boxes in one of which the lesion map peaks, where there are any.
    pub pointing: Option<f64>,
    /// Films learned from in each second.
    pub films_per_s: f64,
}

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
        write_whole(&path, &text)?;
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

    /// The best weights of a stage (numbered from 0) so far. Each stage has a file of its own, so that a checkpoint of the stage
    /// before still finds its own.
    pub fn best(&self, architecture: Architecture, stage: usize) -> PathBuf {
        self.root.join("checkpoints").join(format!("{}.best-{}.safetensors", architecture.name(), stage + 1))
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

    /// Adds an epoch to `epochs.jsonl`. Two processes may write to one.
    pub fn note_epoch(&self, epoch: &Epoch) -> Result<()> {
        self.add_line("epochs.jsonl", &serde_json::to_string(epoch)?)
    }

    /// The epochs so far, in the order in which they ended; none where no run has written any.
    pub fn epochs(&self) -> Result<Vec<Epoch>> {
        let path = self.root.join("epochs.jsonl");
        if !path.exists() {
            return Ok(Vec::new());
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        // A line that a power cut tore is an epoch that comes again.
        Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
    }

    /// Adds a line to `log.txt`. Two processes may write to one log.
    pub fn log(&self, line: &str) -> Result<()> {
        self.add_line("log.txt", line)
    }

    fn add_line(&self, file: &str, line: &str) -> Result<()> {
        let mut file = File::options().create(true).append(true).open(self.root.join(file))?;
        Ok(file.write_all(format!("{line}\n").as_bytes())?)
    }
}

/// Writes a file so that under its name there is, at any moment, the whole old one or the whole new one.
pub fn write_whole(path: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    write_whole_by(path, |file| Ok(fs::write(file, content)?))
}

/// The same for what writes files by itself: `write` is given the name of a new file beside it, with the same extension.
pub fn write_whole_by(path: &Path, write: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let fresh = path.with_file_name(format!(".{}.{name}", std::process::id()));
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = write(&fresh)
        .and_then(|()| Ok(File::open(&fresh)?.sync_all()?))
        .and_then(|()| Ok(fs::rename(&fresh, path)?))
        .and_then(|()| Ok(File::open(parent)?.sync_all()?))
        .with_context(|| format!("cannot write {}", path.display()));
    if written.is_err() {
        // Half a file is of no use to anyone, and on a full disk its place is.
        let _ = fs::remove_file(&fresh);
    }
    written
}
