//! Where the person at the display is, and what a touch or a key changes: a state, what is asked of it, and the errands that follow.
//! Nothing here waits, reads a clock or touches anything but the [`Library`] it is given, so a test can drive it with a clock turned by
//! hand.
//!
//! Nobody at the display: it shows what the box does by itself, the [`Face`]. Whoever opens something stays there: a result that
//! comes meanwhile does not push them away, and is shown when they go home, or when nothing was touched for [`LEFT`]. What is wrong with
//! the box comes before everything, but a full storage leaves those alone who are reviewing: that is what makes room.

mod ask;
mod list;
mod page;
#[cfg(test)]
mod tests;

pub use list::List;
pub use page::{Asked, Explanation, Page, SETTINGS, View};

use std::time::Duration;

use super::preferences::Preferences;
use super::state::Face;
use crate::archive::{self, ImageId, SitePoint};
use crate::screen::{Health, Layer};

/// After so long without a touch or a key nobody is at the display any more.
pub const LEFT: Duration = Duration::from_secs(120);

/// A result that has just come up by itself is not what was meant by a key pressed at that moment.
const SETTLED: Duration = Duration::from_millis(500);

/// How many of the last results the ready screen lists at most.
const LATEST: usize = 3;

/// Where answers are looked up.
pub trait Library {
    /// A page of answers (see [`archive::Archive::page`]).
    fn page(&self, digits: &str, before: usize, count: usize) -> archive::Page;
    /// The answered images of the study that an image belongs to.
    fn study_of(&self, image: ImageId) -> Vec<ImageId>;
}

/// What is to be done for the person.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Write down that they have judged this answer.
    Review(ImageId),
    /// Screen this image again as the region with this number.
    ScreenAs(ImageId, usize),
    /// Explain this answer by LIME.
    Explain(ImageId),
    /// Stop explaining.
    Cancel,
    /// Keep what they have set.
    Keep(Preferences),
    /// The result that the box shows was seen, and may go.
    Dismiss,
    /// Do what failed again.
    TryAgain,
}

/// What the display has room for, and what can be chosen.
#[derive(Debug, Clone, Copy)]
pub struct Extent {
    /// Rows of the history.
    pub rows: usize,
    /// Regions of the model.
    pub regions: usize,
}

/// A place that a person has gone to.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Ready,
    Result { image: ImageId, layer: Layer, explanation: Explanation },
    Details { image: ImageId, turned: usize },
    Explaining { image: ImageId, done: u32 },
    Study { images: Vec<ImageId>, chosen: usize, layer: Layer },
    History(List),
    Settings { chosen: usize },
    Choice { of: Asked, marked: usize },
}

/// Where the person is.
#[derive(Debug)]
pub struct Browse {
    /// From where they began to where they are; nowhere where nobody is there.
    trail: Vec<Place>,
    /// What the box shows by itself.
    face: Face<ImageId>,
    /// How it is doing.
    health: Vec<Health>,
    /// The site's own operating points.
    site_point: SitePoint,
    preferences: Preferences,
    extent: Extent,
    /// The last results, as the ready screen lists them.
    latest: Vec<archive::Line>,
    /// The result of the face that was on the display last.
    seen: Option<ImageId>,
    touched: Duration,
    face_since: Duration,
}

impl Browse {
    /// Nobody is at the display.
    pub fn new(preferences: Preferences, extent: Extent) -> Self {
        Self {
            trail: Vec::new(),
            face: Face::Ready,
            health: Vec::new(),
            site_point: SitePoint::None,
            preferences,
            extent,
            latest: Vec::new(),
            seen: None,
            touched: Duration::ZERO,
            face_since: Duration::ZERO,
        }
    }

    /// The box shows something else by itself.
    pub fn face(&mut self, face: Face<ImageId>, now: Duration) -> Option<Errand> {
        let leaves = match (&face, self.trail.as_slice()) {
            (Face::Fault(_) | Face::Untrusted, _) => true,
            (Face::Full, _) => !self.is_reviewing(),
            (Face::Result(_), [Place::Ready]) => true,
            _ => false,
        };
        (self.face, self.face_since) = (face, now);
        leaves.then(|| self.leave()).flatten()
    }

    /// How the box is doing, and how the site's operating points stand.
    pub fn health(&mut self, health: Vec<Health>, site_point: SitePoint) {
        (self.health, self.site_point) = (health, site_point);
    }

    /// Time has passed.
    pub fn tick(&mut self, now: Duration) {
        let works = matches!(self.trail.last(), Some(Place::Explaining { .. }));
        if !works && now.saturating_sub(self.touched) >= LEFT {
            self.trail.clear();
        }
    }

    /// An answer is being explained, and the film was screened so often.
    pub fn explaining(&mut self, of: ImageId, times: u32) {
        if let Some(Place::Explaining { image, done }) = self.trail.last_mut()
            && *image == of
        {
            *done = times;
        }
    }

    /// The explanation of an answer is there, or could not be had: who waited for it is shown it where they came from.
    pub fn explained(&mut self, of: ImageId, there: bool, now: Duration) {
        if !matches!(self.trail.last(), Some(Place::Explaining { image, .. }) if *image == of) {
            return;
        }
        self.trail.pop();
        self.touched = now;
        if there {
            self.trail.pop_if(|place| matches!(place, Place::Details { .. }));
            let shown = Place::Result { image: of, layer: Layer::Heatmap, explanation: Explanation::Lime };
            match self.trail.last_mut() {
                Some(place @ Place::Result { .. }) => *place = shown,
                _ => self.trail.push(shown),
            }
        }
    }

    /// Nobody is at the display any more.
    fn leave(&mut self) -> Option<Errand> {
        let works = matches!(self.trail.last(), Some(Place::Explaining { .. }));
        self.trail.clear();
        works.then_some(Errand::Cancel)
    }

    /// Whether the person is among the answers, where they can be judged.
    fn is_reviewing(&self) -> bool {
        let among = |place: &Place| !matches!(place, Place::Ready | Place::Settings { .. } | Place::Choice { .. });
        self.trail.last().is_some_and(among)
    }
}
