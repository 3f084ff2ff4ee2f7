//! What a person does at the box: four keys below the display, and touches on it.
//!
//! [`listen_to_devices`] hears every keyboard and touch screen that Linux knows; [`listen_to_lines`] takes the same as lines of
//! text, for desks, tests and remote hands. [`Buttons`] are wired to GPIO lines.

mod buttons;
mod decoder;
mod devices;
mod lines;

pub use buttons::Buttons;
pub use decoder::{Decoder, Screen, key};
pub use devices::listen_to_devices;
pub use lines::listen_to_lines;

use std::io;
use std::path::PathBuf;
use std::str::FromStr;

use embedded_graphics::geometry::Point;

/// One of the four keys below the display, from left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the names say it
pub enum Key {
    First,
    Second,
    Third,
    Fourth,
}

impl Key {
    /// All four, from left to right.
    pub const ALL: [Key; 4] = [Key::First, Key::Second, Key::Third, Key::Fourth];
}

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// Pressed a key.
    Key(Key),
    /// Touched the display and let go at this pixel, counted from the upper left corner.
    Touch(Point),
}

/// Why there is no input.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// A line that says nothing a person can do.
    #[error("'{0}' is no input; write 'key 1' to 'key 4', or 'touch X Y' in pixels")]
    Line(String),
    /// A device that cannot be read.
    #[error("the input device '{}' cannot be read ({source}); check who may read it", .path.display())]
    Device {
        /// Its file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl FromStr for Input {
    type Err = InputError;

    /// `key 1` to `key 4`, from left to right, or `touch X Y` in pixels.
    fn from_str(line: &str) -> Result<Self, InputError> {
        let said = || {
            let mut words = line.split_whitespace();
            let input = match words.next()? {
                "key" => Self::Key(*Key::ALL.get(words.next()?.parse::<usize>().ok()?.checked_sub(1)?)?),
                "touch" => Self::Touch(Point::new(words.next()?.parse().ok()?, words.next()?.parse().ok()?)),
                _ => return None,
            };
            words.next().is_none().then_some(input)
        };
        said().ok_or_else(|| InputError::Line(line.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_key_or_a_touch() {
        let read = |line: &str| line.parse::<Input>().ok();
        assert_eq!(read("key 1"), Some(Input::Key(Key::First)));
        assert_eq!(read(" key  4 "), Some(Input::Key(Key::Fourth)));
        assert_eq!(read("touch 799 0"), Some(Input::Touch(Point::new(799, 0))));
        for wrong in
            ["", "key", "key 0", "key 5", "key one", "key 1 2", "touch 5", "touch 1 2 3", "touch 1.5 2", "tap 1 2"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
