//! Reference films: phantoms that ride in the bundle, so that a box can prove the model on its own hardware.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use fieldray_common::{
    bundle::manifest::Reference,
    phantom::{self, Metal, Request, State},
    read,
    region::Region,
    screening::{self, Model},
};

/// Longest side of a reference film: enough for any preparation, small in the bundle.
const SIDE_PX: usize = 320;

/// Films for a bundle, and what the manifest says of them.
#[derive(Debug, Default)]
pub struct References {
    /// One entry a film.
    pub entries: Vec<Reference>,
    /// The films by their names in the bundle.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Seed of the first head's references.
const FIRST_SEED: u64 = 1000;

/// Two phantoms a head, one intact and one fractured, scored by `model`. They show what the head covers, where a phantom can; else a
/// hand serves, because references prove that a box computes what it should, not that the model is right.
///
/// # Errors
/// Where the model fails.
pub fn score(model: &Model) -> Result<References> {
    let mut references = References::default();
    for (index, head) in model.manifest().heads.iter().enumerate() {
        let covered = phantom::REGIONS.into_iter().find(|region| head.covers.contains(region));
        let region = covered.unwrap_or(Region::Hand);
        for (state, word) in [(State::Intact, "intact"), (State::Fractured, "fractured")] {
            let seed = FIRST_SEED + index as u64;
            let request = Request { region, state, metal: Metal::Absent, long_side_px: SIDE_PX, seed };
            let file = format!("references/{}-{word}.png", head.name);
            let content = phantom::png(&phantom::simulate(&request));
            let film = read::read(&content)?;
            let screening = screening::screen(model, &film, Some(index), &mut |_| ())?;
            let probability = screening.probability.context("a reference film could not be screened")?;
            references.entries.push(Reference { file: file.clone(), region: head.name.clone(), probability });
            references.files.insert(file, content);
        }
    }
    Ok(references)
}
