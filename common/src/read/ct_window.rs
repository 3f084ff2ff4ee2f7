//! The window through which a CT slice is seen.

use serde::{Deserialize, Serialize};

/// The Hounsfield values that are shown black and white; what lies between them is spread evenly.
///
/// Written as `[black, white]`. The windows that slices bring along are passed over: they differ from scanner to scanner, and the
/// same tissue must look the same to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[i32; 2]", into = "[i32; 2]")]
pub struct CtWindow {
    black_hu: i32,
    white_hu: i32,
}

/// Two values with nothing between them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a CT window from {black_hu} to {white_hu} HU shows nothing; the second value must be the higher one")]
pub struct EmptyWindow {
    black_hu: i32,
    white_hu: i32,
}

impl CtWindow {
    /// The window from black to white, in Hounsfield units.
    ///
    /// # Errors
    /// Where `white_hu` is not above `black_hu`.
    pub fn new(black_hu: i32, white_hu: i32) -> Result<Self, EmptyWindow> {
        if black_hu < white_hu { Ok(Self { black_hu, white_hu }) } else { Err(EmptyWindow { black_hu, white_hu }) }
    }

    /// Hounsfield value up to which all is black.
    pub fn black_hu(self) -> i32 {
        self.black_hu
    }

    /// Hounsfield value from which on all is white.
    pub fn white_hu(self) -> i32 {
        self.white_hu
    }
}

impl TryFrom<[i32; 2]> for CtWindow {
    type Error = EmptyWindow;

    fn try_from([black_hu, white_hu]: [i32; 2]) -> Result<Self, EmptyWindow> {
        Self::new(black_hu, white_hu)
    }
}

impl From<CtWindow> for [i32; 2] {
    fn from(window: CtWindow) -> Self {
        [window.black_hu, window.white_hu]
    }
}
