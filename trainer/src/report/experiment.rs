//! The report of an experiment: a figure for every claim, and the tables behind them.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{
    Shown,
    figure::{self, Axis, Curve, Line, Plot, Row, SeriesLabelPosition},
    page::Page,
};
use crate::experiment::{Claims, Corruption, Difference, FUSION, Score};

/// Writes the report of these claims into `folder`; `command` makes them again.
///
/// # Errors
/// Where it cannot be written.
pub fn write(claims: &Claims, command: &str, folder: &Path) -> Result<PathBuf> {
    let mut figures = Vec::new();
    figures.push(Shown::new(
        "starts",
        "Three starts, one fine-tuning: AUROC on held-out films of the target, mean of five folds, with 95 % intervals.",
        &figure::intervals("Where the networks start from", "AUROC", &rows_of(&claims.scores_of(&[FUSION])), None)?,
    )?);
    figures.extend(compared("comparisons", "One arm against another", "AUROC difference", &claims.comparisons)?);
    figures.extend(compared("fusion", "Fusion against the best single backbone", "AUROC difference", &claims.fusion)?);
    let fitted: Vec<Row> = rows_of(&claims.classifiers());
    if !fitted.is_empty() {
        figures.push(Shown::new(
            "classifiers",
            "Classifier by classifier, on the fused features of the same networks.",
            &figure::intervals("Classifiers on the fused features", "AUROC", &fitted, None)?,
        )?);
    }
    figures.extend(labels(claims)?);
    figures.extend(spoiled(claims)?);
    figures.extend(compared(
        "robustness",
        "Robustness: areas under the curves",
        "difference of areas",
        &claims.robustness,
    )?);

    let mut page = Page::new(&format!("Experiment {}", claims.name));
    page.text(&format!("Made by\n\n    {command}\n"));
    for shown in &figures {
        page.figure(shown);
    }
    page.text(&format!("## The figures behind the pictures\n\n{claims}"));
    super::write(folder, &page, &figures)
}

/// A row a score, in the colour of its arm.
fn rows_of(scores: &[&Score]) -> Vec<Row> {
    let mut arms: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for score in scores {
        let series = arms.iter().position(|arm| *arm == score.arm).unwrap_or_else(|| {
            arms.push(&score.arm);
            arms.len() - 1
        });
        let model = if score.model == FUSION { String::new() } else { format!(", {}", score.model) };
        let name = format!("{}, {}{model}", score.target, score.arm);
        rows.extend(score.auroc.map(|value| Row { name, value, series }));
    }
    rows
}

fn compared(name: &str, title: &str, label: &str, rows: &[Difference]) -> Result<Option<Shown>> {
    if rows.is_empty() {
        return Ok(None);
    }
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    let mut drawn = Vec::new();
    for row in rows {
        let pair = (row.better.as_str(), row.than.as_str());
        let series = pairs.iter().position(|other| *other == pair).unwrap_or_else(|| {
            pairs.push(pair);
            pairs.len() - 1
        });
        let name = format!("{}: {} over {}", row.target, row.better, row.than);
        drawn.extend(row.difference.map(|value| Row { name, value, series }));
    }
    let caption = format!("{title}, with 95 % intervals: right of the dashed line the first is better.");
    Ok(Some(Shown::new(name, &caption, &figure::intervals(title, label, &drawn, Some(0.0))?)?))
}

/// AUROC against the share of labels, a figure a target.
fn labels(claims: &Claims) -> Result<Vec<Shown>> {
    let scores = claims.label_scores();
    let mut targets: Vec<&str> = scores.iter().map(|score| score.target.as_str()).collect();
    targets.dedup();
    let figure = |target: &str| {
        let own = || scores.iter().filter(|score| score.target == target);
        let mut arms: Vec<&str> = own().map(|score| score.arm.as_str()).collect();
        arms.dedup();
        let curves: Vec<Curve> = (arms.iter())
            .map(|arm| Curve {
                name: (*arm).to_owned(),
                points: own()
                    .filter(|score| score.arm == **arm)
                    .filter_map(|score| Some([score.labels * 100.0, score.auroc?.value]))
                    .collect(),
                line: Line::Marked,
            })
            .collect();
        let x = Axis { label: format!("labels of the {target}, %"), range: 0.0..105.0 };
        let title = format!("Label efficiency, {target}");
        Shown::new(
            &format!("labels-{target}"),
            &format!("AUROC on the {target} with a part of its labelled training films."),
            &figure::plots(&[Plot { title, x, y: around(&curves), curves, legend: SeriesLabelPosition::LowerRight }])?,
        )
    };
    targets.into_iter().map(figure).collect()
}

/// AUROC against severity, a figure a target with a plot a way.
fn spoiled(claims: &Claims) -> Result<Vec<Shown>> {
    let mut targets: Vec<&str> = claims.curves.iter().map(|curve| curve.target.as_str()).collect();
    targets.dedup();
    let figure = |target: &str| {
        let own = || claims.curves.iter().filter(|curve| curve.target == target);
        let mut ways: Vec<Corruption> = own().map(|curve| curve.by).collect();
        ways.sort_unstable();
        ways.dedup();
        let plot = |by: &Corruption| {
            let curve = |curve: &crate::experiment::Curve| Curve {
                name: curve.arm.clone(),
                points: curve
                    .severities
                    .iter()
                    .zip(&curve.auroc)
                    .map(|(severity, auroc)| [*severity, *auroc])
                    .collect(),
                line: Line::Marked,
            };
            let curves: Vec<Curve> = own().filter(|other| other.by == *by).map(curve).collect();
            Plot {
                title: format!("{target}: {}", by.name()),
                x: Axis { label: "severity".to_owned(), range: 0.0..1.05 },
                y: around(&curves),
                curves,
                legend: SeriesLabelPosition::LowerLeft,
            }
        };
        let plots: Vec<Plot> = ways.iter().map(plot).collect();
        let caption = format!("AUROC on the {target} as its films are spoiled more and more.");
        Shown::new(&format!("spoiled-{target}"), &caption, &figure::plots(&plots)?)
    };
    targets.into_iter().map(figure).collect()
}

/// An axis of AUROC that shows all of these curves.
fn around(curves: &[Curve]) -> Axis {
    let values =
        || curves.iter().flat_map(|curve| &curve.points).map(|[_, auroc]| *auroc).filter(|auroc| auroc.is_finite());
    let (low, high) = (values().fold(1.0, f64::min), values().fold(0.5, f64::max));
    Axis { label: "AUROC".to_owned(), range: (low - 0.03).max(0.0)..(high + 0.03).min(1.0) }
}
