//! Choosing an operating point, and showing what was chosen.

use std::io::{self, Write};

use anyhow::{Result, bail};
use fieldray_common::calibrate::OperatingPoint;
use fieldray_common::metrics::{AtThreshold, Scored};

use super::{Films, Person, Place};
use crate::archive::{BundleId, Chosen, Records, Standing};
use crate::clock::Timestamp;
use crate::log::Deed;

/// Fewer films of either kind say next to nothing of a threshold: even with none wrong, the interval reaches to more than a quarter.
const FEWEST_OF_EACH: usize = 10;

/// An operating point for some films.
#[derive(Debug, clap::Args)]
pub(super) struct Choose {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    films: Films,
    /// Films with a probability below this are normal (0 to 1)
    #[arg(long, value_name = "P")]
    normal_below: f64,
    /// Films with a probability from here on are abnormal; between the two they are referred
    #[arg(long, value_name = "P")]
    abnormal_from: f64,
    #[command(flatten)]
    person: Person,
}

/// No longer an operating point of one's own for some films.
#[derive(Debug, clap::Args)]
pub(super) struct Withdraw {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    films: Films,
    #[command(flatten)]
    person: Person,
}

impl Choose {
    pub(super) fn run(&self) -> Result<()> {
        let Films { region, input } = &self.films;
        let point = OperatingPoint::new(self.normal_below, self.abnormal_from)?;
        let (records, bundle) = self.place.screened()?;
        let read = records.read(region, *input, &bundle.sha256)?;
        let abnormal = read.iter().filter(|film| film.abnormal).count();
        let normal = read.len() - abnormal;
        if abnormal.min(normal) < FEWEST_OF_EACH {
            bail!(
                "{abnormal} abnormal and {normal} normal films of {region}, {input}, screened with {} were read; \
                 read at least {FEWEST_OF_EACH} of each first",
                bundle.name
            );
        }
        tell(&read, point, &mut io::stdout().lock())?;
        keep(&self.place, &records, bundle, &self.films, Some(point), &self.person)?;
        println!("Chosen for {region}, {input}; it counts from the next film on.");
        Ok(())
    }
}

impl Withdraw {
    pub(super) fn run(&self) -> Result<()> {
        let Films { region, input } = &self.films;
        let (records, bundle) = self.place.screened()?;
        let chosen = records.chosen()?;
        let own = chosen.iter().find(|chosen| chosen.region == *region && chosen.kind == *input);
        if own.is_none_or(|chosen| chosen.point.is_none()) {
            bail!(
                "no operating point was chosen for {region}, {input}; 'fieldray calibrate show' lists those that were"
            );
        }
        keep(&self.place, &records, bundle, &self.films, None, &self.person)?;
        println!("The model's own operating point counts for {region}, {input} from the next film on.");
        Ok(())
    }
}

/// Prints what was chosen.
pub(super) fn show(place: &Place) -> Result<()> {
    let (records, bundle) = place.screened()?;
    let chosen = records.chosen()?;
    let mut out = io::stdout().lock();
    if chosen.is_empty() {
        writeln!(out, "nothing was chosen here: films are decided at the operating points of {}", bundle.name)?;
    }
    for chosen in &chosen {
        writeln!(out, "{}", sentence(chosen, &bundle))?;
    }
    Ok(())
}

/// A choice in one line for a person.
pub(crate) fn sentence(chosen: &Chosen, bundle: &BundleId) -> String {
    let Chosen { region, kind, bundle: of, point, by, at } = chosen;
    let point = point.map_or("the model's own".to_owned(), |point| {
        format!("normal below {}, abnormal from {}", point.normal_below(), point.abnormal_from())
    });
    let standing = match chosen.standing(&bundle.sha256) {
        Standing::Active => format!("active with {}", of.name),
        Standing::Withdrawn => "withdrawn".to_owned(),
        Standing::Suspended => {
            format!(
                "SUSPENDED: it was chosen for {}, and {} screens now; read films and choose again",
                of.name, bundle.name
            )
        }
    };
    format!("{region}, {kind}: {point}, chosen by {by} at {at}; {standing}")
}

fn keep(
    place: &Place,
    records: &Records,
    bundle: BundleId,
    films: &Films,
    point: Option<OperatingPoint>,
    person: &Person,
) -> Result<()> {
    let deed = Deed::OperatingPointChosen {
        region: films.region.clone(),
        input_kind: films.input.to_string(),
        normal_below: point.map(|point| point.normal_below().to_string()),
        abnormal_from: point.map(|point| point.abnormal_from().to_string()),
    };
    let (region, kind, by) = (films.region.clone(), films.input, person.by.clone());
    records.choose(&Chosen { region, kind, bundle: bundle.clone(), point, by, at: Timestamp::now() })?;
    place.log(&bundle, &person.by, deed)
}

/// Says what the point would have made of the films that were read.
fn tell(read: &[Scored], point: OperatingPoint, out: &mut impl Write) -> io::Result<()> {
    let [below, from] = [point.normal_below(), point.abnormal_from()].map(|threshold| AtThreshold::of(read, threshold));
    let referred = read.iter().filter(|film| (point.normal_below()..point.abnormal_from()).contains(&film.probability));
    let abnormal = read.iter().filter(|film| film.abnormal).count();
    writeln!(out, "Of the {} films that were read:", read.len())?;
    let shares = [
        (below.sensitivity, format!("of {abnormal} abnormal ones would not have been called normal")),
        (below.specificity, format!("of {} normal ones would have been called normal", read.len() - abnormal)),
        (below.negative_predictive, "of those called normal would have been normal".to_owned()),
        (from.positive_predictive, "of those called abnormal would have been abnormal".to_owned()),
    ];
    for (share, said) in shares {
        let share = share.map_or("none".to_owned(), |share| share.to_string());
        writeln!(out, "  {share} {said}")?;
    }
    writeln!(out, "  {} would have been referred to a person", referred.count())
}
