//! One round of learning: over which films, how, and what is kept of it.

use anyhow::{Result, ensure};
use fieldray_common::{prepare::Preparation, region::Region};
use serde::{Deserialize, Serialize};

use super::{Data, Recipe};
use crate::data::manifest::Film;

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
    /// Share of the largest rates that is left at the end, 0 to 1; a hundredth where absent.
    #[serde(default = "hundredth")]
    pub final_rate: f64,
    /// What moves the weights; AdamW where absent.
    #[serde(default)]
    pub optimiser: Method,
    /// Decay of weights (not of biases and scales), times the rate in each step.
    pub weight_decay: f64,
    /// How far labels are drawn towards one half, 0 to 1.
    pub label_smoothing: f64,
    /// Strength of augmentation: 0 none, 1 the full ranges of [`crate::data::augment`].
    pub augmentation: f64,
    /// How far films are laid over one another: mixup's alpha, 0 (or absent) for not at all, 0.2 a little, 1 any share alike.
    #[serde(default)]
    pub mixup: f64,
    /// Which average of the weights is validated and kept; a running one where absent.
    #[serde(default)]
    pub averaging: Averaging,
    /// Decay of the running average, 0 to 1.
    pub average_decay: f64,
    /// Exponent of the abnormal films' weight `(normal / abnormal) ^ balance`: 0 counts films alike, 1 classes.
    pub balance: f64,
    /// Weight of naming the region beside finding the abnormality.
    pub region_weight: f64,
    /// Weight of pointing at the lesion, where the films have boxes.
    pub box_weight: f64,
    /// How a validation film is looked at; once where absent.
    #[serde(default)]
    pub views: Views,
    /// Which epoch's weights the stage hands on.
    pub keep: Keep,
    /// After how many epochs without a better one the stage ends early; never where absent. Needs `keep = "best"`.
    #[serde(default)]
    pub patience: Option<usize>,
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

/// What moves the weights.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Method {
    /// AdamW (Loshchilov and Hutter 2019).
    #[default]
    AdamW,
    /// Stochastic gradient descent: `{ sgd = { momentum = 0.9 } }`. Its rates are some hundred times those of AdamW.
    Sgd {
        /// Share of the last step that goes on, 0 to 1.
        momentum: f64,
    },
}

/// Which average of the weights is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Averaging {
    /// A running one over the steps (Polyak and Juditsky 1992), of `average_decay`.
    #[default]
    Exponential,
    /// One that counts epochs alike (stochastic weight averaging, Izmailov et al. 2018): `{ equal = { from = 0.75 } }`. It wants a
    /// rate that stays high: see `final_rate`.
    Equal {
        /// Share of the stage's epochs that are left out at the start, 0 to 1.
        from: f64,
    },
}

/// How a validation film is looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Views {
    /// Once, as the box does.
    #[default]
    One,
    /// Also mirrored left to right; the probability is the mean of both. Steadier where validation films are few.
    Mirrored,
}

fn hundredth() -> f64 {
    0.01
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

    pub(super) fn check(&self, data: &Data) -> Result<()> {
        ensure!(
            self.regions.is_empty() || data.has_real_films(),
            "regions: no source of real films is named in [data]"
        );
        ensure!(!self.regions.is_empty() || self.phantoms > 0, "neither regions nor phantoms: nothing to learn from");
        ensure!(self.phantoms == 0 || data.has_phantoms(), "phantoms: [data] draws none");
        ensure!(self.epochs > 0 && self.head_epochs <= self.epochs, "epochs: at least 1, and head_epochs not above it");
        ensure!(self.batch > 1, "batch: at least 2");
        let momentum = if let Method::Sgd { momentum } = self.optimiser { momentum } else { 0.0 };
        let from = if let Averaging::Equal { from } = self.averaging { from } else { 0.0 };
        let shares = [self.warm_up, self.label_smoothing, self.average_decay, momentum, from];
        ensure!(
            shares.iter().all(|share| (0.0..1.0).contains(share)),
            "warm_up, label_smoothing, average_decay, momentum and from lie between 0 and 1"
        );
        ensure!((0.0..=1.0).contains(&self.final_rate), "final_rate: from 0 to 1");
        ensure!(self.patience != Some(0), "patience: at least 1 epoch");
        ensure!(self.patience.is_none() || self.keep == Keep::Best, "patience: it needs keep = \"best\"");
        ensure!(self.normals.is_none_or(|share| share > 0.0), "normals: more than 0 for each abnormal film");
        let weights = [self.augmentation, self.mixup, self.balance, self.region_weight, self.box_weight];
        let rates = [self.head_rate, self.body_rate, self.weight_decay];
        ensure!(
            weights.iter().chain(&rates).all(|value| value.is_finite() && *value >= 0.0),
            "rates and weights cannot be negative"
        );
        Ok(())
    }
}
