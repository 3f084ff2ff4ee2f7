//! An evaluation as a person reads it: tables in Markdown.

use std::fmt;

use fieldray_common::metrics::Interval;

use super::{
    Evaluation,
    figures::{CALL_FROM, CallFigures, ProbabilityFigures},
};

/// A figure in a table; `-` where there is none.
pub(crate) fn cell(figure: &Option<Interval>) -> String {
    figure.map_or("-".to_owned(), |interval| interval.to_string())
}

/// A table in Markdown.
pub(crate) fn table(
    f: &mut fmt::Formatter<'_>,
    heads: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> fmt::Result {
    writeln!(f, "| {} |", heads.join(" | "))?;
    writeln!(f, "|{}", "---|".repeat(heads.len()))?;
    for row in rows {
        writeln!(f, "| {} |", row.join(" | "))?;
    }
    Ok(())
}

const CALL_HEADS: [&str; 9] =
    ["AUROC", "AUPRC", "Brier", "calibration error", "accuracy", "sensitivity", "specificity", "precision", "F1"];

fn call_heads(of: &str) -> Vec<&str> {
    [[of, "n", "abnormal"].as_slice(), &CALL_HEADS, &["kappa"]].concat()
}

fn call_cells(
    count: usize,
    abnormal: usize,
    of: &str,
    probabilities: &ProbabilityFigures,
    calls: &CallFigures,
) -> Vec<String> {
    let ProbabilityFigures { auroc, auprc, brier, calibration_error } = probabilities;
    let CallFigures { accuracy, sensitivity, specificity, precision, f1, kappa } = calls;
    let figures = [auroc, auprc, brier, calibration_error, accuracy, sensitivity, specificity, precision, f1, kappa];
    [of.to_owned(), count.to_string(), abnormal.to_string()].into_iter().chain(figures.map(cell)).collect()
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} on {}; 95 % intervals by a bootstrap over families of films", self.bundle, self.data)?;
        writeln!(f, "\nWhat the box decides, film by film:\n")?;
        let heads = ["films", "n", "abnormal", "caught", "sensitivity", "specificity", "referred", "kappa"];
        let rows = self.figures.iter().map(|row| {
            let decisions = &row.decisions;
            let figures = [
                &decisions.caught,
                &decisions.sensitivity,
                &decisions.specificity,
                &decisions.referred,
                &decisions.kappa,
            ];
            let of = [row.films.clone(), row.count.to_string(), row.abnormal.to_string()];
            of.into_iter().chain(figures.map(cell)).collect()
        });
        table(f, &heads, rows)?;

        writeln!(f, "\nEvery film called, abnormal from a probability of {CALL_FROM}:\n")?;
        let rows = self
            .figures
            .iter()
            .map(|row| call_cells(row.count, row.abnormal, &row.films, &row.probabilities, &row.calls));
        table(f, &call_heads("films"), rows)?;

        if !self.studies.is_empty() {
            writeln!(f, "\nEvery study called, by the mean probability of its films:\n")?;
            let rows = self
                .studies
                .iter()
                .map(|row| call_cells(row.count, row.abnormal, &row.studies, &row.probabilities, &row.calls));
            table(f, &call_heads("studies"), rows)?;
        }

        writeln!(
            f,
            "\nThe calibration error of resampled cases is larger than their own, so its interval is a cautious one."
        )?;
        if let Some(promised) = self.promised_coverage {
            let percent = promised * 100.0;
            writeln!(
                f,
                "\nPrediction sets, promised to hold the label of {percent:.0} % of the films of each class:\n"
            )?;
            let rows = self.figures.iter().map(|row| {
                let sets = &row.sets;
                [row.films.clone()].into_iter().chain([&sets.normal, &sets.abnormal, &sets.single].map(cell)).collect()
            });
            table(f, &["films", "held, of normal", "held, of abnormal", "one label"], rows)?;
        }

        writeln!(f, "\nHow often the heatmap peaks in a lesion's box, and how often a random place would:\n")?;
        let heads = ["films", "called abnormal", "by chance", "not called normal", "by chance"];
        let chance = |chance: Option<f64>| chance.map_or("-".to_owned(), |chance| format!("{chance:.3}"));
        let rows = self.figures.iter().map(|row| {
            let of = &row.pointing;
            let [called, not_normal] = [&of.called_abnormal, &of.not_called_normal];
            vec![
                row.films.clone(),
                cell(&called.hit),
                chance(called.chance),
                cell(&not_normal.hit),
                chance(not_normal.chance),
            ]
        });
        table(f, &heads, rows)?;
        if let Some(foreign) = &self.foreign {
            write!(f, "\n{foreign}")?;
        }
        writeln!(f, "\nRegion recognised on {:.1} % of the films.", self.region_accuracy * 100.0)
    }
}
