//! Colours and words of the display.
//!
//! Light, because it is read in sunlight. The decisions' colours are told apart with any colour vision (they differ in lightness
//! and lie on the blue-orange axis, after Okabe and Ito's palette), and each comes with a word and a sign of its own.

use embedded_graphics::pixelcolor::Rgb888;
use fieldray_common::screening::Decision;

use super::sign::Sign;

/// The background.
pub const PAPER: Rgb888 = Rgb888::new(0xf7, 0xf7, 0xf3);
/// Text.
pub const INK: Rgb888 = Rgb888::new(0x14, 0x18, 0x1c);
/// Text of less weight; still 7:1 against the paper.
pub const FAINT_INK: Rgb888 = Rgb888::new(0x4a, 0x52, 0x5a);
/// Lines and empty parts.
pub const LINE: Rgb888 = Rgb888::new(0xc9, 0xcc, 0xc8);
/// What lies behind a film.
pub const LIGHT_BOX: Rgb888 = Rgb888::new(0x0b, 0x0d, 0x0f);
/// On the dark colours.
pub const WHITE: Rgb888 = Rgb888::new(0xff, 0xff, 0xff);
/// The box's own colour.
pub const BRAND: Rgb888 = Rgb888::new(0x00, 0x5a, 0x96);

/// How a decision looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The word for it.
    pub word: &'static str,
    /// The sign for it.
    pub sign: Sign,
    /// The colour behind them.
    pub ground: Rgb888,
    /// The colour of them.
    pub ink: Rgb888,
}

/// The look of a decision.
pub fn look(decision: Decision) -> Look {
    match decision {
        Decision::Normal => Look { word: "Normal", sign: Sign::Check, ground: BRAND, ink: WHITE },
        Decision::Abnormal => {
            Look { word: "Abnormal", sign: Sign::Warning, ground: Rgb888::new(0xb8, 0x45, 0x00), ink: WHITE }
        }
        Decision::Refer => Look { word: "Refer", sign: Sign::Person, ground: Rgb888::new(0xf2, 0xc9, 0x2b), ink: INK },
        Decision::Unreadable => {
            Look { word: "Unreadable", sign: Sign::BrokenFilm, ground: Rgb888::new(0x52, 0x59, 0x60), ink: WHITE }
        }
    }
}
