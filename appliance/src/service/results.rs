//! Answers as they can be shown: looked up in the archive, their pictures made once.

use std::collections::VecDeque;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use fieldray_common::read::ReadError;
use fieldray_common::screening::Reason;
use image::RgbImage;
use tracing::error;

use crate::archive::{Archive, ImageId, Kept};
use crate::screen::{Film, Layer, ResultView, Review, StudyFilm, WayOut, Why};
use crate::screening::{FilmPictures, film, picture};

/// So many films' pictures are kept in memory; each takes some megabytes.
const MOST: usize = 6;

/// What can be seen of a film; making it takes a moment.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Why it could not be read.
    pub refusal: Option<ReadError>,
    /// Its pictures, where it could.
    pub pictures: Option<FilmPictures>,
}

/// An answer with what can be seen of its film.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    /// The answer.
    pub kept: Kept,
    seen: Arc<Seen>,
}

/// A film that is being screened.
#[derive(Debug, Clone)]
pub(super) struct BeingRead {
    /// Which image.
    pub image: ImageId,
    /// The patient's number, if the film tells it.
    pub patient: Option<String>,
    /// The film.
    pub plain: Arc<RgbImage>,
}

/// The answers of an archive. Shared between threads by reference.
#[derive(Debug)]
pub(super) struct Results {
    archive: Arc<Archive>,
    seen: Mutex<VecDeque<(ImageId, Arc<Seen>)>>,
    explained: Mutex<Option<Shown>>,
    being_read: Mutex<Option<BeingRead>>,
}

impl Results {
    /// Those of an archive.
    pub fn new(archive: Arc<Archive>) -> Self {
        Self { archive, seen: Mutex::default(), explained: Mutex::default(), being_read: Mutex::default() }
    }

    /// The answer of an image; `None` where it has none, or the archive fails, which is told of.
    pub fn get(&self, image: ImageId) -> Option<Shown> {
        let kept = self.archive.kept(image).unwrap_or_else(|error| {
            error!(%image, %error, "an answer cannot be looked up");
            None
        })?;
        let known = held(&self.seen).iter().find(|(known, _)| *known == image).map(|(_, seen)| Arc::clone(seen));
        let seen = known.unwrap_or_else(|| self.put(image, Seen::of(&kept)));
        Some(Shown { kept, seen })
    }

    /// Keeps in memory what can be seen of an image.
    pub fn put(&self, image: ImageId, seen: Seen) -> Arc<Seen> {
        let seen = Arc::new(seen);
        let mut all = held(&self.seen);
        all.retain(|(known, _)| *known != image);
        all.push_front((image, Arc::clone(&seen)));
        all.truncate(MOST);
        seen
    }

    /// The answer of an image as LIME explained it last; `None` where that was another.
    pub fn explained(&self, image: ImageId) -> Option<Shown> {
        held(&self.explained).clone().filter(|shown| shown.kept.image == image)
    }

    /// An answer was explained by LIME: its heatmap is this one. It is kept as long as no other is.
    pub fn explain(&self, mut shown: Shown, heated: RgbImage, peak: Option<[f64; 2]>) {
        let Some(FilmPictures { plain, .. }) = &shown.seen.pictures else { return };
        let pictures = Some(FilmPictures { plain: Arc::clone(plain), heated: Some(heated) });
        shown.seen = Arc::new(Seen { refusal: None, pictures });
        shown.kept.account.heatmap_by = Some("lime".to_owned());
        shown.kept.account.peak = shown.kept.account.peak.and(peak);
        *held(&self.explained) = Some(shown);
    }

    /// The film of an image that is being screened, once it could be read.
    pub fn being_read(&self, image: ImageId) -> Option<BeingRead> {
        held(&self.being_read).clone().filter(|film| film.image == image)
    }

    /// A film is being screened, or none.
    pub fn reads(&self, film: Option<BeingRead>) {
        *held(&self.being_read) = film;
    }
}

/// What is shared is changed whole or not at all, so a thread that panicked left nothing half done.
fn held<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Seen {
    /// What can be seen of a film in the archive.
    fn of(kept: &Kept) -> Self {
        let Some(path) = &kept.film else { return Self::default() };
        match film(path) {
            Ok(film) => {
                let heated = kept.heatmap.as_deref().and_then(kept_picture);
                Self { refusal: None, pictures: Some(FilmPictures { plain: picture(&film), heated }) }
            }
            Err(refusal) => Self { refusal, pictures: None },
        }
    }
}

/// The picture in a PNG file of ours; `None` where it is damaged: then the film is shown without it.
fn kept_picture(path: &Path) -> Option<RgbImage> {
    Some(image::load_from_memory(&fs::read(path).ok()?).ok()?.into_rgb8())
}

impl Shown {
    /// The film alone, where it could be read.
    pub fn plain(&self) -> Option<&RgbImage> {
        self.seen.pictures.as_ref().map(|pictures| &*pictures.plain)
    }

    /// Whether there is a heatmap.
    pub fn has_heatmap(&self) -> bool {
        self.film().is_some_and(|film| film.heatmap.is_some())
    }

    /// The answer as the result screen shows it.
    pub fn result(&self, layer: Layer, way_out: WayOut) -> ResultView<'_> {
        let Kept { screened, patient, reviewed, .. } = &self.kept;
        ResultView {
            film: self.film(),
            layer,
            patient: patient.as_deref(),
            region: screened.region.clone().zip(screened.region_source),
            decision: screened.decision,
            why: self.why(),
            probability: screened.probability,
            operating_point: screened.operating_point,
            elapsed_ms: screened.elapsed_ms.screening.total(),
            bundle: screened.bundle.clone(),
            review: if *reviewed { Review::Done } else { Review::Open },
            way_out,
        }
    }

    /// The answer as one of its study.
    pub fn in_study(&self) -> StudyFilm<'_> {
        let Kept { screened, account, .. } = &self.kept;
        let (decision, probability) = (screened.decision, screened.probability);
        StudyFilm { film: self.film(), position: account.view.as_deref(), decision, probability }
    }

    fn film(&self) -> Option<Film<'_>> {
        let (plain, heatmap) = self.seen.pictures.as_ref()?.both();
        Some(Film { plain, heatmap, peak: self.kept.account.peak })
    }

    fn why(&self) -> Why {
        match (&self.seen.refusal, Reason::of_record(&self.kept.screened.reason)) {
            (Some(refusal), _) => Why::Refused(refusal.clone()),
            // A film that could be read is unreadable only for being blank.
            (None, Reason::Unreadable(_)) if self.seen.pictures.is_some() => Why::Blank,
            (None, reason) => Why::Screened(reason),
        }
    }
}
