//! Export: trained backbones become one signed bundle, tried on the engine of the box before it is written.

mod card;
mod references;
mod views;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    bundle::{Bundle, CARD, FORMAT, KeyChanges, Manifest, TrustedKey, WEIGHTS, Weights, manifest::BackboneEntry},
    engine::Backbone,
    screening::Model,
};
use indicatif::ProgressBar;
use ndarray::{Array1, Array2};
use tch::{Device, nn};

use crate::{
    data::{
        manifest::Film,
        split::{self, Split},
    },
    evaluate::Evaluation,
    fuse::{
        features::FeatureTable,
        fit, fusion, novelty,
        select::{self, Labelled},
    },
    keys::{self, SigningKey},
    learn::TrainedBackbone,
    network::{fold, onnx, torch},
    recipe::Recipe,
};

/// A bundle's content before it is signed.
#[derive(Debug, Clone)]
pub struct Draft {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
    /// The names of the sources whose films the heads were fitted to.
    sources: BTreeSet<String>,
    /// What was chosen and how it validated, a line each.
    pub account: Vec<String>,
}

/// The ONNX file of a trained backbone, batch norm folded and weights rounded to 16 bits as they ship.
pub fn network(trained: &TrainedBackbone, side_px: usize) -> Result<Vec<u8>> {
    let graph = trained.architecture.graph();
    let mut variables = nn::VarStore::new(Device::Cpu);
    let backbone = torch::Backbone::new(&variables.root(), &graph);
    variables.load(&trained.weights).with_context(|| format!("cannot load {}", trained.weights.display()))?;
    let folded = fold::fold(&backbone)?;
    Ok(onnx::write(&folded.graph, &folded.weights, side_px, onnx::Precision::F16)?)
}

/// The exported backbones, and what they see in the films for learning.
#[derive(Debug, Clone)]
pub struct Seen {
    files: BTreeMap<String, Vec<u8>>,
    entries: Vec<BackboneEntry>,
    /// The backbones, as the engine of the box runs them.
    pub engines: Vec<Backbone>,
    /// The training films that a head screens.
    pub training: FeatureTable,
    /// The validation films that a head screens.
    pub validation: FeatureTable,
}

/// Exports the backbones and looks through them.
pub fn see(
    recipe: &Recipe,
    trained: &[TrainedBackbone],
    split: &Split,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Seen> {
    let side_px = recipe.preparation.side_px;
    let (mut files, mut entries, mut engines) = (BTreeMap::new(), Vec::new(), Vec::new());
    for trained in trained {
        let name = trained.architecture.name().to_owned();
        let file = format!("backbones/{name}.onnx");
        let content = network(trained, side_px)?;
        engines.push(Backbone::load(&name, &content, side_px)?);
        entries.push(BackboneEntry {
            name,
            file: file.clone(),
            channels: trained.architecture.graph().feature_channels(),
        });
        files.insert(file, content);
    }
    // Only what the bundle screens: films of other regions helped to learn the networks, and would now pass for familiar.
    let screened = |film: &Film| recipe.screens(film);
    let (training, validation) = (split.training.only(screened), split.validation.only(screened));
    let parts = [training.films(), validation.films()];
    progress.set_length(parts.iter().map(|films| films.len() as u64).sum());
    let extract = |films| FeatureTable::extract(&engines, &recipe.preparation, films, threads, progress);
    let (training, validation) = (extract(parts[0])?, extract(parts[1])?);
    Ok(Seen { files, entries, engines, training, validation })
}

/// Fuses the backbones' features and fits everything that follows. `created` is the day, `YYYY-MM-DD`.
pub fn draft(recipe: &Recipe, seen: &Seen, created: &str, threads: usize) -> Result<Draft> {
    let mut files = seen.files.clone();
    let sources = seen.training.films.iter().map(|film| film.source().to_owned()).collect();
    let judges = judges(&seen.validation);
    let fusion = fusion::fit(&seen.training.values, recipe.fusion.components)?;
    let novelty = novelty::fit(&fusion, &seen.training, &judges, recipe.novelty.familiar)?;
    let (training, judges) = (labelled(recipe, &seen.training)?, labelled(recipe, &judges)?);
    let regions = match recipe.heads.len() {
        // Of one region there is nothing to tell apart.
        1 => (Array2::zeros((1, fusion.fused_width())), Array1::zeros(1)),
        _ => fit::multinomial(&fusion::fuse(&fusion, &training.features), &training.heads, recipe.regions.penalty)?,
    };
    let mut chosen = select::heads(recipe, &fusion, &training, &judges, threads)?;

    for (chosen, entry) in chosen.iter_mut().zip(&recipe.heads) {
        chosen.head.views = views::learned(&seen.training.films, &entry.covers);
    }

    let mut weights = Weights::default();
    weights.insert_fusion(&fusion);
    weights.insert_novelty(&novelty);
    weights.insert_matrix("regions.weights", &regions.0);
    weights.insert_vector("regions.bias", &regions.1);
    let covers = recipe.heads.iter().map(|head| head.covers.clone());
    let heads = chosen.iter().zip(covers).map(|(chosen, covers)| chosen.head.write(covers, &mut weights)).collect();
    files.insert(WEIGHTS.to_owned(), weights.to_bytes()?);
    let manifest = Manifest {
        format: FORMAT,
        name: recipe.name.clone(),
        version: recipe.version.clone(),
        created: created.to_owned(),
        preparation: recipe.preparation,
        backbones: seen.entries.clone(),
        region_classes: recipe.heads.iter().map(|head| head.name.clone()).collect(),
        region_from: recipe.regions.from,
        novelty_limit: novelty.limit,
        heads,
        references: Vec::new(),
        replaces_newer: false,
        keys: KeyChanges::default(),
        files: BTreeMap::new(),
    };
    let account = chosen.into_iter().flat_map(|chosen| chosen.account).collect();
    Ok(Draft { manifest, files, sources, account })
}

impl Draft {
    /// Adds the reference films with the probabilities this very model gives them.
    pub fn add_references(&mut self, key: &SigningKey) -> Result<()> {
        let model = Model::load(&self.open(key)?)?;
        let references = references::score(&model)?;
        self.manifest.references = references.entries;
        self.files.extend(references.files);
        Ok(())
    }

    /// Adds the model card.
    pub fn add_card(&mut self, recipe: &Recipe, evaluation: Option<&Evaluation>) {
        let card = card::write(recipe, &self.manifest, &self.sources, evaluation);
        self.files.insert(CARD.to_owned(), card.into_bytes());
    }

    /// The bytes of the `.frb` file.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>> {
        keys::seal(self.manifest.clone(), &self.files, key)
    }

    /// The bundle, signed and opened again as a box opens it.
    pub fn open(&self, key: &SigningKey) -> Result<Bundle> {
        let trusted = [TrustedKey::parse("signer", &key.public_line()?)?];
        Ok(Bundle::open_kept(self.sign(key)?, &trusted)?)
    }
}

/// The validation films that choices are made by: the real ones, where there are any.
pub(crate) fn judges(validation: &FeatureTable) -> FeatureTable {
    let on_real = validation.films.iter().any(Film::is_real);
    validation.only(|film| film.is_real() == on_real)
}

/// Features with what is known of their films.
pub(crate) fn labelled(recipe: &Recipe, table: &FeatureTable) -> Result<Labelled> {
    ensure!(!table.films.is_empty(), "no film shows a region that a head covers");
    let head_of = |film: &Film| recipe.heads.iter().position(|head| head.covers.contains(&film.region));
    let mut families = vec![0; table.films.len()];
    for (family, films) in split::families(&table.films).iter().enumerate() {
        films.iter().for_each(|film| families[*film] = family);
    }
    let real = table.films.iter().any(Film::is_real);
    Ok(Labelled {
        features: table.values.clone(),
        abnormal: table.films.iter().map(Film::is_abnormal).collect(),
        heads: table.films.iter().filter_map(head_of).collect(),
        counts: table.films.iter().map(|film| film.is_real() == real).collect(),
        families,
    })
}
