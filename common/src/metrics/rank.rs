//! Ranks, and agreement in them.

/// The rank of each value, 1 for the lowest; equal values share the mean of their ranks.
pub(super) fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for tied in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = first as f64 + (tied.len() + 1) as f64 / 2.0;
        tied.iter().for_each(|at| ranks[*at] = rank);
        first += tied.len();
    }
    ranks
}

/// Spearman's rank correlation of two series (1904): the correlation of their ranks, -1 to 1.
/// `None` where their lengths differ or one of them is constant.
pub fn rank_correlation(one: &[f64], other: &[f64]) -> Option<f64> {
    if one.len() != other.len() {
        return None;
    }
    let (one, other) = (midranks(one), midranks(other));
    // Ties do not change the mean of the ranks.
    let mean = (one.len() as f64 + 1.0) / 2.0;
    let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - mean) * (b - mean)).sum::<f64>();
    let (joint, own, others) = (product(&one, &other), product(&one, &one), product(&other, &other));
    (own > 0.0 && others > 0.0).then(|| joint / (own * others).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_their_ranks() {
        assert_eq!(midranks(&[0.5, 0.1, 0.5, 0.9, 0.5]), [3.0, 1.0, 3.0, 5.0, 3.0]);
    }

    #[test]
    fn any_rising_function_agrees_fully() {
        let one: Vec<f64> = (0..20).map(|k| f64::from((k * 7) % 20)).collect();
        let risen: Vec<f64> = one.iter().map(|x| x.exp()).collect();
        let fallen: Vec<f64> = one.iter().map(|x| -x.powi(3)).collect();
        assert_eq!(rank_correlation(&one, &risen), Some(1.0));
        assert_eq!(rank_correlation(&one, &fallen), Some(-1.0));
        assert_eq!(rank_correlation(&one, &[1.0; 20]), None);
    }
}
