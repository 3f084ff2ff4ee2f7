//! The plan of an experiment: which runs, and what they differ in.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use fieldray_common::region::Region;
use serde::{Deserialize, Serialize};

use super::corruption::Corruption;
use crate::recipe::Recipe;

/// One plan, as a file of `trainer/experiments` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name; it names the folder of its runs.
    pub name: String,
    /// What all runs have in common, relative to the plan: the pretraining stages of this recipe are for the source, the
    /// fine-tuning stages for the target.
    pub recipe: PathBuf,
    /// What is learned for.
    #[serde(rename = "target")]
    pub targets: Vec<Target>,
    /// What the runs differ in.
    #[serde(rename = "arm")]
    pub arms: Vec<Arm>,
    /// Runs with fewer labels.
    pub labels: Option<Labels>,
    /// What the networks are shown besides whole films.
    pub corrupted: Option<Corrupted>,
    /// The arms that are compared, in pairs.
    #[serde(rename = "comparison", default)]
    pub comparisons: Vec<Comparison>,
}

/// What is learned for, and from what before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The head of the recipe that screens it.
    pub name: String,
    /// The regions of its films.
    pub regions: Vec<Region>,
    /// The regions that are learned from before.
    pub source: Vec<Region>,
}

/// One way to learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arm {
    /// Its name.
    pub name: String,
    /// What its networks start from.
    pub start: ArmStart,
    /// Phantoms in each epoch on the source.
    #[serde(default)]
    pub phantoms: usize,
    /// The targets it is tried on; all where absent.
    pub targets: Option<Vec<String>>,
    /// Every kind of classifier is tried on its features, not only those of the recipe.
    #[serde(default)]
    pub every_classifier: bool,
}

/// What the networks of an arm start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArmStart {
    /// Random weights.
    Scratch,
    /// The weights that the recipe names.
    Imagenet,
    /// Those, after they went through the source, without any film that is tied to one of the target: learned once, for all folds.
    Source,
    /// Those, after they went through the source, without the films that are tied to one that the fold holds out: more is left where
    /// films are tied in long chains, and it is learned anew for every fold.
    SourceOfFold,
}

/// Runs with fewer labels of the target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// Shares of its training films, above 0 and below 1.
    pub shares: Vec<f64>,
    /// Which targets.
    pub targets: Vec<String>,
    /// Which arms.
    pub arms: Vec<String>,
}

/// Held-out films that are spoiled on purpose.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Corrupted {
    /// How.
    pub by: Vec<Corruption>,
    /// How much, above 0 and at most 1.
    pub severities: Vec<f64>,
    /// Which targets.
    pub targets: Vec<String>,
    /// Which arms.
    pub arms: Vec<String>,
}

/// A claim: one arm is better than another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// The arm that should be better.
    pub better: String,
    /// The arm it should be better than.
    pub than: String,
}

impl Plan {
    /// Reads a plan and its recipe.
    pub fn open(path: &Path) -> Result<(Self, Recipe)> {
        let text = fs::read_to_string(path).with_context(|| {
            format!("cannot read the plan {}; the project's are in trainer/experiments", path.display())
        })?;
        let plan: Self = toml::from_str(&text).with_context(|| format!("the plan {} is not usable", path.display()))?;
        let recipe = Recipe::open(&path.parent().unwrap_or(Path::new("")).join(&plan.recipe))?;
        plan.check(&recipe).with_context(|| format!("the plan {} is not usable", path.display()))?;
        Ok((plan, recipe))
    }

    /// Whether the arm is tried on the target.
    pub fn tries(&self, arm: &Arm, target: &Target) -> bool {
        arm.targets.as_ref().is_none_or(|targets| targets.contains(&target.name))
    }

    fn check(&self, recipe: &Recipe) -> Result<()> {
        let plain =
            |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) && !name.is_empty();
        let names = || self.targets.iter().map(|target| &target.name).chain(self.arms.iter().map(|arm| &arm.name));
        for name in names().chain([&self.name]) {
            ensure!(plain(name), "'{name}': name it by letters, digits, '-' and '_' only");
        }
        let is_target = |name: &String| self.targets.iter().any(|target| target.name == *name);
        let is_arm = |name: &String| self.arms.iter().any(|arm| arm.name == *name);
        for target in &self.targets {
            let head = recipe.heads.iter().find(|head| head.name == target.name);
            let covered = head.is_some_and(|head| target.regions.iter().all(|region| head.covers.contains(region)));
            ensure!(covered, "target {}: the recipe has no head of that name that covers its regions", target.name);
        }
        let labels = self.labels.iter().flat_map(|labels| [(&labels.targets, &labels.arms)]);
        let corrupted = self.corrupted.iter().flat_map(|corrupted| [(&corrupted.targets, &corrupted.arms)]);
        for (targets, arms) in labels.chain(corrupted) {
            ensure!(
                targets.iter().all(is_target) && arms.iter().all(is_arm),
                "labels and corrupted: a name is not there"
            );
        }
        let of_arms = self.arms.iter().filter_map(|arm| arm.targets.as_ref()).flatten();
        ensure!(of_arms.into_iter().all(is_target), "arm: it names a target that is not there");
        let compared = self.comparisons.iter().flat_map(|comparison| [&comparison.better, &comparison.than]);
        ensure!(compared.into_iter().all(is_arm), "comparison: it names an arm that is not there");
        let shares = self.labels.iter().flat_map(|labels| &labels.shares);
        ensure!(shares.into_iter().all(|share| *share > 0.0 && *share < 1.0), "labels: shares lie between 0 and 1");
        let severities = self.corrupted.iter().flat_map(|corrupted| &corrupted.severities);
        ensure!(
            severities.into_iter().all(|s| *s > 0.0 && *s <= 1.0),
            "corrupted: severities are above 0 and at most 1"
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_plan_of_the_project_is_usable() {
        let mut plans = 0;
        for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/experiments")).unwrap() {
            let path = file.unwrap().path();
            if path.to_str().unwrap().ends_with(".plan.toml") {
                let (plan, _) = Plan::open(&path).unwrap();
                assert!(path.ends_with(format!("{}.plan.toml", plan.name)));
                plans += 1;
            }
        }
        assert!(plans >= 1);
    }
}
