//! The answers as a person reads them: tables in Markdown.

use std::fmt;

use super::{Claims, Difference, FUSION, Score, classifiers};
use crate::evaluate::table::{cell, table};

impl fmt::Display for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}: AUROC is the mean over five folds; 95 % intervals by a bootstrap over families of films",
            self.name
        )?;
        if self.missing > 0 {
            writeln!(f, "\n{} runs are not measured yet; what needs them is left out.", self.missing)?;
        }
        writeln!(f, "\nEach arm, by the fusion of its backbones:\n")?;
        let heads = [
            "target",
            "arm",
            "n",
            "abnormal",
            "AUROC",
            "AUPRC",
            "Brier",
            "accuracy",
            "F1",
            "kappa",
            "heatmap peaks in a box",
            "by chance",
        ];
        let rows = self.arms.iter().map(|row| {
            let figures = [
                &row.auroc,
                &row.probabilities.auprc,
                &row.probabilities.brier,
                &row.calls.accuracy,
                &row.calls.f1,
                &row.calls.kappa,
                &row.pointing.hit,
            ];
            let of = [row.target.clone(), row.arm.clone(), row.films.to_string(), row.abnormal.to_string()];
            let chance = row.pointing.chance.map_or("-".to_owned(), |chance| format!("{chance:.3}"));
            of.into_iter().chain(figures.map(cell)).chain([chance]).collect()
        });
        table(f, &heads, rows)?;
        differences(f, "One arm against another", &self.comparisons)?;

        let alone: Vec<&str> = {
            let known = classifiers();
            let mut models: Vec<&str> =
                self.scores.iter().map(|score| score.model.as_str()).filter(|model| !known.contains(model)).collect();
            models.sort_by_key(|model| (*model == FUSION, *model));
            models.dedup();
            models
        };
        writeln!(f, "\nSingle backbones and their fusion:\n")?;
        wide(f, &alone, self.scores_of(&alone))?;
        differences(f, "The fusion against the best single backbone (chosen by these very films)", &self.fusion)?;

        let known = classifiers();
        let fitted: Vec<&str> =
            known.into_iter().filter(|model| self.scores.iter().any(|score| score.model == **model)).collect();
        if !fitted.is_empty() {
            writeln!(f, "\nClassifiers on the fused features:\n")?;
            wide(f, &fitted, self.scores_of(&fitted))?;
        }
        self.label_efficiency(f)?;
        if !self.curves.is_empty() {
            writeln!(f, "\nSpoiled films: area under AUROC against severity, and AUROC at each severity:\n")?;
            let rows = self.curves.iter().map(|curve| {
                let points = curve.severities.iter().zip(&curve.auroc).map(|(s, auroc)| format!("{s:.2}: {auroc:.3}"));
                vec![
                    curve.target.clone(),
                    curve.by.name().to_owned(),
                    curve.arm.clone(),
                    cell(&curve.area),
                    points.collect::<Vec<_>>().join(", "),
                ]
            });
            table(f, &["target", "spoiled by", "arm", "area", "AUROC"], rows)?;
        }
        differences(f, "The same areas, one arm against another", &self.robustness)
    }
}

impl Claims {
    fn label_efficiency(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scores = self.label_scores();
        if scores.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nFewer labels of the target, by the fusion:\n")?;
        let rows = scores.iter().map(|score| {
            vec![score.target.clone(), score.arm.clone(), format!("{:.0} %", score.labels * 100.0), cell(&score.auroc)]
        });
        table(f, &["target", "arm", "labels", "AUROC"], rows)
    }
}

/// A row an arm and target, a column a model.
fn wide(f: &mut fmt::Formatter<'_>, models: &[&str], scores: Vec<&Score>) -> fmt::Result {
    let mut rows: Vec<([String; 2], Vec<String>)> = Vec::new();
    for score in scores {
        let name = [score.target.clone(), score.arm.clone()];
        if rows.last().is_none_or(|(last, _)| *last != name) {
            rows.push((name, vec!["-".to_owned(); models.len()]));
        }
        let place = models.iter().position(|model| *model == score.model);
        if let (Some((_, cells)), Some(place)) = (rows.last_mut(), place) {
            cells[place] = cell(&score.auroc);
        }
    }
    table(
        f,
        &[&["target", "arm"], models].concat(),
        rows.into_iter().map(|(name, cells)| name.into_iter().chain(cells).collect()),
    )
}

fn differences(f: &mut fmt::Formatter<'_>, title: &str, rows: &[Difference]) -> fmt::Result {
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{title}:\n")?;
    let rows = rows.iter().map(|row| {
        let folds = row.folds.iter().map(|fold| fold.map_or("-".to_owned(), |fold| format!("{fold:+.3}")));
        let excludes = match row.difference {
            Some(interval) if interval.low > 0.0 => "better",
            Some(interval) if interval.high < 0.0 => "worse",
            _ => "no difference shown",
        };
        vec![
            row.target.clone(),
            row.better.clone(),
            row.than.clone(),
            cell(&row.difference),
            excludes.to_owned(),
            folds.collect::<Vec<_>>().join(", "),
        ]
    });
    table(f, &["target", "this", "against", "difference", "finding", "fold by fold"], rows)
}
