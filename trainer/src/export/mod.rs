//! Export: trained backbones become one signed bundle, tried on the engine of the box before it is written.

mod card;
mod references;

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    bundle::{
        self, Bundle, CARD, FORMAT, Manifest, TrustedKey, WEIGHTS, Weights,
        manifest::{BackboneEntry, ClassifierEntry, HeadEntry, MemberEntry},
    },
    classifier::Classifier,
    engine::Backbone,
    fusion::{Fusion, Projection},
    novelty::Novelty,
    screening::{Head, Model},
};
use indicatif::ProgressBar;
use ndarray::{Array1, Array2, array};
use tch::{Device, nn};

use crate::{
    data::{manifest::Film, split::Split},
    evaluate::Evaluation,
    fuse::{
        features::FeatureTable,
        fit,
        select::{self, Labelled},
    },
    keys::SigningKey,
    learn::TrainedBackbone,
    network::{fold, onnx, torch},
    recipe::Recipe,
};

/// A bundle's content before it is signed.
#[derive(Debug, Clone)]
pub struct Draft {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
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

/// Fuses the backbones' features, fits everything that follows, and adds references. `created` is the day, `YYYY-MM-DD`.
pub fn draft(
    recipe: &Recipe,
    trained: &[TrainedBackbone],
    split: &Split,
    created: &str,
    threads: usize,
    progress: &ProgressBar,
) -> Result<Draft> {
    let side_px = recipe.preparation.side_px;
    let mut files = BTreeMap::new();
    let mut engines = Vec::new();
    let mut backbones = Vec::new();
    for trained in trained {
        let name = trained.architecture.name().to_owned();
        let file = format!("backbones/{name}.onnx");
        let content = network(trained, side_px)?;
        engines.push(Backbone::load(&name, &content, side_px)?);
        backbones.push(BackboneEntry {
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
    let judged_on_real = validation.films.iter().any(Film::is_real);
    let judges = validation.only(|film| film.is_real() == judged_on_real);

    let fusion = fit::fusion(&training.values, recipe.fusion.components)?;
    let novelty = fit::novelty(&fusion, &training.values, &judges.values, recipe.novelty.familiar)?;
    let labelled = |table: &FeatureTable| labelled(recipe, &fusion, table);
    let (training, judges) = (labelled(&training)?, labelled(&judges)?);
    let regions = match recipe.heads.len() {
        // Of one region there is nothing to tell apart.
        1 => (Array2::zeros((1, fusion.fused_width())), Array1::zeros(1)),
        _ => fit::multinomial(&training.fused, &training.heads, recipe.regions.penalty)?,
    };
    let chosen = select::heads(recipe, &training, &judges)?;

    let heads: Vec<&Head> = chosen.iter().map(|chosen| &chosen.head).collect();
    files.insert(WEIGHTS.to_owned(), weights(&fusion, &novelty, &regions, &heads).to_bytes()?);
    let manifest = Manifest {
        format: FORMAT,
        name: recipe.name.clone(),
        version: recipe.version.clone(),
        created: created.to_owned(),
        preparation: recipe.preparation,
        backbones,
        region_classes: recipe.heads.iter().map(|head| head.name.clone()).collect(),
        region_from: recipe.regions.from,
        novelty_limit: novelty.limit,
        heads: recipe.heads.iter().zip(&heads).map(|(entry, head)| head_entry(entry.covers.clone(), head)).collect(),
        references: Vec::new(),
        files: BTreeMap::new(),
    };
    let account = chosen.into_iter().flat_map(|chosen| chosen.account).collect();
    Ok(Draft { manifest, files, account })
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
        self.files.insert(CARD.to_owned(), card::write(recipe, &self.manifest, evaluation).into_bytes());
    }

    /// The bytes of the `.frb` file.
    pub fn sign(&self, key: &SigningKey) -> Result<Vec<u8>> {
        let comment = format!("Fieldray bundle {}", self.manifest.id());
        bundle::write(self.manifest.clone(), &self.files, |content| key.sign(content, &comment))
    }

    /// The bundle, signed and opened again as a box opens it.
    pub fn open(&self, key: &SigningKey) -> Result<Bundle> {
        let trusted = [TrustedKey::parse("signer", &key.public_line()?)?];
        Ok(Bundle::open(&self.sign(key)?, &trusted)?)
    }
}

/// Fused rows with the head of each film's region.
fn labelled(recipe: &Recipe, fusion: &Fusion, table: &FeatureTable) -> Result<Labelled> {
    ensure!(!table.films.is_empty(), "no film shows a region that a head covers");
    let head_of = |film: &Film| recipe.heads.iter().position(|head| head.covers.contains(&film.region));
    Ok(Labelled {
        fused: fit::fuse(fusion, &table.values),
        abnormal: table.films.iter().map(Film::is_abnormal).collect(),
        heads: table.films.iter().filter_map(head_of).collect(),
    })
}

fn weights(fusion: &Fusion, novelty: &Novelty, regions: &(Array2<f64>, Array1<f64>), heads: &[&Head]) -> Weights {
    let mut weights = Weights::default();
    weights.insert_vector("fusion.mean", fusion.mean());
    weights.insert_vector("fusion.deviation", fusion.deviation());
    if let Projection::Components(components) = fusion.projection() {
        weights.insert_matrix("fusion.components", components);
    }
    weights.insert_vector("novelty.variance", &novelty.variance);
    weights.insert_vector("novelty.residual_variance", &array![novelty.residual_variance]);
    weights.insert_matrix("regions.weights", &regions.0);
    weights.insert_vector("regions.bias", &regions.1);
    for head in heads {
        for (index, (classifier, _)) in head.members.iter().enumerate() {
            let name = |part: &str| format!("heads.{}.{index}.{part}", head.name);
            match classifier {
                Classifier::Logistic(linear) => weights.insert_vector(name("weights"), &linear.weights),
                Classifier::SvmRbf(svm) => {
                    weights.insert_matrix(name("support"), svm.support());
                    weights.insert_vector(name("coefficients"), svm.coefficients());
                }
            }
        }
    }
    weights
}

fn head_entry(covers: Vec<fieldray_common::region::Region>, head: &Head) -> HeadEntry {
    let members = head.members.iter().map(|(classifier, calibration)| MemberEntry {
        classifier: match classifier {
            Classifier::Logistic(linear) => ClassifierEntry::Logistic { bias: linear.bias },
            Classifier::SvmRbf(svm) => ClassifierEntry::SvmRbf { bias: svm.bias(), gamma: svm.gamma() },
        },
        calibration: *calibration,
    });
    HeadEntry { name: head.name.clone(), covers, members: members.collect(), operating_point: head.operating_point }
}
