//! The receiver operating characteristic.

use super::Scored;

/// Area under the receiver operating characteristic: the chance that an abnormal film scores above a normal one, ties counting
/// one half (Hanley and McNeil 1982). `None` unless both kinds are there.
pub fn auroc(films: &[Scored]) -> Option<f64> {
    let mut order: Vec<&Scored> = films.iter().collect();
    order.sort_by(|a, b| a.probability.total_cmp(&b.probability));
    let abnormal = films.iter().filter(|film| film.abnormal).count();
    let normal = films.len() - abnormal;
    if abnormal == 0 || normal == 0 {
        return None;
    }
    // Twice the sum of the abnormal films' ranks, so that shared ranks stay whole numbers.
    let mut doubled_ranks = 0_usize;
    let mut first = 0;
    for tied in order.chunk_by(|a, b| a.probability == b.probability) {
        let doubled_rank = 2 * first + tied.len() + 1;
        doubled_ranks += doubled_rank * tied.iter().filter(|film| film.abnormal).count();
        first += tied.len();
    }
    let wins = doubled_ranks as f64 / 2.0 - (abnormal * (abnormal + 1)) as f64 / 2.0;
    Some(wins / (abnormal as f64 * normal as f64))
}

/// The highest threshold that still finds at least `sensitivity` (0 to 1) of the abnormal films. `None` without abnormal films.
pub fn operating_threshold(films: &[Scored], sensitivity: f64) -> Option<f64> {
    let mut found: Vec<f64> = films.iter().filter(|film| film.abnormal).map(|film| film.probability).collect();
    found.sort_by(|a, b| b.total_cmp(a));
    let wanted = (sensitivity * found.len() as f64).ceil() as usize;
    found.get(wanted.max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pairwise(films: &[Scored]) -> Option<f64> {
        let (mut wins, mut pairs) = (0.0, 0.0);
        for a in films.iter().filter(|film| film.abnormal) {
            for b in films.iter().filter(|film| !film.abnormal) {
                pairs += 1.0;
                wins += match a.probability.total_cmp(&b.probability) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        (pairs > 0.0).then_some(wins / pairs)
    }

    proptest! {
        #[test]
        fn the_area_is_that_of_all_pairs(films in prop::collection::vec((any::<bool>(), 0_u8..12), 0..60)) {
            let films: Vec<Scored> = films
                .into_iter()
                .map(|(abnormal, tenth)| Scored { abnormal, probability: f64::from(tenth) / 11.0 })
                .collect();
            match (auroc(&films), pairwise(&films)) {
                (Some(fast), Some(slow)) => prop_assert!((fast - slow).abs() < 1e-12),
                (fast, slow) => prop_assert_eq!(fast, slow),
            }
        }

        #[test]
        fn the_threshold_reaches_the_sensitivity(
            films in prop::collection::vec((any::<bool>(), 0.0..1.0_f64), 1..60), sensitivity in 0.01..1.0_f64,
        ) {
            let films: Vec<Scored> =
                films.into_iter().map(|(abnormal, probability)| Scored { abnormal, probability }).collect();
            if let Some(threshold) = operating_threshold(&films, sensitivity) {
                let abnormal: Vec<_> = films.iter().filter(|film| film.abnormal).collect();
                let found = abnormal.iter().filter(|film| film.probability >= threshold).count();
                prop_assert!(found as f64 >= sensitivity * abnormal.len() as f64);
            }
        }
    }
}
