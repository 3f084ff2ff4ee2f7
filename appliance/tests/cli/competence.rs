//! Films that the model is not competent for: they are referred, with the reason in place of a number.

use fieldray_common::phantom::{self, Metal, Request, State};
use fieldray_common::region::Region;
use image::{GrayImage, ImageBuffer};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::sealed::with_manifest;
use super::{BUNDLE, fieldray, file, status, stderr, stdout, ward};

/// What is said of one film.
fn record(ward: &TempDir, arguments: &[&str]) -> Value {
    let output = fieldray(ward.path(), &[&["screen", "--json"], arguments].concat());
    assert_eq!(status(&output), 0, "{}", stderr(&output));
    serde_json::from_str(stdout(&output).trim()).unwrap()
}

fn is_referred(record: &Value, because: &str) {
    assert_eq!((&record["decision"], &record["reason"]), (&"refer".into(), &because.into()), "{record}");
    assert!(record["probability"].is_null() && record["heatmap"].is_null() && record["lime"].is_null(), "{record}");
}

fn hand() -> phantom::Phantom {
    let (region, state, metal) = (Region::Hand, State::Intact, Metal::Absent);
    phantom::simulate(&Request { region, state, metal, long_side_px: 320, seed: 7 })
}

#[test]
fn a_view_that_a_head_has_not_learned_is_referred() {
    let ward = ward();
    file(&ward, "hand.dcm", phantom::dicom(&hand()));
    let learned = |views: Value| {
        with_manifest(&std::fs::read(BUNDLE).unwrap(), |manifest| {
            for head in manifest["heads"].as_array_mut().unwrap() {
                head["views"] = views.clone();
            }
        })
    };
    file(&ward, "side.frb", learned(json!(["lateral", "oblique"])));
    file(&ward, "front.frb", learned(json!(["frontal"])));
    let from_the_front = record(&ward, &["--bundle", "side.frb", "hand.dcm"]);
    is_referred(
        &from_the_front,
        "the model has not learned frontal views of this region; a person should read the film",
    );
    assert_eq!(from_the_front["region"], "hand");
    // LIME has nothing to explain, either.
    let asked = ["--bundle", "side.frb", "--explain", "lime", "--samples", "12", "hand.dcm"];
    is_referred(&record(&ward, &asked), from_the_front["reason"].as_str().unwrap());
    assert!(record(&ward, &["--bundle", "front.frb", "hand.dcm"])["probability"].is_f64());
    // A picture does not say which view it is.
    assert!(record(&ward, &["--bundle", "side.frb", "--region", "hand", "a.png"])["probability"].is_f64());
}

#[test]
fn badly_exposed_films_are_referred() {
    let ward = ward();
    let film = hand().film;
    let (width, height) = (film.width_px() as u32, film.height_px() as u32);
    let bright = film.pixels().iter().map(|value| value.saturating_mul(20)).collect();
    ImageBuffer::<image::Luma<u16>, Vec<u16>>::from_raw(width, height, bright)
        .unwrap()
        .save(ward.path().join("burnt.png"))
        .unwrap();
    let few = film.pixels().iter().map(|value| (value >> 12) as u8 * 16).collect();
    GrayImage::from_raw(width, height, few).unwrap().save(ward.path().join("flat.png")).unwrap();
    is_referred(
        &record(&ward, &["--region", "hand", "burnt.png"]),
        "large parts of the film are burnt out; check the exposure and take the film again",
    );
    is_referred(
        &record(&ward, &["--region", "hand", "flat.png"]),
        "the film has hardly any shades of grey; check the exposure and take the film again",
    );
}

#[test]
fn the_deviation_index_of_the_x_ray_unit_counts() {
    let ward = ward();
    let mut object = dicom_object::from_reader(phantom::dicom(&hand()).as_slice()).unwrap();
    for (index, is_low) in [("-4.5", true), ("-1.2", false)] {
        let tag = dicom_dictionary_std::tags::DEVIATION_INDEX;
        object.put_str(tag, dicom_core::VR::DS, index);
        object.write_to_file(ward.path().join("hand.dcm")).unwrap();
        let record = record(&ward, &["hand.dcm"]);
        match is_low {
            true => is_referred(
                &record,
                "the X-ray unit says that the exposure was much too low; check it and take the film again",
            ),
            false => assert!(record["probability"].is_f64(), "{record}"),
        }
    }
}
