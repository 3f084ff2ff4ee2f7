//! A window on a desktop, which shows what a panel would (feature `window`).

use std::io;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics_simulator::{OutputSettings, SimulatorDisplay, SimulatorEvent};

use super::{Frame, Panel};

/// How often the window hears the desktop.
const LISTENS: Duration = Duration::from_millis(50);

/// A window. SDL wants one thread for all that happens to it.
#[derive(Debug)]
pub struct Window {
    size: Size,
    frames: Sender<Frame>,
}

impl Window {
    /// A window of this size.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn open(size: Size) -> io::Result<Self> {
        let (frames, to_show) = mpsc::channel::<Frame>();
        thread::Builder::new().name("window".into()).spawn(move || {
            let mut display = SimulatorDisplay::<Rgb888>::new(size);
            let mut window = embedded_graphics_simulator::Window::new("Fieldray", &OutputSettings::default());
            window.update(&display);
            while !window.events().any(|event| event == SimulatorEvent::Quit) {
                match to_show.recv_timeout(LISTENS) {
                    Ok(frame) => {
                        let area = frame.bounding_box();
                        let Ok(()) = display.fill_contiguous(&area, frame.colours(area));
                        window.update(&display);
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { size, frames })
    }
}

impl Panel for Window {
    fn size(&self) -> Size {
        self.size
    }

    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        self.frames.send(frame.clone()).map_err(|_| io::Error::other("its window was closed"))
    }
}
