//! Panels of films: what the model saw in some that it called rightly, missed, or called wrongly.

use anyhow::{Context, Result, ensure};
use fieldray_common::{
    explain,
    screening::{self, Decision, Model},
};
use image::{Rgb, RgbImage, imageops};
use sha2::{Digest, Sha256};

use super::{Shown, figure::Figure};
use crate::{
    data::{self, manifest::Film},
    evaluate::{Evaluation, FilmResult},
};

/// Films in a panel, in rows of [`ROW`].
const FILMS: usize = 8;
const ROW: usize = 4;

/// Side of one film's place.
const PLACE_PX: u32 = 260;
const GAP_PX: u32 = 8;

/// The colour of a reader's box: none of the heatmap's.
const BOX: Rgb<u8> = Rgb([0, 220, 255]);

/// A panel each of fractured films called abnormal, of those called normal, and of normal films called abnormal; fewer where there
/// are none. `films` are all that the run knew.
///
/// # Errors
/// Where a film is gone or the model fails.
pub(super) fn draw(model: &Model, evaluation: &Evaluation, films: &[Film]) -> Result<Vec<Shown>> {
    let kinds = [
        ("found", "Abnormal films called abnormal.", true, Decision::Abnormal),
        ("missed", "Abnormal films called normal: what it misses.", true, Decision::Normal),
        ("false-alarms", "Normal films called abnormal: what misleads it.", false, Decision::Abnormal),
    ];
    let mut shown = Vec::new();
    for (name, caption, abnormal, decision) in kinds {
        let mut wanted: Vec<&FilmResult> =
            evaluation.counted().filter(|film| film.abnormal == abnormal && film.decision == decision).collect();
        wanted.sort_by_cached_key(|film| Sha256::digest(&film.id).to_vec());
        wanted.truncate(FILMS);
        if wanted.is_empty() {
            continue;
        }
        let pictures = (wanted.iter())
            .map(|result| {
                let film = films.iter().find(|film| film.id == result.id);
                picture(model, film.with_context(|| format!("the film {} is gone from the data", result.id))?)
            })
            .collect::<Result<Vec<_>>>()?;
        shown.push(Shown::new(&format!("panel-{name}"), caption, &Figure(panel(&pictures)))?);
    }
    ensure!(!shown.is_empty(), "no film was decided on");
    Ok(shown)
}

/// The film under its heatmap, with the readers' boxes.
fn picture(model: &Model, film: &Film) -> Result<RgbImage> {
    let radiograph = data::radiograph(film, model.preparation())?;
    let head = model.manifest().head_for(film.region);
    let screening = screening::screen(model, &radiograph, head, &mut |_| ())?;
    let plain = explain::picture(&radiograph, PLACE_PX);
    let mut picture = match &screening.heatmap {
        Some(heatmap) => explain::overlay(&plain, heatmap),
        None => plain,
    };
    for lesion in &film.lesions {
        outline(&mut picture, lesion);
    }
    Ok(picture)
}

/// Draws a box given by shares of the picture's sides: left, top, width, height.
fn outline(picture: &mut RgbImage, [left, top, width, height]: &[f64; 4]) {
    let (columns, rows) = picture.dimensions();
    let at = |share: f64, side: u32| ((share * f64::from(side)) as u32).min(side.saturating_sub(1));
    let (left, right) = (at(*left, columns), at(left + width, columns));
    let (top, bottom) = (at(*top, rows), at(top + height, rows));
    for x in left..=right {
        [top, bottom].iter().for_each(|y| picture.put_pixel(x, *y, BOX));
    }
    for y in top..=bottom {
        [left, right].iter().for_each(|x| picture.put_pixel(*x, y, BOX));
    }
}

fn panel(pictures: &[RgbImage]) -> RgbImage {
    let side = |count: usize| count as u32 * (PLACE_PX + GAP_PX) + GAP_PX;
    let size = (side(ROW.min(pictures.len())), side(pictures.len().div_ceil(ROW)));
    let mut panel = RgbImage::from_pixel(size.0, size.1, Rgb([24, 24, 24]));
    for (at, picture) in pictures.iter().enumerate() {
        let corner = |place: usize, length: u32| {
            i64::from(GAP_PX + place as u32 * (PLACE_PX + GAP_PX) + (PLACE_PX - length.min(PLACE_PX)) / 2)
        };
        let (x, y) = (corner(at % ROW, picture.width()), corner(at / ROW, picture.height()));
        imageops::replace(&mut panel, picture, x, y);
    }
    panel
}
