//! Colours of the display.
//!
//! The dark theme spares the eyes in a dim room, the light one is read in sunlight. Text stands out from what is behind it by at
//! least 4.5 to 1 (WCAG 2, AA) in both. The decisions' colours are Okabe and Ito's or near them: they are told apart with any
//! colour vision, and each comes with a word and a sign of its own.

use embedded_graphics::pixelcolor::Rgb888;
use fieldray_common::screening::Decision;
use serde::{Deserialize, Serialize};

/// How the display is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Light on dark, for a dim room.
    #[default]
    Dark,
    /// Dark on light, for sunlight.
    Light,
}

/// A colour with the colour that is read on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// What lies behind.
    pub ground: Rgb888,
    /// Text and signs on it.
    pub ink: Rgb888,
}

/// The colours of a theme.
#[derive(Debug)]
pub struct Palette {
    /// The background, and the text on it.
    pub paper: Ground,
    /// Text of less weight, on paper and on cards.
    pub faint: Rgb888,
    /// Cards and rows, and the text on them.
    pub card: Ground,
    /// Keys, and the text on them.
    pub key: Ground,
    /// The box's own colour: what is chosen, progress, the ready sign.
    pub accent: Ground,
    /// Lines, and what is not yet filled.
    pub line: Rgb888,
    /// What lies behind a film.
    pub light_box: Rgb888,
    /// Signs of what is done or well.
    pub well: Rgb888,
    /// What wants attention.
    pub trouble: Ground,
    normal: Ground,
    abnormal: Ground,
    refer: Ground,
    unreadable: Ground,
}

impl Palette {
    /// The colours behind and of a decision.
    pub fn of(&self, decision: Decision) -> Ground {
        match decision {
            Decision::Normal => self.normal,
            Decision::Abnormal => self.abnormal,
            Decision::Refer => self.refer,
            Decision::Unreadable => self.unreadable,
        }
    }
}

impl Theme {
    /// Both themes.
    pub const ALL: [Theme; 2] = [Theme::Dark, Theme::Light];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Dark => "dark",
            Theme::Light => "light",
        }
    }

    /// Its colours.
    pub fn palette(self) -> &'static Palette {
        match self {
            Theme::Dark => &DARK,
            Theme::Light => &LIGHT,
        }
    }
}

const fn rgb(hex: u32) -> Rgb888 {
    Rgb888::new((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

const fn on(ground: u32, ink: u32) -> Ground {
    Ground { ground: rgb(ground), ink: rgb(ink) }
}

static DARK: Palette = Palette {
    paper: on(0x0e_1318, 0xf3_f6f8),
    faint: rgb(0xb3_bfc9),
    card: on(0x1a_222a, 0xf3_f6f8),
    key: on(0x29_343f, 0xf3_f6f8),
    accent: on(0x56_b4e9, 0x07_1620),
    line: rgb(0x40_4d59),
    light_box: rgb(0x00_0000),
    well: rgb(0x56_b4e9),
    trouble: on(0xf0_7a2c, 0x14_0a02),
    normal: on(0x56_b4e9, 0x07_1620),
    abnormal: on(0xe8_6a17, 0x14_0a02),
    refer: on(0xf5_e14a, 0x1a_1702),
    unreadable: on(0x8d_979f, 0x0b_0e11),
};

static LIGHT: Palette = Palette {
    paper: on(0xff_ffff, 0x0b_1014),
    faint: rgb(0x3d_4852),
    card: on(0xee_f1f3, 0x0b_1014),
    key: on(0xd9_dfe4, 0x0b_1014),
    accent: on(0x00_5a96, 0xff_ffff),
    line: rgb(0xa9_b3bb),
    light_box: rgb(0x00_0000),
    well: rgb(0x00_5a96),
    trouble: on(0xb8_4500, 0xff_ffff),
    normal: on(0x00_5a96, 0xff_ffff),
    abnormal: on(0xb8_4500, 0xff_ffff),
    refer: on(0xf5_d22e, 0x1a_1702),
    unreadable: on(0x55_5d65, 0xff_ffff),
};
