//! What a run has films of, on three lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use fieldray_common::{region::Region, view::View};

use super::{manifest::Film, split::Split};

impl fmt::Display for Split {
    /// A line a part.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "training:   {}", account(self.training.films()))?;
        writeln!(f, "validation: {}", account(self.validation.films()))?;
        write!(f, "hold-out:   {}", account(self.hold_out.films()))
    }
}

/// How many films there are of what.
fn account(films: &[Film]) -> String {
    let (real, phantoms): (Vec<&Film>, Vec<&Film>) = films.iter().partition(|film| film.is_real());
    let mut accounts = Vec::new();
    if !real.is_empty() {
        let studies: BTreeSet<String> = real.iter().map(|film| film.study_id()).collect();
        accounts.push(format!("{} films of {} studies ({})", real.len(), studies.len(), regions(&real)));
        accounts.extend(views(&real));
    }
    if !phantoms.is_empty() {
        accounts.push(format!("{} phantoms ({})", phantoms.len(), regions(&phantoms)));
    }
    if accounts.is_empty() { "nothing".to_owned() } else { accounts.join("; ") }
}

fn regions(films: &[&Film]) -> String {
    let mut of_region: BTreeMap<Region, [usize; 2]> = BTreeMap::new();
    for film in films {
        of_region.entry(film.region).or_default()[usize::from(film.is_abnormal())] += 1;
    }
    let counts =
        of_region.iter().map(|(region, [normal, abnormal])| format!("{region} {normal} + {abnormal} abnormal"));
    counts.collect::<Vec<_>>().join(", ")
}

fn views(films: &[&Film]) -> Option<String> {
    let counts: Vec<String> = View::ALL
        .map(|view| (films.iter().filter(|film| film.views.contains(&view)).count(), view))
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, view)| format!("{count} {view}"))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}
