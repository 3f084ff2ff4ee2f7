//! Deletion and insertion: what becomes of the probability when the places that a map finds important go, or come, first?
//! (Petsiuk et al. 2018, "RISE", section 4.)

use anyhow::Result;
use fieldray_common::{
    prepare::{Placement, Prepared},
    screening::Model,
};
use ndarray::Array2;
use serde::Serialize;

/// Steps from the film to nothing, or back.
const STEPS: usize = 20;

/// The areas under a map's two curves of the probability, over the share of the film that is changed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Areas {
    /// While the most important places are greyed first: the smaller, the better the map.
    pub deletion: f64,
    /// While the most important places are drawn sharply first, on a blurred film: the larger, the better the map.
    pub insertion: f64,
}

/// A film that is taken away and brought back, before one head of a model.
#[derive(Debug)]
pub struct Fading<'a> {
    model: &'a Model,
    head: usize,
    film: &'a Prepared,
    blurred: Array2<u8>,
    grey: Array2<u8>,
    /// The probabilities of the film, of the blurred one and of the grey one.
    ends: [f64; 3],
}

impl<'a> Fading<'a> {
    /// Screens the film, its blurred and its grey version.
    pub fn new(model: &'a Model, head: usize, film: &'a Prepared) -> Result<Self> {
        let blurred = blur(film);
        // What the network takes for nothing: the level that becomes 0 in its tensor.
        let level = (model.preparation().mean.clamp(0.0, 1.0) * 255.0).round() as u8;
        let mut grey = film.grid.clone();
        places(film.placement).for_each(|at| grey[at] = level);
        let screened = |grid: &Array2<u8>| model.probability(head, grid);
        let ends = [screened(&film.grid)?, screened(&blurred)?, screened(&grey)?];
        Ok(Self { model, head, film, blurred, grey, ends })
    }

    /// The areas of a map of `evidence` over the grid (side x side), signed or not; of equal places the upper go first.
    pub fn areas(&self, evidence: &Array2<f64>) -> Result<Areas> {
        let mut order: Vec<[usize; 2]> = places(self.film.placement).collect();
        order.sort_by(|one, other| evidence[*other].total_cmp(&evidence[*one]));
        let [whole, blurred, grey] = self.ends;
        Ok(Areas {
            deletion: self.area(&order, &self.film.grid, &self.grey, [whole, grey])?,
            insertion: self.area(&order, &self.blurred, &self.film.grid, [blurred, whole])?,
        })
    }

    /// The area (0 to 1, by the trapezoidal rule) under the probability while `from` becomes `to`, place by place in this order.
    fn area(&self, order: &[[usize; 2]], from: &Array2<u8>, to: &Array2<u8>, ends: [f64; 2]) -> Result<f64> {
        let mut grid = from.clone();
        let mut sum = (ends[0] + ends[1]) / 2.0;
        for step in 1..STEPS {
            let share = |step: usize| order.len() * step / STEPS;
            order[share(step - 1)..share(step)].iter().for_each(|at| grid[*at] = to[*at]);
            sum += self.model.probability(self.head, &grid)?;
        }
        Ok(sum / STEPS as f64)
    }
}

/// Every place of the grid that the film covers.
fn places(of: Placement) -> impl Iterator<Item = [usize; 2]> {
    (of.top_px..of.top_px + of.height_px).flat_map(move |y| (of.left_px..of.left_px + of.width_px).map(move |x| [y, x]))
}

/// The film blurred by a Gaussian of 5 pixels on a grid of 224, as RISE has it; its edge pixels go on outside.
fn blur(film: &Prepared) -> Array2<u8> {
    let of = film.placement;
    let deviation = 5.0 * of.side_px as f64 / 224.0;
    let reach = (3.0 * deviation).ceil() as isize;
    let weights: Vec<f64> = (-reach..=reach).map(|at| (-0.5 * (at as f64 / deviation).powi(2)).exp()).collect();
    let total: f64 = weights.iter().sum();
    let along = |values: &Array2<f64>, step: [isize; 2]| {
        let ([top, left], [height, width]) = ([of.top_px, of.left_px], [of.height_px, of.width_px]);
        let moved = |from: usize, by: isize, first: usize, length: usize| {
            (from as isize + by).clamp(first as isize, (first + length - 1) as isize) as usize
        };
        let mut out = values.clone();
        for [y, x] in places(of) {
            let near = |at: isize| [moved(y, at * step[0], top, height), moved(x, at * step[1], left, width)];
            out[[y, x]] =
                (-reach..=reach).zip(&weights).map(|(at, weight)| weight * values[near(at)]).sum::<f64>() / total;
        }
        out
    };
    along(&along(&film.grid.mapv(f64::from), [0, 1]), [1, 0]).mapv(|level| level.round() as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_keeps_what_is_even_and_the_black_around_the_film() {
        let placement = Placement::centred(100, 50, 64);
        let mut grid = Array2::zeros((64, 64));
        places(placement).for_each(|at| grid[at] = 90_u8);
        let even = Prepared { grid, placement };
        assert_eq!(blur(&even), even.grid);
    }

    #[test]
    fn a_blur_spreads_a_line_evenly_to_both_sides() {
        let mut grid = Array2::zeros((64, 64));
        grid.column_mut(30).fill(250_u8);
        let line = Prepared { grid, placement: Placement::centred(64, 64, 64) };
        let blurred = blur(&line);
        assert!(blurred[[10, 30]] > blurred[[10, 32]] && blurred[[10, 32]] > blurred[[10, 35]]);
        assert_eq!(blurred[[10, 27]], blurred[[10, 33]]);
    }
}
