//! Cross-validation along families.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

/// How many times films are parted into some to fit to and some to judge by.
pub const FOLDS: usize = 5;

/// Films dealt into folds so that no family is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds(Vec<usize>);

/// One parting of the films, by their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// What is fitted to.
    pub fitted: Vec<usize>,
    /// What is judged by.
    pub judged: Vec<usize>,
}

impl Folds {
    /// Deals films, of whom each belongs to a family and a stratum; strata are spread evenly.
    ///
    /// The largest families are dealt first, each to the fold that has fewest films of the strata it brings.
    pub fn deal(families: &[usize], strata: &[usize]) -> Self {
        let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (film, family) in families.iter().enumerate() {
            members.entry(*family).or_default().push(film);
        }
        let mut members: Vec<Vec<usize>> = members.into_values().collect();
        members.sort_by_key(|family| Reverse(family.len()));
        let mut dealt: [HashMap<usize, usize>; FOLDS] = Default::default();
        let mut fold_of = vec![0; families.len()];
        for family in members {
            let held = |fold: usize| -> (usize, usize) {
                let alike = family.iter().map(|film| dealt[fold].get(&strata[*film]).copied().unwrap_or(0)).sum();
                (alike, dealt[fold].values().sum())
            };
            let emptiest = (1..FOLDS).fold(0, |best, fold| if held(fold) < held(best) { fold } else { best });
            for film in family {
                *dealt[emptiest].entry(strata[film]).or_default() += 1;
                fold_of[film] = emptiest;
            }
        }
        Self(fold_of)
    }

    /// The folds of some of the films, which are numbered anew in the order of `places`.
    pub fn of(&self, places: &[usize]) -> Self {
        Self(places.iter().map(|at| self.0[*at]).collect())
    }

    /// Each fold.
    pub fn each(&self) -> impl Iterator<Item = Fold> {
        (0..FOLDS).map(|fold| {
            let (judged, fitted) = (0..self.0.len()).partition(|film| self.0[*film] == fold);
            Fold { fitted, judged }
        })
    }

    /// Whether there is something of each class to fit to in every fold.
    pub fn leave_both_classes(&self, abnormal: &[bool]) -> bool {
        self.each().all(|fold| {
            let has = |class: bool| fold.fitted.iter().any(|film| abnormal[*film] == class);
            has(true) && has(false)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_stay_whole_and_strata_are_spread() {
        let families: Vec<usize> = (0..600).map(|film| film / 7 * (1 + film / 300)).collect();
        let strata: Vec<usize> =
            (0..600).map(|film| usize::from(film % 10 == 0) + 2 * usize::from(film > 450)).collect();
        let folds = Folds::deal(&families, &strata);
        let mut judged = vec![0; 600];
        for fold in folds.each() {
            assert!(fold.judged.iter().all(|film| fold.fitted.iter().all(|other| families[*film] != families[*other])));
            fold.judged.iter().for_each(|film| judged[*film] += 1);
            for stratum in 0..4 {
                let count = |places: &[usize]| places.iter().filter(|film| strata[**film] == stratum).count() as f64;
                let total = count(&fold.fitted) + count(&fold.judged);
                assert!(
                    (count(&fold.judged) / total - 0.2).abs() < 0.15,
                    "{stratum}: {} of {total}",
                    count(&fold.judged)
                );
            }
        }
        assert_eq!(judged, vec![1; 600]);
    }

    #[test]
    fn a_class_in_one_family_cannot_be_learned_in_every_fold() {
        let abnormal: Vec<bool> = (0..40).map(|film| film < 4).collect();
        let folds = |families: &[usize]| Folds::deal(families, &[0; 40]).leave_both_classes(&abnormal);
        assert!(folds(&(0..40).collect::<Vec<usize>>()));
        assert!(!folds(&(0..40).map(|film| film / 4).collect::<Vec<usize>>()));
    }
}
