//! The languages of the display.

use serde::{Deserialize, Serialize};

/// A language that the display speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, clap::ValueEnum)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    #[value(name = "en")]
    English,
    /// French.
    #[serde(rename = "fr")]
    #[value(name = "fr")]
    French,
    /// Spanish.
    #[serde(rename = "es")]
    #[value(name = "es")]
    Spanish,
    /// Hindi.
    #[serde(rename = "hi")]
    #[value(name = "hi")]
    Hindi,
    /// Arabic.
    #[serde(rename = "ar")]
    #[value(name = "ar")]
    Arabic,
    /// Chinese in simplified characters.
    #[serde(rename = "zh")]
    #[value(name = "zh")]
    Chinese,
}

/// Which way a language is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From left to right.
    LeftToRight,
    /// From right to left; a screen's layout is mirrored, its films never.
    RightToLeft,
}

impl Language {
    /// Every language.
    pub const ALL: [Language; 6] =
        [Language::English, Language::French, Language::Spanish, Language::Hindi, Language::Arabic, Language::Chinese];

    /// Its code (BCP 47).
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::Spanish => "es",
            Language::Hindi => "hi",
            Language::Arabic => "ar",
            Language::Chinese => "zh",
        }
    }

    /// Its name in itself, for choosing it when the display speaks another.
    pub fn own_name(self) -> &'static str {
        match self {
            Language::English => "English",
            Language::French => "Français",
            Language::Spanish => "Español",
            Language::Hindi => "हिन्दी",
            Language::Arabic => "العربية",
            Language::Chinese => "中文",
        }
    }

    /// Which way it is read.
    pub fn direction(self) -> Direction {
        match self {
            Language::Arabic => Direction::RightToLeft,
            _ => Direction::LeftToRight,
        }
    }

    /// A number with this many decimals as it is written in this language, in Western digits.
    pub fn decimal(self, value: f64, decimals: usize) -> String {
        let written = format!("{value:.decimals$}");
        match self {
            Language::French | Language::Spanish => written.replace('.', ","),
            _ => written,
        }
    }

    /// What its type is enlarged by: at one size the letters of Devanagari and Arabic are smaller than Latin ones.
    pub(super) fn enlarged(self) -> f32 {
        match self {
            Language::Hindi | Language::Arabic => 1.06,
            _ => 1.0,
        }
    }

    /// Height of a line over the size of the type: Devanagari and Arabic reach farther above and below the line.
    pub(super) fn leading(self) -> f32 {
        match self {
            Language::Hindi => 1.38,
            Language::Arabic => 1.45,
            _ => 1.28,
        }
    }

    /// How far the middle of its letters lies above the line, over the size of the type.
    pub(super) fn middle(self) -> f32 {
        match self {
            Language::Arabic => 0.31,
            _ => 0.36,
        }
    }

    /// Its messages, in Fluent's syntax.
    pub(super) fn source(self) -> &'static str {
        match self {
            Language::English => include_str!("../../messages/en.ftl"),
            Language::French => include_str!("../../messages/fr.ftl"),
            Language::Spanish => include_str!("../../messages/es.ftl"),
            Language::Hindi => include_str!("../../messages/hi.ftl"),
            Language::Arabic => include_str!("../../messages/ar.ftl"),
            Language::Chinese => include_str!("../../messages/zh.ftl"),
        }
    }
}
