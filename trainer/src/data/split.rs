//! Parting the films: training, validation and hold-out, along their ties. Where a data set has parts of its own, they stay.
//!
//! The part a film is in is a type: what learns accepts `Part<Training>` and `Part<Validation>`, so that held-out films
//! cannot reach it by mistake:
//!
//! ```compile_fail
//! use fieldray_trainer::data::split::{HoldOut, Part, Training};
//! fn learn_from(_: &Part<Training>) {}
//! fn cheat(hold_out: &Part<HoldOut>) {
//!     learn_from(hold_out);
//! }
//! ```

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    marker::PhantomData,
};

use anyhow::{Result, bail};
use fieldray_common::region::Region;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::manifest::{Film, Label, OwnPart};
use crate::recipe::Fractions;

/// The films in their parts.
#[derive(Debug, Clone)]
pub struct Split {
    /// What weights are learned from.
    pub training: Part<Training>,
    /// What epochs, classifiers and operating points are chosen by.
    pub validation: Part<Validation>,
    /// What gives the figures, and nothing else.
    pub hold_out: Part<HoldOut>,
}

/// Films of one part; only [`split`] makes one.
#[derive(Debug, Clone)]
pub struct Part<Role> {
    films: Vec<Film>,
    role: PhantomData<Role>,
}

/// The part weights are learned from.
#[derive(Debug, Clone, Copy)]
pub enum Training {}

/// The part choices are made by.
#[derive(Debug, Clone, Copy)]
pub enum Validation {}

/// The part that stays unseen until the figures are made.
#[derive(Debug, Clone, Copy)]
pub enum HoldOut {}

impl<Role> Part<Role> {
    fn new(films: Vec<Film>) -> Self {
        Self { films, role: PhantomData }
    }

    /// Its films, in the order of their sources.
    pub fn films(&self) -> &[Film] {
        &self.films
    }

    /// Those of its films that `wanted` accepts.
    pub fn only(&self, wanted: impl Fn(&Film) -> bool) -> Self {
        Self::new(self.films.iter().filter(|film| wanted(film)).cloned().collect())
    }
}

impl Split {
    /// The ids of each part, as `split.json` lists them.
    pub fn listing(&self) -> Value {
        fn ids<Role>(part: &Part<Role>) -> Vec<&str> {
            part.films.iter().map(|film| film.id.as_str()).collect()
        }
        json!({
            "training": ids(&self.training),
            "validation": ids(&self.validation),
            "hold_out": ids(&self.hold_out),
        })
    }
}

/// What should be shared out evenly: real or simulated, region, label; each by itself where a data set has parts of its own.
type Stratum = (bool, Region, Label, Option<OwnPart>);

/// Parts films so that no tie is cut and every region and label comes near its share in every part.
///
/// Films bound by ties, directly or through others, form a family. Families are dealt largest first, each to the part where
/// it brings the counts of its strata nearest to the wanted ones (least squares, each stratum by its own size). The same films
/// and seed give the same parts.
///
/// # Errors
/// Where data sets put films of one family in different parts.
pub fn split(films: Vec<Film>, fractions: &Fractions, seed: u64) -> Result<Split> {
    let mut totals: BTreeMap<Stratum, f64> = BTreeMap::new();
    for film in &films {
        *totals.entry(stratum(film)).or_default() += 1.0;
    }
    let mut families = families(&films);
    // By a hash of its own each, so that more phantoms leave the real films where they are.
    let lot = |film: &Film| Sha256::digest(format!("{seed} {}", film.id)).to_vec();
    families.sort_by_cached_key(|family| (Reverse(family.len()), lot(&films[family[0]])));

    let mut dealt: [BTreeMap<Stratum, f64>; 3] = Default::default();
    let mut part_of = vec![0; films.len()];
    for family in families {
        let mut counts: BTreeMap<Stratum, f64> = BTreeMap::new();
        for &film in &family {
            *counts.entry(stratum(&films[film])).or_default() += 1.0;
        }
        // The squared distance to the wanted count falls most where the family meets the largest want.
        let gain = |part: usize| -> f64 {
            counts
                .iter()
                .map(|(of, count)| {
                    let want = shares(of.3, fractions)[part] * totals[of] - dealt[part].get(of).unwrap_or(&0.0);
                    count * want / (totals[of] * totals[of])
                })
                .sum()
        };
        let open = (0..3).filter(|&part| counts.keys().all(|of| allowed(of.3)[part]));
        let best = open.reduce(|best, part| if gain(part) > gain(best) { part } else { best });
        let Some(best) = best else { bail!(divided(&family.iter().map(|&at| &films[at]).collect::<Vec<_>>())) };
        for (of, count) in counts {
            *dealt[best].entry(of).or_default() += count;
        }
        for film in family {
            part_of[film] = best;
        }
    }

    let mut parts: [Vec<Film>; 3] = Default::default();
    for (film, part) in films.into_iter().zip(part_of) {
        parts[part].push(film);
    }
    let [training, validation, hold_out] = parts;
    Ok(Split { training: Part::new(training), validation: Part::new(validation), hold_out: Part::new(hold_out) })
}

fn stratum(film: &Film) -> Stratum {
    (film.is_real(), film.region, film.label, film.own_part)
}

/// Wanted shares of films in training, validation and hold-out.
fn shares(own: Option<OwnPart>, Fractions { training, validation, hold_out }: &Fractions) -> [f64; 3] {
    match own {
        None => [*training, *validation, *hold_out],
        Some(OwnPart::Learning) => [training / (training + validation), validation / (training + validation), 0.0],
        Some(_) => allowed(own).map(|allowed| if allowed { 1.0 } else { 0.0 }),
    }
}

/// Whether films may be in training, validation and hold-out.
fn allowed(own: Option<OwnPart>) -> [bool; 3] {
    match own {
        None => [true, true, true],
        Some(OwnPart::Learning) => [true, true, false],
        Some(OwnPart::Training) => [true, false, false],
        Some(OwnPart::Validation) => [false, true, false],
        Some(OwnPart::HoldOut) => [false, false, true],
    }
}

/// What is wrong with a family that data sets divide, shown on two of its films.
fn divided(family: &[&Film]) -> String {
    let put = || family.iter().filter_map(|film| Some((film, film.own_part?)));
    let apart = |one: OwnPart, other: OwnPart| {
        let (one, other) = (allowed(Some(one)), allowed(Some(other)));
        !(0..3).any(|part| one[part] && other[part])
    };
    let pairs =
        || put().flat_map(|one| put().filter(move |other| apart(one.1, other.1)).map(move |other| (one, other)));
    let bound = |one: &Film, other: &Film| other.ties().find(|tie| one.ties().any(|own| own == *tie));
    let direct = pairs().find_map(|(one, other)| Some((one, other, bound(one.0, other.0)?)));
    let (one, other, why) = match (direct, pairs().next()) {
        (Some((one, other, tie)), _) => (one, other, format!("both are of {tie}")),
        (None, Some((one, other))) => (one, other, "other films tie the two together".to_owned()),
        (None, None) => return "a data set puts films that belong together in three parts".to_owned(),
    };
    format!(
        "{} is in the {} part and {} in the {} part, but {why}; put what belongs together in one part",
        one.0.id,
        one.1.name(),
        other.0.id,
        other.1.name()
    )
}

/// Films (by place) that ties bind together, in the order of their first films. Union-find with path halving.
pub fn families(films: &[Film]) -> Vec<Vec<usize>> {
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut parent: Vec<usize> = (0..films.len()).collect();
    let mut first_with: HashMap<String, usize> = HashMap::new();
    for (at, film) in films.iter().enumerate() {
        for tie in film.ties() {
            let other = *first_with.entry(tie).or_insert(at);
            let (mine, theirs) = (root(&mut parent, at), root(&mut parent, other));
            parent[mine.max(theirs)] = mine.min(theirs);
        }
    }
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for at in 0..films.len() {
        families.entry(root(&mut parent, at)).or_default().push(at);
    }
    families.into_values().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::data::manifest::Origin;

    const FRACTIONS: Fractions = Fractions { training: 0.65, validation: 0.15, hold_out: 0.2 };

    fn film(number: u32, region: Region, label: Label) -> Film {
        Film::new(format!("source/{number}"), Origin::File(format!("{number}.jpg").into()), region, label)
    }

    /// Films whose blocks of ten and groups overlap in chains, as in FracAtlas.
    fn films() -> Vec<Film> {
        let regions = [Region::Leg, Region::Leg, Region::Leg, Region::Hand, Region::Hand, Region::Hip];
        (0..1500_u32)
            .map(|number| {
                let label = if number % 5 == 0 { Label::Abnormal } else { Label::Normal };
                let group = if number % 40 == 0 { number / 100 } else { 1000 + number };
                Film {
                    groups: vec![format!("block {}", number / 10), format!("group {group}")],
                    ..film(number, regions[(number / 7 % 6) as usize], label)
                }
            })
            .collect()
    }

    #[test]
    fn no_tie_is_cut_and_no_film_lost() {
        let split = split(films(), &FRACTIONS, 7).unwrap();
        let ties = |films: &[Film]| films.iter().flat_map(Film::ties).collect::<HashSet<_>>();
        let parts = [split.training.films(), split.validation.films(), split.hold_out.films()];
        assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), 1500);
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert!(ties(parts[one]).is_disjoint(&ties(parts[other])));
        }
    }

    #[test]
    fn every_stratum_comes_near_its_share() {
        let split = split(films(), &FRACTIONS, 7).unwrap();
        for region in [Region::Leg, Region::Hand, Region::Hip] {
            for label in [Label::Normal, Label::Abnormal] {
                let count = |films: &[Film]| {
                    films.iter().filter(|film| film.region == region && film.label == label).count() as f64
                };
                let total = count(&films());
                assert!((count(split.hold_out.films()) / total - 0.2).abs() < 0.06, "{region} {label:?}");
                assert!((count(split.validation.films()) / total - 0.15).abs() < 0.06, "{region} {label:?}");
            }
        }
    }

    #[test]
    fn the_seed_decides() {
        let listing = |seed| split(films(), &FRACTIONS, seed).unwrap().listing();
        assert_eq!(listing(1), listing(1));
        assert_ne!(listing(1), listing(2));
    }

    /// Four films a patient; every fifth patient is held out by the data set, and of one the data set says training.
    fn with_own_parts() -> Vec<Film> {
        let own = |patient: u32| match patient {
            17 => OwnPart::Training,
            _ if patient.is_multiple_of(5) => OwnPart::HoldOut,
            _ => OwnPart::Learning,
        };
        (0..800_u32)
            .map(|number| Film {
                patient: Some((number / 4).to_string()),
                own_part: Some(own(number / 4)),
                ..film(number, Region::Wrist, if number % 8 < 4 { Label::Abnormal } else { Label::Normal })
            })
            .collect()
    }

    #[test]
    fn the_parts_of_a_data_set_stay() {
        let split = split(with_own_parts(), &FRACTIONS, 3).unwrap();
        let wanted: Vec<Film> =
            with_own_parts().into_iter().filter(|film| film.own_part == Some(OwnPart::HoldOut)).collect();
        assert_eq!(split.hold_out.films(), wanted);
        assert!(split.training.films().iter().any(|film| film.patient.as_deref() == Some("17")));
        let share = split.validation.films().len() as f64 / (800 - wanted.len()) as f64;
        assert!((share - 0.15 / 0.8).abs() < 0.01, "{share}");
    }

    #[test]
    fn a_data_set_that_divides_a_family_is_refused() {
        let mut films = with_own_parts();
        films[4].own_part = Some(OwnPart::HoldOut);
        let refusal = |films| split(films, &FRACTIONS, 3).unwrap_err().to_string();
        assert_eq!(
            refusal(films),
            "source/4 is in the hold-out part and source/5 in the learning part, but both are of source patient 1; put what \
             belongs together in one part"
        );
        let mut films = with_own_parts();
        films[4].groups = vec!["group".to_owned()];
        films[40].groups = films[4].groups.clone();
        assert!(refusal(films).contains("source/40 in the hold-out part"));
    }
}
