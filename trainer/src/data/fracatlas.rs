//! FracAtlas (Abedeen et al., Scientific Data 10:521, 2023): hand, leg, hip and shoulder, fractured or not.
//!
//! A film that shows several regions counts for the rarest of them (shoulder, then hip, hand, leg): the small regions need
//! every film they can get, and learning on hand and leg alone then never sees a shoulder. The set names no patients; the
//! ties are the block of ten image numbers, which may be one patient's, and the group of films that look alike.

use std::{collections::HashMap, fs, path::Path};

use anyhow::{Context, Result, ensure};
use fieldray_common::{region::Region, view::View};
use serde::Deserialize;

use super::manifest::{Film, Hardware, Label, Origin};

#[derive(Deserialize)]
struct Row {
    image_id: String,
    hand: u8,
    leg: u8,
    hip: u8,
    shoulder: u8,
    hardware: u8,
    fractured: u8,
    frontal: u8,
    lateral: u8,
    oblique: u8,
    group: u32,
}

/// Every film of the folder, in the order of its table.
pub(super) fn films(folder: &Path) -> Result<Vec<Film>> {
    let table = folder.join("dataset.csv");
    let mut rows = csv::Reader::from_path(&table).with_context(|| {
        format!("no FracAtlas table at {}; name the folder that holds fracatlas/ with --data", table.display())
    })?;
    let boxes = folder.join("boxes.json");
    let text = fs::read(&boxes).with_context(|| format!("cannot read {}", boxes.display()))?;
    let boxes: HashMap<String, Vec<[f64; 4]>> =
        serde_json::from_slice(&text).with_context(|| format!("{} does not hold boxes by image", boxes.display()))?;
    rows.deserialize()
        .enumerate()
        .map(|(at, row)| {
            let row: Row = row.with_context(|| format!("{}: row {}", table.display(), at + 2))?;
            film(folder, row, &boxes)
        })
        .collect()
}

fn film(folder: &Path, row: Row, boxes: &HashMap<String, Vec<[f64; 4]>>) -> Result<Film> {
    let rarest_first =
        [(row.shoulder, Region::Shoulder), (row.hip, Region::Hip), (row.hand, Region::Hand), (row.leg, Region::Leg)];
    let shows: Vec<Region> =
        rarest_first.into_iter().filter(|(seen, _)| *seen == 1).map(|(_, region)| region).collect();
    ensure!(!shows.is_empty(), "{} shows no region", row.image_id);
    let path = folder.join("images").join(&row.image_id);
    let (lesions, size_px) = match boxes.get(&row.image_id) {
        None => (Vec::new(), None),
        Some(boxes) => {
            let (width, height) = image::image_dimensions(&path)
                .with_context(|| format!("cannot read the size of {}", path.display()))?;
            let (across, down) = (f64::from(width), f64::from(height));
            let share =
                |[left, top, width, height]: &[f64; 4]| [left / across, top / down, width / across, height / down];
            (boxes.iter().map(share).collect(), Some([width as usize, height as usize]))
        }
    };
    let views = [(row.frontal, View::Frontal), (row.lateral, View::Lateral), (row.oblique, View::Oblique)];
    let label = if row.fractured == 1 { Label::Abnormal } else { Label::Normal };
    let region = shows[0];
    Ok(Film {
        shows,
        views: views.into_iter().filter(|(taken, _)| *taken == 1).map(|(_, view)| view).collect(),
        hardware: if row.hardware == 1 { Hardware::Present } else { Hardware::Absent },
        lesions,
        size_px,
        groups: vec![format!("block {}", block(&row.image_id)?), format!("group {}", row.group)],
        ..Film::new(format!("fracatlas/{}", row.image_id), Origin::File(path), region, label)
    })
}

/// `IMG0001234.jpg` lies in block 123.
fn block(image_id: &str) -> Result<u32> {
    let digits: String = image_id.chars().filter(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().with_context(|| format!("{image_id} has no image number"))?;
    Ok(number / 10)
}
