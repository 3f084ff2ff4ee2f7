//! What a transfer's target keeps back: the films it is judged by, and labels that it is to do without.

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest, Sha256};

use super::{
    folds::Folds,
    manifest::{Film, Label, OwnPart},
    split::{self, Part, Training},
};
use crate::recipe::{TargetHoldOut, Transfer};

/// Says of every film whether it is held out or for learning, where the transfer decides that. Families stay whole: what is tied to
/// a held-out film is held out, whatever it shows.
pub(super) fn hold_out(films: &mut [Film], transfer: &Transfer) {
    let Some(rule) = transfer.hold_out else { return };
    let families = split::families(films);
    let targets: Vec<&Vec<usize>> =
        families.iter().filter(|family| family.iter().any(|at| transfer.is_target(&films[*at]))).collect();
    let held_out: HashSet<usize> = match rule {
        TargetHoldOut::All => targets.into_iter().flatten().copied().collect(),
        TargetHoldOut::Fold(fold) => {
            let members: Vec<usize> = targets.iter().copied().flatten().copied().collect();
            let family_of: Vec<usize> =
                targets.iter().enumerate().flat_map(|(family, films)| films.iter().map(move |_| family)).collect();
            let strata: Vec<usize> = members.iter().map(|at| stratum(&films[*at], transfer)).collect();
            let folds = Folds::deal(&family_of, &strata);
            folds.each().nth(fold).into_iter().flat_map(|fold| fold.judged).map(|at| members[at]).collect()
        }
    };
    for (at, film) in films.iter_mut().enumerate() {
        film.own_part = Some(if held_out.contains(&at) { OwnPart::HoldOut } else { OwnPart::Learning });
    }
}

/// What is spread evenly over the folds: label and metal of the target's films, and everything else as one.
fn stratum(film: &Film, transfer: &Transfer) -> usize {
    if transfer.is_target(film) { 1 + 3 * (film.label as usize) + film.hardware as usize } else { 0 }
}

/// The training films without those of the target whose labels are not to be used. They are drawn film by film, of both labels alike:
/// inside the training part a family may be divided, and one large family would else decide how many there are.
pub(super) fn fewer_labels(training: &Part<Training>, transfer: &Transfer, seed: u64) -> Part<Training> {
    let Some(share) = transfer.labels else { return training.clone() };
    let mut of_label: BTreeMap<Label, Vec<&Film>> = BTreeMap::new();
    for film in training.films().iter().filter(|film| transfer.is_target(film)) {
        of_label.entry(film.label).or_default().push(film);
    }
    let mut left_out = HashSet::new();
    for mut films in of_label.into_values() {
        films.sort_by_cached_key(|film| Sha256::digest(format!("labels {seed} {}", film.id)).to_vec());
        let kept = (share * films.len() as f64).ceil() as usize;
        left_out.extend(films.into_iter().skip(kept).map(|film| film.id.as_str()));
    }
    training.only(|film| !left_out.contains(film.id.as_str()))
}

#[cfg(test)]
mod tests {
    use fieldray_common::region::Region;

    use super::*;
    use crate::{
        data::{
            folds::FOLDS,
            manifest::Origin,
            split::{Split, split},
        },
        recipe::Fractions,
    };

    const FRACTIONS: Fractions = Fractions { training: 0.65, validation: 0.15, hold_out: 0.2 };

    /// Every fifth film shows a hip, every fourth is abnormal, some pairs of a hip and a leg are one patient's, and a third of all hips
    /// are alike.
    fn films() -> Vec<Film> {
        (0..600_u32)
            .map(|number| {
                let region = if number % 5 == 0 { Region::Hip } else { Region::Leg };
                let label = if number % 4 == 0 { Label::Abnormal } else { Label::Normal };
                let origin = Origin::File(number.to_string().into());
                let patient = (number % 50 < 2).then(|| format!("{}", number / 50));
                let groups = if number % 15 == 0 { vec!["alike".to_owned()] } else { Vec::new() };
                Film { patient, groups, ..Film::new(format!("source/{number}"), origin, region, label) }
            })
            .collect()
    }

    fn parted(hold_out: TargetHoldOut, labels: Option<f64>) -> Split {
        let transfer =
            Transfer { source: vec![Region::Leg], target: vec![Region::Hip], hold_out: Some(hold_out), labels };
        let mut films = films();
        super::hold_out(&mut films, &transfer);
        let split = split(films, &FRACTIONS, 3).unwrap();
        Split { training: fewer_labels(&split.training, &transfer, 3), ..split }
    }

    fn ids(films: &[Film], region: Region) -> HashSet<String> {
        films.iter().filter(|film| film.region == region).map(|film| film.id.clone()).collect()
    }

    #[test]
    fn over_the_folds_every_target_film_is_held_out_once_and_no_tie_is_cut() {
        let mut seen = Vec::new();
        for fold in 0..FOLDS {
            let split = parted(TargetHoldOut::Fold(fold), None);
            let ties = |films: &[Film]| films.iter().flat_map(Film::ties).collect::<HashSet<_>>();
            let learning = &ties(split.training.films()) | &ties(split.validation.films());
            assert!(ties(split.hold_out.films()).is_disjoint(&learning));
            assert!(!ids(split.training.films(), Region::Hip).is_empty());
            seen.extend(ids(split.hold_out.films(), Region::Hip));
        }
        assert_eq!(seen.len(), 120);
        assert_eq!(seen.into_iter().collect::<HashSet<_>>(), ids(&films(), Region::Hip));
    }

    #[test]
    fn a_target_held_out_whole_teaches_nothing_and_what_learned_without_it_saw_no_fold_of_it() {
        let source = parted(TargetHoldOut::All, None);
        assert_eq!(ids(source.hold_out.films(), Region::Hip), ids(&films(), Region::Hip));
        let learned: HashSet<String> = ids(source.training.films(), Region::Leg);
        for fold in 0..FOLDS {
            assert!(ids(parted(TargetHoldOut::Fold(fold), None).hold_out.films(), Region::Leg).is_disjoint(&learned));
        }
    }

    #[test]
    fn fewer_labels_are_part_of_more_and_only_the_target_has_fewer() {
        let training = |labels| parted(TargetHoldOut::Fold(1), labels).training;
        let all = training(None);
        let mut before = ids(all.films(), Region::Hip);
        let most = before.len() as f64;
        for share in [0.5, 0.25, 0.1] {
            let part = training(Some(share));
            let drawn = ids(part.films(), Region::Hip);
            assert!(drawn.is_subset(&before) && (drawn.len() as f64 / most - share).abs() < 0.03, "{share}");
            assert!(part.films().iter().any(|film| film.region == Region::Hip && film.is_abnormal()));
            assert_eq!(ids(part.films(), Region::Leg), ids(all.films(), Region::Leg));
            before = drawn;
        }
    }
}
