//! The pictures of the display, pixel for pixel: every screen once, and the result in every script, theme and size.
//!
//! The fonts are part of the program, and its arithmetic is whole numbers and what IEEE 754 rounds in one way only, so the pixels
//! are the same on every machine. `FIELDRAY_BLESS=1` writes the pictures anew: look at them before they are committed.

use std::path::Path;

use embedded_graphics::geometry::Size;
use fieldray_appliance::screen::{Language, Look, Samples, Theme, Typesetter, draw};
use fieldray_board::display::Frame;
use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};

const LARGE: Size = Size::new(800, 480);
const SMALL: Size = Size::new(480, 320);

/// What is pictured.
const PICTURES: [(&str, Language, Theme, Size); 33] = [
    ("starting", Language::English, Theme::Dark, LARGE),
    ("starting", Language::Arabic, Theme::Light, SMALL),
    ("ready-weak-and-hot", Language::Chinese, Theme::Dark, LARGE),
    ("ready", Language::English, Theme::Dark, LARGE),
    ("ready-new", Language::Hindi, Theme::Light, SMALL),
    ("ready-unwell", Language::French, Theme::Dark, LARGE),
    ("receiving", Language::English, Theme::Light, SMALL),
    ("reading", Language::English, Theme::Dark, SMALL),
    ("explaining", Language::English, Theme::Light, SMALL),
    ("result", Language::English, Theme::Dark, LARGE),
    ("result", Language::French, Theme::Light, SMALL),
    ("result", Language::Arabic, Theme::Light, LARGE),
    ("result-normal", Language::Hindi, Theme::Dark, SMALL),
    ("result-refer", Language::Chinese, Theme::Light, SMALL),
    ("result-unclear", Language::English, Theme::Dark, SMALL),
    ("result-unreadable", Language::Spanish, Theme::Dark, SMALL),
    ("study", Language::English, Theme::Dark, SMALL),
    ("history", Language::Arabic, Theme::Dark, SMALL),
    ("history-search", Language::English, Theme::Light, SMALL),
    ("details", Language::English, Theme::Light, SMALL),
    ("settings", Language::Chinese, Theme::Dark, SMALL),
    ("choice-region", Language::English, Theme::Dark, SMALL),
    ("update", Language::French, Theme::Dark, SMALL),
    ("update", Language::English, Theme::Dark, LARGE),
    ("update-small", Language::Chinese, Theme::Light, SMALL),
    ("update-running", Language::English, Theme::Light, SMALL),
    ("update-installed", Language::Spanish, Theme::Dark, SMALL),
    ("update-done", Language::English, Theme::Light, LARGE),
    ("update-failed", Language::English, Theme::Dark, SMALL),
    ("update-unsigned", Language::Arabic, Theme::Light, SMALL),
    ("update-went-back", Language::Hindi, Theme::Dark, SMALL),
    ("ready-went-back", Language::English, Theme::Dark, LARGE),
    ("fault", Language::English, Theme::Light, SMALL),
];

#[test]
fn every_screen_is_as_it_was_looked_at() {
    let samples = Samples::new();
    let study = samples.study();
    let screens = samples.screens(&study);
    let mut typesetter = Typesetter::new();
    let mut differing = Vec::new();
    for (name, language, theme, size) in PICTURES {
        let screen = &screens.iter().find(|(known, _)| *known == name).unwrap().1;
        let mut frame = Frame::new(size);
        draw(screen, Look { language, theme }, &mut typesetter, &mut frame).unwrap();
        let file = format!("{name}_{}x{}_{}_{}.png", size.width, size.height, theme.name(), language.code());
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(&file);
        if std::env::var_os("FIELDRAY_BLESS").is_some() {
            std::fs::write(&path, png(&frame)).unwrap();
        }
        let golden = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into_rgb8();
        if *frame.picture() != golden {
            differing.push(file);
        }
    }
    assert!(differing.is_empty(), "{differing:?}");
}

/// As small as PNG makes it.
fn png(frame: &Frame) -> Vec<u8> {
    let mut file = Vec::new();
    let picture = frame.picture();
    let encoder = PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::Adaptive);
    encoder.write_image(picture, picture.width(), picture.height(), image::ExtendedColorType::Rgb8).unwrap();
    file
}
