//! The backbones of a run: which, from what weights, and whom they learn from.

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::network::{Architecture, torch::Arithmetic};

/// One backbone to learn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackboneRecipe {
    /// Which network.
    pub architecture: Architecture,
    /// Its first weights.
    pub start: Start,
    /// What it is learned for; to be shipped where absent.
    #[serde(default)]
    pub role: Role,
    /// Whom it learns from besides the labels; nobody where absent.
    #[serde(default)]
    pub teacher: Option<Teacher>,
    /// What it is learned in; 32 bits where absent.
    #[serde(default)]
    pub arithmetic: Arithmetic,
}

/// The weights a backbone starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// Random ones.
    Scratch,
    /// Those learned on ImageNet, from a safetensors file (relative to the data folder).
    Imagenet(PathBuf),
    /// Those that another run learned, from its folder (relative to the working directory). That run must not have learned from a
    /// film that is held out here.
    Run(PathBuf),
}

/// What a backbone is learned for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// The bundle carries it.
    #[default]
    Member,
    /// Other backbones learn from it, and it stays behind: it may be as large as this machine likes.
    Teacher,
}

/// An ensemble from which a compact backbone learns (distillation, Hinton et al. 2015). Its probability for a training film is the
/// mean of its members'.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Teacher {
    /// Backbones of this recipe; they must stand before the student.
    #[serde(default)]
    pub backbones: Vec<Architecture>,
    /// Bundles of other runs (relative to the data folder), beside the `split.json` of their run. Their runs must not have
    /// learned from what this one holds out.
    #[serde(default)]
    pub bundles: Vec<PathBuf>,
    /// minisign public key that the bundles are signed with (relative to the data folder); the public demo key where absent.
    #[serde(default)]
    pub key: Option<PathBuf>,
    /// What both log-odds are divided by: above 1, how sure the teacher is counts less than how it orders films.
    pub temperature: f64,
    /// Weight of the teacher beside the labels, 0 to 1.
    pub weight: f64,
}

/// Whether these backbones can be learned one after another.
pub(super) fn check(backbones: &[BackboneRecipe]) -> Result<()> {
    ensure!(backbones.iter().any(|backbone| backbone.role == Role::Member), "at least one is needed that ships");
    for (at, BackboneRecipe { architecture, teacher, .. }) in backbones.iter().enumerate() {
        let is_before = |wanted: &Architecture| backbones[..at].iter().any(|other| other.architecture == *wanted);
        ensure!(!is_before(architecture), "{} is there twice", architecture.name());
        let Some(teacher) = teacher else { continue };
        if let Some(later) = teacher.backbones.iter().find(|wanted| !is_before(wanted)) {
            bail!("{}: its teacher {} must stand before it", architecture.name(), later.name());
        }
        ensure!(
            !teacher.backbones.is_empty() || !teacher.bundles.is_empty(),
            "{}: its teacher has neither backbones nor bundles",
            architecture.name()
        );
        ensure!(teacher.temperature > 0.0, "{}: temperature: above 0", architecture.name());
        ensure!((0.0..=1.0).contains(&teacher.weight), "{}: the teacher's weight: from 0 to 1", architecture.name());
    }
    Ok(())
}
