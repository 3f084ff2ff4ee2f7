//! Stretching a film's grey levels between two of its percentiles.

use ndarray::Array2;

/// Grey levels 0 to 255 with the `black` percentile at 0 and the `white` one at 255; `None` where the two coincide.
pub(super) fn stretch(values: &Array2<f32>, black: f64, white: f64) -> Option<Array2<u8>> {
    let mut sorted: Vec<f32> = values.iter().copied().collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let low = percentile(&sorted, black);
    let high = percentile(&sorted, white);
    // Fewer than one 8-bit step between black and white: noise, not a picture.
    if high - low < 257.0 {
        return None;
    }
    let scale = 255.0 / (high - low);
    Some(values.mapv(|value| ((value - low) * scale).clamp(0.0, 255.0).round() as u8))
}

/// The nearest-rank percentile of ascending values.
fn percentile(sorted: &[f32], percent: f64) -> f32 {
    let rank = (percent / 100.0 * (sorted.len() - 1) as f64).round() as usize;
    sorted[rank.min(sorted.len() - 1)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_percentiles_become_black_and_white() {
        let values = Array2::from_shape_fn((10, 101), |(_, x)| x as f32 * 500.0);
        let levels = stretch(&values, 1.0, 99.0).unwrap();
        assert_eq!((levels[[0, 0]], levels[[0, 1]], levels[[0, 50]], levels[[0, 99]]), (0, 0, 128, 255));
    }

    #[test]
    fn a_film_of_one_brightness_has_no_levels() {
        assert_eq!(stretch(&Array2::from_elem((40, 40), 9000.0), 0.5, 99.5), None);
    }
}
