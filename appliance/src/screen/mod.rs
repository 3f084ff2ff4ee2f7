//! What the box's display shows: a picture as a function of a state, on any panel.
//!
//! A screen is composed in memory with smooth edges and then sent to the panel in one go. It is laid out from the panel's size,
//! for 800 x 480 and 480 x 320 pixels and whatever lies near them.

mod canvas;
mod ready;
mod result;
mod sign;
mod text;
mod theme;
mod widget;

pub use canvas::Canvas;
pub use ready::ReadyView;
pub use result::ResultView;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::pixelcolor::Rgb888;

/// What the display shows.
#[derive(Debug, Clone)]
pub enum Screen<'a> {
    /// It waits for a film.
    Ready(ReadyView<'a>),
    /// A film was screened.
    Result(ResultView<'a>),
}

/// Draws a screen over the whole of `panel`.
///
/// # Errors
/// Only the panel's own.
pub fn draw<D>(screen: &Screen<'_>, panel: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: From<Rgb888>,
{
    let area = panel.bounding_box();
    let mut canvas = Canvas::new(area.size, theme::PAPER);
    match screen {
        Screen::Ready(view) => ready::draw(view, &mut canvas),
        Screen::Result(view) => result::draw(view, &mut canvas),
    }
    panel.fill_contiguous(&area, canvas.colours().map(D::Color::from))
}
