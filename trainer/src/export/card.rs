//! The model card: what a person must know of a model before trusting it (Mitchell et al. 2019, "Model Cards for Model Reporting").

use std::{collections::BTreeSet, fmt::Write};

use fieldray_common::{
    bundle::{Manifest, manifest::Vote},
    view::View,
};

use crate::{
    evaluate::Evaluation,
    recipe::{Recipe, Source},
};

/// The views behind what a head covers.
fn views(learned: &[View]) -> String {
    match learned {
        [] => String::new(),
        _ => format!("; views: {}", learned.iter().map(|view| view.name()).collect::<Vec<_>>().join(", ")),
    }
}

/// The card as Markdown; `sources` are the names of those whose films the heads were fitted to.
pub(super) fn write(
    recipe: &Recipe,
    manifest: &Manifest,
    sources: &BTreeSet<String>,
    evaluation: Option<&Evaluation>,
) -> String {
    let mut card = String::new();
    let mut line = |text: &str| {
        card.push_str(text);
        card.push('\n');
    };
    line(&format!("# {}", manifest.id()));
    line("");
    line(
        "**A screening aid, not for diagnosis.** It sorts radiographs for a person who reads them; it has not been tried in a clinic.",
    );
    line("");
    line("## What it does");
    line("");
    for head in &manifest.heads {
        let covers: Vec<&str> = head.covers.iter().map(|region| region.name()).collect();
        let (low, high) = (head.operating_point.normal_below(), head.operating_point.abnormal_from());
        line(&format!(
            "- `{}` (films of {}{}): normal below {low:.3}, referred up to {high:.3}, abnormal from there.",
            head.name,
            covers.join(", "),
            views(&head.views)
        ));
    }
    let backbones: Vec<&str> = manifest.backbones.iter().map(|backbone| backbone.name.as_str()).collect();
    let side = manifest.preparation.side_px;
    line("");
    line(&format!(
        "Backbones {} at {side} x {side} pixels; {}; per region {}. The label is `abnormal`: {}.",
        backbones.join(" and "),
        match recipe.fusion.components {
            Some(count) => format!("their features projected onto {count} components"),
            None => "their features standardised".to_owned(),
        },
        classifiers(recipe),
        findings(recipe, sources)
    ));
    if let Some(conformal) = manifest.heads.iter().find_map(|head| head.conformal) {
        line("");
        line(&format!(
            "Beside the decision each region has prediction sets (split conformal, by class): for {:.0} % of the normal films and of \
             the abnormal ones of the same source the set holds the film's label.",
            conformal.coverage * 100.0
        ));
    }
    line("");
    line("## What it was trained on");
    line("");
    let sources = recipe.data.sources.iter().filter_map(Source::attribution);
    for attribution in sources.chain(recipe.data.attributions.iter().cloned()) {
        line(&format!("- {attribution}"));
    }
    line("");
    line(&format!(
        "Films were parted {:.0} % / {:.0} % / {:.0} % into training, validation and hold-out, unless their data set has parts of its \
         own; films of one patient, study or group, or that look alike, were never parted. Weights were learned from the training \
         part, and classifiers chosen in it by cross-validation; epochs, calibration and operating points were chosen by the \
         validation part; no stage saw the hold-out.",
        recipe.split.training * 100.0,
        recipe.split.validation * 100.0,
        recipe.split.hold_out * 100.0
    ));
    line("");
    line("## How good it is");
    line("");
    match evaluation {
        Some(evaluation) => {
            line(&format!("{evaluation}"));
            line("");
            line(
                "`caught` is the share of abnormal films not called normal (called abnormal, or referred); sensitivity, specificity and \
                 kappa are over the films the model decided itself; `pointing` is how often the heatmap of an abnormal film that \
                 was not called normal peaks inside a reader's box.",
            );
        }
        None => line("Not measured."),
    }
    line("");
    line("## Where it must not be trusted");
    line("");
    for limit in &recipe.limits {
        line(&format!("- {limit}"));
    }
    let _ = write!(card, "\nExported {} in bundle format {}.\n", manifest.created, manifest.format);
    card
}

/// What abnormal means in these sources; by source where they differ.
fn findings(recipe: &Recipe, sources: &BTreeSet<String>) -> String {
    let mut findings: Vec<(&str, Vec<&str>)> = Vec::new();
    for source in recipe.data.sources.iter().filter(|source| sources.contains(source.name())) {
        match findings.iter_mut().find(|(finding, _)| *finding == source.finding()) {
            Some((_, sources)) => sources.push(source.name()),
            None => findings.push((source.finding(), vec![source.name()])),
        }
    }
    match &findings[..] {
        [(finding, _)] => (*finding).to_owned(),
        several => {
            let each = several.iter().map(|(finding, sources)| format!("in {} {finding}", sources.join(" and ")));
            each.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Which classifiers answer, and how together.
fn classifiers(recipe: &Recipe) -> String {
    let names: Vec<&str> = recipe.classifiers.kinds.iter().map(|kind| kind.name()).collect();
    let together = match (names.len(), recipe.classifiers.vote) {
        (1, _) => return format!("one classifier ({})", names[0]),
        (_, Vote::Soft) => "whose calibrated log-odds are averaged",
        (_, Vote::Majority) => "which have one vote each",
    };
    format!("{} classifiers ({}) {together}", names.len(), names.join(", "))
}
