//! Prepared grids, made once: by the box's own reading and preparation, over all cores, kept in a file.
//!
//! The file is named by a hash of all that decides its content, and holds one record a film: the grid's bytes and the start
//! of their SHA-256. A record whose sum does not hold was never finished; it is made again. So a run killed here goes on
//! where it was, and two runs over one folder share the work.

use std::{
    collections::HashMap,
    fs::{self, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::{Context, Result};
use fieldray_common::prepare::Preparation;
use indicatif::ProgressBar;
use ndarray::Array2;
use sha2::{Digest, Sha256};
use tch::{Kind, Tensor};

use super::manifest::{Film, Origin};

/// Bytes of the checksum after each grid.
const SUM: usize = 8;

/// The grids of a list of films, in memory.
#[derive(Debug)]
pub struct Grids {
    side_px: usize,
    /// Films x side x side grey levels, u8.
    levels: Tensor,
    place: HashMap<String, i64>,
    unusable: Vec<(String, String)>,
}

/// One film's grid, exactly as the box makes it.
pub fn prepare(film: &Film, preparation: &Preparation) -> Result<Array2<u8>> {
    Ok(preparation.apply(&super::radiograph(film)?)?.grid)
}

impl Grids {
    /// Opens the films' grids in `folder`, making those that are not there yet.
    ///
    /// A film that cannot be read or prepared is left out: see [`Grids::unusable`].
    pub fn open(folder: &Path, films: &[&Film], preparation: &Preparation, progress: &ProgressBar) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(format!("{}.grids", key(films, preparation)));
        let context = || format!("cannot use the grid file {}; delete it and start again", path.display());
        let mut file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.as_mut().map_err(|error| anyhow::anyhow!("{error}")).with_context(context)?;
        file.lock().with_context(context)?;

        let area = preparation.side_px * preparation.side_px;
        let record = area + SUM;
        file.set_len((films.len() * record) as u64).with_context(context)?;
        let mut levels = vec![0_u8; films.len() * area];
        let mut missing = Vec::new();
        let mut buffer = vec![0_u8; record];
        for (at, grid) in levels.chunks_exact_mut(area).enumerate() {
            file.read_exact_at(&mut buffer, (at * record) as u64).with_context(context)?;
            let (stored, sum) = buffer.split_at(area);
            if sum == checksum(stored) {
                grid.copy_from_slice(stored);
            } else {
                missing.push(at);
            }
        }

        progress.set_length(missing.len() as u64);
        let unusable = make(films, preparation, &missing, progress, |at, grid| {
            levels[at * area..(at + 1) * area].copy_from_slice(&grid);
            let sum = checksum(&grid);
            file.write_all_at(&[grid, sum].concat(), (at * record) as u64).with_context(context)
        })?;
        progress.finish_and_clear();

        let side = preparation.side_px as i64;
        let left_out = |film: &Film| unusable.iter().any(|(id, _)| *id == film.id);
        Ok(Self {
            side_px: preparation.side_px,
            levels: Tensor::from_data_size(&levels, &[films.len() as i64, side, side], Kind::Uint8),
            place: (films.iter().enumerate())
                .filter(|(_, film)| !left_out(film))
                .map(|(at, film)| (film.id.clone(), at as i64))
                .collect(),
            unusable,
        })
    }

    /// Side of every grid.
    pub fn side_px(&self) -> usize {
        self.side_px
    }

    /// Whether the film has a grid.
    pub fn has(&self, film: &Film) -> bool {
        self.place.contains_key(&film.id)
    }

    /// Films without a grid, and why.
    pub fn unusable(&self) -> &[(String, String)] {
        &self.unusable
    }

    /// The films' grids, N x 1 x side x side, grey levels 0 to 255 as u8. Films without one are passed over.
    pub fn batch(&self, films: &[&Film]) -> Tensor {
        let places: Vec<i64> = films.iter().filter_map(|film| self.place.get(&film.id).copied()).collect();
        self.levels.index_select(0, &Tensor::from_slice(&places)).unsqueeze(1)
    }
}

/// Prepares the missing films over all cores and hands each grid to `store`; gives back those that could not be.
fn make(
    films: &[&Film],
    preparation: &Preparation,
    missing: &[usize],
    progress: &ProgressBar,
    mut store: impl FnMut(usize, Vec<u8>) -> Result<()>,
) -> Result<Vec<(String, String)>> {
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, |count| count.get()).min(missing.len());
    let mut unusable = Vec::new();
    thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(4 * workers);
        for _ in 0..workers {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                while let Some(&at) = missing.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((at, prepare(films[at], preparation))).is_err() {
                        return; // storing failed
                    }
                }
            });
        }
        drop(sender);
        for (at, made) in receiver {
            match made {
                Ok(grid) => store(at, grid.into_raw_vec_and_offset().0)?,
                Err(error) => unusable.push((films[at].id.clone(), format!("{error:#}"))),
            }
            progress.inc(1);
        }
        anyhow::Ok(())
    })?;
    unusable.sort();
    Ok(unusable)
}

/// Names the file by the preparation and the films: another size of a file is another film.
fn key(films: &[&Film], preparation: &Preparation) -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{preparation:?}"));
    for film in films {
        let length = match &film.origin {
            Origin::File(path) => fs::metadata(path).map_or(0, |facts| facts.len()),
            Origin::Phantom { long_side_px, .. } => *long_side_px as u64,
        };
        hash.update(format!("\n{} {length}", film.id));
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

fn checksum(grid: &[u8]) -> Vec<u8> {
    Sha256::digest(grid)[..SUM].to_vec()
}
