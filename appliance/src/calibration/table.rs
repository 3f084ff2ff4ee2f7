//! What every threshold would be worth.

use std::io::{self, Write};

use anyhow::{Result, bail};
use fieldray_common::input_kind::InputKind;
use fieldray_common::metrics::{AtThreshold, Interval, Scored};
use serde::Serialize;

use super::Place;

/// Which films, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Predictive values hold where abnormal films are as frequent as among those that were read. If the readers took more abnormal ones
on purpose, give the true share by --prevalence.

Example:
  fieldray calibrate table --archive /var/lib/fieldray --region hand --prevalence 0.12")]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Only this region
    #[arg(long, value_name = "NAME")]
    region: Option<String>,
    /// Only this kind of image: cr, dx, rf, other-dicom or picture
    #[arg(long, value_name = "KIND")]
    input: Option<InputKind>,
    /// Share of all films here that are abnormal, 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share)]
    prevalence: Option<f64>,
    /// Print one JSON object a region and kind, for programs
    #[arg(long)]
    json: bool,
}

/// The figures of a region and a kind of image.
#[derive(Debug, Serialize)]
struct Figures {
    region: String,
    input_kind: &'static str,
    bundle: String,
    films: usize,
    abnormal: usize,
    thresholds: Vec<AtThreshold>,
}

impl Arguments {
    pub(super) fn run(&self) -> Result<()> {
        let (records, bundle) = self.place.screened()?;
        let wanted = |region: &str, kind: InputKind| {
            self.region.as_deref().is_none_or(|wanted| wanted == region)
                && self.input.is_none_or(|wanted| wanted == kind)
        };
        let mut out = io::stdout().lock();
        let mut none = true;
        for (region, kind) in
            records.read_of(&bundle.sha256)?.into_iter().filter(|(region, kind)| wanted(region, *kind))
        {
            let films = records.read(&region, kind, &bundle.sha256)?;
            let figures = Figures {
                abnormal: films.iter().filter(|film| film.abnormal).count(),
                films: films.len(),
                thresholds: thresholds(&films, self.prevalence),
                region,
                input_kind: kind.name(),
                bundle: bundle.name.clone(),
            };
            none = false;
            match self.json {
                true => writeln!(out, "{}", serde_json::to_string(&figures)?)?,
                false => figures.print(&mut out)?,
            }
        }
        if none {
            bail!(
                "no such film screened with {} was read yet; 'fieldray calibrate sheet' lists those to read",
                bundle.name
            );
        }
        Ok(())
    }
}

impl Figures {
    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let Self { region, input_kind, bundle, films, abnormal, thresholds } = self;
        writeln!(
            out,
            "{region}, {input_kind}, {bundle}: {films} films read, {abnormal} of them abnormal (95 % intervals)"
        )?;
        let heads = ["sensitivity", "specificity", "PPV", "NPV"].map(|head| format!("{head:<23}"));
        writeln!(out, "threshold  {}", heads.join("").trim_end())?;
        for at in thresholds {
            let figures = [at.sensitivity, at.specificity, at.positive_predictive, at.negative_predictive];
            let told = |figure: Option<Interval>| figure.map_or("-".to_owned(), |figure| figure.to_string());
            let figures = figures.map(|figure| format!("{:<23}", told(figure)));
            writeln!(out, "{:<10.4} {}", at.threshold, figures.join("").trim_end())?;
        }
        writeln!(out)
    }
}

/// The figures at each probability that a film got, from the lowest up.
fn thresholds(films: &[Scored], prevalence: Option<f64>) -> Vec<AtThreshold> {
    let mut thresholds: Vec<f64> = films.iter().map(|film| film.probability).collect();
    thresholds.sort_unstable_by(f64::total_cmp);
    thresholds.dedup();
    let at = |threshold| {
        let here = AtThreshold::of(films, threshold);
        prevalence.map_or(here, |prevalence| here.where_abnormal_are(prevalence))
    };
    thresholds.into_iter().map(at).collect()
}

fn share(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or("give a share between 0 and 1")
}
