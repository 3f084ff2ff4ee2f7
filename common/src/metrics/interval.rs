//! Intervals by the bootstrap.

use std::collections::BTreeMap;

use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// A figure with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    /// The figure on all films.
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} ({:.3} to {:.3})", self.value, self.low, self.high)
    }
}

/// The percentile bootstrap over groups (Efron 1979): films of one group stay together, because they are not independent.
///
/// Resamples on which the figure does not exist are left out; `None` where it does not exist on all films.
pub fn bootstrap<T: Copy>(
    films: &[(u64, T)],
    resamples: usize,
    seed: u64,
    figure: impl Fn(&[T]) -> Option<f64>,
) -> Option<Interval> {
    let [interval] = bootstrap_each(films, resamples, seed, |films| [figure(films)]);
    interval
}

/// [`bootstrap`] of several figures over the same resamples.
pub fn bootstrap_each<T: Copy, const N: usize>(
    films: &[(u64, T)],
    resamples: usize,
    seed: u64,
    figures: impl Fn(&[T]) -> [Option<f64>; N],
) -> [Option<Interval>; N] {
    let mut groups: BTreeMap<u64, Vec<T>> = BTreeMap::new();
    for (group, film) in films {
        groups.entry(*group).or_default().push(*film);
    }
    let groups: Vec<Vec<T>> = groups.into_values().collect();
    let all: Vec<T> = films.iter().map(|(_, film)| *film).collect();
    let values = figures(&all);
    let mut resampled = [(); N].map(|()| Vec::with_capacity(resamples));
    let mut random = Pcg64Mcg::seed_from_u64(seed);
    // Without films there is nothing to draw from, and no figure.
    for _ in 0..if groups.is_empty() { 0 } else { resamples } {
        for (of, figure) in resampled.iter_mut().zip(figures(&resample(&groups, &mut random))) {
            of.extend(figure);
        }
    }
    let mut resampled = resampled.into_iter();
    values.map(|value| {
        let mut figures = resampled.next().unwrap_or_default();
        let value = value?;
        figures.sort_by(f64::total_cmp);
        let at = |share: f64| figures.get((share * figures.len() as f64) as usize).copied().unwrap_or(value);
        Some(Interval { value, low: at(0.025), high: at(0.975) })
    })
}

fn resample<T: Copy>(groups: &[Vec<T>], random: &mut impl Rng) -> Vec<T> {
    (0..groups.len()).flat_map(|_| groups[random.random_range(0..groups.len())].iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(values: &[f64]) -> Option<f64> {
        (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
    }

    #[test]
    fn the_interval_of_a_mean_is_near_the_normal_one() {
        let films: Vec<(u64, f64)> = (0..400).map(|k| (k, f64::from((k % 2) as u8))).collect();
        let interval = bootstrap(&films, 2000, 7, mean).unwrap();
        assert_eq!(interval.value, 0.5);
        assert!((interval.low - 0.451).abs() < 0.01 && (interval.high - 0.549).abs() < 0.01, "{interval}");
    }

    #[test]
    fn films_of_one_group_widen_it() {
        let alone: Vec<(u64, f64)> = (0..200).map(|k| (k, f64::from(((k / 20) % 2) as u8))).collect();
        let grouped: Vec<(u64, f64)> = alone.iter().map(|(k, value)| (k / 20, *value)).collect();
        let width = |films: &[(u64, f64)]| bootstrap(films, 500, 1, mean).map(|i| i.high - i.low).unwrap();
        assert!(width(&grouped) > 2.0 * width(&alone));
    }
}
