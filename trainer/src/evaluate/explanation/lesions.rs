//! What a reader marked on a film.

use crate::data::manifest::Film;

/// The boxes of a film with at least one, as shares of its width and height: `[left, top, width, height]`, 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesions(Vec<[f64; 4]>);

impl Lesions {
    /// The film's boxes, if it has any.
    pub fn of(film: &Film) -> Option<Self> {
        (!film.lesions.is_empty()).then(|| Self(film.lesions.clone()))
    }

    /// Whether a place of the film (shares of its width and height) lies in a box.
    pub fn contain(&self, x: f64, y: f64) -> bool {
        let within = |[left, top, width, height]: &[f64; 4]| {
            (*left..left + width).contains(&x) && (*top..top + height).contains(&y)
        };
        self.0.iter().any(within)
    }

    /// The share of the film that the boxes cover, what they share counted once.
    pub fn area(&self) -> f64 {
        let edges = |first: usize, length: usize| {
            let ends = self.0.iter().flat_map(|of| [of[first], of[first] + of[length]]);
            let mut edges: Vec<f64> = ends.map(|edge| edge.clamp(0.0, 1.0)).collect();
            edges.sort_by(f64::total_cmp);
            edges
        };
        let (across, down) = (edges(0, 2), edges(1, 3));
        let cells = across.windows(2).flat_map(|x| down.windows(2).map(move |y| (x, y)));
        let covered = cells.filter(|(x, y)| self.contain((x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0));
        covered.map(|(x, y)| (x[1] - x[0]) * (y[1] - y[0])).sum()
    }
}

#[cfg(test)]
impl From<Vec<[f64; 4]>> for Lesions {
    fn from(boxes: Vec<[f64; 4]>) -> Self {
        Self(boxes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_boxes_share_counts_once() {
        let lesions = Lesions::from(vec![[0.1, 0.1, 0.4, 0.2], [0.3, 0.2, 0.4, 0.4], [0.9, 0.9, 0.5, 0.5]]);
        assert!((lesions.area() - (0.08 + 0.16 - 0.02 + 0.01)).abs() < 1e-12, "{}", lesions.area());
        assert!(lesions.contain(0.45, 0.25) && !lesions.contain(0.2, 0.5));
    }
}
