//! The energy-based pointing game: how much of the heatmap lies in the lesions' boxes? (Wang et al. 2020, "Score-CAM".)

use fieldray_common::explain::Heatmap;

use super::Lesions;

/// The share (0 to 1) of the heatmap's evidence that lies in the boxes; an even heatmap gets the boxes' area. `None` where the
/// heatmap has no positive evidence.
pub fn in_boxes(heatmap: &Heatmap, lesions: &Lesions) -> Option<f64> {
    let of = heatmap.placement;
    let (mut inside, mut all) = (0.0, 0.0);
    for y in 0..of.height_px {
        for x in 0..of.width_px {
            let evidence = f64::from(heatmap.values[[of.top_px + y, of.left_px + x]]);
            let place = [(x as f64 + 0.5) / of.width_px as f64, (y as f64 + 0.5) / of.height_px as f64];
            all += evidence;
            inside += if lesions.contain(place[0], place[1]) { evidence } else { 0.0 };
        }
    }
    (all > 0.0).then(|| inside / all)
}

#[cfg(test)]
mod tests {
    use fieldray_common::prepare::Placement;
    use ndarray::Array2;

    use super::*;

    #[test]
    fn an_even_heatmap_has_the_share_of_the_area() {
        let lesions = Lesions::from(vec![[0.25, 0.5, 0.5, 0.25]]);
        let placement = Placement::centred(400, 200, 64);
        let even = Heatmap::of(Array2::ones((64, 64)), placement);
        assert!((in_boxes(&even, &lesions).unwrap() - lesions.area()).abs() < 1e-6);
        let none = Heatmap::of(-Array2::<f64>::ones((64, 64)), placement);
        assert_eq!(in_boxes(&none, &lesions), None);
    }
}
