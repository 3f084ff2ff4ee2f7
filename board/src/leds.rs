//! The two lights, which are seen across a room: green where the box is well, red where it wants attention, both while it works.

use std::path::PathBuf;

use gpiocdev::Request;
use gpiocdev::chip::{Chip, chips};
use gpiocdev::line::{Value, Values};

use crate::profile::LedLines;

/// Who uses a line, as `gpioinfo` tells it.
pub(crate) const CONSUMER: &str = "fieldray";

/// What the lights say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Light {
    /// The box is well, and waits.
    Well,
    /// It works.
    Working,
    /// A person is to look at it.
    Attention,
}

/// The lights.
#[derive(Debug)]
pub struct Leds {
    request: Request,
    lines: LedLines,
}

impl Leds {
    /// The lights, dark.
    ///
    /// # Errors
    /// Where there are no such lines, or another program has them.
    pub fn open(lines: &LedLines) -> gpiocdev::Result<Self> {
        let request = Request::builder()
            .with_consumer(CONSUMER)
            .on_chip(find_chip(&lines.chip)?)
            .with_lines(&[lines.well, lines.attention])
            .as_output(Value::Inactive)
            .request()?;
        Ok(Self { request, lines: lines.clone() })
    }

    /// Lights what says this.
    pub fn show(&self, light: Light) -> gpiocdev::Result<()> {
        let mut values = Values::default();
        values.set(self.lines.well, Value::from(light != Light::Attention));
        values.set(self.lines.attention, Value::from(light != Light::Well));
        self.request.set_values(&values)
    }
}

/// The device file of the GPIO chip with this label.
pub(crate) fn find_chip(label: &str) -> gpiocdev::Result<PathBuf> {
    let has_label =
        |path: &PathBuf| Chip::from_path(path).and_then(|chip| chip.info()).is_ok_and(|chip| chip.label == label);
    let missing = || gpiocdev::Error::InvalidArgument(format!("there is no GPIO chip '{label}'"));
    chips()?.into_iter().find(has_label).ok_or_else(missing)
}
