//! The report of a run: what its bundle scores on the hold-out, how its networks learned, and what its heatmaps show.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use fieldray_common::{
    bundle::CARD,
    metrics::{Confusion, Scored, precision_recall_curve, reliability_curve, roc_curve},
    screening::{Decision, Model},
};
use serde_json::json;

use super::{
    Shown,
    figure::{self, Axis, Curve, Line, Plot, SeriesLabelPosition},
    page::Page,
    panels,
};
use crate::{
    data,
    evaluate::{CALL_FROM, Evaluation, FilmResult},
    folder::{Epoch, RunFolder, write_whole},
    keys,
    recipe::Recipe,
};

/// Writes the report of the run in `root` beside it, into `report/`. `films` are the data, for the heatmaps; `key` is what signed
/// the bundle.
///
/// # Errors
/// Where the run is not finished, or the report cannot be written.
pub fn write(root: &Path, films: &Path, key: Option<&Path>) -> Result<PathBuf> {
    let folder = RunFolder::of(root);
    let text = fs::read(folder.evaluation())
        .with_context(|| format!("{} holds no finished run: it has no evaluation.json", root.display()))?;
    let evaluation: Evaluation = serde_json::from_slice(&text).context("its evaluation.json is damaged")?;
    let bundle = keys::open_bundle(&folder.bundle(), key)?;
    let learned = folder.epochs()?;

    let mut figures = of_probabilities(&evaluation)?;
    figures.extend(of_learning(&learned)?);
    let mut page = Page::new(&format!("{} on held-out films", evaluation.bundle));
    for shown in &figures {
        page.figure(shown);
    }
    page.text(&confusion(&evaluation));
    match panels_of(root, films, &evaluation, &Model::load(&bundle)?) {
        Ok(panels) => {
            page.text("## Where it looks\n\nBoxes are the readers', colour is the heatmap. Which films are shown is drawn by lot.\n");
            for shown in &panels {
                page.figure(shown);
            }
            figures.extend(panels);
        }
        Err(error) => page.text(&format!("## Where it looks\n\nNo films are shown: {error:#}.\n")),
    }
    page.text(&format!("## The figures behind the pictures\n\n{evaluation}"));
    if let Ok(card) = bundle.file(CARD) {
        page.text(&format!("## Its model card\n\n{}", String::from_utf8_lossy(card)));
    }

    let out = root.join("report");
    let written = super::write(&out, &page, &figures)?;
    let results = json!({ "evaluation": Evaluation { films: Vec::new(), ..evaluation }, "learning": learned });
    let text = serde_json::to_vec_pretty(&results)?;
    write_whole(&out.join("results.json"), &text)?;
    Ok(written)
}

/// The films of each set that figures are of, by its name: all, and those of each head.
fn sets(evaluation: &Evaluation) -> Vec<(String, Vec<Scored>)> {
    let counted = || evaluation.counted().filter_map(|film| Some((film, film.scored()?)));
    let mut heads: Vec<&str> = counted().map(|(film, _)| film.head.as_str()).collect();
    heads.sort_unstable();
    heads.dedup();
    let all = ("all regions".to_owned(), counted().map(|(_, scored)| scored).collect());
    let of = |head: &str| {
        let own = counted().filter(|(film, _)| film.head == head);
        (head.to_owned(), own.map(|(_, scored)| scored).collect())
    };
    [all].into_iter().chain(heads.iter().map(|head| of(head)).filter(|_| heads.len() > 1)).collect()
}

fn of_probabilities(evaluation: &Evaluation) -> Result<Vec<Shown>> {
    let sets = sets(evaluation);
    let curve = |name: &str, points: Vec<[f64; 2]>| Curve { name: name.to_owned(), points, line: Line::Solid };
    let reference = |name: &str, points: [[f64; 2]; 2]| Curve {
        name: name.to_owned(),
        points: points.to_vec(),
        line: Line::Reference,
    };
    let mut roc: Vec<Curve> = (sets.iter())
        .filter_map(|(name, films)| {
            let points = roc_curve(films)?.iter().map(|point| [point.false_positive_rate, point.sensitivity]).collect();
            Some(curve(name, points))
        })
        .collect();
    roc.push(reference("chance", [[0.0, 0.0], [1.0, 1.0]]));
    let recalled: Vec<Curve> = (sets.iter())
        .filter_map(|(name, films)| {
            let points = precision_recall_curve(films)?.iter().map(|point| [point.recall, point.precision]).collect();
            Some(curve(name, points))
        })
        .collect();
    let bins = sets.first().map(|(_, films)| reliability_curve(films)).unwrap_or_default();
    let points = bins.iter().filter(|bin| bin.count > 0).map(|bin| [bin.mean_probability, bin.abnormal]).collect();
    let reliability = [
        Curve { name: "all regions".to_owned(), points, line: Line::Marked },
        reference("as promised", [[0.0, 0.0], [1.0, 1.0]]),
    ];
    let plot = |title: &str, [x, y]: [&str; 2], curves: Vec<Curve>, legend| {
        let title = title.to_owned();
        figure::plots(&[Plot { title, x: Axis::share(x), y: Axis::share(y), curves, legend }])
    };
    let (right, left) = (SeriesLabelPosition::LowerRight, SeriesLabelPosition::LowerLeft);
    Ok(vec![
        Shown::new(
            "roc",
            "Receiver operating characteristic.",
            &plot("ROC", ["false positive rate", "sensitivity"], roc, right.clone())?,
        )?,
        Shown::new(
            "precision-recall",
            "Precision against recall.",
            &plot("Precision and recall", ["recall", "precision"], recalled, left)?,
        )?,
        Shown::new(
            "reliability",
            "Reliability: of the films given a probability, the share that is abnormal.",
            &plot("Reliability", ["probability", "share abnormal"], reliability.to_vec(), right)?,
        )?,
    ])
}

fn of_learning(epochs: &[Epoch]) -> Result<Option<Shown>> {
    if epochs.is_empty() {
        return Ok(None);
    }
    let mut backbones: Vec<&str> = epochs.iter().map(|epoch| epoch.backbone.as_str()).collect();
    backbones.sort_unstable();
    backbones.dedup();
    let curve = |name: &&str| {
        let own = epochs.iter().filter(|epoch| epoch.backbone == **name);
        let points = own.enumerate().map(|(at, epoch)| [at as f64 + 1.0, epoch.auroc]).collect();
        Curve { name: (*name).to_owned(), points, line: Line::Marked }
    };
    let curves: Vec<Curve> = backbones.iter().map(curve).collect();
    let most = curves.iter().map(|curve| curve.points.len()).max().unwrap_or(1) as f64;
    let x = Axis { label: "epoch, over all stages".to_owned(), range: 0.0..most + 1.0 };
    let y = Axis { label: "AUROC on validation films".to_owned(), range: 0.4..1.0 };
    Ok(Some(Shown::new(
        "learning",
        "How the networks learned: AUROC on the validation films after each epoch.",
        &figure::plots(&[Plot {
            title: "Learning".to_owned(),
            x,
            y,
            curves,
            legend: SeriesLabelPosition::LowerRight,
        }])?,
    )?))
}

/// What is called what, as tables.
fn confusion(evaluation: &Evaluation) -> String {
    let films = || evaluation.counted();
    let calls = Confusion::count(films().filter_map(|film| Some((film.abnormal, film.probability? >= CALL_FROM))));
    let decided = |abnormal: bool, decision: Decision| {
        films().filter(|film: &&FilmResult| film.abnormal == abnormal && film.decision == decision).count()
    };
    let row = |abnormal: bool| {
        [Decision::Normal, Decision::Refer, Decision::Abnormal, Decision::Unreadable]
            .map(|decision| decided(abnormal, decision).to_string())
            .join(" | ")
    };
    format!(
        "## What is called what\n\nEvery film called, abnormal from a probability of {CALL_FROM}:\n\n\
         | the film is | called normal | called abnormal |\n|---|---|---|\n\
         | normal | {} | {} |\n| abnormal | {} | {} |\n\n\
         What the box decides:\n\n| the film is | normal | refer | abnormal | unreadable |\n|---|---|---|---|---|\n\
         | normal | {} |\n| abnormal | {} |\n",
        calls.true_negative,
        calls.false_positive,
        calls.false_negative,
        calls.true_positive,
        row(false),
        row(true),
    )
}

fn panels_of(root: &Path, films: &Path, evaluation: &Evaluation, model: &Model) -> Result<Vec<Shown>> {
    let recipe = Recipe::open(&root.join("recipe.toml"))?;
    panels::draw(model, evaluation, &data::gather(&recipe, films)?)
}
