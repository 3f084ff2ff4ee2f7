//! One answer, with all that its outputs are made from: what they may say of whom is decided here, and only here.

use std::fs::{self, File};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::explain::picture;
use fieldray_common::read::{ReadError, read};
use fieldray_common::region::Region;
use fieldray_common::screening::Decision;
use image::RgbImage;

use super::pseudonym::{Pseudonyms, Purpose};
use super::source::{BurnedIn, Source};
use super::{Document, Privacy};
use crate::archive::Kept;
use crate::cli::plain;
use crate::clock::Timestamp;
use crate::screening::LONGEST_PX;

/// So many bytes of a film hold all that says whose and what it is.
const HEADER_BYTES: u64 = 1 << 20;

/// What the reason for an unreadable film is called where the patient is not named: the reason itself may quote the film.
const NOT_READ: &str = "the film could not be read";

/// One answer as it may be told outside.
#[derive(Debug, Clone)]
pub struct Dossier {
    pub(super) privacy: Privacy,
    /// Whose and what film; `None` for JPEG and PNG, which do not say.
    pub(super) source: Option<Source>,
    pub(super) decision: Decision,
    pub(super) reason: String,
    pub(super) probability: Option<f64>,
    pub(super) operating_point: Option<OperatingPoint>,
    /// The region it was screened as, by its name, and where that is one of DICOM's as a [`Region`].
    pub(super) region: Option<(String, Option<Region>)>,
    /// Name and version of the bundle.
    pub(super) bundle: (String, String),
    pub(super) bundle_sha256: String,
    /// The version of the program that screened, where it is known.
    pub(super) program: Option<String>,
    /// When; `None` where the patient is not named.
    pub(super) screened: Option<Timestamp>,
    /// The film, with its heatmap where there is one; `None` where it cannot be read, or may name the patient and must not.
    pub(super) picture: Result<RgbImage, Unmade>,
    /// Whether the film has a heatmap.
    pub(super) has_heatmap: bool,
    film: PathBuf,
    pub(super) names: Names,
}

/// Identifiers of what is made.
#[derive(Debug, Clone)]
pub(super) struct Names {
    pseudonyms: Pseudonyms,
    privacy: Privacy,
    sha256: String,
    /// When it was answered: an answer that takes the place of another is another object.
    screened: String,
    study: String,
}

/// Why an output cannot be made; shown to people as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unmade {
    /// The film is no more.
    #[error("the film was removed to make room")]
    Removed,
    /// The film cannot be read from the disk.
    #[error("the film cannot be read from the disk ({0}); check the disk")]
    Disk(String),
    /// The film belongs to no study.
    #[error("it came as JPEG or PNG, which belongs to no DICOM study")]
    NotDicom,
    /// What the film says of itself is not enough.
    #[error("the film cannot be referred to: {0}")]
    Header(ReadError),
    /// There is no picture.
    #[error("there is no picture: {0}")]
    NoPicture(String),
    /// The picture must not leave the box.
    #[error("the picture may have the patient's name burned in; it leaves the box only identified")]
    BurnedIn,
}

impl Dossier {
    /// The dossier of a kept answer, as `privacy` allows.
    ///
    /// # Errors
    /// Where the film was removed, cannot be read from the disk, or does not say of which study it is.
    pub fn of(kept: &Kept, privacy: Privacy, pseudonyms: &Pseudonyms) -> Result<Self, Unmade> {
        let screened = &kept.screened;
        let film = kept.film.as_deref().ok_or(Unmade::Removed)?;
        let source = match screened.study_instance {
            Some(_) => Some(Source::read(&beginning(film)?).map_err(Unmade::Header)?),
            None => None,
        };
        let names = Names {
            pseudonyms: pseudonyms.clone(),
            privacy,
            sha256: screened.sha256.clone(),
            screened: screened.screened.to_string(),
            study: source.as_ref().map_or(String::new(), |source| source.study.instance.clone()),
        };
        let burned_in = source.as_ref().map_or(BurnedIn::Perhaps, |source| source.burned_in);
        let heated = kept.heatmap.as_deref().and_then(|heatmap| image::open(heatmap).ok());
        let has_heatmap = heated.is_some();
        let picture = match (privacy, burned_in) {
            (Privacy::DeIdentified, BurnedIn::Perhaps) => Err(Unmade::BurnedIn),
            (Privacy::DeIdentified, BurnedIn::No) | (Privacy::Identified, _) => {
                heated.map_or_else(|| film_alone(film), |heated| Ok(heated.into_rgb8()))
            }
        };
        let identified = privacy == Privacy::Identified;
        let source = if identified { source } else { source.map(|source| source.disguised(pseudonyms)) };
        source.as_ref().map_or(Ok(()), Source::check).map_err(Unmade::Header)?;
        let (name, version) = screened.bundle.split_once('@').unwrap_or((&screened.bundle, ""));
        Ok(Self {
            privacy,
            source,
            decision: kept.screened.decision,
            reason: told_reason(kept, privacy),
            probability: screened.probability,
            operating_point: screened.operating_point,
            region: screened.region.clone().map(|name| (name.clone(), name.parse().ok())),
            bundle: (name.to_owned(), version.to_owned()),
            bundle_sha256: screened.bundle_sha256.clone(),
            program: kept.program.clone(),
            screened: identified.then_some(screened.screened),
            has_heatmap,
            picture,
            film: film.to_owned(),
            names,
        })
    }

    /// The film's source.
    pub(super) fn source(&self) -> Result<&Source, Unmade> {
        self.source.as_ref().ok_or(Unmade::NotDicom)
    }

    /// The film without its heatmap, where the picture may leave the box.
    pub(super) fn film_alone(&self) -> Result<RgbImage, Unmade> {
        self.picture.as_ref().map_err(Clone::clone)?;
        film_alone(&self.film)
    }

    /// The folder and the name of files about this film.
    pub(super) fn place(&self) -> [String; 2] {
        match &self.source {
            Some(source) => [source.study.instance.clone(), source.film.instance.clone()],
            None => ["no-study".to_owned(), self.names.file()],
        }
    }

    /// The decision in words.
    pub(super) fn decision_in_words(&self) -> &'static str {
        match self.decision {
            Decision::Normal => "Normal",
            Decision::Abnormal => "Abnormal",
            Decision::Refer => "Refer: a person must read this film",
            Decision::Unreadable => "Unreadable",
        }
    }

    /// The reason as a sentence.
    pub(super) fn reason_in_words(&self) -> String {
        sentence(&self.reason)
    }

    /// The probability and the operating point in words, where a classifier ran.
    pub(super) fn probability_in_words(&self) -> Option<String> {
        let probability = format!("Probability of an abnormality {:.2}", self.probability?);
        Some(match self.operating_point {
            Some(point) => format!(
                "{probability}; abnormal from {:.2}, normal below {:.2}",
                point.abnormal_from(),
                point.normal_below()
            ),
            None => probability,
        })
    }

    /// Which model answered for which region, in words.
    pub(super) fn origin_in_words(&self) -> String {
        let (name, version) = &self.bundle;
        let region = self.region.as_ref().map_or(String::new(), |(name, _)| format!("Screened as {name} "));
        match region.is_empty() {
            true => format!("By the model {name}@{version}"),
            false => format!("{region}by the model {name}@{version}"),
        }
    }
}

impl Names {
    /// SOP Instance UID of a document about this film.
    pub fn instance(&self, document: Document) -> String {
        self.pseudonyms.uid(Purpose::Instance, &[document.name(), self.kind(), &self.sha256, &self.screened])
    }

    /// Series Instance UID of the documents of this kind about this study.
    pub fn series(&self, document: Document) -> String {
        self.pseudonyms.uid(Purpose::Series, &[document.name(), self.kind(), &self.study])
    }

    /// UID of what the report of this film measures.
    pub fn tracking(&self) -> String {
        self.pseudonyms.uid(Purpose::Tracking, &[self.kind(), &self.sha256])
    }

    /// UID of this box.
    pub fn device(&self) -> String {
        self.pseudonyms.uid(Purpose::Device, &[self.kind()])
    }

    /// What the film is called where it has no name of its own.
    pub fn file(&self) -> String {
        self.pseudonyms.uid(Purpose::File, &[self.kind(), &self.sha256])
    }

    fn kind(&self) -> &'static str {
        match self.privacy {
            Privacy::DeIdentified => "de-identified",
            Privacy::Identified => "identified",
        }
    }
}

/// With a capital letter at its beginning.
pub(super) fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Why the decision is what it is, as it may be told outside. Only the reason of an unreadable film quotes the film.
pub(super) fn told_reason(kept: &Kept, privacy: Privacy) -> String {
    match (kept.screened.decision, privacy) {
        (Decision::Unreadable, Privacy::DeIdentified) => NOT_READ.to_owned(),
        _ => kept.screened.reason.clone(),
    }
}

fn beginning(film: &Path) -> Result<Vec<u8>, Unmade> {
    let mut bytes = Vec::new();
    let taken = File::open(film).and_then(|file| file.take(HEADER_BYTES).read_to_end(&mut bytes));
    taken.map(|_| bytes).map_err(|error| disk(&error))
}

fn film_alone(film: &Path) -> Result<RgbImage, Unmade> {
    let bytes = fs::read(film).map_err(|error| disk(&error))?;
    // Strangers' bytes pass through decoders that are not ours: should one fall over, only this picture is lost.
    match catch_unwind(AssertUnwindSafe(|| read(&bytes))) {
        Ok(Ok(film)) => Ok(picture(&film, LONGEST_PX)),
        Ok(Err(error)) => Err(Unmade::NoPicture(error.to_string())),
        Err(_) => Err(Unmade::NoPicture("the image data is damaged".to_owned())),
    }
}

fn disk(error: &io::Error) -> Unmade {
    match error.kind() {
        io::ErrorKind::NotFound => Unmade::Removed,
        _ => Unmade::Disk(plain(error)),
    }
}
