//! What a run has films of, on three lines.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use fieldray_common::region::Region;

use super::{
    manifest::{Film, View},
    split::Split,
};

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
    let mut of_region: BTreeMap<Region, [usize; 2]> = BTreeMap::new();
    for film in films {
        of_region.entry(film.region).or_default()[usize::from(film.is_abnormal())] += 1;
    }
    let regions: Vec<String> = (of_region.iter())
        .map(|(region, [normal, abnormal])| format!("{region} {} ({abnormal} abnormal)", normal + abnormal))
        .collect();
    let views: Vec<String> = [(View::Frontal, "frontal"), (View::Lateral, "lateral"), (View::Oblique, "oblique")]
        .map(|(view, name)| (films.iter().filter(|film| film.views.contains(&view)).count(), name))
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let studies: BTreeSet<String> = films.iter().map(Film::study_id).collect();
    let mut parts = vec![format!("{} films of {} studies", films.len(), studies.len()), regions.join(", ")];
    parts.extend((!views.is_empty()).then(|| views.join(", ")));
    parts.join("; ")
}
