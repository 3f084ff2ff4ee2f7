//! The thread that draws: always the latest face, so that a slow panel never holds up a screening.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use anyhow::{Context, Result};
use embedded_graphics::geometry::Size;
use fieldray_board::display::Frame;
use tracing::{error, info};

use super::face::{self, Nameplate, Shown};
use super::recent::Recent;
use super::state::Face;
use crate::clock::Timestamp;
use crate::config::Show;
use crate::screen::Typesetter;

/// Name of the picture of the screen.
const PICTURE: &str = "screen.png";

/// A display that shows what it was told last.
pub(super) struct Display {
    mailbox: Arc<Mailbox>,
    thread: JoinHandle<()>,
}

/// At most one face that is still to be drawn.
#[derive(Default)]
struct Mailbox {
    latest: Mutex<Latest>,
    changed: Condvar,
}

#[derive(Default)]
struct Latest {
    face: Option<Face<Arc<Shown>>>,
    closed: bool,
}

impl Display {
    /// A display at `show`, `size` pixels large; `latest` are the results from before.
    pub fn start(show: &Show, size: Size, nameplate: Nameplate, mut latest: Recent) -> Result<Self> {
        let folder = match show {
            Show::None => None,
            Show::Png(folder) => {
                fs::create_dir_all(folder).with_context(|| {
                    format!("the folder '{}' cannot be made; choose another with --display", folder.display())
                })?;
                Some(folder.clone())
            }
        };
        let mailbox = Arc::new(Mailbox::default());
        let thread = thread::Builder::new().name("display".into()).spawn({
            let mailbox = Arc::clone(&mailbox);
            move || {
                let (mut typesetter, mut shown_last) = (Typesetter::new(), None);
                while let Some(face) = mailbox.take() {
                    if let Face::Result(shown) = &face
                        && shown_last != Some(shown.image)
                    {
                        shown_last = Some(shown.image);
                        latest.add(shown.line());
                    }
                    let mut frame = Frame::new(size);
                    let Ok(()) = face::draw(&face, &nameplate, &latest, &mut typesetter, &mut frame);
                    present(&face, &frame, folder.as_deref());
                }
            }
        })?;
        Ok(Self { mailbox, thread })
    }

    /// Shows a face, as soon as the one before is drawn.
    pub fn show(&self, face: Face<Arc<Shown>>) {
        self.mailbox.put(|latest| latest.face = Some(face));
    }

    /// Ends when the last face is drawn.
    pub fn stop(self) {
        self.mailbox.put(|latest| latest.closed = true);
        // A panic in it has been told of.
        let _ = self.thread.join();
    }
}

impl Mailbox {
    fn put(&self, change: impl FnOnce(&mut Latest)) {
        change(&mut self.latest.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_one();
    }

    /// Waits for a face; `None` when there will be no more.
    fn take(&self) -> Option<Face<Arc<Shown>>> {
        let latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let mut latest = self
            .changed
            .wait_while(latest, |latest| latest.face.is_none() && !latest.closed)
            .unwrap_or_else(PoisonError::into_inner);
        latest.face.take()
    }
}

fn present(face: &Face<Arc<Shown>>, frame: &Frame, folder: Option<&Path>) {
    if let Some(folder) = folder
        && let Err(error) = write(frame, folder)
    {
        error!(folder = %folder.display(), %error, "the screen cannot be written");
    }
    if let Face::Result(shown) = face {
        let since_received_ms = Timestamp::now().unix_ms() - shown.received.unix_ms();
        info!(image = %shown.image, since_received_ms, "shown");
    }
}

/// Writes the picture so that whoever looks never sees half of it.
fn write(frame: &Frame, folder: &Path) -> io::Result<()> {
    let (unfinished, picture): (PathBuf, PathBuf) = (folder.join(".screen.png"), folder.join(PICTURE));
    fs::write(&unfinished, frame.to_png().map_err(io::Error::other)?)?;
    fs::rename(unfinished, picture)
}
