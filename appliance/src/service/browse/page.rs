//! What is to be shown where the person is.

use fieldray_common::screening::Stage;

use super::{Browse, Extent, LATEST, Library, List, Place};
use crate::archive::{ImageId, Line, SitePoint};
use crate::screen::{Fault, Health, Language, Layer, Theme, WayOut};
use crate::service::preferences::Preferences;
use crate::service::state::Face;

/// The place of the language among the settings.
pub const LANGUAGE: usize = 0;

/// The place of the colours.
pub const THEME: usize = 1;

/// The place of whether results are shown with their heatmap at first.
pub const HEATMAP: usize = 2;

/// How many settings are shown; the others can only be read.
pub const SETTINGS: usize = 7;

/// What the display shows, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// What it shows.
    pub page: Page,
    /// How it speaks and is coloured.
    pub preferences: Preferences,
}

/// What the display shows. What is looked up for it when it is drawn is named by its number.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// It waits for a film.
    Ready {
        /// The last results, the latest first.
        latest: Vec<Line>,
        /// How the box is doing.
        health: Vec<Health>,
    },
    /// A film arrives from this sender.
    Receiving(String),
    /// A film is screened, and this stage goes on.
    Reading(ImageId, Stage),
    /// An answer.
    Result {
        /// Which.
        image: ImageId,
        /// Whether with its heatmap.
        layer: Layer,
        /// Which heatmap.
        explanation: Explanation,
        /// Where its last key leads.
        way_out: WayOut,
    },
    /// The facts of an answer.
    Details {
        /// Which.
        image: ImageId,
        /// How often the page was turned; after the last comes the first.
        turned: usize,
        /// Whether its study has other films.
        has_views: bool,
    },
    /// An answer is explained.
    Explaining {
        /// Which.
        image: ImageId,
        /// How often its film was screened for it.
        done: u32,
    },
    /// The films of a study.
    Study {
        /// All of them.
        images: Vec<ImageId>,
        /// The one that is chosen.
        chosen: usize,
        /// Whether with their heatmaps.
        layer: Layer,
    },
    /// What was answered.
    History(List),
    /// What can be set.
    Settings {
        /// The one that is chosen.
        chosen: usize,
        /// The site's own operating points.
        site_point: SitePoint,
    },
    /// One of several things is chosen.
    Choice {
        /// What is asked for.
        of: Asked,
        /// The one that is marked.
        marked: usize,
    },
    /// Something is wrong.
    Trouble(Fault, String),
}

/// Where the heatmap of an answer comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explanation {
    /// It was kept with the answer.
    Kept,
    /// It was asked for since, and is not kept.
    Lime,
}

/// What one of several is chosen for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The region that this image shows.
    Region(ImageId),
    /// What the display speaks.
    Language,
    /// How it is coloured.
    Theme,
}

impl Asked {
    /// How many there are to choose from.
    pub(super) fn count(self, extent: Extent) -> usize {
        match self {
            Asked::Region(_) => extent.regions,
            Asked::Language => Language::ALL.len(),
            Asked::Theme => Theme::ALL.len(),
        }
    }
}

impl Browse {
    /// What is to be shown now.
    pub fn view(&mut self, library: &dyn Library) -> View {
        let page = match self.trail.last() {
            None => self.face_page(library),
            Some(Place::Ready) => self.ready(library),
            Some(Place::Result { image, layer, explanation }) => {
                let way_out = if self.trail.len() > 1 { WayOut::Back } else { WayOut::Home };
                Page::Result { image: *image, layer: *layer, explanation: *explanation, way_out }
            }
            Some(Place::Details { image, turned }) => {
                Page::Details { image: *image, turned: *turned, has_views: library.study_of(*image).len() > 1 }
            }
            Some(Place::Explaining { image, done }) => Page::Explaining { image: *image, done: *done },
            Some(Place::Study { images, chosen, layer }) => {
                Page::Study { images: images.clone(), chosen: *chosen, layer: *layer }
            }
            Some(Place::History(list)) => Page::History(list.clone()),
            Some(Place::Settings { chosen }) => Page::Settings { chosen: *chosen, site_point: self.site_point.clone() },
            Some(Place::Choice { of, marked }) => Page::Choice { of: *of, marked: *marked },
        };
        if let (Page::Result { image, .. }, Face::Result(face)) = (&page, &self.face)
            && image == face
        {
            self.seen = Some(*face);
        }
        View { page, preferences: self.preferences }
    }

    fn face_page(&mut self, library: &dyn Library) -> Page {
        match &self.face {
            Face::Ready => self.ready(library),
            Face::Receiving(sender) => Page::Receiving(sender.clone()),
            Face::Reading(image, stage) => Page::Reading(*image, *stage),
            Face::Result(image) => Page::Result {
                image: *image,
                layer: self.preferences.layer,
                explanation: Explanation::Kept,
                way_out: WayOut::Home,
            },
            Face::Untrusted => Page::Trouble(Fault::SelfCheck, "SELF-CHECK".to_owned()),
            Face::Full => Page::Trouble(Fault::StorageFull, "STORAGE FULL".to_owned()),
            // The words of the fault itself are for the technician.
            Face::Fault(said) => Page::Trouble(Fault::ReadOnly, said.clone()),
        }
    }

    fn ready(&mut self, library: &dyn Library) -> Page {
        self.latest = library.page("", 0, LATEST).lines;
        Page::Ready { latest: self.latest.clone(), health: self.health.clone() }
    }
}
