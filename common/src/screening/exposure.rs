//! Whether a film was exposed so that it can be judged at all.

use std::fmt;

use ndarray::{ArrayView1, s};

use crate::radiograph::Radiograph;

/// Below this deviation index the quantum noise hides what is to be seen, and the film should be taken again. The index is ten times the
/// decimal logarithm of the detector's exposure over the wanted one (IEC 62494-1): -3 is half of it. The limit is AAPM Report 116's; more
/// exposure than wanted is a matter of dose, and no fault of the film as long as it is not burnt out.
const LOWEST_DEVIATION_INDEX: f64 = -3.0;

/// A larger share than this of the middle of a film at its brightest value has lost what was there. Of the 4,083 films of FracAtlas none
/// has more than 0.08 in all of it.
const MOST_BURNT_OUT: f64 = 0.25;

/// With fewer values than this between the darkest and the brightest half per cent there is hardly anything to see. The films of FracAtlas,
/// which have 256 at most, have 87 and more.
const FEWEST_SHADES: usize = 32;

/// So many pixels are looked at at most, but for some at the borders of the middle.
const LOOKED_AT: usize = 1 << 20;

/// What is wrong with the exposure of a film.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exposure {
    /// The X-ray unit itself says that it was much too low.
    TooLow,
    /// A large part of the film is at its brightest value.
    BurntOut,
    /// The film has hardly any shades of grey.
    Flat,
}

impl Exposure {
    /// Every fault.
    pub const ALL: [Exposure; 3] = [Exposure::TooLow, Exposure::BurntOut, Exposure::Flat];

    /// What is wrong with that of `film`, if something is.
    pub fn fault_of(film: &Radiograph) -> Option<Self> {
        if film.facts().deviation_index.is_some_and(|index| index < LOWEST_DEVIATION_INDEX) {
            return Some(Exposure::TooLow);
        }
        let tones = Tones::of(film);
        if tones.burnt_out() > MOST_BURNT_OUT {
            return Some(Exposure::BurntOut);
        }
        (tones.shades() < FEWEST_SHADES).then_some(Exposure::Flat)
    }
}

impl fmt::Display for Exposure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Exposure::TooLow => {
                "the X-ray unit says that the exposure was much too low; check it and take the film again"
            }
            Exposure::BurntOut => "large parts of the film are burnt out; check the exposure and take the film again",
            Exposure::Flat => "the film has hardly any shades of grey; check the exposure and take the film again",
        })
    }
}

/// How often each value is met on a film, in pixels that lie evenly over it.
struct Tones {
    /// In the middle half of the film, across and down.
    middle: Vec<usize>,
    /// Around it.
    edge: Vec<usize>,
}

impl Tones {
    fn of(film: &Radiograph) -> Self {
        let (rows, columns) = film.pixels().dim();
        let middle = |length: usize| length / 4..length - length / 4;
        let step = (1..).find(|step| rows.div_ceil(*step) * columns.div_ceil(*step) <= LOOKED_AT).unwrap_or(rows);
        let mut tones = Self { middle: vec![0; 1 << 16], edge: vec![0; 1 << 16] };
        for (y, row) in film.pixels().rows().into_iter().enumerate().step_by(step) {
            let inner = if middle(rows).contains(&y) { middle(columns) } else { 0..0 };
            count(row.slice(s![..inner.start; step]), &mut tones.edge);
            count(row.slice(s![inner.clone(); step]), &mut tones.middle);
            count(row.slice(s![inner.end..; step]), &mut tones.edge);
        }
        tones
    }

    /// Both parts together, from dark to bright.
    fn whole(&self) -> impl ExactSizeIterator<Item = usize> + DoubleEndedIterator {
        self.middle.iter().zip(&self.edge).map(|(middle, edge)| middle + edge)
    }

    /// The share of the middle that has the brightest value of the whole: a shutter, which may be shown white, lies at the edge.
    fn burnt_out(&self) -> f64 {
        let brightest = self.whole().rposition(|count| count > 0).unwrap_or(0);
        self.middle[brightest] as f64 / self.middle.iter().sum::<usize>().max(1) as f64
    }

    /// How many values there are between the darkest and the brightest half per cent.
    fn shades(&self) -> usize {
        let all: usize = self.whole().sum();
        let mut below = 0;
        let inside = self.whole().filter(|count| {
            let before = below;
            below += count;
            *count > 0 && below * 200 > all && before * 200 < all * 199
        });
        inside.count()
    }
}

fn count(values: ArrayView1<u16>, counts: &mut [usize]) {
    for value in values {
        counts[usize::from(*value)] += 1;
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::phantom::{self, Metal, REGIONS, Request, State};
    use crate::radiograph::Facts;
    use crate::region::Region;

    fn phantom(region: Region, seed: u64) -> Radiograph {
        let request = Request { region, state: State::Intact, metal: Metal::Absent, long_side_px: 300, seed };
        phantom::simulate(&request).film
    }

    fn with(film: &Radiograph, change: impl Fn(u16) -> u16) -> Option<Exposure> {
        Exposure::fault_of(&Radiograph::new(film.pixels().mapv(change), film.facts().clone()).unwrap())
    }

    #[test]
    fn well_exposed_films_have_no_fault() {
        for (region, seed) in REGIONS.into_iter().flat_map(|region| (0..6).map(move |seed| (region, seed))) {
            assert_eq!(Exposure::fault_of(&phantom(region, seed)), None, "{region:?} {seed}");
        }
    }

    #[test]
    fn films_that_lost_what_they_showed_are_noticed() {
        let film = phantom(Region::Hand, 3);
        assert_eq!(with(&film, |value| value.saturating_mul(20)), Some(Exposure::BurntOut));
        assert_eq!(with(&film, |value| value / 4096 * 4096), Some(Exposure::Flat));
        // Dark as a whole, but with all its shades.
        assert_eq!(with(&film, |value| value / 8), None);
    }

    #[test]
    fn the_unit_s_own_word_counts_below_half_of_the_wanted_exposure() {
        let film = phantom(Region::Leg, 1);
        for (index, fault) in [(-3.2, Some(Exposure::TooLow)), (-2.9, None), (4.0, None)] {
            let facts = Facts { deviation_index: Some(index), ..film.facts().clone() };
            let film = Radiograph::new(film.pixels().clone(), facts).unwrap();
            assert_eq!(Exposure::fault_of(&film), fault, "{index}");
        }
    }

    #[test]
    fn a_white_shutter_is_no_burnt_out_film() {
        let mut pixels = Array2::from_shape_fn((400, 400), |(y, x)| ((x * 37 + y * 91) % 60_000) as u16);
        pixels.slice_mut(ndarray::s![.., ..90]).fill(u16::MAX);
        pixels.slice_mut(ndarray::s![.., 310..]).fill(u16::MAX);
        assert_eq!(Exposure::fault_of(&Radiograph::new(pixels, Facts::default()).unwrap()), None);
    }
}
