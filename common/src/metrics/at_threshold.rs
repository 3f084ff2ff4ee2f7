//! What calling everything from a threshold on abnormal would have been worth, with intervals that hold for few films.

use super::{Case, Confusion, Interval};

/// Figures at one threshold. Each is `None` where no case bears on it.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct AtThreshold {
    /// Cases with a probability at or above it are called abnormal.
    pub threshold: f64,
    /// Share of abnormal cases that are called abnormal.
    pub sensitivity: Option<Interval>,
    /// Share of normal cases that are not.
    pub specificity: Option<Interval>,
    /// Share of the cases called abnormal that are.
    pub positive_predictive: Option<Interval>,
    /// Share of the cases not called abnormal that are normal.
    pub negative_predictive: Option<Interval>,
}

impl AtThreshold {
    /// The figures of `cases`. The predictive values hold where abnormal cases are as frequent as among these.
    pub fn of<C: Case>(cases: &[C], threshold: f64) -> Self {
        let calls = cases.iter().map(|case| (case.abnormal(), case.probability() >= threshold));
        let Confusion { true_positive: found, false_positive: alarms, true_negative: passed, false_negative: missed } =
            Confusion::count(calls);
        Self {
            threshold,
            sensitivity: wilson(found, found + missed),
            specificity: wilson(passed, passed + alarms),
            positive_predictive: wilson(found, found + alarms),
            negative_predictive: wilson(passed, passed + missed),
        }
    }

    /// The same with the predictive values of a place where a share `prevalence` (0 to 1) of the cases is abnormal, by Bayes' rule.
    /// Their intervals come from the ends of those of sensitivity and specificity together, and are wider than 95 %.
    pub fn where_abnormal_are(self, prevalence: f64) -> Self {
        let by_bayes = |rule: fn(f64, f64, f64) -> f64| {
            let (sensitivity, specificity) = (self.sensitivity?, self.specificity?);
            let at = |end: fn(&Interval) -> f64| rule(end(&sensitivity), end(&specificity), prevalence);
            let interval = Interval { value: at(|i| i.value), low: at(|i| i.low), high: at(|i| i.high) };
            interval.value.is_finite().then_some(interval)
        };
        Self {
            positive_predictive: by_bayes(|sensitivity, specificity, prevalence| {
                let found = sensitivity * prevalence;
                found / (found + (1.0 - specificity) * (1.0 - prevalence))
            }),
            negative_predictive: by_bayes(|sensitivity, specificity, prevalence| {
                let passed = specificity * (1.0 - prevalence);
                passed / (passed + (1.0 - sensitivity) * prevalence)
            }),
            ..self
        }
    }
}

/// A share with its 95 % score interval (Wilson 1927, "Probable inference, the law of succession, and statistical inference"), which
/// says something even where all or none of few cases count. `None` of nothing.
pub fn wilson(part: usize, whole: usize) -> Option<Interval> {
    const Z: f64 = 1.959_963_984_540_054;
    let (value, count) = (part as f64 / whole as f64, whole as f64);
    let shrunk = 1.0 + Z * Z / count;
    let centre = (value + Z * Z / (2.0 * count)) / shrunk;
    let half = Z * (value * (1.0 - value) / count + Z * Z / (4.0 * count * count)).sqrt() / shrunk;
    (whole > 0).then(|| Interval { value, low: (centre - half).max(0.0), high: (centre + half).min(1.0) })
}

#[cfg(test)]
mod tests {
    use super::super::Scored;
    use super::*;

    fn films() -> Vec<Scored> {
        [(true, 0.9), (true, 0.8), (true, 0.3), (false, 0.8), (false, 0.2), (false, 0.1), (false, 0.1)]
            .map(|(abnormal, probability)| Scored { abnormal, probability })
            .to_vec()
    }

    #[test]
    fn figures_count_what_lies_at_or_above() {
        let at = AtThreshold::of(&films(), 0.8);
        let values = [at.sensitivity, at.specificity, at.positive_predictive, at.negative_predictive];
        assert_eq!(values.map(|figure| figure.unwrap().value), [2.0 / 3.0, 3.0 / 4.0, 2.0 / 3.0, 3.0 / 4.0]);
        let none = AtThreshold::of(&films()[..3], 0.95);
        assert_eq!((none.specificity, none.positive_predictive), (None, None));
        assert_eq!(none.negative_predictive.unwrap().value, 0.0);
    }

    #[test]
    fn the_cases_own_prevalence_gives_their_own_predictive_values() {
        let own = AtThreshold::of(&films(), 0.25);
        let elsewhere = own.where_abnormal_are(3.0 / 7.0);
        for (own, elsewhere) in [
            (own.positive_predictive, elsewhere.positive_predictive),
            (own.negative_predictive, elsewhere.negative_predictive),
        ] {
            let (own, elsewhere) = (own.unwrap(), elsewhere.unwrap());
            assert!((own.value - elsewhere.value).abs() < 1e-12);
            assert!(elsewhere.low <= elsewhere.value && elsewhere.value <= elsewhere.high);
        }
        let rare = own.where_abnormal_are(0.01);
        assert!(rare.positive_predictive.unwrap().value < 0.05 && rare.negative_predictive.unwrap().value > 0.99);
    }
}
