//! A run is a file: what is learned, from what, how, and what becomes of it.
//!
//! The recipes of the project lie in `trainer/recipes`; each is read whole and checked before anything starts.

mod source;
mod whole;

pub use source::{ClassFolders, Data, DicomTree, Labels, Source, Table, Transfer};

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use fieldray_common::{bundle::manifest::Vote, prepare::Preparation, region::Region};
use serde::{Deserialize, Serialize};

use crate::{data::manifest::Film, network::Architecture};

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

/// One backbone to learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneRecipe {
    /// Which network.
    pub architecture: Architecture,
    /// Its first weights.
    pub start: Start,
}

/// The weights a backbone starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// Random ones.
    Scratch,
    /// Those learned on ImageNet, from a safetensors file (relative to the data folder).
    Imagenet(PathBuf),
}

/// One round of learning over one choice of films.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What the round is for; it names it in logs.
    pub purpose: Purpose,
    /// Regions whose real films take part; a film belongs to its rarest region.
    pub regions: Vec<Region>,
    /// Phantoms in each epoch, drawn anew from the training phantoms.
    pub phantoms: usize,
    /// Normal real films in each epoch for every abnormal one, drawn anew; all of them where absent. What is seen seldom is then seen
    /// oftener in the same time.
    #[serde(default)]
    pub normals: Option<f64>,
    /// Side of the grids learned from, in pixels; the preparation's where absent. Few pixels first and all of them last is learned
    /// faster (progressive resizing; Touvron et al. 2019, "Fixing the train-test resolution discrepancy").
    #[serde(default)]
    pub side_px: Option<usize>,
    /// Passes over the films, head warm-up included.
    pub epochs: usize,
    /// Of these, passes at the start in which the backbone stands still and only the heads, and its neck, learn.
    pub head_epochs: usize,
    /// Films a step.
    pub batch: usize,
    /// Largest learning rate of the heads and of a neck.
    pub head_rate: f64,
    /// Largest learning rate of the backbone.
    pub body_rate: f64,
    /// Share of the stage's steps over which the rate rises, 0 to 1.
    pub warm_up: f64,
    /// AdamW's decay of weights (not of biases and scales).
    pub weight_decay: f64,
    /// How far labels are drawn towards one half, 0 to 1.
    pub label_smoothing: f64,
    /// Strength of augmentation: 0 none, 1 the full ranges of [`crate::data::augment`].
    pub augmentation: f64,
    /// Decay of the running average of the weights, 0 to 1; the average is what is kept.
    pub average_decay: f64,
    /// Exponent of the abnormal films' weight `(normal / abnormal) ^ balance`: 0 counts films alike, 1 classes.
    pub balance: f64,
    /// Weight of naming the region beside finding the abnormality.
    pub region_weight: f64,
    /// Weight of pointing at the lesion, where the films have boxes.
    pub box_weight: f64,
    /// Which epoch's weights the stage hands on.
    pub keep: Keep,
}

/// What a stage is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Learning bones and lesions in general, from source regions and phantoms.
    Pretrain,
    /// Learning the target regions.
    Finetune,
}

impl Purpose {
    /// The name used in recipes and logs.
    pub fn name(self) -> &'static str {
        match self {
            Purpose::Pretrain => "pretrain",
            Purpose::Finetune => "finetune",
        }
    }
}

/// Which epoch's weights a stage hands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keep {
    /// The epoch with the highest validation AUROC.
    Best,
    /// The last one.
    Last,
}

/// How the backbones' features become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fusion {
    /// Principal components kept as the fused vector; where absent, the standardised features go on as they are.
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
        ensure!(!self.backbones.is_empty(), "backbone: at least one is needed");
        for (at, backbone) in self.backbones.iter().enumerate() {
            if self.backbones[..at].iter().any(|other| other.architecture == backbone.architecture) {
                bail!("backbone: {} is there twice", backbone.architecture.name());
            }
        }
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

impl Stage {
    /// How the recipe's films are prepared for this stage.
    pub fn preparation(&self, recipe: &Recipe) -> Preparation {
        Preparation { side_px: self.side_px.unwrap_or(recipe.preparation.side_px), ..recipe.preparation }
    }

    /// Whether a film of the training part takes part: real ones of its regions, and phantoms.
    pub fn learns_from(&self, film: &Film) -> bool {
        if film.is_real() { self.regions.contains(&film.region) } else { self.phantoms > 0 }
    }

    /// Whether a film of the validation part takes part: real ones of its regions, or phantoms where it has no regions.
    pub fn validates_on(&self, film: &Film) -> bool {
        if film.is_real() { self.regions.contains(&film.region) } else { self.regions.is_empty() }
    }

    fn check(&self, data: &Data) -> Result<()> {
        ensure!(
            self.regions.is_empty() || data.has_real_films(),
            "regions: no source of real films is named in [data]"
        );
        ensure!(!self.regions.is_empty() || self.phantoms > 0, "neither regions nor phantoms: nothing to learn from");
        ensure!(self.phantoms == 0 || data.has_phantoms(), "phantoms: [data] draws none");
        ensure!(self.epochs > 0 && self.head_epochs <= self.epochs, "epochs: at least 1, and head_epochs not above it");
        ensure!(self.batch > 1, "batch: at least 2");
        let shares = [self.warm_up, self.label_smoothing, self.average_decay];
        ensure!(
            shares.iter().all(|share| (0.0..1.0).contains(share)),
            "warm_up, label_smoothing and average_decay lie between 0 and 1"
        );
        ensure!(self.normals.is_none_or(|share| share > 0.0), "normals: more than 0 for each abnormal film");
        let weights = [self.weight_decay, self.augmentation, self.balance, self.region_weight, self.box_weight];
        ensure!(
            weights.iter().chain([&self.head_rate, &self.body_rate]).all(|value| value.is_finite() && *value >= 0.0),
            "rates and weights cannot be negative"
        );
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

    #[test]
    fn a_mistake_is_named() {
        let error = |from: &str, to: &str| format!("{:#}", Recipe::parse(&SMOKE.replacen(from, to, 1)).unwrap_err());
        assert!(error("epochs", "epoch").contains("unknown field `epoch`"));
        assert!(error("training = 0.", "training = 0.1").contains("must sum to 1"));
        assert!(error("regions = []", "regions = [\"hand\"]").contains("no source of real films"));
        assert!(error("regions = []", "regions = [\"tail\"]").contains("tail"));
    }
}
