//! What the daemon has to show, as a screen. The only place where it draws.

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::pixelcolor::Rgb888;
use image::RgbImage;
use std::sync::Arc;

use super::state::Face;
use crate::archive::ImageId;
use crate::clock::Timestamp;
use crate::screen::{self, ReadyView, ResultView, Screen};

/// What can be shown of a result.
#[derive(Debug)]
pub(super) struct Shown {
    /// Which image.
    pub image: ImageId,
    /// When its last byte came.
    pub received: Timestamp,
    /// The result, without the film.
    pub view: ResultView<'static>,
    /// The film with its heatmap.
    pub film: Option<RgbImage>,
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
    /// The regions the model screens.
    pub regions: Vec<String>,
    /// `name@version` of the model.
    pub bundle: String,
}

/// Draws a face over the whole of `panel`; returns whether there was anything to draw.
pub(super) fn draw<D>(face: &Face<Arc<Shown>>, nameplate: &Nameplate, panel: &mut D) -> Result<bool, D::Error>
where
    D: DrawTarget,
    D::Color: From<Rgb888>,
{
    let Some(screen) = screen(face, nameplate) else { return Ok(false) };
    screen::draw(&screen, panel)?;
    Ok(true)
}

/// The screen of a face; a face without one leaves what is shown.
fn screen<'a>(face: &'a Face<Arc<Shown>>, nameplate: &'a Nameplate) -> Option<Screen<'a>> {
    match face {
        Face::Ready => Some(Screen::Ready(ReadyView { regions: &nameplate.regions, bundle: &nameplate.bundle })),
        Face::Result(shown) => Some(Screen::Result(ResultView { film: shown.film.as_ref(), ..shown.view.clone() })),
        Face::Receiving | Face::Reading | Face::Full | Face::Fault(_) => None,
    }
}
