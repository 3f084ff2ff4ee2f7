//! What the daemon has to show, as a screen. The only place where it draws.

use std::sync::Arc;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::pixelcolor::Rgb888;
use fieldray_common::read::ReadError;
use fieldray_common::screening::{Model, Screening, Stage};

use super::recent::{Line, Recent};
use super::state::Face;
use crate::archive::ImageId;
use crate::clock::Timestamp;
use crate::screen::{
    self, Fault, FaultView, HistoryRow, Look, ReadingView, ReadyView, ReceivingView, ResultView, Screen, Typesetter,
    Work,
};
use crate::screening::{Act, FilmPictures};

/// What can be shown of a result.
#[derive(Debug)]
pub(super) struct Shown {
    /// Which image.
    pub image: ImageId,
    /// When its last byte came.
    pub received: Timestamp,
    patient: Option<String>,
    refusal: Option<ReadError>,
    screening: Screening,
    elapsed_ms: f64,
    pictures: Option<FilmPictures>,
}

impl Shown {
    /// The result of an act; its film is large, and is not kept.
    pub fn new(image: ImageId, received: Timestamp, act: Act, pictures: Option<FilmPictures>) -> Self {
        let Act { film, refusal, screening, elapsed_ms, .. } = act;
        let patient = film.and_then(|film| film.facts().patient_id.clone());
        Self { image, received, patient, refusal, screening, elapsed_ms: elapsed_ms.total(), pictures }
    }

    /// The result in one line.
    pub fn line(&self) -> Line {
        let region = self.screening.region.as_ref().map(|choice| choice.name.clone());
        Line::new(self.received, self.patient.clone(), region, self.screening.decision)
    }
}

/// An image has one result.
impl PartialEq for Shown {
    fn eq(&self, other: &Self) -> bool {
        self.image == other.image
    }
}

/// What is always the same.
#[derive(Debug, Clone)]
pub(super) struct Nameplate {
    /// What the box is called.
    pub name: String,
    /// What it screens with.
    pub model: Arc<Model>,
    /// The regions the model screens.
    pub regions: Vec<String>,
    /// `name@version` of the model.
    pub bundle: String,
    /// How the display speaks and is coloured.
    pub look: Look,
}

/// Draws a face over the whole of `panel`.
pub(super) fn draw<D>(
    face: &Face<Arc<Shown>>,
    nameplate: &Nameplate,
    latest: &Recent,
    typesetter: &mut Typesetter,
    panel: &mut D,
) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: From<Rgb888>,
{
    let last = latest.rows();
    screen::draw(&screen(face, nameplate, &last), nameplate.look, typesetter, panel)
}

/// The screen of a face.
fn screen<'a>(face: &'a Face<Arc<Shown>>, nameplate: &'a Nameplate, last: &'a [HistoryRow<'a>]) -> Screen<'a> {
    match face {
        Face::Ready => Screen::Ready(ReadyView {
            name: &nameplate.name,
            bundle: &nameplate.bundle,
            regions: &nameplate.regions,
            last,
            health: &[],
            update: None,
        }),
        Face::Receiving => Screen::Receiving(ReceivingView::default()),
        Face::Reading => {
            Screen::Reading(ReadingView { film: None, patient: None, work: Work::Screening(Stage::Network) })
        }
        Face::Result(shown) => {
            let pictures = shown.pictures.as_ref().map(FilmPictures::both);
            let (refusal, model) = (shown.refusal.as_ref(), &nameplate.model);
            let view = ResultView::new(model, &shown.screening, refusal, pictures, shown.elapsed_ms);
            Screen::Result(ResultView { patient: shown.patient.as_deref(), ..view })
        }
        Face::Full => Screen::Fault(FaultView { fault: Fault::StorageFull, code: "STORAGE FULL" }),
        Face::Untrusted => Screen::Fault(FaultView { fault: Fault::SelfCheck, code: "SELF-CHECK" }),
        // The words of the fault itself are for the technician.
        Face::Fault(said) => Screen::Fault(FaultView { fault: Fault::ReadOnly, code: said }),
    }
}
