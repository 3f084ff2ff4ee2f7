//! One act of screening, with a clock beside it.

use std::fs::{self, File};
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use fieldray_common::radiograph::Radiograph;
use fieldray_common::read::{ReadError, read};
use fieldray_common::screening::{Model, Screening, Stage, screen};
use serde::{Deserialize, Serialize};

use super::lime::{self, LimeAccount};
use crate::cli::plain;

/// Most bytes of one image file; the largest detectors give a tenth of it.
const MAX_FILE_BYTES: u64 = 512 << 20;

/// A film, what was decided, and how long that took.
#[derive(Debug)]
pub struct Act {
    /// The film, if it could be read.
    pub film: Option<Radiograph>,
    /// Why the image was refused, if it is no film that can be read.
    pub refusal: Option<ReadError>,
    /// What was decided.
    pub screening: Screening,
    /// How LIME came to the heatmap, where it did; else the heatmap is Grad-CAM's.
    pub lime: Option<LimeAccount>,
    /// How long each stage took.
    pub elapsed_ms: ElapsedMs,
}

/// Milliseconds of each stage; 0 for a stage that did not run.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct ElapsedMs {
    /// From the file to the radiograph.
    pub read: f64,
    /// From the radiograph to the tensor.
    pub prepare: f64,
    /// From the tensor to the features.
    pub network: f64,
    /// From the features to the decision.
    pub classify: f64,
    /// From the decision to the heatmap.
    pub explain: f64,
}

impl ElapsedMs {
    /// All stages together.
    pub fn total(&self) -> f64 {
        Stage::ALL.map(|stage| self.of(stage)).iter().sum()
    }

    /// One stage.
    pub fn of(&self, stage: Stage) -> f64 {
        match stage {
            Stage::Read => self.read,
            Stage::Prepare => self.prepare,
            Stage::Network => self.network,
            Stage::Classify => self.classify,
            Stage::Explain => self.explain,
        }
    }

    fn set(&mut self, stage: Stage, elapsed_ms: f64) {
        // Microseconds are as fine as it is worth reading.
        let elapsed_ms = (elapsed_ms * 1000.0).round() / 1000.0;
        match stage {
            Stage::Read => self.read = elapsed_ms,
            Stage::Prepare => self.prepare = elapsed_ms,
            Stage::Network => self.network = elapsed_ms,
            Stage::Classify => self.classify = elapsed_ms,
            Stage::Explain => self.explain = elapsed_ms,
        }
    }
}

impl Act {
    /// Screens a file. `given` is the head a person named.
    ///
    /// # Errors
    /// Where the model itself fails; a file that cannot be read is a screening too, and says why.
    pub fn on_file(model: &Model, path: &Path, given: Option<usize>) -> Result<Self> {
        Self::on_file_watched(model, path, given, &mut |_, _| {})
    }

    /// Screens a file as [`on_file`](Self::on_file) does; `done` is told of each stage that is done, and of the film once there is one.
    ///
    /// # Errors
    /// Where the model itself fails.
    pub fn on_file_watched(
        model: &Model,
        path: &Path,
        given: Option<usize>,
        done: &mut dyn FnMut(Stage, Option<&Radiograph>),
    ) -> Result<Self> {
        let act = Self::on(model, || file_bytes(path), given, done);
        act.with_context(|| format!("the model failed on '{}'", path.display()))
    }

    /// Screens the bytes of an image file.
    ///
    /// # Errors
    /// Where the model itself fails.
    pub fn on_bytes(model: &Model, bytes: &[u8], given: Option<usize>) -> Result<Self> {
        Self::on(model, || Ok(bytes), given, &mut |_, _| {})
    }

    /// Whether a classifier ran that no heatmap explains, because it has no gradient.
    pub fn lacks_heatmap(&self) -> bool {
        self.screening.probability.is_some() && self.screening.heatmap.is_none()
    }

    /// What made the heatmap: `grad-cam` or `lime`; `None` where there is none.
    pub fn heatmap_by(&self) -> Option<&'static str> {
        match (&self.screening.heatmap, self.lime) {
            (None, _) => None,
            (Some(_), None) => Some("grad-cam"),
            (Some(_), Some(_)) => Some("lime"),
        }
    }

    /// Explains the decision by LIME: in place of the heatmap, if there is one. Nothing is done where no classifier ran.
    ///
    /// # Errors
    /// Where the model itself fails, or `effort` ended it.
    pub fn explain_by_lime(&mut self, model: &Model, effort: lime::Effort<'_>) -> Result<()> {
        let Screening { region: Some(region), probability: Some(_), .. } = &self.screening else { return Ok(()) };
        let Some(film) = &self.film else { return Ok(()) };
        let begun = Instant::now();
        let prepared = model.preparation().apply(film)?;
        let (heatmap, account) = lime::explain(model, region.head, &prepared, effort)?;
        (self.screening.heatmap, self.lime) = (Some(heatmap), Some(account));
        self.elapsed_ms.set(Stage::Explain, self.elapsed_ms.explain + begun.elapsed().as_secs_f64() * 1000.0);
        Ok(())
    }

    fn on<B: AsRef<[u8]>>(
        model: &Model,
        bytes: impl FnOnce() -> Result<B, Refusal>,
        given: Option<usize>,
        done: &mut dyn FnMut(Stage, Option<&Radiograph>),
    ) -> Result<Self> {
        let mut elapsed_ms = ElapsedMs::default();
        let mut last = Instant::now();
        let mut lap = |stage, film: Option<&Radiograph>| {
            elapsed_ms.set(stage, last.elapsed().as_secs_f64() * 1000.0);
            done(stage, film);
            last = Instant::now();
        };
        let film = bytes().and_then(|bytes| decode(bytes.as_ref()));
        lap(Stage::Read, film.as_ref().ok());
        match film {
            Ok(film) => {
                let screening = screen(model, &film, given, &mut |stage| lap(stage, Some(&film)))?;
                Ok(Self { film: Some(film), refusal: None, screening, lime: None, elapsed_ms })
            }
            Err(Refusal { said, error }) => {
                let screening = Screening::unreadable(said);
                Ok(Self { film: None, refusal: error, screening, lime: None, elapsed_ms })
            }
        }
    }
}

/// The film in a file.
///
/// # Errors
/// The reader's own error, where it is one.
pub(crate) fn film(path: &Path) -> Result<Radiograph, Option<ReadError>> {
    let read = file_bytes(path).and_then(|bytes| decode(&bytes));
    read.map_err(|refusal| refusal.error)
}

/// Why there is no film: in words for the records, and the reader's own error where it is one.
struct Refusal {
    said: String,
    error: Option<ReadError>,
}

impl From<String> for Refusal {
    fn from(said: String) -> Self {
        Self { said, error: None }
    }
}

fn decode(bytes: &[u8]) -> Result<Radiograph, Refusal> {
    // Strangers' bytes pass through decoders that are not ours: should one fall over, only this film is lost.
    match catch_unwind(AssertUnwindSafe(|| read(bytes))) {
        Ok(film) => film.map_err(|error| Refusal { said: error.to_string(), error: Some(error) }),
        Err(_) => Err("the image data is damaged; copy or send it again".to_owned().into()),
    }
}

fn file_bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let facts = fs::metadata(path).map_err(|error| format!("the file cannot be opened ({})", plain(&error)))?;
    if !facts.is_file() {
        return Err("not a file".to_owned().into());
    }
    if facts.len() > MAX_FILE_BYTES {
        return Err(format!("the file has {} MB, more than any radiograph", facts.len() >> 20).into());
    }
    let mut bytes = Vec::with_capacity(facts.len() as usize);
    let taken = File::open(path).and_then(|file| file.take(MAX_FILE_BYTES).read_to_end(&mut bytes));
    taken.map_err(|error| format!("the file cannot be read ({})", plain(&error)))?;
    Ok(bytes)
}
