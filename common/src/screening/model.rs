//! A bundle made ready to run.

use ndarray::{Array1, Array2, Array4, s};

use crate::bundle::manifest::{ClassifierEntry, HeadEntry};
use crate::bundle::{Bundle, BundleError, Manifest, WEIGHTS, Weights, WeightsError};
use crate::calibrate::{OperatingPoint, Platt, probability};
use crate::classifier::{Classifier, Linear, RbfSvm, SvmError};
use crate::engine::{Backbone, EngineError, Features};
use crate::explain::{Cam, superpose};
use crate::fusion::{Fusion, FusionError, Projection};
use crate::novelty::Novelty;
use crate::prepare::Preparation;

/// Backbones, fusion and heads of a bundle.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    backbones: Vec<Backbone>,
    fusion: Fusion,
    novelty: Novelty,
    regions: Array2<f64>,
    region_bias: Array1<f64>,
    region_heads: Vec<usize>,
    heads: Vec<Head>,
}

/// The classifiers of one region with their calibrations and operating point.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The region's name.
    pub name: String,
    /// Classifiers whose calibrated log-odds are averaged.
    pub members: Vec<(Classifier, Platt)>,
    /// Where the decision changes.
    pub operating_point: OperatingPoint,
}

/// What the networks see in a film.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Each backbone's features.
    pub features: Vec<Features>,
    /// The fused features (K).
    pub fused: Array1<f64>,
    /// How unlike the training films it is; about 1 for a film like them.
    pub distance: f64,
}

/// What a head makes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// Calibrated probability of `abnormal`, 0 to 1.
    pub probability: f64,
    /// Gradient of the head's log-odds with respect to the fused features (K).
    pub gradient: Array1<f64>,
}

/// Why a bundle cannot be made ready, or fails while running.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)] // each wraps the error of the part it names
pub enum ModelError {
    #[error(transparent)]
    Bundle(#[from] BundleError),
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Weights(#[from] WeightsError),
    #[error(transparent)]
    Fusion(#[from] FusionError),
    #[error(transparent)]
    Svm(#[from] SvmError),
    /// Parts that contradict each other.
    #[error("the bundle contradicts itself: {0}")]
    Contradiction(String),
}

impl Model {
    /// Makes a bundle ready to run.
    pub fn load(bundle: &Bundle) -> Result<Self, ModelError> {
        let manifest = bundle.manifest().clone();
        let side_px = manifest.preparation.side_px;
        let backbones = manifest
            .backbones
            .iter()
            .map(|entry| Ok(Backbone::load(&entry.name, bundle.file(&entry.file)?, side_px)?))
            .collect::<Result<Vec<_>, ModelError>>()?;
        let weights = Weights::from_bytes(bundle.file(WEIGHTS)?)?;
        // A fusion that does not project has no components to store.
        let projection = match weights.has("fusion.components") {
            true => Projection::Components(weights.matrix("fusion.components")?),
            false => Projection::None,
        };
        let fusion = Fusion::new(weights.vector("fusion.mean")?, weights.vector("fusion.deviation")?, projection)?;
        let novelty = Novelty {
            variance: weights.vector("novelty.variance")?,
            residual_variance: weights.vector("novelty.residual_variance")?.sum(),
            limit: manifest.novelty_limit,
        };
        let region_heads = manifest
            .region_classes
            .iter()
            .map(|name| {
                manifest
                    .head_named(name)
                    .ok_or_else(|| contradiction(format!("it recognises '{name}' but does not screen it")))
            })
            .collect::<Result<Vec<_>, ModelError>>()?;
        let heads =
            manifest.heads.iter().map(|entry| Head::read(entry, &weights)).collect::<Result<Vec<_>, ModelError>>()?;
        let model = Self {
            regions: weights.matrix("regions.weights")?,
            region_bias: weights.vector("regions.bias")?,
            manifest,
            backbones,
            fusion,
            novelty,
            region_heads,
            heads,
        };
        model.check()?;
        Ok(model)
    }

    /// Every array has the shape the others need, so that nothing after this can fail on a shape.
    fn check(&self) -> Result<(), ModelError> {
        let features: usize = self.manifest.backbones.iter().map(|entry| entry.channels).sum();
        let fused = self.fusion.fused_width();
        let widths = self.heads.iter().flat_map(|head| head.members.iter().map(|(classifier, _)| classifier.width()));
        let fits = features == self.fusion.width()
            && self.novelty.variance.len() == fused
            && self.regions.dim() == (self.region_heads.len(), fused)
            && self.region_bias.len() == self.region_heads.len()
            && widths.into_iter().all(|width| width == fused)
            && self.heads.iter().all(|head| !head.members.is_empty());
        if !fits {
            return Err(contradiction("its weights do not fit together".to_owned()));
        }
        if self.novelty.variance.iter().any(|v| *v <= 0.0)
            || self.novelty.residual_variance <= 0.0
            || self.novelty.limit <= 0.0
        {
            return Err(contradiction("its measure of novelty is not positive".to_owned()));
        }
        Ok(())
    }

    /// What the bundle says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How films are prepared for it.
    pub fn preparation(&self) -> &Preparation {
        &self.manifest.preparation
    }

    /// The heads, in the order of the manifest.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The fusion of the backbones' features.
    pub fn fusion(&self) -> &Fusion {
        &self.fusion
    }

    /// How novelty is measured, and its limit.
    pub fn novelty(&self) -> &Novelty {
        &self.novelty
    }

    /// Runs the backbones on a prepared film (1 x 1 x side x side) and fuses what they see.
    pub fn see(&self, film: &Array4<f32>) -> Result<Seen, ModelError> {
        let features = self.backbones.iter().map(|backbone| backbone.run(film)).collect::<Result<Vec<_>, _>>()?;
        for (seen, entry) in features.iter().zip(&self.manifest.backbones) {
            if seen.map.dim().0 != entry.channels || seen.pooled.len() != entry.channels {
                return Err(contradiction(format!("'{}' has not {} channels", entry.name, entry.channels)));
            }
        }
        let joined = self.fusion.concatenate(features.iter().map(|seen| &seen.pooled))?;
        let standardised = self.fusion.standardise(&joined);
        let fused = self.fusion.project(&standardised);
        let distance = self.novelty.distance(&self.fusion, &standardised, &fused);
        Ok(Seen { features, fused, distance })
    }

    /// The head whose region the film most probably shows; `None` where that is not sure enough.
    pub fn recognise(&self, seen: &Seen) -> Option<usize> {
        let logits = self.regions.dot(&seen.fused) + &self.region_bias;
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let odds = logits.mapv(|logit| (logit - highest).exp());
        let (class, likeliest) = odds.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
        (likeliest / odds.sum() >= self.manifest.region_from).then(|| self.region_heads[class])
    }

    /// The probability that a head gives, and the gradient behind it.
    pub fn judge(&self, head: usize, seen: &Seen) -> Evidence {
        self.heads[head].judge(&seen.fused)
    }

    /// The probability that a head gives a grid (side x side): for asking again with parts of a film changed. Whether it is a
    /// film at all, and one like the training films, only a [`screen`](super::screen) says.
    pub fn probability(&self, head: usize, grid: &Array2<u8>) -> Result<f64, ModelError> {
        Ok(self.judge(head, &self.see(&self.preparation().tensor(grid))?).probability)
    }

    /// The signed evidence for `abnormal` over the grid (side x side): the class activation maps of all backbones for the score of
    /// the whole fused model, summed.
    pub fn explain(&self, seen: &Seen, evidence: &Evidence, cam: Cam) -> Array2<f64> {
        let gradient = self.fusion.pull_back(&evidence.gradient);
        let mut first = 0;
        let maps: Vec<Array2<f64>> = seen
            .features
            .iter()
            .map(|features| {
                let own = gradient.slice(s![first..first + features.pooled.len()]).to_owned();
                first += features.pooled.len();
                cam.evidence(features, &own)
            })
            .collect();
        superpose(&maps, self.preparation().side_px)
    }

    /// The same model with other networks in its backbones' places, for asking what its networks' weights are worth.
    ///
    /// # Errors
    /// Where there is not one network a backbone. One with other channels fails when it is run.
    pub fn with_backbones(&self, backbones: Vec<Backbone>) -> Result<Self, ModelError> {
        if backbones.len() != self.backbones.len() {
            return Err(contradiction(format!("it has {} backbones, not {}", self.backbones.len(), backbones.len())));
        }
        Ok(Self { backbones, ..self.clone() })
    }
}

impl Head {
    fn read(entry: &HeadEntry, weights: &Weights) -> Result<Self, ModelError> {
        let members = entry
            .members
            .iter()
            .enumerate()
            .map(|(index, member)| {
                let name = |part: &str| format!("heads.{}.{index}.{part}", entry.name);
                let classifier = match member.classifier {
                    ClassifierEntry::Logistic { bias } => {
                        Classifier::Logistic(Linear { weights: weights.vector(&name("weights"))?, bias })
                    }
                    ClassifierEntry::SvmRbf { bias, gamma } => {
                        let (support, coefficients) =
                            (weights.matrix(&name("support"))?, weights.vector(&name("coefficients"))?);
                        Classifier::SvmRbf(RbfSvm::new(support, coefficients, bias, gamma)?)
                    }
                };
                Ok((classifier, member.calibration))
            })
            .collect::<Result<Vec<_>, ModelError>>()?;
        Ok(Self { name: entry.name.clone(), members, operating_point: entry.operating_point })
    }

    /// The mean of the members' calibrated log-odds, as a probability, and its gradient.
    pub fn judge(&self, fused: &Array1<f64>) -> Evidence {
        let share = 1.0 / self.members.len() as f64;
        let mut log_odds = 0.0;
        let mut gradient = Array1::zeros(fused.len());
        for (classifier, calibration) in &self.members {
            log_odds += share * calibration.log_odds(classifier.score(fused));
            gradient.scaled_add(share * calibration.slope, &classifier.gradient(fused));
        }
        Evidence { probability: probability(log_odds), gradient }
    }
}

fn contradiction(what: String) -> ModelError {
    ModelError::Contradiction(what)
}
