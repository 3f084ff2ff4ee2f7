//! What a figure counts: films or studies, never both.

use std::collections::BTreeMap;

/// Something with a true label and a predicted probability.
///
/// Every metric takes a slice of one kind of case, so that figures of films and of studies cannot be mixed.
pub trait Case {
    /// Whether it truly is abnormal.
    fn abnormal(&self) -> bool;
    /// What the model says, 0 to 1.
    fn probability(&self) -> f64;
}

/// A film's true label with the probability the model gave it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Whether the film is abnormal.
    pub abnormal: bool,
    /// What the model says, 0 to 1.
    pub probability: f64,
}

/// A study's label with the mean probability of its films; only [`studies`] makes one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoredStudy {
    films: usize,
    abnormal: bool,
    sum: f64,
}

impl ScoredStudy {
    /// How many films it has, at least 1.
    pub fn films(&self) -> usize {
        self.films
    }
}

impl Case for Scored {
    fn abnormal(&self) -> bool {
        self.abnormal
    }

    fn probability(&self) -> f64 {
        self.probability
    }
}

impl Case for ScoredStudy {
    fn abnormal(&self) -> bool {
        self.abnormal
    }

    fn probability(&self) -> f64 {
        self.sum / self.films as f64
    }
}

/// The studies that `films` belong to, by their names: abnormal where any film is, with the mean of the films' probabilities
/// (Rajpurkar et al. 2018, "MURA").
pub fn studies<Name: Ord>(films: impl IntoIterator<Item = (Name, Scored)>) -> BTreeMap<Name, ScoredStudy> {
    let mut studies = BTreeMap::new();
    for (name, film) in films {
        let study = studies.entry(name).or_insert(ScoredStudy { films: 0, abnormal: false, sum: 0.0 });
        study.films += 1;
        study.abnormal |= film.abnormal;
        study.sum += film.probability;
    }
    studies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_study_has_the_mean_of_its_films() {
        let film = |abnormal, probability| Scored { abnormal, probability };
        let studies = studies([("b", film(false, 0.5)), ("a", film(true, 0.9)), ("a", film(false, 0.2))]);
        let told: Vec<_> =
            studies.iter().map(|(name, study)| (*name, study.films(), study.abnormal(), study.probability())).collect();
        assert_eq!(told, [("a", 2, true, 0.55), ("b", 1, false, 0.5)]);
    }
}
