//! A backbone with the heads it learns by. The heads are left behind: what ships is the backbone.

use anyhow::Result;
use fieldray_common::prepare::Preparation;
use tch::{
    Device, Kind, Tensor,
    nn::{self, Module, VarStore},
};

use crate::{
    network::{
        Architecture,
        import::{self, Grey},
        torch::{Backbone, Features, Mode},
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
    abnormal: nn::Linear,
    region: nn::Linear,
    lesion: nn::Conv2D,
}

/// What is learning while films are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learning {
    /// Nothing: films are only scored.
    Nothing,
    /// The heads, on a backbone that stands still.
    Heads,
    /// All of it.
    Everything,
}

/// What the heads say about N films, all as logits.
#[derive(Debug)]
pub struct Answers {
    /// Abnormal or not, N.
    pub abnormal: Tensor,
    /// Which region, N x regions.
    pub region: Tensor,
    /// A lesion in this cell of the feature map or not, N x 1 x h x w.
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
        Self {
            backbone: Backbone::new(&body.root(), &graph),
            abnormal: nn::linear(&root / "abnormal", channels, 1, Default::default()),
            region: nn::linear(&root / "region", channels, regions as i64, Default::default()),
            lesion: nn::conv2d(&root / "lesion", channels, 1, 1, seldom),
            body,
            heads,
        }
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
        let Start::Imagenet(file) = start else { return Ok(()) };
        let grey = Grey { mean: preparation.mean.into(), deviation: preparation.deviation.into() };
        tch::no_grad(|| import::load(&self.backbone, architecture, &data.join(file), grey))?;
        self.backbone.calibrate_batch_norm(films);
        Ok(())
    }

    /// Looks at `films`, N x 1 x S x S.
    pub fn look(&self, films: &Tensor, learning: Learning) -> Answers {
        let mode = if learning == Learning::Everything { Mode::Train } else { Mode::Evaluate };
        let Features { map, pooled } = self.backbone.forward(films, mode);
        let pooled = pooled.dropout(DROPOUT, learning != Learning::Nothing);
        Answers {
            abnormal: self.abnormal.forward(&pooled).squeeze_dim(1),
            region: self.region.forward(&pooled),
            lesion: self.lesion.forward(&map),
        }
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

    /// Probability that each film is abnormal (not calibrated), 0 to 1, without learning.
    pub fn score(&self, films: &Tensor) -> Result<Vec<f64>> {
        let logits = tch::no_grad(|| self.look(films, Learning::Nothing).abnormal);
        Ok(Vec::try_from(logits.to_kind(Kind::Double).sigmoid().to_device(Device::Cpu))?)
    }
}
