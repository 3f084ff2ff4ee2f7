//! Stretching a film's grey levels between two of its percentiles.

use ndarray::Array2;

/// Grey levels 0 to 255 with the `black` percentile at 0 and the `white` one at 255; `None` where the two coincide.
pub(super) fn stretch(values: &Array2<f32>, black: f64, white: f64) -> Option<Array2<u8>> {
    let mut shades: Vec<f32> = values.iter().copied().collect();
    let low = percentile(&mut shades, black);
    let high = percentile(&mut shades, white);
    // Fewer than one 8-bit step between black and white: noise, not a picture.
    if high - low < 257.0 {
        return None;
    }
    let scale = 255.0 / (high - low);
    Some(values.mapv(|value| nearest(((value - low) * scale).clamp(0.0, 255.0))))
}

/// The nearest whole number to one from 0 to 255, halves upwards: `round` without the call that it is where the processor has no such
/// instruction for certain.
fn nearest(value: f32) -> u8 {
    let whole = value as u8;
    whole + u8::from(value - f32::from(whole) >= 0.5)
}

/// The nearest-rank percentile of the values, which are put into another order.
fn percentile(values: &mut [f32], percent: f64) -> f32 {
    let last = values.len() - 1;
    let rank = (percent / 100.0 * last as f64).round() as usize;
    *values.select_nth_unstable_by(rank.min(last), f32::total_cmp).1
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
