//! The nearest training films.

use ndarray::{Array1, Array2};

use super::ClassifierError;

/// Training films by their fused features; of a new film's `count` nearest, the abnormal ones' share speaks.
#[derive(Debug, Clone, PartialEq)]
pub struct Neighbours {
    films: Array2<f64>,
    abnormal: Vec<bool>,
    count: usize,
}

impl Neighbours {
    /// Training `films` (N x K), whether each is `abnormal` (N), and how many are asked: 1 to N.
    pub fn new(films: Array2<f64>, abnormal: Vec<bool>, count: usize) -> Result<Self, ClassifierError> {
        let wrong = |cause: String| Err(ClassifierError { kind: "nearest-neighbour classifier", cause });
        if films.nrows() != abnormal.len() {
            return wrong(format!("{} films with {} labels", films.nrows(), abnormal.len()));
        }
        if !(1..=abnormal.len()).contains(&count) {
            return wrong(format!("{count} neighbours of {} films", abnormal.len()));
        }
        Ok(Self { films, abnormal, count })
    }

    /// The training films, N x K.
    pub fn films(&self) -> &Array2<f64> {
        &self.films
    }

    /// Whether each is abnormal (N).
    pub fn abnormal(&self) -> &[bool] {
        &self.abnormal
    }

    /// How many are asked.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The share of abnormal films among the nearest (0 to 1), by the Euclidean distance of fused features (K).
    pub fn share(&self, fused: &Array1<f64>) -> f64 {
        let mut nearest: Vec<(f64, bool)> = (self.films.rows().into_iter())
            .map(|film| film.iter().zip(fused).map(|(a, b)| (a - b) * (a - b)).sum())
            .zip(self.abnormal.iter().copied())
            .collect();
        nearest.select_nth_unstable_by(self.count - 1, |one, other| one.0.total_cmp(&other.0));
        let abnormal = nearest[..self.count].iter().filter(|(_, abnormal)| *abnormal).count();
        abnormal as f64 / self.count as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn only_the_nearest_are_asked() {
        let films = array![[0.0], [1.0], [1.5], [9.0], [9.5]];
        let neighbours = Neighbours::new(films, vec![false, true, true, false, false], 3).unwrap();
        assert!((neighbours.share(&array![0.4]) - 2.0 / 3.0).abs() < 1e-12);
        assert!((neighbours.share(&array![20.0]) - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn parts_that_do_not_fit_are_refused() {
        assert!(Neighbours::new(array![[0.0]], vec![true, false], 1).is_err());
        assert!(Neighbours::new(array![[0.0]], vec![true], 0).is_err());
        assert!(Neighbours::new(array![[0.0]], vec![true], 2).is_err());
    }
}
