//! Two models on the same cases: is one of them better?

use super::rank::midranks;

/// A case that two models scored.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paired {
    /// Whether it truly is abnormal.
    pub abnormal: bool,
    /// What the first model says, 0 to 1.
    pub first: f64,
    /// What the second model says, 0 to 1.
    pub second: f64,
}

/// Two correlated areas under the ROC curve, compared.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct DeLong {
    /// Area of the first model.
    pub first: f64,
    /// Area of the second model.
    pub second: f64,
    /// Standard error of `second - first`.
    pub standard_error: f64,
    /// The chance of a difference this large between equal areas, two-sided.
    pub p_value: f64,
}

impl DeLong {
    /// How much larger the second area is.
    pub fn difference(&self) -> f64 {
        self.second - self.first
    }
}

/// DeLong's test for the areas of two models on the same cases (DeLong et al. 1988, Biometrics 44), by midranks in the time of a
/// sort (Sun and Xu 2014, IEEE Signal Processing Letters 21). It takes cases as independent: where films of one patient are
/// among them, a bootstrap over patients says more. `None` with fewer than two cases of either kind.
pub fn delong(cases: &[Paired]) -> Option<DeLong> {
    let of = |abnormal: bool, model: fn(&Paired) -> f64| -> Vec<f64> {
        cases.iter().filter(|case| case.abnormal == abnormal).map(model).collect()
    };
    let [first, second] = [(|case| case.first) as fn(&Paired) -> f64, |case| case.second]
        .map(|model| Placements::new(&of(true, model), &of(false, model)));
    let (abnormal, normal) = (first.of_abnormal.len(), first.of_normal.len());
    if abnormal < 2 || normal < 2 {
        return None;
    }
    let variance = variance_of_difference(&second.of_abnormal, &first.of_abnormal) / abnormal as f64
        + variance_of_difference(&second.of_normal, &first.of_normal) / normal as f64;
    let (first, second, standard_error) = (first.area(), second.area(), variance.sqrt());
    let difference = (second - first).abs();
    // Equal areas do not differ, even where there is no spread to measure a difference by.
    let p_value =
        if difference == 0.0 { 1.0 } else { libm::erfc(difference / standard_error / std::f64::consts::SQRT_2) };
    Some(DeLong { first, second, standard_error, p_value })
}

/// The structural components of an area (DeLong et al. 1988).
struct Placements {
    /// For each abnormal case, the share of normal cases below it.
    of_abnormal: Vec<f64>,
    /// For each normal case, the share of abnormal cases above it.
    of_normal: Vec<f64>,
}

impl Placements {
    fn new(abnormal: &[f64], normal: &[f64]) -> Self {
        let among_all = midranks(&[abnormal, normal].concat());
        let (abnormal_among_all, normal_among_all) = among_all.split_at(abnormal.len());
        // A rank among all less the rank among its own kind counts those of the other kind below, ties half.
        let below = |among_all: &[f64], own: &[f64], others: usize| -> Vec<f64> {
            among_all.iter().zip(midranks(own)).map(|(all, own)| (all - own) / others as f64).collect()
        };
        let of_abnormal = below(abnormal_among_all, abnormal, normal.len());
        let of_normal = below(normal_among_all, normal, abnormal.len()).into_iter().map(|below| 1.0 - below).collect();
        Self { of_abnormal, of_normal }
    }

    fn area(&self) -> f64 {
        self.of_abnormal.iter().sum::<f64>() / self.of_abnormal.len() as f64
    }
}

/// The unbiased variance of `a - b`.
fn variance_of_difference(a: &[f64], b: &[f64]) -> f64 {
    let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    differences.iter().map(|difference| (difference - mean).powi(2)).sum::<f64>() / (differences.len() - 1) as f64
}

/// The cases on which exactly one of two models was right (McNemar 1947).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct McNemar {
    /// Cases that only the first model got right.
    pub only_first: usize,
    /// Cases that only the second model got right.
    pub only_second: usize,
}

impl McNemar {
    /// Counts pairs of whether the first and the second model were right.
    pub fn count(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let mut counts = Self::default();
        for pair in pairs {
            match pair {
                (true, false) => counts.only_first += 1,
                (false, true) => counts.only_second += 1,
                (true, true) | (false, false) => {}
            }
        }
        counts
    }

    /// The chance of a division this uneven between equal models, two-sided, by the binomial distribution.
    pub fn exact_p_value(&self) -> f64 {
        let (total, fewer) = (self.only_first + self.only_second, self.only_first.min(self.only_second));
        let log_factorial = |n: usize| libm::lgamma(n as f64 + 1.0);
        let log_all = total as f64 * std::f64::consts::LN_2;
        let log_ways = |k: usize| log_factorial(total) - log_factorial(k) - log_factorial(total - k);
        let tail: f64 = (0..=fewer).map(|k| (log_ways(k) - log_all).exp()).sum();
        (2.0 * tail).min(1.0)
    }

    /// The same chance by the chi-squared distribution with continuity correction (Edwards 1948).
    pub fn corrected_p_value(&self) -> f64 {
        let total = self.only_first + self.only_second;
        let excess = self.only_first.abs_diff(self.only_second).saturating_sub(1) as f64;
        // With one degree of freedom the tail beyond x is erfc(sqrt(x / 2)).
        if total == 0 { 1.0 } else { libm::erfc(excess / (2.0 * total as f64).sqrt()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paired(abnormal: bool, first: f64, second: f64) -> Paired {
        Paired { abnormal, first, second }
    }

    #[test]
    fn a_model_does_not_differ_from_itself() {
        let cases: Vec<_> = (0..30).map(|k| paired(k % 3 == 0, f64::from(k * 7 % 11), f64::from(k * 7 % 11))).collect();
        let test = delong(&cases).unwrap();
        assert_eq!((test.difference(), test.p_value), (0.0, 1.0));
        assert_eq!(delong(&cases[..3]), None);
    }

    #[test]
    fn equal_counts_are_no_difference() {
        let even = McNemar { only_first: 9, only_second: 9 };
        assert_eq!((even.exact_p_value(), even.corrected_p_value()), (1.0, 1.0));
        let none = McNemar::count([(true, true), (false, false)]);
        assert_eq!((none.exact_p_value(), none.corrected_p_value()), (1.0, 1.0));
    }

    #[test]
    fn ten_against_one_is_unlikely() {
        // 2 * (1 + 11) / 2^11
        let uneven = McNemar { only_first: 1, only_second: 10 };
        assert!((uneven.exact_p_value() - 24.0 / 2048.0).abs() < 1e-12);
    }
}
