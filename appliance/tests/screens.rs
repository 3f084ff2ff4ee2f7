//! The pictures of the display, pixel for pixel. `FIELDRAY_BLESS=1` writes them anew: look at them before they are committed.

use std::path::Path;

use embedded_graphics::geometry::Size;
use fieldray_appliance::screen::{ReadyView, ResultView, Screen, draw};
use fieldray_board::display::Frame;
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::explain::{Heatmap, overlay};
use fieldray_common::prepare::Placement;
use fieldray_common::radiograph::{Facts, Radiograph};
use fieldray_common::screening::{Decision, RegionSource};
use image::RgbImage;
use ndarray::Array2;

/// The panels that are designed for.
const PANELS: [Size; 2] = [Size::new(800, 480), Size::new(480, 320)];

#[test]
fn normal() {
    let film = film(600, 800, None);
    let result = ResultView {
        film: Some(&film),
        peak: None,
        region: Some(("hand".into(), RegionSource::Predicted)),
        decision: Decision::Normal,
        reason: "no sign of an abnormality was seen".into(),
        probability: Some(0.08),
        operating_point: OperatingPoint::new(0.22, 0.41).ok(),
        elapsed_ms: 84.2,
        bundle: "fieldray-default@0.1.0".into(),
    };
    compare("normal", &Screen::Result(result));
}

#[test]
fn abnormal() {
    let film = film(900, 700, Some([0.62, 0.4]));
    let result = ResultView {
        film: Some(&film),
        peak: Some([0.62, 0.4]),
        region: Some(("shoulder".into(), RegionSource::Dicom)),
        decision: Decision::Abnormal,
        reason: "signs of an abnormality were seen".into(),
        probability: Some(0.874),
        operating_point: OperatingPoint::new(0.3, 0.3).ok(),
        elapsed_ms: 1284.0,
        bundle: "fieldray-default@0.1.0".into(),
    };
    compare("abnormal", &Screen::Result(result));
}

#[test]
fn refer() {
    let film = film(500, 1000, Some([0.3, 0.7]));
    let result = ResultView {
        film: Some(&film),
        peak: None,
        region: Some(("leg".into(), RegionSource::Given)),
        decision: Decision::Refer,
        reason: "the film is unlike those the model was trained on; a person should read it".into(),
        probability: Some(0.996),
        operating_point: OperatingPoint::new(0.05, 0.5).ok(),
        elapsed_ms: 90.0,
        bundle: "clinic-with-a-very-long-model-name-indeed@12.10.3".into(),
    };
    compare("refer", &Screen::Result(result));
}

#[test]
fn refer_unscored() {
    let film = film(800, 800, None);
    let result = ResultView {
        film: Some(&film),
        peak: None,
        region: None,
        decision: Decision::Refer,
        reason: "the body region could not be told; give it and screen again".into(),
        probability: None,
        operating_point: None,
        elapsed_ms: 77.0,
        bundle: "fieldray-default@0.1.0".into(),
    };
    compare("refer_unscored", &Screen::Result(result));
}

#[test]
fn unreadable() {
    let reason = "compressed as JPEG-LS Lossless Image Compression; send it uncompressed, or build with the cargo feature \
                  `jpeg-ls`";
    let result = ResultView {
        film: None,
        peak: None,
        region: None,
        decision: Decision::Unreadable,
        reason: reason.into(),
        probability: None,
        operating_point: None,
        elapsed_ms: 1.2,
        bundle: "fieldray-default@0.1.0".into(),
    };
    compare("unreadable", &Screen::Result(result));
}

#[test]
fn ready() {
    let regions = ["hand", "leg", "hip", "shoulder"].map(str::to_owned);
    compare("ready", &Screen::Ready(ReadyView { regions: &regions, bundle: "fieldray-default@0.1.0" }));
}

fn compare(name: &str, screen: &Screen<'_>) {
    for panel in PANELS {
        let mut frame = Frame::new(panel);
        draw(screen, &mut frame).unwrap();
        let file = format!("tests/golden/{name}_{}x{}.png", panel.width, panel.height);
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        if std::env::var_os("FIELDRAY_BLESS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, frame.to_png().unwrap()).unwrap();
        }
        let golden = image::open(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).into_rgb8();
        let differing = frame.picture().pixels().zip(golden.pixels()).filter(|(a, b)| a != b).count();
        assert_eq!(frame.picture().dimensions(), golden.dimensions(), "{}", path.display());
        assert_eq!(differing, 0, "pixels of {} differ", path.display());
    }
}

/// Two bones in soft tissue, and a heatmap around `peak`.
fn film(width: usize, height: usize, peak: Option<[f64; 2]>) -> RgbImage {
    let pixels = Array2::from_shape_fn((height, width), |(y, x)| {
        let (across, down) = (x as f64 / width as f64, y as f64 / height as f64);
        let bone = |middle: f64| {
            let off = ((across - middle) / (0.07 + 0.05 * (down - 0.5).powi(2) * 4.0)).abs();
            if off < 1.0 { 0.45 + 0.3 * off } else { 0.0 }
        };
        let tissue = 0.25 * (1.0 - ((across - 0.5) / 0.42).powi(4)).max(0.0);
        ((tissue + bone(0.36).max(bone(0.62))).min(1.0) * 60000.0) as u16
    });
    let film = Radiograph::new(pixels, Facts::default()).unwrap();
    let heatmap = peak.map(|[px, py]| {
        let placement = Placement::centred(width, height, 64);
        let (left, top) = (placement.left_px as f64, placement.top_px as f64);
        let centre = [left + px * placement.width_px as f64, top + py * placement.height_px as f64];
        let map = Array2::from_shape_fn((64, 64), |(y, x)| {
            (-((x as f64 - centre[0]).powi(2) + (y as f64 - centre[1]).powi(2)) / 60.0).exp() - 0.05
        });
        Heatmap::of(map, placement)
    });
    overlay(&film, heatmap.as_ref(), 1024)
}
