//! A window on a desktop, which shows what a panel would (feature `window`). A click in it is a touch, and the keyboard's 1 to 4 are the keys.

use std::io;
use std::ops::ControlFlow;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_graphics_simulator::sdl2::Keycode;
use embedded_graphics_simulator::{OutputSettings, SimulatorDisplay, SimulatorEvent};

use super::{Frame, Panel, Tell};
use crate::input::{Input, Key};

/// How often the window hears the desktop.
const LISTENS: Duration = Duration::from_millis(50);

/// A window. SDL wants one thread for all that happens to it.
#[derive(Debug)]
pub struct Window {
    size: Size,
    thread: Sender<Order>,
}

/// What its thread is to do.
enum Order {
    Show(Frame),
    Hear(Tell),
}

impl Window {
    /// A window of this size.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn open(size: Size) -> io::Result<Self> {
        let (thread, orders) = mpsc::channel::<Order>();
        thread::Builder::new().name("window".into()).spawn(move || {
            let mut display = SimulatorDisplay::<Rgb888>::new(size);
            let mut window = embedded_graphics_simulator::Window::new("Fieldray", &OutputSettings::default());
            let mut tell: Tell = Box::new(drop);
            window.update(&display);
            loop {
                if window.events().try_for_each(|event| happened(&event, &tell)).is_break() {
                    return;
                }
                match orders.recv_timeout(LISTENS) {
                    Ok(Order::Show(frame)) => {
                        let area = frame.bounding_box();
                        let Ok(()) = display.fill_contiguous(&area, frame.colours(area));
                        window.update(&display);
                    }
                    Ok(Order::Hear(whom)) => tell = whom,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
        })?;
        Ok(Self { size, thread })
    }
}

/// Tells what a person did; breaks where they closed the window.
fn happened(event: &SimulatorEvent, tell: &Tell) -> ControlFlow<()> {
    match event {
        SimulatorEvent::Quit => return ControlFlow::Break(()),
        SimulatorEvent::MouseButtonUp { point, .. } => tell(Input::Touch(*point)),
        SimulatorEvent::KeyDown { keycode, repeat: false, .. } => {
            let keys = [Keycode::Num1, Keycode::Num2, Keycode::Num3, Keycode::Num4];
            if let Some(at) = keys.iter().position(|key| key == keycode) {
                tell(Input::Key(Key::ALL[at]));
            }
        }
        _ => {}
    }
    ControlFlow::Continue(())
}

impl Panel for Window {
    fn size(&self) -> Size {
        self.size
    }

    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        self.thread.send(Order::Show(frame.clone())).map_err(|_| io::Error::other("its window was closed"))
    }

    fn hear(&mut self, tell: Tell) {
        // One that was closed has nothing more to tell.
        let _ = self.thread.send(Order::Hear(tell));
    }
}
