//! Two evaluations of the same films, compared: is one model better than the other, or only luckier?

use std::{collections::BTreeMap, fmt};

use anyhow::{Result, bail};
use fieldray_common::metrics::{DeLong, Interval, McNemar, Paired, Scored, auroc, bootstrap, delong};
use serde::Serialize;

use super::{
    Evaluation, FilmResult,
    figures::{CALL_FROM, RESAMPLES, SEED, called},
    parted,
    table::{cell, table},
};

/// Two models on the same films.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// `name@version` of the first bundle.
    pub first: String,
    /// `name@version` of the second bundle.
    pub second: String,
    /// Where the films came from.
    pub data: String,
    /// All films that count, then those of each head that screened a film alike in both.
    pub rows: Vec<ComparedFilms>,
}

/// Two models on one set of films.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ComparedFilms {
    /// Which films.
    pub films: String,
    /// How many.
    pub count: usize,
    /// How many of them are abnormal.
    pub abnormal: usize,
    /// Area under the ROC curve of the second less that of the first, with its 95 % interval by a paired bootstrap over families.
    pub auroc_difference: Option<Interval>,
    /// Both areas, and DeLong's test of their difference, which takes films as independent.
    pub delong: Option<DeLong>,
    /// Films that only one of them called rightly, abnormal from [`CALL_FROM`] on.
    pub mcnemar: McNemar,
    /// The exact test's chance of a division this uneven between equal models.
    pub mcnemar_p_value: f64,
}

/// Compares two evaluations of the same hold-out.
///
/// # Errors
/// Where they are not of the same films: then their difference says nothing of the models.
pub fn compare(first: &Evaluation, second: &Evaluation) -> Result<Comparison> {
    fn by_id(evaluation: &Evaluation) -> BTreeMap<&str, &FilmResult> {
        evaluation.films.iter().map(|film| (film.id.as_str(), film)).collect()
    }
    let (ours, theirs) = (by_id(first), by_id(second));
    let missing =
        |from: &BTreeMap<&str, _>, of: &BTreeMap<&str, _>| of.keys().filter(|id| !from.contains_key(*id)).count();
    let (only_first, only_second) = (missing(&theirs, &ours), missing(&ours, &theirs));
    if only_first + only_second > 0 {
        bail!(
            "the two evaluations are not of the same films ({only_first} only in the first, {only_second} only in the second); \
             evaluate both bundles with one recipe"
        );
    }
    if let Some((id, _)) = ours.iter().find(|(id, film)| film.abnormal != theirs[*id].abnormal) {
        bail!("the two evaluations do not agree on whether {id} is abnormal; evaluate both bundles on the same data");
    }
    let (counted, _) = parted(&first.films);
    let pairs: Vec<Pair<'_>> = counted.iter().filter_map(|film| Pair::of(film, theirs[film.id.as_str()])).collect();
    let mut heads: Vec<&str> = pairs.iter().filter_map(|pair| pair.head).collect();
    heads.sort_unstable();
    heads.dedup();
    let mut rows = vec![ComparedFilms::of("all regions", &pairs)];
    for head in heads {
        let own: Vec<Pair<'_>> = pairs.iter().filter(|pair| pair.head == Some(head)).copied().collect();
        rows.push(ComparedFilms::of(head, &own));
    }
    Ok(Comparison { first: first.bundle.clone(), second: second.bundle.clone(), data: first.data.clone(), rows })
}

/// A film that both models scored.
#[derive(Debug, Clone, Copy)]
struct Pair<'a> {
    family: u64,
    /// The head, if both models screened it by a head of that name.
    head: Option<&'a str>,
    scores: Paired,
}

impl<'a> Pair<'a> {
    fn of(first: &'a FilmResult, second: &FilmResult) -> Option<Self> {
        let scores = Paired { abnormal: first.abnormal, first: first.probability?, second: second.probability? };
        let head = (first.head == second.head).then_some(first.head.as_str());
        Some(Self { family: first.family, head, scores })
    }
}

impl ComparedFilms {
    fn of(name: &str, pairs: &[Pair<'_>]) -> Self {
        let scores: Vec<Paired> = pairs.iter().map(|pair| pair.scores).collect();
        let by_family: Vec<(u64, Paired)> = pairs.iter().map(|pair| (pair.family, pair.scores)).collect();
        let right = |pair: &Paired, probability: f64| called(probability) == pair.abnormal;
        let mcnemar = McNemar::count(scores.iter().map(|pair| (right(pair, pair.first), right(pair, pair.second))));
        Self {
            films: name.to_owned(),
            count: pairs.len(),
            abnormal: scores.iter().filter(|pair| pair.abnormal).count(),
            auroc_difference: bootstrap(&by_family, RESAMPLES, SEED, auroc_difference),
            delong: delong(&scores),
            mcnemar,
            mcnemar_p_value: mcnemar.exact_p_value(),
        }
    }
}

fn auroc_difference(pairs: &[Paired]) -> Option<f64> {
    let area = |of: fn(&Paired) -> f64| {
        let films: Vec<Scored> =
            pairs.iter().map(|pair| Scored { abnormal: pair.abnormal, probability: of(pair) }).collect();
        auroc(&films)
    };
    Some(area(|pair| pair.second)? - area(|pair| pair.first)?)
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "First {}, second {}, on {}\n", self.first, self.second, self.data)?;
        let heads = [
            "films",
            "n",
            "abnormal",
            "AUROC first",
            "AUROC second",
            "second - first (95 % interval)",
            "DeLong p",
            "only first right",
            "only second right",
            "McNemar p",
        ];
        let number = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value:.3}"));
        let rows = self.rows.iter().map(|row| {
            vec![
                row.films.clone(),
                row.count.to_string(),
                row.abnormal.to_string(),
                number(row.delong.map(|test| test.first)),
                number(row.delong.map(|test| test.second)),
                cell(&row.auroc_difference),
                number(row.delong.map(|test| test.p_value)),
                row.mcnemar.only_first.to_string(),
                row.mcnemar.only_second.to_string(),
                number(Some(row.mcnemar_p_value)),
            ]
        });
        table(f, &heads, rows)?;
        writeln!(
            f,
            "\nThe interval is a paired bootstrap over families of films. DeLong's test takes films as independent. A film is"
        )?;
        writeln!(f, "called abnormal from a probability of {CALL_FROM}.")
    }
}

#[cfg(test)]
mod tests {
    use fieldray_common::screening::Decision;

    use super::*;

    fn evaluation(bundle: &str, probability: impl Fn(usize) -> f64) -> Evaluation {
        let film = |at: usize| FilmResult {
            id: format!("film {at}"),
            real: true,
            family: at as u64 / 3,
            study: format!("study {at}"),
            head: if at.is_multiple_of(2) { "hand" } else { "leg" }.to_owned(),
            recognised: None,
            abnormal: at.is_multiple_of(5),
            hardware: false,
            probability: Some(probability(at)),
            decision: Decision::Refer,
            set: None,
            pointing: None,
        };
        let films = (0..120).map(film).collect();
        let (bundle, data) = (bundle.to_owned(), "test films".to_owned());
        Evaluation {
            bundle,
            data,
            figures: vec![],
            studies: vec![],
            promised_coverage: None,
            region_accuracy: 1.0,
            foreign: None,
            films,
        }
    }

    /// Every film somewhere between 0 and 1, whatever it shows.
    fn guess(at: usize) -> f64 {
        (at * 37 % 101) as f64 / 101.0
    }

    #[test]
    fn the_better_model_is_found() {
        let (guessing, knowing) = (
            evaluation("a@1", guess),
            evaluation("b@1", |at| if at.is_multiple_of(5) { 0.9 } else { 0.2 * guess(at) }),
        );
        let comparison = compare(&guessing, &knowing).unwrap();
        let all = &comparison.rows[0];
        assert_eq!((all.count, all.abnormal, comparison.rows.len()), (120, 24, 3));
        assert!(all.auroc_difference.unwrap().low > 0.2 && all.delong.unwrap().p_value < 1e-6, "{all:?}");
        assert!(all.mcnemar.only_first == 0 && all.mcnemar_p_value < 1e-6, "{all:?}");
        assert!(comparison.to_string().contains("| hand | 60 | 12 |"), "{comparison}");
    }

    #[test]
    fn other_films_are_refused_in_one_sentence() {
        let one = evaluation("a@1", guess);
        let mut other = one.clone();
        other.films.remove(3);
        other.films.remove(7);
        let said = compare(&one, &other).unwrap_err().to_string();
        assert!(said.contains("not of the same films (2 only in the first, 0 only in the second)"), "{said}");
        let mut other = one.clone();
        other.films[4].abnormal = true;
        assert!(compare(&one, &other).unwrap_err().to_string().contains("whether film 4 is abnormal"));
    }
}
