//! What the box's display shows: a picture as a function of a state, on any panel.
//!
//! A [`Screen`] is what is to be shown, a [`Look`] how. [`Scene::compose`] lays it out, which also tells what a touch or a key
//! asks for; [`draw`] paints it in memory with smooth edges and sends it to the panel in one go.

mod language;
mod messages;
mod theme;
mod words;

mod choice;
mod details;
mod fault;
mod history;
mod reading;
mod ready;
mod receiving;
mod result;
mod settings;
mod starting;
mod study;
mod update;
mod update_fault;

mod action;
mod canvas;
mod caption;
mod element;
mod film;
mod kit;
mod measures;
mod scene;
mod sign;
mod typesetter;
mod widget;

mod sample;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use canvas::Canvas;
pub use caption::{Caption, captioned};
pub use choice::{ChoiceView, Options};
pub use details::{DetailsView, Fact};
pub use fault::{Fault, FaultView};
pub use film::{Film, Layer};
pub use history::{Entry, HistoryRow, HistoryView, Search};
pub use language::{Direction, Language};
pub use messages::Messages;
pub use reading::{ReadingView, Work};
pub use ready::{Health, Notice, ReadyView, Vital};
pub use receiving::{Origin, ReceivingView};
pub use result::{ResultView, Review, WayOut};
pub use sample::Samples;
pub use scene::Scene;
pub use settings::{PointOf, Setting, SettingsView};
pub use starting::StartingView;
pub use study::{StudyFilm, StudyView};
pub use theme::{Ground, Palette, Theme};
pub use typesetter::Typesetter;
pub use update::{Again, Phase, UpdateState, UpdateView};
pub use update_fault::UpdateFault;
pub use words::Why;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::pixelcolor::Rgb888;

use element::Element;
use kit::Kit;

/// What the display shows.
#[derive(Debug, Clone)]
pub enum Screen<'a> {
    /// The program starts.
    Starting(StartingView<'a>),
    /// It waits for a film.
    Ready(ReadyView<'a>),
    /// Images arrive.
    Receiving(ReceivingView<'a>),
    /// A film is being screened, or explained further.
    Reading(ReadingView<'a>),
    /// A film was screened.
    Result(ResultView<'a>),
    /// The films of a study beside each other.
    Study(StudyView<'a>),
    /// What was screened.
    History(HistoryView<'a>),
    /// The facts of one result.
    Details(DetailsView<'a>),
    /// What can be set.
    Settings(SettingsView<'a>),
    /// One of several things is chosen.
    Choice(ChoiceView<'a>),
    /// An update waits, is installed, or was.
    Update(UpdateView<'a>),
    /// Something is wrong with the box.
    Fault(FaultView<'a>),
}

/// How the display speaks and is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The language.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
}

impl<'a> Screen<'a> {
    fn elements(&self, kit: &Kit) -> Element<'a> {
        match self {
            Screen::Starting(view) => starting::elements(view, kit),
            Screen::Ready(view) => ready::elements(view, kit),
            Screen::Receiving(view) => receiving::elements(view, kit),
            Screen::Reading(view) => reading::elements(view, kit),
            Screen::Result(view) => result::elements(view, kit),
            Screen::Study(view) => study::elements(view, kit),
            Screen::History(view) => history::elements(view, kit),
            Screen::Details(view) => details::elements(view, kit),
            Screen::Settings(view) => settings::elements(view, kit),
            Screen::Choice(view) => choice::elements(view, kit),
            Screen::Update(view) => update::elements(view, kit),
            Screen::Fault(view) => fault::elements(view, kit),
        }
    }
}

/// Draws a screen over the whole of `panel`.
///
/// # Errors
/// Only the panel's own.
pub fn draw<D>(screen: &Screen<'_>, look: Look, typesetter: &mut Typesetter, panel: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: From<Rgb888>,
{
    let area = panel.bounding_box();
    let canvas = Scene::compose(screen, look, area.size, typesetter).paint(typesetter);
    panel.fill_contiguous(&area, canvas.colours().map(D::Color::from))
}
