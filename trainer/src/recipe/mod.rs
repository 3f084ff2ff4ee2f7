//! A run is a file: what is learned, from what, how, and what becomes of it.
//!
//! The recipes of the project lie in `trainer/recipes`; each is read whole and checked before anything starts.

mod backbone;
mod source;
mod stage;
mod transfer;
mod whole;

pub use backbone::{BackboneRecipe, Role, Start, Teacher};
pub use source::{ClassFolders, Data, DicomTree, Labels, Source, Table};
pub use stage::{Averaging, Keep, Method, Purpose, Stage, Views};
pub use transfer::{TargetHoldOut, Transfer};

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use fieldray_common::{bundle::manifest::Vote, prepare::Preparation, region::Region};
use serde::{Deserialize, Serialize};

use crate::data::manifest::Film;

/// One recipe, as `NAME.toml` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the run and of the bundle made from it.
    pub name: String,
    /// Version of the bundle.
    pub version: String,
    /// Everything random in the run follows from this number.
    pub seed: u64,
    /// How every film becomes a grid, in training and on the box.
    pub preparation: Preparation,
    /// Where films come from.
    pub data: Data,
    /// How films are parted, where their source does not say so itself.
    pub split: Fractions,
    /// Which regions are the source of the transfer and which its target, where stages do not name theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer: Option<Transfer>,
    /// The backbones, each learned on its own and later fused.
    #[serde(rename = "backbone")]
    pub backbones: Vec<BackboneRecipe>,
    /// What each backbone goes through, in order.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
    /// How the backbones' features become one vector.
    pub fusion: Fusion,
    /// What is fitted to the fused features.
    pub classifiers: Classifiers,
    /// The regions the bundle screens, each by classifiers of its own.
    #[serde(rename = "head")]
    pub heads: Vec<Head>,
    /// How a film's region is recognised.
    pub regions: Recognition,
    /// How films unlike the training films are noticed.
    pub novelty: Novelty,
    /// Where scores become decisions.
    pub operating_point: OperatingPoint,
    /// What the model card says of where the model must not be trusted.
    pub limits: Vec<String>,
}

/// Shares of the films, by part; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fractions {
    /// What weights are learned from.
    pub training: f64,
    /// What epochs, classifiers and operating points are chosen by.
    pub validation: f64,
    /// What no stage sees: it gives the figures of the model card.
    pub hold_out: f64,
}

/// How the backbones' features become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fusion {
    /// Principal components kept as the fused vector, or as many as the films have; where absent, the standardised features go on as they are.
    #[serde(default)]
    pub components: Option<usize>,
}

/// What is fitted to the fused features.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Classifiers {
    /// The kinds to fit; each head has one classifier of each kind.
    pub kinds: Vec<ClassifierKind>,
    /// How a head's classifiers answer together: by the mean of their calibrated log-odds where absent.
    #[serde(default)]
    pub vote: Vote,
}

/// A kind of classifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassifierKind {
    /// Logistic regression.
    Logistic,
    /// Linear discriminant analysis.
    Lda,
    /// A support vector machine without a kernel.
    LinearSvm,
    /// A support vector machine with a Gaussian kernel.
    Svm,
    /// Gaussian naive Bayes. This and those before have gradients, and with them heatmaps in closed form.
    NaiveBayes,
    /// Nearest neighbours; they take the features of all their films into the bundle.
    Neighbours,
    /// A decision tree.
    Tree,
    /// A random forest.
    Forest,
    /// Gradient-boosted trees.
    Boosted,
}

impl ClassifierKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Logistic,
        Self::Lda,
        Self::LinearSvm,
        Self::Svm,
        Self::NaiveBayes,
        Self::Neighbours,
        Self::Tree,
        Self::Forest,
        Self::Boosted,
    ];

    /// The name used in logs and model cards.
    pub fn name(self) -> &'static str {
        match self {
            ClassifierKind::Logistic => "logistic regression",
            ClassifierKind::Lda => "linear discriminant analysis",
            ClassifierKind::LinearSvm => "linear support vector machine",
            ClassifierKind::Svm => "support vector machine",
            ClassifierKind::NaiveBayes => "naive Bayes",
            ClassifierKind::Neighbours => "nearest neighbours",
            ClassifierKind::Tree => "decision tree",
            ClassifierKind::Forest => "random forest",
            ClassifierKind::Boosted => "gradient-boosted trees",
        }
    }
}

/// One region that the bundle screens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name in commands and results.
    pub name: String,
    /// The body regions whose films it is fitted to, and may screen.
    pub covers: Vec<Region>,
}

/// How a film's region is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recognition {
    /// Weight of the L2 penalty of the region classifier.
    pub penalty: f64,
    /// Lowest probability at which it is believed, 0 to 1.
    pub from: f64,
}

/// How films unlike the training films are noticed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Novelty {
    /// Share of validation films that must count as familiar, 0 to 1.
    pub familiar: f64,
}

/// Where scores become decisions; the names of its numbers say by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields, expecting = "operating_point: wants sensitivity and specificity, or coverage")]
pub enum OperatingPoint {
    /// By two thresholds; what lies between them is referred.
    Rates {
        /// Share of abnormal validation films that must not be called normal, 0 to 1.
        sensitivity: f64,
        /// Share of normal validation films that must not be called abnormal, 0 to 1.
        specificity: f64,
    },
    /// By prediction sets: a film whose set does not hold exactly one label is referred.
    Coverage {
        /// Share of each class's films whose set holds their label, 0 to 1.
        coverage: f64,
    },
}

impl OperatingPoint {
    /// What the prediction sets promise, which every head has.
    pub fn coverage(self) -> f64 {
        match self {
            OperatingPoint::Rates { .. } => 0.9,
            OperatingPoint::Coverage { coverage } => coverage,
        }
    }
}

impl Recipe {
    /// Reads and checks a recipe.
    pub fn open(path: &Path) -> Result<Self> {
        let text = whole::read(path)?;
        Self::checked(&text).with_context(|| format!("the recipe {} is not usable", path.display()))
    }

    /// A recipe from its text, which extends no other.
    pub fn parse(text: &str) -> Result<Self> {
        Self::checked(&whole::fill(text)?)
    }

    fn checked(text: &str) -> Result<Self> {
        let recipe: Self = toml::from_str(text)?;
        recipe.check()?;
        Ok(recipe)
    }

    /// Whether a head covers the film's region.
    pub fn screens(&self, film: &Film) -> bool {
        self.heads.iter().any(|head| head.covers.contains(&film.region))
    }

    /// Whether both teach the backbones alike; what is fitted to their features afterwards may differ.
    pub fn learns_like(&self, other: &Self) -> bool {
        self.seed == other.seed
            && self.preparation == other.preparation
            && self.data.gives_the_films_of(&other.data)
            && self.split == other.split
            && self.transfer == other.transfer
            && self.backbones == other.backbones
            && self.stages == other.stages
    }

    fn check(&self) -> Result<()> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        ensure!(
            !self.name.is_empty() && self.name.chars().all(plain),
            "name: use letters, digits, '-', '_' and '.' only"
        );
        let Fractions { training, validation, hold_out } = self.split;
        ensure!([training, validation, hold_out].iter().all(|&share| share > 0.0), "split: every part needs a share");
        ensure!((training + validation + hold_out - 1.0).abs() < 1e-6, "split: the three shares must sum to 1");
        self.transfer.iter().try_for_each(Transfer::check).context("transfer")?;
        backbone::check(&self.backbones).context("backbone")?;
        ensure!(!self.classifiers.kinds.is_empty(), "classifiers: at least one kind is needed");
        self.data.check().context("data")?;
        ensure!(!self.heads.is_empty(), "head: at least one is needed");
        for (at, head) in self.heads.iter().enumerate() {
            ensure!(!head.covers.is_empty(), "head {}: it covers no region", head.name);
            let elsewhere = |region: &Region| self.heads[..at].iter().any(|other| other.covers.contains(region));
            if let Some(region) = head.covers.iter().find(|region| elsewhere(region)) {
                bail!("head {}: another head covers the {region} too", head.name);
            }
        }
        let [one, other] = match self.operating_point {
            OperatingPoint::Rates { sensitivity, specificity } => [sensitivity, specificity],
            OperatingPoint::Coverage { coverage } => [coverage, coverage],
        };
        ensure!(
            [one, other, self.novelty.familiar, self.regions.from].iter().all(|share| (0.0..=1.0).contains(share)),
            "sensitivity, specificity, coverage, familiar and from lie between 0 and 1"
        );
        ensure!(!self.stages.is_empty(), "stage: at least one is needed");
        for (at, stage) in self.stages.iter().enumerate() {
            stage.check(&self.data).with_context(|| format!("stage {} ({})", at + 1, stage.purpose.name()))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMOKE: &str = include_str!("../../recipes/smoke.toml");

    #[test]
    fn every_recipe_of_the_project_is_usable() {
        for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/recipes")).unwrap() {
            let path = file.unwrap().path();
            let recipe = Recipe::open(&path).unwrap();
            assert_eq!(path.file_stem().unwrap().to_str().unwrap(), recipe.name);
        }
    }

    #[test]
    fn what_is_learned_does_not_hang_on_words_or_on_how_films_were_once_named() {
        let recipe = Recipe::parse(SMOKE).unwrap();
        let older = SMOKE.replace("[[data.source]]\nkind = \"phantoms\"\ncount = 60", "[data]\nphantoms = 60");
        assert!(recipe.learns_like(&Recipe::parse(&older).unwrap()));
        let table = |finding: &str, region: &str| {
            let table = format!(
                "kind = \"csv\"\nname = \"a\"\ntable = \"a.csv\"\nfinding = \"{finding}\"\nregion = \"{region}\""
            );
            Recipe::parse(&SMOKE.replace(
                "kind = \"phantoms\"\ncount = 60",
                &format!("kind = \"phantoms\"\ncount = 60\n[[data.source]]\n{table}"),
            ))
            .unwrap()
        };
        assert!(table("a fracture", "hand").learns_like(&table("a break", "hand")));
        assert!(!table("a fracture", "hand").learns_like(&table("a fracture", "hip")));
    }

    const OPTIONS: &str = "optimiser = { sgd = { momentum = 0.9 } }\nfinal_rate = 0.5\nmixup = 0.2\nviews = \"mirrored\"\n\
                           patience = 1\naveraging = { equal = { from = 0.5 } }\n";
    const TEACHER: &str = "teacher = { backbones = [\"resnet10\"], temperature = 2.0, weight = 0.5 }\n";

    /// A run folder keeps its recipe, and the run goes on only with one that teaches alike.
    #[test]
    fn a_recipe_that_is_kept_reads_back_as_it_was() {
        let options = SMOKE.replacen("head_rate", &format!("{OPTIONS}head_rate"), 1);
        let options = options.replacen("[every_stage]", &format!("{TEACHER}[every_stage]"), 1);
        let [plain, options] = [SMOKE, &options].map(|text| Recipe::parse(text).unwrap());
        assert_eq!(options.stages[0].optimiser, Method::Sgd { momentum: 0.9 });
        assert!(options.backbones[1].teacher.is_some() && !plain.learns_like(&options));
        for recipe in [plain, options] {
            assert_eq!(Recipe::parse(&toml::to_string(&recipe).unwrap()).unwrap(), recipe);
        }
    }

    #[test]
    fn a_mistake_is_named() {
        let error = |from: &str, to: &str| format!("{:#}", Recipe::parse(&SMOKE.replacen(from, to, 1)).unwrap_err());
        assert!(error("epochs", "epoch").contains("unknown field `epoch`"));
        assert!(error("training = 0.", "training = 0.1").contains("must sum to 1"));
        assert!(error("regions = []", "regions = [\"hand\"]").contains("no source of real films"));
        assert!(error("regions = []", "regions = [\"tail\"]").contains("tail"));
        let stage = |option: &str| error("head_rate", &format!("{option}\nhead_rate"));
        assert!(stage("optimiser = { sgd = { momentum = 1.0 } }").contains("momentum and from lie between 0 and 1"));
        assert!(error("keep = \"best\"", "keep = \"last\"\npatience = 2").contains("patience: it needs keep"));
        let teacher = |of: &str| {
            error(
                "start = \"scratch\"",
                &format!("start = \"scratch\"\nteacher = {{ {of}, temperature = 2, weight = 1 }}"),
            )
        };
        assert!(teacher("backbones = [\"squeezenet1_1\"]").contains("squeezenet1_1 must stand before it"));
        assert!(teacher("bundles = []").contains("neither backbones nor bundles"));
        let none = SMOKE.replace("start = \"scratch\"", "start = \"scratch\"\nrole = \"teacher\"");
        assert!(format!("{:#}", Recipe::parse(&none).unwrap_err()).contains("at least one is needed that ships"));
    }
}
