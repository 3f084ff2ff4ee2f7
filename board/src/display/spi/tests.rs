//! A panel's twin: it records what comes over its lines.

use std::convert::Infallible;
use std::mem;
use std::sync::{Arc, Mutex};

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Point;
use embedded_graphics::pixelcolor::RgbColor;
use embedded_graphics::primitives::Rectangle;
use embedded_hal::spi::{self, Operation};

use super::*;

/// A command, and the bytes that came with it.
type Command = (u8, Vec<u8>);

/// What came, and whether the line for data is high.
#[derive(Default)]
struct Heard {
    is_data: bool,
    resets: usize,
    commands: Vec<Command>,
}

#[derive(Clone, Default)]
struct Twin(Arc<Mutex<Heard>>);

impl Twin {
    fn take(&self) -> Vec<Command> {
        mem::take(&mut self.0.lock().unwrap().commands)
    }
}

impl spi::ErrorType for Twin {
    type Error = Infallible;
}

impl SpiDevice for Twin {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        let mut heard = self.0.lock().unwrap();
        for operation in operations {
            let Operation::Write(bytes) = operation else { panic!("a panel is only written") };
            match heard.is_data {
                true => heard.commands.last_mut().unwrap().1.extend_from_slice(bytes),
                false => heard.commands.extend(bytes.iter().map(|command| (*command, Vec::new()))),
            }
        }
        Ok(())
    }
}

enum Line {
    Data(Twin),
    Reset(Twin),
}

impl digital::ErrorType for Line {
    type Error = Infallible;
}

impl OutputPin for Line {
    fn set_low(&mut self) -> Result<(), Infallible> {
        match self {
            Self::Data(twin) => twin.0.lock().unwrap().is_data = false,
            Self::Reset(twin) => twin.0.lock().unwrap().resets += 1,
        }
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        if let Self::Data(twin) = self {
            twin.0.lock().unwrap().is_data = true;
        }
        Ok(())
    }
}

/// A panel that is turned by a quarter, and its twin.
fn awake(controller: &str) -> (Box<dyn Panel>, Twin) {
    let text = format!(
        "spi = '/dev/spidev0.0'\nclock_hz = 32000000\ncontroller = '{controller}'\nchip = 'pinctrl-bcm2711'\ndata = 25\n\
         reset = 24\nturned = '90'\norder = 'bgr'\nglass = 'normal'"
    );
    let twin = Twin::default();
    let wired: SpiPanel = toml::from_str(&text).unwrap();
    let panel = wired.wake(twin.clone(), Line::Data(twin.clone()), Line::Reset(twin.clone())).unwrap();
    (panel, twin)
}

/// Commands of the MIPI Display Command Set.
const SLEEP_OUT: u8 = 0x11;
const DISPLAY_ON: u8 = 0x29;
const COLUMNS: u8 = 0x2a;
const ROWS: u8 = 0x2b;
const WRITE_MEMORY: u8 = 0x2c;
const ADDRESS_MODE: u8 = 0x36;

#[test]
fn a_panel_is_woken_in_the_orientation_and_colours_of_its_profile() {
    for (controller, size, mode) in [
        // Rows and columns exchanged, mirrored as the quarter turn wants it, blue first.
        ("ili9341", Size::new(320, 240), 0x68),
        ("st7789", Size::new(320, 240), 0x68),
        ("ili9488", Size::new(480, 320), 0x68),
    ] {
        let (panel, twin) = awake(controller);
        assert_eq!(panel.size(), size, "{controller}");
        assert_eq!(twin.0.lock().unwrap().resets, 1, "{controller}");
        let said = twin.take();
        let at = |wanted| said.iter().position(|(command, _)| *command == wanted).unwrap();
        assert!(at(SLEEP_OUT) < at(DISPLAY_ON), "{controller}");
        assert_eq!(said[at(ADDRESS_MODE)].1, [mode], "{controller}");
    }
}

#[test]
fn a_panel_is_sent_what_changed_and_no_more() {
    let (mut panel, twin) = awake("ili9341");
    twin.take();
    let mut frame = Frame::new(panel.size());
    panel.show(&frame).unwrap();
    let [columns, rows, pixels] = twin.take().try_into().unwrap();
    assert_eq!((columns, rows), ((COLUMNS, vec![0, 0, 1, 63]), (ROWS, vec![0, 0, 0, 239])));
    assert_eq!((pixels.0, pixels.1.len()), (WRITE_MEMORY, 320 * 240 * 2));

    // Two rows of three, the colours of which are told apart by their bits: five of red, six of green, five of blue.
    frame.fill_solid(&Rectangle::new(Point::new(258, 7), Size::new(3, 2)), Rgb888::GREEN).unwrap();
    frame.fill_solid(&Rectangle::new(Point::new(259, 8), Size::new(1, 1)), Rgb888::RED).unwrap();
    panel.show(&frame).unwrap();
    let [green, red] = [[0x07, 0xe0], [0xf8, 0x00]];
    assert_eq!(
        twin.take(),
        [
            (COLUMNS, vec![1, 2, 1, 4]),
            (ROWS, vec![0, 7, 0, 8]),
            (WRITE_MEMORY, [green, green, green, green, red, green].concat()),
        ]
    );
    panel.show(&frame).unwrap();
    assert_eq!(twin.take(), []);

    // What lies outside the panel is left out.
    panel.show(&Frame::new(Size::new(500, 10))).unwrap();
    assert_eq!(twin.take()[..2], [(COLUMNS, vec![0, 0, 1, 63]), (ROWS, vec![0, 0, 0, 9])]);
}

#[test]
fn a_panel_of_eighteen_bits_gets_a_byte_a_colour() {
    let (mut panel, twin) = awake("ili9488");
    let mut frame = Frame::new(panel.size());
    panel.show(&frame).unwrap();
    twin.take();
    frame.fill_solid(&Rectangle::new(Point::new(479, 319), Size::new(1, 1)), Rgb888::new(0xff, 0x80, 0x04)).unwrap();
    panel.show(&frame).unwrap();
    assert_eq!(twin.take()[2], (WRITE_MEMORY, vec![0xfc, 0x80, 0x04]));
}
