//! A bundle made ready to run.

use ndarray::{Array1, Array2, Array4, s};

use super::{Evidence, Head};
use crate::bundle::{Bundle, BundleError, Manifest, PartError, WEIGHTS, Weights, WeightsError};
use crate::engine::{Backbone, BackboneFile, EngineError, Features};
use crate::explain::{Cam, superpose};
use crate::fusion::{Fusion, FusionError};
use crate::novelty::{Novelty, shades};
use crate::prepare::Preparation;

/// Runs backbones on a film (1 x 1 x side x side); gives what each of them sees, in their order.
pub type RunBackbones = fn(&[Backbone], &Array4<f32>) -> Vec<Result<Features, EngineError>>;

/// Makes backbones ready to run; gives them in their order.
pub type LoadBackbones = fn(&[BackboneFile]) -> Vec<Result<Backbone, EngineError>>;

/// Backbones, fusion and heads of a bundle.
#[derive(Debug, Clone)]
pub struct Model {
    manifest: Manifest,
    backbones: Vec<Backbone>,
    run_backbones: RunBackbones,
    fusion: Fusion,
    novelty: Novelty,
    regions: Array2<f64>,
    region_bias: Array1<f64>,
    region_heads: Vec<usize>,
    heads: Vec<Head>,
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
    Part(#[from] PartError),
    /// Parts that contradict each other.
    #[error("the bundle contradicts itself: {0}")]
    Contradiction(String),
}

impl Model {
    /// Makes a bundle ready to run.
    pub fn load(bundle: &Bundle) -> Result<Self, ModelError> {
        Self::load_by(bundle, |files| files.iter().map(BackboneFile::load).collect())
    }

    /// The same with its backbones loaded in another way than one by one, for callers that have threads.
    pub fn load_by(bundle: &Bundle, load_backbones: LoadBackbones) -> Result<Self, ModelError> {
        let manifest = bundle.manifest().clone();
        let side_px = manifest.preparation.side_px;
        let files = manifest
            .backbones
            .iter()
            .map(|entry| Ok(BackboneFile { name: &entry.name, onnx: bundle.file(&entry.file)?, side_px }))
            .collect::<Result<Vec<_>, ModelError>>()?;
        let backbones = load_backbones(&files).into_iter().collect::<Result<Vec<_>, _>>()?;
        let weights = Weights::from_bytes(bundle.file(WEIGHTS)?)?;
        let fusion = weights.fusion()?;
        let novelty = weights.novelty(&fusion, manifest.novelty_limit)?;
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
            run_backbones: one_by_one,
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
        let mut members = self.heads.iter().flat_map(|head| head.members.iter());
        let fits = features == self.fusion.width()
            && self.novelty.accepts(features)
            && self.regions.dim() == (self.region_heads.len(), fused)
            && self.region_bias.len() == self.region_heads.len()
            && members.all(|(classifier, _)| classifier.accepts(fused))
            && self.heads.iter().all(|head| !head.members.is_empty());
        if !fits {
            return Err(contradiction("its weights do not fit together".to_owned()));
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

    /// The networks, in the order of the manifest.
    pub fn backbones(&self) -> &[Backbone] {
        &self.backbones
    }

    /// The fusion of the backbones' features.
    pub fn fusion(&self) -> &Fusion {
        &self.fusion
    }

    /// How novelty is measured, and its limit.
    pub fn novelty(&self) -> &Novelty {
        &self.novelty
    }

    /// The same model with its backbones run in another way than one by one, for callers that have threads.
    pub fn running_backbones(self, run_backbones: RunBackbones) -> Self {
        Self { run_backbones, ..self }
    }

    /// Runs the backbones on a prepared film (1 x 1 x side x side) and fuses what they see.
    pub fn see(&self, film: &Array4<f32>) -> Result<Seen, ModelError> {
        self.fuse(film, (self.run_backbones)(&self.backbones, film))
    }

    fn fuse(&self, film: &Array4<f32>, features: Vec<Result<Features, EngineError>>) -> Result<Seen, ModelError> {
        let features = features.into_iter().collect::<Result<Vec<_>, _>>()?;
        for (seen, entry) in features.iter().zip(&self.manifest.backbones) {
            if seen.map.dim().0 != entry.channels || seen.pooled.len() != entry.channels {
                return Err(contradiction(format!("'{}' has not {} channels", entry.name, entry.channels)));
            }
        }
        let joined = self.fusion.concatenate(features.iter().map(|seen| &seen.pooled))?;
        let standardised = self.fusion.standardise(&joined);
        let fused = self.fusion.project(&standardised);
        let distance = self.novelty.distance(&standardised, &shades(film, self.preparation()));
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
    /// film at all, and one like the training films, only a [`screen`](super::screen) says. The backbones run one by one: who asks often
    /// asks on a thread for each core.
    pub fn probability(&self, head: usize, grid: &Array2<u8>) -> Result<f64, ModelError> {
        let film = self.preparation().tensor(grid);
        let seen = self.fuse(&film, one_by_one(&self.backbones, &film))?;
        Ok(self.judge(head, &seen).probability)
    }

    /// The signed evidence for `abnormal` over the grid (side x side): the class activation maps of all backbones for the score of
    /// the whole fused model, summed. `None` where no classifier of the head has a gradient.
    pub fn explain(&self, seen: &Seen, evidence: &Evidence, cam: Cam) -> Option<Array2<f64>> {
        let gradient = self.fusion.pull_back(evidence.gradient.as_ref()?);
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
        Some(superpose(&maps, self.preparation().side_px))
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

fn one_by_one(backbones: &[Backbone], film: &Array4<f32>) -> Vec<Result<Features, EngineError>> {
    backbones.iter().map(|backbone| backbone.run(film)).collect()
}

fn contradiction(what: String) -> ModelError {
    ModelError::Contradiction(what)
}
