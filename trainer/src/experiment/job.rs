//! The runs of a plan, each with a recipe and a folder of its own.

use std::path::{Path, PathBuf};

use super::plan::{Arm, ArmStart, Plan, Target};
use crate::{
    data::folds::FOLDS,
    recipe::{Purpose, Recipe, Stage, Start, TargetHoldOut, Transfer},
};

/// One run: a way to learn, for a target, judged on one fold of its films.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job<'a> {
    /// What is learned for.
    pub target: &'a Target,
    /// How.
    pub arm: &'a Arm,
    /// The fold that is held out.
    pub fold: usize,
    /// Share of the target's training films; all where absent.
    pub labels: Option<f64>,
}

impl<'a> Job<'a> {
    /// All runs of the plan: those with all labels first.
    pub fn all(plan: &'a Plan) -> Vec<Self> {
        let pairs = |plan: &'a Plan| {
            let tried = |arm: &'a Arm| {
                plan.targets.iter().filter(|target| plan.tries(arm, target)).map(move |target| (arm, target))
            };
            plan.arms.iter().flat_map(tried)
        };
        let folds = |(arm, target): (&'a Arm, &'a Target), labels: Option<f64>| {
            (0..FOLDS).map(move |fold| Job { target, arm, fold, labels })
        };
        let fewer = plan.labels.iter().flat_map(|labels| {
            let chosen = |(arm, target): &(&Arm, &Target)| {
                labels.arms.contains(&arm.name) && labels.targets.contains(&target.name)
            };
            labels
                .shares
                .iter()
                .flat_map(move |share| pairs(plan).filter(chosen).flat_map(move |pair| folds(pair, Some(*share))))
        });
        pairs(plan).flat_map(|pair| folds(pair, None)).chain(fewer).collect()
    }

    /// Where it is kept.
    pub fn folder(&self, out: &Path) -> PathBuf {
        let labels = self.labels.map_or(String::new(), |share| format!("-of-{:02.0}-percent", share * 100.0));
        out.join(&self.target.name).join(&self.arm.name).join(format!("fold-{}{labels}", self.fold))
    }

    /// Its name, for a person.
    pub fn name(&self) -> String {
        let labels = self.labels.map_or(String::new(), |share| format!(", {:.0} % of the labels", share * 100.0));
        format!("{}, {}, fold {}{labels}", self.target.name, self.arm.name, self.fold + 1)
    }

    /// What it learns.
    pub fn recipe(&self, base: &Recipe, out: &Path) -> Recipe {
        let start = match self.arm.start {
            ArmStart::Source => Some(Start::Run(self.source_folder(out))),
            ArmStart::Scratch => Some(Start::Scratch),
            ArmStart::Imagenet => None,
        };
        self.derived(base, Purpose::Finetune, TargetHoldOut::Fold(self.fold), self.labels, start)
    }

    /// What is learned before it, where something is: the source, with all of the target held out. Its folder is the same for
    /// all folds.
    pub fn source(&self, base: &Recipe, out: &Path) -> Option<(Recipe, PathBuf)> {
        (self.arm.start == ArmStart::Source)
            .then(|| (self.derived(base, Purpose::Pretrain, TargetHoldOut::All, None, None), self.source_folder(out)))
    }

    fn source_folder(&self, out: &Path) -> PathBuf {
        let phantoms = match self.arm.phantoms {
            0 => String::new(),
            count => format!("-with-{count}-phantoms"),
        };
        out.join(&self.target.name).join(format!("source{phantoms}"))
    }

    fn derived(
        &self,
        base: &Recipe,
        purpose: Purpose,
        hold_out: TargetHoldOut,
        labels: Option<f64>,
        start: Option<Start>,
    ) -> Recipe {
        let Target { name, regions, source } = self.target;
        let stages = base.stages.iter().filter(|stage| stage.purpose == purpose).map(|stage| match purpose {
            Purpose::Pretrain => Stage { regions: source.clone(), phantoms: self.arm.phantoms, ..stage.clone() },
            Purpose::Finetune => Stage { regions: regions.clone(), ..stage.clone() },
        });
        let mut recipe = Recipe {
            name: format!("{}-{name}-{}", base.name, self.arm.name),
            transfer: Some(Transfer {
                source: source.clone(),
                target: regions.clone(),
                hold_out: Some(hold_out),
                labels,
            }),
            stages: stages.collect(),
            heads: base.heads.iter().filter(|head| head.name == *name).cloned().collect(),
            ..base.clone()
        };
        for backbone in &mut recipe.backbones {
            backbone.start = start.clone().unwrap_or_else(|| backbone.start.clone());
        }
        recipe
    }
}
