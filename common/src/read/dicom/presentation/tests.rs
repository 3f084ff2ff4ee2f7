use dicom_core::VR;
use dicom_dictionary_std::tags;

use super::window::{Function, Window};
use crate::read::{Accept, CtWindow, dicom::sample::Sample, read, read_accepting};

/// The presentation values of a film, in order.
fn values(film: Sample) -> Vec<u16> {
    read(&film.file()).unwrap().pixels().iter().copied().collect()
}

/// The film whose cells count up from 0 to 1023.
fn counting() -> Sample {
    Sample::film(|index| index)
}

fn windowed(film: Sample, centre: &str, width: &str) -> Sample {
    film.text(tags::WINDOW_CENTER, VR::DS, centre).text(tags::WINDOW_WIDTH, VR::DS, width)
}

#[test]
fn the_linear_window_is_that_of_the_standard() {
    // The examples of PS3.3, C.11.2.1.2.1.
    let window = Window { centre: 2048.0, width: 4096.0, function: Function::Linear };
    assert_eq!((window.share(0.0), window.share(4095.0)), (0.0, 1.0));
    assert!((window.share(1000.0) - ((1000.0 - 2047.5) / 4095.0 + 0.5)).abs() < 1e-12);
    let threshold = Window { width: 1.0, ..window };
    assert_eq!((threshold.share(2047.0), threshold.share(2048.0)), (0.0, 1.0));
}

#[test]
fn the_exact_window_and_the_sigmoid_are_those_of_the_standard() {
    let exact = Window { centre: 100.0, width: 50.0, function: Function::LinearExact };
    assert_eq!([75.0, 100.0, 125.0, 130.0].map(|value| exact.share(value)), [0.0, 0.5, 1.0, 1.0]);
    let sigmoid = Window { function: Function::Sigmoid, ..exact };
    assert_eq!(sigmoid.share(100.0), 0.5);
    assert!((sigmoid.share(125.0) - 1.0 / (1.0 + (-2.0_f64).exp())).abs() < 1e-12);
}

#[test]
fn without_a_window_all_that_the_film_has_is_shown() {
    let shown = values(counting());
    assert_eq!((shown[0], shown[1023]), (0, u16::MAX));
    let unusable = values(windowed(counting(), "40", "0"));
    assert_eq!(unusable, shown);
}

#[test]
fn the_window_is_applied_behind_the_rescale() {
    let film = counting().text(tags::RESCALE_SLOPE, VR::DS, "2").text(tags::RESCALE_INTERCEPT, VR::DS, "-1000");
    let shown = values(windowed(film, "0", "201\\9"));
    // Values from -100.5 to 99.5 are spread: stored 450 to 550.
    assert_eq!((shown[449], shown[550]), (0, u16::MAX));
    assert!((32700..33000).contains(&shown[500]), "{}", shown[500]);
}

#[test]
fn monochrome1_is_the_same_film_turned_round() {
    let film = windowed(counting(), "512", "700");
    let turned = film.clone().text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1");
    let expected: Vec<u16> = values(film).into_iter().map(|value| u16::MAX - value).collect();
    assert_eq!(values(turned), expected);
}

#[test]
fn bits_outside_the_stored_value_do_not_count() {
    // Twelve bits stored in the upper part of the cell, with an overlay below.
    let film = Sample::film(|index| index << 4 | index & 0xF).short(tags::BITS_STORED, 12).short(tags::HIGH_BIT, 15);
    assert_eq!(values(windowed(film, "512", "1024")), values(windowed(counting(), "512", "1024")));
}

#[test]
fn signed_values_ascend_through_zero() {
    let film =
        Sample::film(|index| index.wrapping_sub(512) & 0xFFF).short(tags::BITS_STORED, 12).short(tags::HIGH_BIT, 11);
    let shown = values(film.short(tags::PIXEL_REPRESENTATION, 1));
    assert!(shown.is_sorted() && shown[0] == 0 && shown[1023] == u16::MAX);
}

/// A slope that is no use: without one the film is as it is; one beyond all bounds leaves nothing to see, and no panic.
#[test]
fn a_senseless_slope_is_none_or_leaves_a_blank_film() {
    let with = |slope: &str| values(counting().text(tags::RESCALE_SLOPE, VR::DS, slope));
    assert_eq!(with("NaN"), values(counting()));
    assert!(with("1e308").iter().all(|value| *value == 0));
}

#[test]
fn padding_does_not_stretch_the_range() {
    let film = Sample::film(|index| if index == 0 { 60000 } else { 1000 + index });
    let shown = values(film.short(tags::PIXEL_PADDING_VALUE, 60000));
    assert_eq!((shown[1], shown[1023]), (0, u16::MAX));
}

#[test]
fn tables_hold_their_ends_and_take_8_or_16_bits() {
    let table = Sample::item().shorts(tags::LUT_DESCRIPTOR, &[3, 10, 12]).shorts(tags::LUT_DATA, &[0, 2048, 4095]);
    let shown = values(counting().sequence(tags::VOILUT_SEQUENCE, table));
    assert_eq!((shown[0], shown[10], shown[12], shown[1000]), (0, 0, u16::MAX, u16::MAX));
    assert!((32700..32900).contains(&shown[11]));

    let bytes =
        Sample::item().shorts(tags::LUT_DESCRIPTOR, &[4, 0, 8]).with(tags::LUT_DATA, VR::OW, vec![0, 85, 170, 255]);
    let shown = values(counting().sequence(tags::VOILUT_SEQUENCE, bytes));
    assert_eq!(shown[..4], [0, 85 * 257, 170 * 257, u16::MAX]);
}

#[test]
fn slices_are_seen_through_the_window_they_are_read_through() {
    let slice = counting().text(tags::MODALITY, VR::CS, "CT").text(tags::RESCALE_INTERCEPT, VR::DS, "-512");
    let window = CtWindow::new(-160, 240).unwrap();
    let shown = |slice: Sample| -> Vec<u16> {
        let film = read_accepting(&slice.file(), Accept::CtSlices(window)).unwrap();
        film.pixels().iter().copied().collect()
    };
    let plain = shown(slice.clone());
    // Stored 352 is -160 HU, 552 is 40 HU and 752 is 240 HU.
    assert_eq!((plain[352], plain[552], plain[752]), (0, u16::MAX / 2 + 1, u16::MAX));
    assert_eq!((plain[0], plain[1023]), (0, u16::MAX));
    assert_eq!(shown(windowed(slice.clone(), "-600", "1600")), plain);
    assert_eq!(shown(slice.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1")), plain);
    assert!(CtWindow::new(40, 40).is_err());
}

#[test]
fn a_modality_table_comes_before_the_window() {
    // Turns the stored values round.
    let entries: Vec<u16> = (0..1024).rev().collect();
    let table = Sample::item().shorts(tags::LUT_DESCRIPTOR, &[1024, 0, 16]).shorts(tags::LUT_DATA, &entries);
    let mut shown = values(windowed(counting().sequence(tags::MODALITY_LUT_SEQUENCE, table), "512", "1024"));
    shown.reverse();
    assert_eq!(shown, values(windowed(counting(), "512", "1024")));
}

#[test]
fn a_table_shorter_than_it_says_is_refused() {
    let table = Sample::item().shorts(tags::LUT_DESCRIPTOR, &[9, 0, 16]).shorts(tags::LUT_DATA, &[1, 2]);
    let refusal = read(&counting().sequence(tags::VOILUT_SEQUENCE, table).file()).unwrap_err();
    assert_eq!(refusal.to_string(), "bad DICOM header: LUTData is shorter than the 9 entries stated");
}
