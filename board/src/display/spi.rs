//! Panels on an SPI line that the kernel has no driver for: their controller is driven from here.

use std::fmt::{self, Debug};
use std::io;
use std::path::PathBuf;

use embedded_graphics::geometry::{Dimensions, Size};
use embedded_graphics::pixelcolor::Rgb888;
use embedded_hal::digital::{self, OutputPin};
use embedded_hal::spi::SpiDevice;
use gpiocdev::Request;
use gpiocdev::line::Value;
use linux_embedded_hal::spidev::{SpiModeFlags, SpidevOptions};
use linux_embedded_hal::{Delay, SpidevDevice};
use mipidsi::interface::{InterfacePixelFormat, SpiInterface};
use mipidsi::models::{ILI9341Rgb565, ILI9488Rgb666, Model, ST7789};
use mipidsi::options::{ColorInversion, ColorOrder, Orientation, Rotation};
use mipidsi::{Builder, Display};
use serde::Deserialize;

use super::{Frame, Panel};
use crate::leds::{CONSUMER, find_chip};

/// Bytes of pixels that are sent at once; Linux takes no more unless it is told to.
const BATCH_BYTES: usize = 4096;

/// Where an SPI panel is, and how it is made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpiPanel {
    /// The device file of its SPI line, such as `/dev/spidev0.0`.
    pub spi: PathBuf,
    /// Clock of the line in hertz.
    pub clock_hz: u32,
    /// What drives the glass.
    pub controller: Controller,
    /// The label of the GPIO chip that the next two are lines of.
    pub chip: String,
    /// The line that tells pixels from commands (D/C).
    pub data: u32,
    /// The line that resets it.
    pub reset: u32,
    /// How far it is turned clockwise.
    pub turned: Turned,
    /// Which colour of a pixel its glass has first.
    pub order: Order,
    /// Whether its glass shows the opposite of what it is sent.
    pub glass: Glass,
}

/// A display controller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Controller {
    /// 240 x 320 pixels of 16 bits.
    Ili9341,
    /// 240 x 320 pixels of 16 bits.
    St7789,
    /// 320 x 480 pixels of 18 bits.
    Ili9488,
}

/// A turn, clockwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[allow(missing_docs)] // the names say it
pub enum Turned {
    #[serde(rename = "0")]
    Not,
    #[serde(rename = "90")]
    Quarter,
    #[serde(rename = "180")]
    Half,
    #[serde(rename = "270")]
    ThreeQuarters,
}

/// The order of a pixel's colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names say it
pub enum Order {
    Rgb,
    Bgr,
}

/// What a glass makes of a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)] // the names say it
pub enum Glass {
    Normal,
    Inverted,
}

impl SpiPanel {
    /// Resets the panel and wakes it.
    ///
    /// # Errors
    /// Where its SPI line or one of its GPIO lines is not there, or another program has it.
    pub fn open(&self) -> io::Result<Box<dyn Panel>> {
        let mut line = SpidevDevice::open(&self.spi).map_err(io::Error::other)?;
        line.configure(SpidevOptions::new().max_speed_hz(self.clock_hz).mode(SpiModeFlags::SPI_MODE_0))?;
        let [data, reset] = [self.data, self.reset].map(|line| Wire::open(&self.chip, line).map_err(io::Error::other));
        self.wake(line, data?, reset?)
    }

    fn wake<S, W>(&self, line: S, data: W, reset: W) -> io::Result<Box<dyn Panel>>
    where
        S: SpiDevice + Send + 'static,
        W: OutputPin + Send + 'static,
    {
        match self.controller {
            Controller::Ili9341 => self.driven_as(ILI9341Rgb565, line, data, reset),
            Controller::St7789 => self.driven_as(ST7789, line, data, reset),
            Controller::Ili9488 => self.driven_as(ILI9488Rgb666, line, data, reset),
        }
    }

    fn driven_as<M, S, W>(&self, model: M, line: S, data: W, reset: W) -> io::Result<Box<dyn Panel>>
    where
        M: Model + Send + 'static,
        M::ColorFormat: InterfacePixelFormat<u8> + From<Rgb888>,
        S: SpiDevice + Send + 'static,
        W: OutputPin + Send + 'static,
    {
        // A panel is open for as long as the program runs.
        let batch = Box::leak(vec![0; BATCH_BYTES].into_boxed_slice());
        let rotation = match self.turned {
            Turned::Not => Rotation::Deg0,
            Turned::Quarter => Rotation::Deg90,
            Turned::Half => Rotation::Deg180,
            Turned::ThreeQuarters => Rotation::Deg270,
        };
        let display = Builder::new(model, SpiInterface::new(line, data, batch))
            .reset_pin(reset)
            .orientation(Orientation::new().rotate(rotation))
            .color_order(match self.order {
                Order::Rgb => ColorOrder::Rgb,
                Order::Bgr => ColorOrder::Bgr,
            })
            .invert_colors(match self.glass {
                Glass::Normal => ColorInversion::Normal,
                Glass::Inverted => ColorInversion::Inverted,
            })
            .init(&mut Delay)
            .map_err(failed)?;
        Ok(Box::new(Driven { display, shown: None }))
    }
}

/// A panel that is awake.
struct Driven<M, S, W>
where
    M: Model,
    M::ColorFormat: InterfacePixelFormat<u8>,
    S: SpiDevice,
    W: OutputPin,
{
    display: Display<SpiInterface<'static, S, W>, M, W>,
    shown: Option<Frame>,
}

impl<M, S, W> Panel for Driven<M, S, W>
where
    M: Model + Send,
    M::ColorFormat: InterfacePixelFormat<u8> + From<Rgb888>,
    S: SpiDevice + Send,
    W: OutputPin + Send,
{
    fn size(&self) -> Size {
        self.display.bounding_box().size
    }

    fn show(&mut self, frame: &Frame) -> io::Result<()> {
        let area = match &self.shown {
            None => Some(frame.bounding_box()),
            Some(shown) => frame.changed(shown),
        };
        // What was half sent is sent in full the next time.
        self.shown = None;
        let area = area.map(|area| area.intersection(&self.display.bounding_box()));
        if let Some((area, corner)) = area.and_then(|area| Some((area, area.bottom_right()?))) {
            let [left, top, right, bottom] = [area.top_left.x, area.top_left.y, corner.x, corner.y].map(|at| at as u16);
            let colours = frame.colours(area).map(M::ColorFormat::from);
            self.display.set_pixels(left, top, right, bottom, colours).map_err(failed)?;
        }
        self.shown = Some(frame.clone());
        Ok(())
    }
}

/// A GPIO line that is written.
struct Wire {
    request: Request,
    line: u32,
}

/// Why a line cannot be written.
struct WireError(gpiocdev::Error);

impl Debug for WireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Wire {
    fn open(chip: &str, line: u32) -> gpiocdev::Result<Self> {
        let request = Request::builder()
            .with_consumer(CONSUMER)
            .on_chip(find_chip(chip)?)
            .with_line(line)
            .as_output(Value::Active)
            .request()?;
        Ok(Self { request, line })
    }

    fn set(&self, value: Value) -> Result<(), WireError> {
        self.request.set_value(self.line, value).map(|_| ()).map_err(WireError)
    }
}

impl digital::Error for WireError {
    fn kind(&self) -> digital::ErrorKind {
        digital::ErrorKind::Other
    }
}

impl digital::ErrorType for Wire {
    type Error = WireError;
}

impl OutputPin for Wire {
    fn set_low(&mut self) -> Result<(), WireError> {
        self.set(Value::Inactive)
    }

    fn set_high(&mut self) -> Result<(), WireError> {
        self.set(Value::Active)
    }
}

fn failed(error: impl Debug) -> io::Error {
    io::Error::other(format!("{error:?}"))
}

#[cfg(test)]
mod tests;
