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
            ArmStart::Source | ArmStart::SourceOfFold => Some(Start::Run(self.source_folder(out))),
            ArmStart::Scratch => Some(Start::Scratch),
            ArmStart::Imagenet => None,
        };
        self.derived(base, Purpose::Finetune, TargetHoldOut::Fold(self.fold), self.labels, start)
    }

    /// What is learned before it, where something is: the source, with all of the target held out, or the fold. Runs that are learned
    /// from the same source name the same folder.
    pub fn source(&self, base: &Recipe, out: &Path) -> Option<(Recipe, PathBuf)> {
        let hold_out = match self.arm.start {
            ArmStart::Scratch | ArmStart::Imagenet => return None,
            ArmStart::Source => TargetHoldOut::All,
            ArmStart::SourceOfFold => TargetHoldOut::Fold(self.fold),
        };
        Some((self.derived(base, Purpose::Pretrain, hold_out, None, None), self.source_folder(out)))
    }

    fn source_folder(&self, out: &Path) -> PathBuf {
        let phantoms = match self.arm.phantoms {
            0 => String::new(),
            count => format!("-with-{count}-phantoms"),
        };
        let fold = match self.arm.start {
            ArmStart::SourceOfFold => format!("-of-fold-{}", self.fold),
            _ => String::new(),
        };
        out.join(&self.target.name).join(format!("source{fold}{phantoms}"))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_shared_by_all_runs_that_may_learn_from_it_and_by_no_other() {
        let (mut plan, base) =
            Plan::open(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/experiments/fracatlas.plan.toml"))).unwrap();
        let arm = plan.arms.iter().find(|arm| arm.start == ArmStart::Source).unwrap().clone();
        plan.arms = vec![
            Arm { name: "whole".to_owned(), ..arm.clone() },
            Arm { name: "phantoms".to_owned(), phantoms: 150, ..arm.clone() },
            Arm { name: "of-fold".to_owned(), start: ArmStart::SourceOfFold, ..arm },
        ];
        plan.labels = None;
        let out = Path::new("out");
        let sources = |name: &str| {
            let jobs = Job::all(&plan);
            let own = jobs.iter().filter(|job| job.arm.name == name && job.target.name == "hip");
            let mut folders: Vec<PathBuf> = own.filter_map(|job| Some(job.source(&base, out)?.1)).collect();
            assert_eq!(folders.len(), FOLDS);
            folders.sort_unstable();
            folders.dedup();
            folders
        };
        let [whole, phantoms, of_fold] = ["whole", "phantoms", "of-fold"].map(sources);
        assert_eq!([whole.len(), phantoms.len(), of_fold.len()], [1, 1, FOLDS]);
        assert!(whole != phantoms && !of_fold.contains(&whole[0]));
        for job in Job::all(&plan) {
            let (source, folder) = job.source(&base, out).unwrap();
            let recipe = job.recipe(&base, out);
            assert!(recipe.backbones.iter().all(|backbone| backbone.start == Start::Run(folder.clone())));
            assert!(source.stages.iter().all(|stage| stage.regions == job.target.source));
            assert!(recipe.stages.iter().all(|stage| stage.regions == job.target.regions));
        }
    }
}
