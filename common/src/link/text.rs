//! Texts in messages.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A text short enough for a frame: what is longer than [`Text::BYTES`] is cut off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text(String);

impl Text {
    /// Most bytes of a text that is sent.
    pub const BYTES: usize = 240;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text[..text.floor_char_boundary(Self::BYTES)].to_owned())
    }
}

/// For people: signs that would steer a terminal are left out, because the far end may send any.
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().filter(|sign| !sign.is_control()).try_for_each(|sign| fmt::Write::write_char(f, sign))
    }
}
