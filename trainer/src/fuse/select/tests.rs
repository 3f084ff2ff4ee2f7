use rand::{RngExt, SeedableRng};

use super::*;
use crate::recipe::ClassifierKind;

const SMOKE: &str = include_str!("../../../recipes/smoke.toml");

fn recipe(change: impl FnOnce(&mut Recipe)) -> Recipe {
    let mut recipe = Recipe::parse(SMOKE).unwrap();
    recipe.fusion.components = Some(4);
    change(&mut recipe);
    recipe
}

/// Films in families of two, some of each of the smoke recipe's four heads; features 0 and 1 speak for `abnormal`, the rest is noise.
fn films(count: usize, seed: u64) -> Labelled {
    let mut random = rand_pcg::Pcg64Mcg::seed_from_u64(seed);
    let abnormal: Vec<bool> = (0..count).map(|_| random.random_range(0..3) == 0).collect();
    let features = Array2::from_shape_fn((count, 6), |(film, feature)| {
        let evidence = if feature < 2 && abnormal[film] { 1.5 } else { 0.0 };
        evidence + random.random_range(-1.0..1.0) + random.random_range(-1.0..1.0)
    });
    Labelled {
        features,
        abnormal,
        heads: (0..count).map(|film| film / 2 % 4).collect(),
        families: (0..count).map(|film| film / 2).collect(),
        counts: vec![true; count],
    }
}

fn chosen(recipe: &Recipe, training: &Labelled, judges: &Labelled) -> Result<Vec<Chosen>> {
    let fusion = fusion::fit(&training.features, recipe.fusion.components)?;
    heads(recipe, &fusion, training, judges, 2)
}

fn refusal(training: &Labelled, judges: &Labelled) -> String {
    format!("{:#}", chosen(&recipe(|_| ()), training, judges).unwrap_err())
}

#[test]
fn every_kind_together_ranks_new_films_and_keeps_its_promises() {
    let every = [
        ClassifierKind::Logistic,
        ClassifierKind::Lda,
        ClassifierKind::LinearSvm,
        ClassifierKind::Svm,
        ClassifierKind::NaiveBayes,
        ClassifierKind::Neighbours,
        ClassifierKind::Tree,
    ];
    let (training, judges, new) = (films(240, 1), films(600, 2), films(3000, 3));
    for vote in [Vote::Soft, Vote::Majority] {
        let recipe = recipe(|recipe| {
            recipe.classifiers = recipe::Classifiers { kinds: every.to_vec(), vote };
            recipe.operating_point = recipe::OperatingPoint::Coverage { coverage: 0.85 };
        });
        let fusion = fusion::fit(&training.features, recipe.fusion.components).unwrap();
        let head = heads(&recipe, &fusion, &training, &judges, 2).unwrap().remove(0).head;
        assert_eq!(head.members.len(), every.len());

        let said = each(&fusion::fuse(&fusion, &new.features), |row| head.judge(row).probability);
        let auroc = metrics::auroc(&scored(&new.abnormal, &said)).unwrap();
        assert!(auroc > 0.85, "{vote:?}: {auroc}");
        let conformal = head.conformal.unwrap();
        for class in [false, true] {
            let held: Vec<bool> = (0..new.count())
                .filter(|film| new.abnormal[*film] == class)
                .map(|film| conformal.set(said[film]).holds(class))
                .collect();
            let share = held.iter().filter(|held| **held).count() as f64 / held.len() as f64;
            // The thresholds come from some 100 and 50 films of the head, and vary by a few in a hundred with them.
            assert!(share > 0.78, "{vote:?} {class}: {share}");
        }
    }
}

#[test]
fn a_head_with_few_films_is_served_by_all() {
    let (training, judges) = (films(160, 1), films(120, 2));
    let chosen = chosen(&recipe(|_| ()), &training, &judges).unwrap();
    assert_eq!(chosen.len(), 4);
    assert!(chosen.iter().flat_map(|chosen| &chosen.account).all(|line| !line.contains("its own region")));
    let many = films(800, 1);
    assert!(
        compare::candidates(&[ClassifierKind::Lda], &many, &[1], None, 1, 2)
            .unwrap()
            .iter()
            .any(|c| c.pool == Pool::Own(1))
    );
}

#[test]
fn films_too_few_or_of_one_class_are_said_so() {
    let whole = films(240, 1);
    let of_class = |class: bool, most: usize| {
        let places: Vec<usize> = (0..whole.count()).filter(|film| whole.abnormal[*film] == class).take(most).collect();
        whole.at(&places)
    };
    let without = |class: bool| of_class(!class, 240);
    assert!(refusal(&without(true), &whole).contains("a class has too few families"));
    assert!(refusal(&without(false), &whole).contains("a class has too few families"));
    assert!(refusal(&whole, &without(true)).contains("widen the validation part"));
    assert!(refusal(&whole, &without(false)).contains("both classes"));
    assert!(refusal(&of_class(true, 1), &whole).contains("too few"));
    let mut damaged = whole.clone();
    damaged.features[[7, 2]] = f64::NAN;
    assert!(refusal(&damaged, &whole).contains("not a finite number"));
}
