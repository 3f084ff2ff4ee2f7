//! The project's recipes find in the real data sets what is known to be in them.

use std::{collections::HashSet, path::Path};

use fieldray_common::{prepare::PrepareError, region::Region};
use fieldray_tests::{real_data, repository};
use fieldray_trainer::{
    data::{self, manifest::Film},
    recipe::{Recipe, Source},
};

/// A recipe of the project, without its phantoms.
fn recipe(name: &str) -> Recipe {
    let mut recipe = Recipe::open(&repository().join(format!("trainer/recipes/{name}.toml"))).unwrap();
    recipe.data.sources.retain(|source| !matches!(source, Source::Phantoms { .. }));
    recipe
}

fn films(recipe: &Recipe, root: &Path, source: &str) -> Vec<Film> {
    let films = data::gather(recipe, root).unwrap();
    films.into_iter().filter(|film| film.source() == source).collect()
}

fn patients(films: &[Film]) -> usize {
    films.iter().filter_map(|film| film.patient.as_deref()).collect::<HashSet<_>>().len()
}

#[test]
fn fracatlas_is_four_regions() {
    let Some(folder) = real_data("fracatlas") else { return };
    let films = films(&recipe("fracatlas-all"), folder.parent().unwrap(), "fracatlas");
    assert_eq!(films.len(), 3356);
    assert!(films.iter().all(|film| !film.is_abnormal() || !film.lesions.is_empty()), "every fracture is boxed");
    for (region, expected) in [(Region::Hand, 1062), (Region::Leg, 1754), (Region::Hip, 260), (Region::Shoulder, 280)] {
        assert_eq!(films.iter().filter(|film| film.region == region).count(), expected, "{region}");
    }
}

#[test]
fn chest_films_are_tied_by_patient_and_by_their_bytes() {
    let Some(folder) = real_data("chest-kermany") else { return };
    let recipe = recipe("chest-pneumonia");
    let films = films(&recipe, folder.parent().unwrap(), "chest-kermany");
    assert_eq!((films.len(), patients(&films)), (5122, 2429));
    assert_eq!(films.iter().filter(|film| film.is_abnormal()).count(), 3740);
    let split = data::parted(&recipe, folder.parent().unwrap()).unwrap();
    let ties = |films: &[Film]| films.iter().flat_map(Film::ties).collect::<HashSet<_>>();
    let (learned, held_out) = (ties(split.training.films()), ties(split.hold_out.films()));
    assert!(learned.is_disjoint(&held_out) && held_out.iter().any(|tie| tie.contains(" bytes ")));
}

#[test]
fn slices_are_read_in_hounsfield_units_and_tied_by_patient() {
    let Some(folder) = real_data("ct-contrast") else { return };
    let recipe = recipe("ct-contrast");
    let films = films(&recipe, folder.parent().unwrap(), "ct-contrast");
    assert_eq!((films.len(), patients(&films)), (80, 43));
    assert_eq!(films.iter().filter(|film| film.is_abnormal()).count(), 40);
    for film in &films {
        let slice = data::radiograph(film, &recipe.preparation).unwrap();
        // Air outside of the patient is black, and something in every chest is bone.
        let dark = slice.pixels().iter().filter(|value| **value == 0).count() as f64 / slice.pixels().len() as f64;
        assert!((0.2..0.9).contains(&dark), "{}: {dark} of it is air", film.id);
        assert!(!matches!(recipe.preparation.apply(&slice), Err(PrepareError::Blank)), "{} is blank", film.id);
    }
}
