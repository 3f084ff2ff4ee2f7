//! Which views a head has learned.

use fieldray_common::{region::Region, view::View};

use crate::data::manifest::Film;

/// A view that fewer training films of a head show is none that it has learned.
const FEWEST: usize = 20;

/// The views that the real training films of some regions show. None where one of them does not tell its own: then any may be among them.
pub(super) fn learned(films: &[Film], covers: &[Region]) -> Vec<View> {
    let own: Vec<&Film> = films.iter().filter(|film| film.is_real() && covers.contains(&film.region)).collect();
    if own.iter().any(|film| film.views.is_empty()) {
        return Vec::new();
    }
    let shown = |view: &View| own.iter().filter(|film| film.views.contains(view)).count() >= FEWEST;
    View::ALL.into_iter().filter(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::manifest::{Label, Origin};

    fn films(region: Region, views: &[View], count: usize) -> Vec<Film> {
        let film = |number| {
            let origin = Origin::File(format!("{number}.png").into());
            Film { views: views.to_vec(), ..Film::new(format!("set/{region}-{number}"), origin, region, Label::Normal) }
        };
        (0..count).map(film).collect()
    }

    #[test]
    fn a_view_counts_from_twenty_films_of_the_head_on() {
        let mut all = films(Region::Hand, &[View::Frontal], 30);
        all.extend(films(Region::Hand, &[View::Frontal, View::Oblique], 20));
        all.extend(films(Region::Hand, &[View::Lateral], 19));
        all.extend(films(Region::Hip, &[View::Lateral], 40));
        assert_eq!(learned(&all, &[Region::Hand]), [View::Frontal, View::Oblique]);
        assert_eq!(learned(&all, &[Region::Hand, Region::Hip]), View::ALL);
    }

    #[test]
    fn one_film_that_does_not_tell_may_be_any_view() {
        let mut all = films(Region::Hand, &[View::Frontal], 30);
        all.extend(films(Region::Leg, &[], 1));
        assert_eq!(learned(&all, &[Region::Hand]), [View::Frontal]);
        all.extend(films(Region::Hand, &[], 1));
        assert_eq!(learned(&all, &[Region::Hand]), []);
    }
}
