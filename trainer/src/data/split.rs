//! Parting the films: training, validation and hold-out, along their ties.
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

use fieldray_common::region::Region;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::manifest::{Film, Label};
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

/// What should be shared out evenly: real or simulated, region, label.
type Stratum = (bool, Region, Label);

/// Parts films so that no tie is cut and every region and label comes near its share in every part.
///
/// Films bound by ties, directly or through others, form a family. Families are dealt largest first, each to the part where
/// it brings the counts of its strata nearest to the wanted ones (least squares, each stratum by its own size). The same films
/// and seed give the same parts.
pub fn split(films: Vec<Film>, fractions: &Fractions, seed: u64) -> Split {
    let shares = [fractions.training, fractions.validation, fractions.hold_out];
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
                    let want = shares[part] * totals[of] - dealt[part].get(of).unwrap_or(&0.0);
                    count * want / (totals[of] * totals[of])
                })
                .sum()
        };
        let best = (1..3).fold(0, |best, part| if gain(part) > gain(best) { part } else { best });
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
    Split { training: Part::new(training), validation: Part::new(validation), hold_out: Part::new(hold_out) }
}

fn stratum(film: &Film) -> Stratum {
    (film.is_real(), film.region, film.label)
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
    let mut first_with: HashMap<&str, usize> = HashMap::new();
    for (at, film) in films.iter().enumerate() {
        for tie in &film.ties {
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
    use crate::data::manifest::{Hardware, Origin};

    const FRACTIONS: Fractions = Fractions { training: 0.65, validation: 0.15, hold_out: 0.2 };

    /// Films whose blocks of ten and groups overlap in chains, as in FracAtlas.
    fn films() -> Vec<Film> {
        let regions = [Region::Leg, Region::Leg, Region::Leg, Region::Hand, Region::Hand, Region::Hip];
        (0..1500_u32)
            .map(|number| Film {
                id: format!("film {number}"),
                origin: Origin::File(format!("{number}.jpg").into()),
                region: regions[(number / 7 % 6) as usize],
                shows: vec![],
                label: if number % 5 == 0 { Label::Abnormal } else { Label::Normal },
                hardware: Hardware::Absent,
                lesions: vec![],
                size_px: [100, 100],
                ties: vec![
                    format!("block {}", number / 10),
                    format!("group {}", if number % 40 == 0 { number / 100 } else { 1000 + number }),
                ],
            })
            .collect()
    }

    #[test]
    fn no_tie_is_cut_and_no_film_lost() {
        let split = split(films(), &FRACTIONS, 7);
        let ties = |films: &[Film]| films.iter().flat_map(|film| film.ties.clone()).collect::<HashSet<_>>();
        let parts = [split.training.films(), split.validation.films(), split.hold_out.films()];
        assert_eq!(parts.iter().map(|part| part.len()).sum::<usize>(), 1500);
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            assert!(ties(parts[one]).is_disjoint(&ties(parts[other])));
        }
    }

    #[test]
    fn every_stratum_comes_near_its_share() {
        let split = split(films(), &FRACTIONS, 7);
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
        let listing = |seed| split(films(), &FRACTIONS, seed).listing();
        assert_eq!(listing(1), listing(1));
        assert_ne!(listing(1), listing(2));
    }
}
