//! A backbone with the heads it learns by. The heads are left behind: what ships is the backbone.

use anyhow::Result;
use fieldray_common::prepare::Preparation;
use tch::{
    Device, Kind, Tensor,
    nn::{self, Module, ModuleT, VarStore},
};

use super::checkpoint;
use crate::{
    data::batch::Batch,
    folder::RunFolder,
    network::{
        Architecture,
        import::{self, Grey},
        torch::{Arithmetic, Backbone, Features, Mode},
    },
    recipe::Start,
};

/// Share of the pooled features that is dropped while learning.
const DROPOUT: f64 = 0.2;

/// A backbone and three heads.
#[derive(Debug)]
pub struct Model {
    /// The backbone's variables.
    pub body: VarStore,
    /// The heads' variables.
    pub heads: VarStore,
    backbone: Backbone,
    norm: nn::BatchNorm,
    abnormal: nn::Linear,
    region: nn::Linear,
    lesion: Lesion,
}

/// What says whether a cell of the map holds a lesion.
#[derive(Debug)]
enum Lesion {
    /// The backbone's own gate, its map's first channel.
    Gate,
    /// A head, left behind with the others.
    Head(nn::Conv2D),
}

/// What is learning while films are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learning {
    /// Nothing: films are only scored.
    Nothing,
    /// The heads and the neck, on a network that stands still.
    Heads,
    /// All of it.
    Everything,
}

/// What the heads say about N films.
#[derive(Debug)]
pub struct Answers {
    /// Abnormal or not as a logit, N.
    pub abnormal: Tensor,
    /// Which region as logits, N x regions.
    pub region: Tensor,
    /// Probability of a lesion in each cell of the feature map, N x 1 x h x w.
    pub lesion: Tensor,
}

impl Model {
    /// A model with random weights.
    pub fn new(architecture: Architecture, regions: usize, device: Device) -> Self {
        let (body, heads) = (VarStore::new(device), VarStore::new(device));
        let graph = architecture.graph();
        let (root, channels) = (heads.root(), graph.feature_channels() as i64);
        // Few cells hold a lesion: learning need not begin with that.
        let seldom = nn::ConvConfig { bs_init: nn::Init::Const(-4.0), ..Default::default() };
        // Gated features are small, the others are not: the heads see both as the fusion will, standardised.
        let standardised = nn::BatchNormConfig { ws_init: nn::Init::Const(1.0), ..Default::default() };
        Self {
            backbone: Backbone::new(&body.root(), &graph),
            norm: nn::batch_norm1d(&root / "norm", channels, standardised),
            abnormal: nn::linear(&root / "abnormal", channels, 1, Default::default()),
            region: nn::linear(&root / "region", channels, regions as i64, Default::default()),
            lesion: if graph.has_gate() {
                Lesion::Gate
            } else {
                Lesion::Head(nn::conv2d(&root / "lesion", channels, 1, 1, seldom))
            },
            body,
            heads,
        }
    }

    /// The same, learning in this arithmetic.
    pub fn learning_in(self, arithmetic: Arithmetic) -> Self {
        Self { backbone: self.backbone.learning_in(arithmetic), ..self }
    }

    /// Gives the backbone its first weights. `films` (batches, N x 1 x S x S) show it what it will see.
    pub fn start(
        &self,
        architecture: Architecture,
        start: &Start,
        data: &std::path::Path,
        preparation: &Preparation,
        films: &[Tensor],
    ) -> Result<()> {
        let file = match start {
            Start::Scratch => return Ok(()),
            Start::Run(folder) => {
                let weights = RunFolder::of(folder).backbone(architecture);
                return checkpoint::load_backbone(&weights, self.body.variables().into_iter().collect());
            }
            Start::Imagenet(file) => file,
        };
        let grey = Grey { mean: preparation.mean.into(), deviation: preparation.deviation.into() };
        tch::no_grad(|| import::load(&self.backbone, architecture, &data.join(file), grey))?;
        self.backbone.calibrate_batch_norm(films);
        Ok(())
    }

    /// Looks at `films`, N x 1 x S x S.
    pub fn look(&self, films: &Tensor, learning: Learning) -> Answers {
        let mode = match learning {
            Learning::Nothing => Mode::Evaluate,
            Learning::Heads => Mode::TrainNeck,
            Learning::Everything => Mode::Train,
        };
        let Features { map, pooled } = self.backbone.forward(films, mode);
        let pooled = self.norm.forward_t(&pooled, learning != Learning::Nothing);
        let pooled = pooled.dropout(DROPOUT, learning != Learning::Nothing);
        Answers {
            abnormal: self.abnormal.forward(&pooled).squeeze_dim(1),
            region: self.region.forward(&pooled),
            lesion: match &self.lesion {
                Lesion::Gate => map.narrow(1, 0, 1),
                Lesion::Head(head) => head.forward(&map).sigmoid(),
            },
        }
    }

    /// Gives batch norm the statistics of these films, N x 1 x S x S each. The mean of several models has other statistics than the
    /// mean of theirs.
    pub fn settle(&self, batches: &[Tensor]) {
        let pooled = Tensor::cat(&self.backbone.settle_batch_norm(batches), 0);
        let over: &[i64] = &[0];
        tch::no_grad(|| {
            self.norm.running_mean.shallow_clone().copy_(&pooled.mean_dim(over, false, Kind::Float));
            self.norm.running_var.shallow_clone().copy_(&pooled.var_dim(over, true, false));
        });
    }

    /// Every variable with its name, in the order of names.
    pub fn variables(&self) -> Vec<(String, Tensor)> {
        let named = |store: &VarStore, of: &str| -> Vec<(String, Tensor)> {
            store.variables().into_iter().map(|(name, value)| (format!("{of}.{name}"), value)).collect()
        };
        let mut all = named(&self.body, "body");
        all.extend(named(&self.heads, "heads"));
        all.sort_by(|one, other| one.0.cmp(&other.0));
        all
    }

    /// Takes over the other's weights.
    pub fn copy_from(&self, other: &Model) {
        self.approach(other, 1.0);
    }

    /// Moves every weight a `share` of the way to the other's: a running average of a learning model.
    pub fn approach(&self, other: &Model, share: f64) {
        tch::no_grad(|| {
            for ((_, mut mine), (_, theirs)) in self.variables().into_iter().zip(other.variables()) {
                let _ = mine.lerp_(&theirs, share);
            }
        });
    }

    /// Without learning: the probability that each film is abnormal (not calibrated), 0 to 1, and of films with boxes whether the
    /// likeliest cell of the lesion map lies in one.
    pub fn score(&self, batch: &Batch) -> Result<(Vec<f64>, Vec<Option<bool>>)> {
        let answers = tch::no_grad(|| self.look(&batch.films, Learning::Nothing));
        let probabilities = answers.abnormal.to_kind(Kind::Double).sigmoid().to_device(Device::Cpu);
        let size = answers.lesion.size();
        let (boxes, _) = batch.lesions.adaptive_max_pool2d([size[2], size[3]]);
        let (boxes, likeliest) = (boxes.flatten(1, -1), answers.lesion.flatten(1, -1).argmax(1, true));
        let hits = Vec::<f64>::try_from(boxes.gather(1, &likeliest, false).squeeze_dim(1).to_kind(Kind::Double))?;
        let lesions = Vec::<f64>::try_from(boxes.amax([1_i64].as_slice(), false).to_kind(Kind::Double))?;
        let pointed = hits.into_iter().zip(lesions).map(|(hit, any)| (any > 0.0).then_some(hit > 0.0)).collect();
        Ok((Vec::try_from(probabilities)?, pointed))
    }
}
