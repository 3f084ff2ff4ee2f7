//! Children's chest radiographs with and without pneumonia (Kermany et al. 2018, doi 10.17632/rscbjbr9sj.2).
//!
//! A few films are there twice, byte for byte, and not always under one patient: the same bytes are a tie, too.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use fieldray_common::region::Region;
use serde::Deserialize;

use super::{
    files,
    manifest::{Film, Hardware, Origin},
};

#[derive(Deserialize)]
struct Row {
    image_id: String,
    patient: String,
    pneumonia: String,
}

/// Every film of the folder, in the order of its table.
pub(super) fn films(folder: &Path) -> Result<Vec<Film>> {
    let table = folder.join("dataset.csv");
    let mut rows =
        csv::Reader::from_path(&table).with_context(|| format!("no table of chest films at {}", table.display()))?;
    rows.deserialize()
        .enumerate()
        .map(|(at, row)| {
            let context = || format!("{}: row {}", table.display(), at + 2);
            let row: Row = row.with_context(context)?;
            let path = folder.join("images").join(&row.image_id);
            let copies = fs::read(&path).map(|bytes| format!("bytes {}", files::fingerprint(&bytes)));
            let (id, label) =
                (format!("chest-kermany/{}", row.image_id), files::label(&row.pneumonia).with_context(context)?);
            Ok(Film {
                hardware: Hardware::Unknown,
                patient: Some(row.patient),
                groups: copies.into_iter().collect(),
                ..Film::new(id, Origin::File(path), Region::Chest, label)
            })
        })
        .collect()
}
