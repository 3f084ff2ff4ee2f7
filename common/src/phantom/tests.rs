//! What a neighbour relies on: same seed, same bytes; the break is in the box; nothing else changes.

use dicom_dictionary_std::tags;

use super::*;

fn request(region: Region, state: State, seed: u64) -> Request {
    Request { region, state, metal: Metal::BySeed, long_side_px: 256, seed }
}

#[test]
fn the_same_seed_gives_the_same_film_and_another_seed_another() {
    for region in REGIONS {
        let first = simulate(&request(region, State::Fractured, 5));
        assert_eq!(first, simulate(&request(region, State::Fractured, 5)), "{region}");
        assert_ne!(first.film.pixels(), simulate(&request(region, State::Fractured, 6)).film.pixels(), "{region}");
    }
}

#[test]
fn every_fractured_film_has_a_box_inside_the_film_and_no_intact_one_has() {
    for seed in 0..4 {
        for region in REGIONS {
            let broken = simulate(&request(region, State::Fractured, seed));
            assert_eq!(broken.fractures.len(), 1, "{region}, seed {seed}");
            let PixelBox { x, y, width, height } = broken.fractures[0];
            assert!(width > 0 && x + width <= broken.film.width_px(), "{region}, seed {seed}");
            assert!(height > 0 && y + height <= broken.film.height_px(), "{region}, seed {seed}");
            assert_eq!(simulate(&request(region, State::Intact, seed)).fractures, []);
        }
    }
}

#[test]
fn a_fracture_changes_its_box_most_and_leaves_the_background_alone() {
    for seed in 0..4 {
        for region in REGIONS {
            let broken = simulate(&request(region, State::Fractured, seed));
            let intact = simulate(&request(region, State::Intact, seed));
            let place = broken.fractures[0];
            let (mut inside, mut outside) = (0.0, 0.0);
            for ((row, column), &value) in broken.film.pixels().indexed_iter() {
                let change = (f64::from(value) - f64::from(intact.film.pixels()[[row, column]])).abs();
                if place.holds([column, row]) { inside += change } else { outside += change }
            }
            let area = (place.width * place.height) as f64;
            let (inside, outside) = (inside / area, outside / (broken.film.pixels().len() as f64 - area));
            assert!(inside > 4.0 * outside, "{region}, seed {seed}: {inside} inside, {outside} outside");
            // Half a per cent of full scale on average: more than the noise, which is the same in both.
            assert!(inside > 300.0, "{region}, seed {seed}: {inside}");
        }
    }
}

#[test]
fn metal_is_as_common_in_broken_bones_as_in_whole_ones() {
    let with_metal = |state| {
        (0..56)
            .map(|seed| simulate(&Request { long_side_px: 64, ..request(REGIONS[seed as usize % 7], state, seed) }))
            .filter(|phantom| phantom.hardware.is_some())
            .count()
    };
    let (intact, broken) = (with_metal(State::Intact), with_metal(State::Fractured));
    assert_eq!(intact, broken);
    assert!((4..30).contains(&intact), "{intact} of 56");
}

#[test]
fn metal_can_be_asked_for_and_refused() {
    for region in REGIONS {
        let film = |metal| simulate(&Request { metal, ..request(region, State::Intact, 3) });
        assert!(film(Metal::Present).hardware.is_some(), "{region}");
        assert_eq!(film(Metal::Absent).hardware, None, "{region}");
    }
}

#[test]
fn the_dicom_object_holds_the_film() {
    let phantom = simulate(&request(Region::Hip, State::Fractured, 9));
    for (interpretation, turned) in [(Interpretation::Monochrome2, 0), (Interpretation::Monochrome1, 4095)] {
        let bytes = dicom_as(&phantom, interpretation);
        let object = dicom_object::from_reader(&bytes[..]).unwrap();
        let stored = object.element(tags::PIXEL_DATA).unwrap().to_multi_int::<u16>().unwrap();
        let expected: Vec<u16> = phantom.film.pixels().iter().map(|&value| (value >> 4).abs_diff(turned)).collect();
        assert_eq!(stored, expected);
        assert_eq!(object.element(tags::BODY_PART_EXAMINED).unwrap().to_str().unwrap(), "HIP");
        assert_eq!(object.element(tags::ROWS).unwrap().to_int::<usize>().unwrap(), phantom.film.height_px());
    }
}

#[test]
fn a_written_film_reads_back_as_the_one_simulated() {
    let phantom = simulate(&request(Region::Hand, State::Intact, 2));
    for interpretation in [Interpretation::Monochrome1, Interpretation::Monochrome2] {
        let film = crate::read::read(&dicom_as(&phantom, interpretation)).unwrap();
        assert_eq!(film.facts().region, Some(Region::Hand));
        assert_eq!(film.facts().sop_instance_uid, phantom.film.facts().sop_instance_uid);
        assert_eq!(film.facts().laterality, phantom.film.facts().laterality);
        // Twelve bits are stored of the sixteen.
        let close = film.pixels().iter().zip(phantom.film.pixels()).all(|(a, b)| a.abs_diff(*b) <= 48);
        assert!(close, "{interpretation:?}");
    }
}

/// The bytes of these films must not change from one processor, compiler or version to another: trained bundles and stored
/// figures name films by their seeds. A change that is meant to alter films changes this number too.
#[test]
fn films_are_the_same_everywhere() {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    for region in REGIONS {
        let phantom = simulate(&Request { metal: Metal::Present, ..request(region, State::Fractured, 1) });
        for value in phantom.film.pixels() {
            digest.update(value.to_le_bytes());
        }
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, "ed8356347f017cc6a7b2bb67c0ea5747a034e2c94a11b1b3577e66b24fe4246a");
}
