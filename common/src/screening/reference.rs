//! Re-scoring the references of a bundle: the proof that a model does here what it did where it was made.

use super::{Model, ModelError, screen};
use crate::bundle::{Bundle, BundleError};
use crate::read::{ReadError, read};

/// How far a probability may be from the one in the bundle: kernels of other processors round otherwise, but never this much.
pub const TOLERANCE: f64 = 1e-3;

/// A reference film scored again.
#[derive(Debug, Clone, PartialEq)]
pub struct Rescored {
    /// The film's file in the bundle.
    pub file: String,
    /// The head that screened it.
    pub region: String,
    /// The probability that the bundle promises.
    pub promised: f64,
    /// The probability it got here.
    pub found: f64,
}

impl Rescored {
    /// How far the two are apart.
    pub fn difference(&self) -> f64 {
        (self.promised - self.found).abs()
    }

    /// Whether they agree to within [`TOLERANCE`].
    pub fn agrees(&self) -> bool {
        self.difference() <= TOLERANCE
    }
}

/// How the references of a bundle did together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agreement {
    /// How many were scored.
    pub films: usize,
    /// How many got the promised probability, to within [`TOLERANCE`].
    pub agreeing: usize,
    /// The largest difference from a promised probability; 0 where there are none.
    pub largest_difference: f64,
}

impl Agreement {
    /// That of these films.
    pub fn of(films: &[Rescored]) -> Self {
        Self {
            films: films.len(),
            agreeing: films.iter().filter(|film| film.agrees()).count(),
            largest_difference: films.iter().map(Rescored::difference).fold(0.0, f64::max),
        }
    }

    /// Whether every film agrees.
    pub fn holds(&self) -> bool {
        self.agreeing == self.films
    }
}

/// Why a reference cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// It is not in the bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// It is not a film.
    #[error("the reference '{file}' in the bundle cannot be read: {cause}")]
    Read {
        /// The film's file in the bundle.
        file: String,
        /// What is wrong with it.
        cause: ReadError,
    },
    /// The manifest asks for a head that the model has not.
    #[error("the reference '{file}' in the bundle is to be screened as '{region}', which the model does not screen")]
    Region {
        /// The film's file in the bundle.
        file: String,
        /// The head asked for.
        region: String,
    },
    /// No probability came of it.
    #[error("the reference '{0}' in the bundle gets no probability")]
    Unscored(String),
    /// The model fails.
    #[error(transparent)]
    Model(#[from] ModelError),
}

/// Scores every reference of a bundle with the `model` made of it.
pub fn rescore(bundle: &Bundle, model: &Model) -> Result<Vec<Rescored>, ReferenceError> {
    rescore_watched(bundle, model, &mut |_| {})
}

/// The same; `told` hears after each film how many are scored.
pub fn rescore_watched(
    bundle: &Bundle,
    model: &Model,
    told: &mut dyn FnMut(usize),
) -> Result<Vec<Rescored>, ReferenceError> {
    let references = bundle.manifest().references.iter().enumerate();
    references
        .map(|(at, reference)| {
            let (file, region) = (reference.file.clone(), reference.region.clone());
            let film = read(bundle.file(&file)?).map_err(|cause| ReferenceError::Read { file: file.clone(), cause })?;
            let Some(head) = bundle.manifest().head_named(&region) else {
                return Err(ReferenceError::Region { file, region });
            };
            let found = screen(model, &film, Some(head), &mut |_| {})?.probability;
            told(at + 1);
            match found {
                Some(found) => Ok(Rescored { file, region, promised: reference.probability, found }),
                None => Err(ReferenceError::Unscored(file)),
            }
        })
        .collect()
}
