//! How far an arm's AUROC falls as films are spoiled more and more.

use super::{
    super::{Corruption, Measured},
    Curve, Difference, FUSION,
    films::{Films, Said, by, said},
};

/// The curve of each way in which the films of these runs were spoiled.
pub(super) fn curves(target: &str, arm: &str, folds: &[Measured]) -> Vec<Curve> {
    let films = Films::of(folds);
    ways(folds)
        .into_iter()
        .map(|way| {
            let points = points(way, folds);
            let at = |(_, said): &(f64, Said)| films.auroc(&films.all(), said).unwrap_or(f64::NAN);
            Curve {
                target: target.to_owned(),
                arm: arm.to_owned(),
                by: way,
                severities: points.iter().map(|(severity, _)| *severity).collect(),
                auroc: points.iter().map(at).collect(),
                area: films.interval(|places| area(&films, places, &points)),
            }
        })
        .collect()
}

/// The area of one arm less that of another, for each way in which the films of both were spoiled.
pub(super) fn differences(target: &str, [better, than]: [(&str, &[Measured]); 2]) -> Vec<Difference> {
    let films = Films::of(better.1);
    let theirs = ways(than.1);
    let both = ways(better.1).into_iter().filter(|way| theirs.contains(way));
    both.map(|way| {
        let [ours, theirs] = [better, than].map(|(_, folds)| points(way, folds));
        let less = |places: &[usize]| Some(area(&films, places, &ours)? - area(&films, places, &theirs)?);
        Difference {
            target: format!("{target}, {}", way.name()),
            better: better.0.to_owned(),
            than: than.0.to_owned(),
            difference: films.interval(less),
            folds: films.by_fold().map(|places| less(&places)).collect(),
        }
    })
    .collect()
}

fn ways(folds: &[Measured]) -> Vec<Corruption> {
    let mut ways: Vec<Corruption> = folds.iter().flat_map(|run| &run.spoiled).map(|spoiled| spoiled.by).collect();
    ways.sort_unstable();
    ways.dedup();
    ways
}

/// Severities from 0 on, and what is said of the films at each.
fn points(way: Corruption, folds: &[Measured]) -> Vec<(f64, Said)> {
    let mut points = vec![(0.0, said(folds, by(FUSION)))];
    for spoiled in folds[0].spoiled.iter().filter(|spoiled| spoiled.by == way) {
        let same = |run: &Measured| -> Said {
            let spoiled = run.spoiled.iter().find(|other| other.by == way && other.severity == spoiled.severity);
            spoiled.map_or_else(Vec::new, |spoiled| spoiled.probabilities.clone())
        };
        points.push((spoiled.severity, said(folds, same)));
    }
    points
}

/// The area under the AUROC against severity, by trapezia, over the range of severities.
fn area(films: &Films, places: &[usize], points: &[(f64, Said)]) -> Option<f64> {
    let curve: Vec<(f64, f64)> =
        (points.iter()).map(|(severity, said)| Some((*severity, films.auroc(places, said)?))).collect::<Option<_>>()?;
    let trapezia = curve.windows(2).map(|ends| (ends[1].0 - ends[0].0) * (ends[0].1 + ends[1].1) / 2.0);
    Some(trapezia.sum::<f64>() / (curve.last()?.0 - curve.first()?.0))
}
