//! The four buttons, where they are wired to GPIO lines.

use std::thread;
use std::time::Duration;

use gpiocdev::Request;
use gpiocdev::line::{Bias, EdgeDetection};

use super::{Input, Key};
use crate::leds::{CONSUMER, find_chip};
use crate::profile::ButtonLines;

/// A contact bounces for less.
const BOUNCES: Duration = Duration::from_millis(10);

/// The four buttons.
#[derive(Debug)]
pub struct Buttons {
    request: Request,
    lines: [u32; 4],
}

impl Buttons {
    /// The buttons, pulled up by the chip.
    ///
    /// # Errors
    /// Where there are no such lines, or another program has them.
    pub fn open(buttons: &ButtonLines) -> gpiocdev::Result<Self> {
        let request = Request::builder()
            .with_consumer(CONSUMER)
            .on_chip(find_chip(&buttons.chip)?)
            .with_lines(&buttons.lines)
            .as_input()
            .as_active_low()
            .with_bias(Bias::PullUp)
            .with_edge_detection(EdgeDetection::RisingEdge)
            .with_debounce_period(BOUNCES)
            .request()?;
        Ok(Self { request, lines: buttons.lines })
    }

    /// Tells of each press, as long as the program runs.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn listen(self, tell: impl Fn(Input) + Send + 'static) -> std::io::Result<()> {
        thread::Builder::new().name("buttons".into()).spawn(move || {
            let pressed = self.request.edge_events().map_while(Result::ok);
            let key = |line: u32| self.lines.iter().position(|known| *known == line).map(|at| Key::ALL[at]);
            pressed.filter_map(|edge| key(edge.offset)).for_each(|key| tell(Input::Key(key)));
        })?;
        Ok(())
    }
}
