//! Decisions against the truth.

/// Counts of a two-class decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Abnormal films called abnormal.
    pub true_positive: usize,
    /// Normal films called abnormal.
    pub false_positive: usize,
    /// Normal films called normal.
    pub true_negative: usize,
    /// Abnormal films called normal.
    pub false_negative: usize,
}

impl Confusion {
    /// Counts pairs of truth and call, `true` for abnormal.
    pub fn count(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for (truth, call) in pairs {
            *match (truth, call) {
                (true, true) => &mut counts.true_positive,
                (false, true) => &mut counts.false_positive,
                (false, false) => &mut counts.true_negative,
                (true, false) => &mut counts.false_negative,
            } += 1;
        }
        counts
    }

    /// Share of abnormal films that were found. `None` where there are none.
    pub fn sensitivity(&self) -> Option<f64> {
        share(self.true_positive, self.true_positive + self.false_negative)
    }

    /// Share of normal films that were let pass.
    pub fn specificity(&self) -> Option<f64> {
        share(self.true_negative, self.true_negative + self.false_positive)
    }

    /// Share of calls of `abnormal` that were right (positive predictive value).
    pub fn precision(&self) -> Option<f64> {
        share(self.true_positive, self.true_positive + self.false_positive)
    }

    /// Share of all calls that were right.
    pub fn accuracy(&self) -> Option<f64> {
        share(self.true_positive + self.true_negative, self.total())
    }

    /// Harmonic mean of precision and sensitivity.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.true_positive, 2 * self.true_positive + self.false_positive + self.false_negative)
    }

    /// Agreement beyond chance (Cohen 1960). `None` where chance alone would agree always.
    pub fn kappa(&self) -> Option<f64> {
        let total = self.total() as f64;
        let called = (self.true_positive + self.false_positive) as f64 / total;
        let abnormal = (self.true_positive + self.false_negative) as f64 / total;
        let by_chance = called * abnormal + (1.0 - called) * (1.0 - abnormal);
        let observed = self.accuracy()?;
        (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
    }

    fn total(&self) -> usize {
        self.true_positive + self.false_positive + self.true_negative + self.false_negative
    }
}

fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tables of the paper's test sets give its published figures (Cancers 2023, 15, 4007).
    #[test]
    fn the_published_tables_give_the_published_figures() {
        let humerus = Confusion { true_positive: 124, false_negative: 16, false_positive: 19, true_negative: 129 };
        let wrist = Confusion { true_positive: 227, false_negative: 68, false_positive: 27, true_negative: 337 };
        for (table, accuracy, f1, kappa) in [(humerus, 87.85, 87.63, 75.69), (wrist, 85.58, 82.70, 70.46)] {
            for (ours, published) in [(table.accuracy(), accuracy), (table.f1(), f1), (table.kappa(), kappa)] {
                assert!((ours.unwrap() * 100.0 - published).abs() < 0.01, "{ours:?} {published}");
            }
        }
    }

    #[test]
    fn nothing_counted_gives_no_figure() {
        let none = Confusion::default();
        assert_eq!((none.accuracy(), none.kappa(), none.f1(), none.precision()), (None, None, None, None));
    }
}
