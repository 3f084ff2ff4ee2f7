//! The second half of a run: trained backbones become an evaluated, signed bundle.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use fieldray_common::screening::Model;

use crate::{
    data::{ledger, split::Split},
    evaluate::{self, Evaluation},
    export,
    folder::{RunFolder, write_whole},
    keys::SigningKey,
    learn::{TrainedBackbone, progress::bar},
    recipe::Recipe,
};

/// What a finished run leaves.
#[derive(Debug)]
pub struct Assembled {
    /// The signed bundle.
    pub bundle: PathBuf,
    /// What it scored on the hold-out.
    pub evaluation: Evaluation,
}

/// Fits, evaluates, signs and writes the bundle. The figures of its model card are measured on the very networks and
/// classifiers it carries.
pub fn assemble(
    recipe: &Recipe,
    trained: &[TrainedBackbone],
    split: &Split,
    data: &Path,
    folder: &RunFolder,
    key: &SigningKey,
    threads: usize,
) -> Result<Assembled> {
    ledger::hold_to_split(folder, split)?;
    let created = chrono::Utc::now().format("%Y-%m-%d").to_string();
    let fitting = bar("films");
    fitting.set_prefix("fitting");
    let seen = export::see(recipe, trained, split, threads, &fitting)?;
    fitting.finish_and_clear();
    let mut draft = export::draft(recipe, &seen, &created, threads)?;
    for line in &draft.account {
        folder.log(line)?;
    }
    draft.add_references(key)?;
    draft.add_card(recipe, None);

    let evaluating = bar("films");
    evaluating.set_prefix("evaluating");
    let model = Model::load(&draft.open(key)?)?;
    let source = format!("the hold-out of {} (seed {})", recipe.name, recipe.seed);
    let mut evaluation = evaluate::evaluate(&model, &split.hold_out, &source, threads, &evaluating)?;
    evaluating.reset();
    evaluation.foreign = Some(evaluate::foreign::measure(&model, &split.hold_out, data, threads, &evaluating)?);
    evaluating.finish_and_clear();

    draft.add_card(recipe, Some(&evaluation));
    let bundle = folder.bundle();
    let content = draft.sign(key)?;
    write_whole(&bundle, &content).context("the bundle could not be written")?;
    let report = serde_json::to_vec_pretty(&evaluation)?;
    write_whole(&folder.evaluation(), &report)?;
    Ok(Assembled { bundle, evaluation })
}
