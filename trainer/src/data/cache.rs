//! Prepared grids, made once: by the box's own reading and preparation, over all cores, kept in a file.
//!
//! There is a file for each preparation. It holds one record a film: the film's key, the grid's bytes, and the start of their
//! SHA-256. Records are only added, whole ones are never written again, and one whose sum does not hold was never finished: so a
//! run killed here goes on where it was, and runs that share a folder share the work, whatever parts they put the films in.
//!
//! Grids are read from the file as they are asked for, so that any number of films takes no memory but the page cache, which the
//! system gives back when something else wants it. A memory map would save the copy of a grid (some microseconds) and cost the
//! promise that another process cannot take the ground from under a tensor.

use std::{
    collections::HashMap,
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::UNIX_EPOCH,
};

use anyhow::{Context, Result};
use fieldray_common::prepare::Preparation;
use indicatif::ProgressBar;
use ndarray::Array2;
use sha2::{Digest, Sha256};
use tch::{Kind, Tensor};

use super::{
    files,
    manifest::{Film, Origin},
};

/// Bytes that name a film, before its grid.
const KEY: usize = 16;

/// Bytes of the checksum behind it.
const SUM: usize = 8;

/// The grids of a list of films.
#[derive(Debug)]
pub struct Grids {
    path: PathBuf,
    file: File,
    side_px: usize,
    /// The number of each film's record.
    record_of: HashMap<String, u64>,
    unusable: Vec<(String, String)>,
}

/// One film's grid, exactly as the box makes it.
pub fn prepare(film: &Film, preparation: &Preparation) -> Result<Array2<u8>> {
    Ok(preparation.apply(&super::radiograph(film, preparation)?)?.grid)
}

impl Grids {
    /// Opens the films' grids in `folder`, making those that are not there yet.
    ///
    /// A film that cannot be read or prepared is left out: see [`Grids::unusable`].
    ///
    /// # Errors
    /// Where the file cannot be read, or not be written, as on a full disk: what is there stays, and is not made again.
    pub fn open(folder: &Path, films: &[&Film], preparation: &Preparation, progress: &ProgressBar) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let path = folder.join(format!("{}.grids", name(preparation)));
        let cannot_read = || format!("cannot read the prepared films in {}", path.display());
        let file = File::options().read(true).write(true).create(true).truncate(false).open(&path);
        let file = file.with_context(cannot_read)?;
        file.lock().with_context(cannot_read)?;
        let mut grids = Self {
            file,
            side_px: preparation.side_px,
            record_of: HashMap::with_capacity(films.len()),
            unusable: Vec::new(),
            path,
        };

        let mut records = grids.file.metadata()?.len() / grids.record_bytes() as u64;
        let known = grids.keys(records)?;
        let keys: Vec<[u8; KEY]> = films.iter().map(|film| key(film)).collect();
        let mut missing = Vec::new();
        for (at, key) in keys.iter().enumerate() {
            match known.get(key) {
                Some(&record) if grids.is_whole(record)? => {
                    grids.record_of.insert(films[at].id.clone(), record);
                }
                _ => missing.push(at),
            }
        }

        progress.set_length(missing.len() as u64);
        let unusable = make(films, preparation, &missing, progress, |at, levels| {
            let mut record = [&keys[at][..], &levels].concat();
            record.extend(checksum(&record));
            grids.file.write_all_at(&record, records * record.len() as u64).with_context(|| {
                format!(
                    "cannot keep prepared films in {}; what is there stays: free some space, or name another folder with \
                     --grids, and run again",
                    grids.path.display()
                )
            })?;
            grids.record_of.insert(films[at].id.clone(), records);
            records += 1;
            Ok(())
        })?;
        progress.finish_and_clear();
        grids.file.unlock()?;
        Ok(Self { unusable, ..grids })
    }

    /// Side of every grid.
    pub fn side_px(&self) -> usize {
        self.side_px
    }

    /// Whether the film has a grid.
    pub fn has(&self, film: &Film) -> bool {
        self.record_of.contains_key(&film.id)
    }

    /// Films without a grid, and why.
    pub fn unusable(&self) -> &[(String, String)] {
        &self.unusable
    }

    /// The films' grids, N x 1 x side x side, grey levels 0 to 255 as u8.
    ///
    /// # Errors
    /// Where a film has no grid, or the file is gone.
    pub fn batch(&self, films: &[&Film]) -> Result<Tensor> {
        let area = self.side_px * self.side_px;
        let mut levels = vec![0; films.len() * area];
        for (film, grid) in films.iter().zip(levels.chunks_exact_mut(area)) {
            let record = self.record_of.get(&film.id).with_context(|| format!("{} was not prepared", film.id))?;
            self.read(grid, record * self.record_bytes() as u64 + KEY as u64)?;
        }
        let side = self.side_px as i64;
        Ok(Tensor::from_data_size(&levels, &[films.len() as i64, 1, side, side], Kind::Uint8))
    }

    fn record_bytes(&self) -> usize {
        KEY + self.side_px * self.side_px + SUM
    }

    /// The record of each film that has one; of several, the last.
    fn keys(&self, records: u64) -> Result<HashMap<[u8; KEY], u64>> {
        let mut key = [0; KEY];
        (0..records)
            .map(|record| {
                self.read(&mut key, record * self.record_bytes() as u64)?;
                Ok((key, record))
            })
            .collect()
    }

    fn is_whole(&self, record: u64) -> Result<bool> {
        let mut content = vec![0; self.record_bytes()];
        self.read(&mut content, record * self.record_bytes() as u64)?;
        let (content, sum) = content.split_at(self.record_bytes() - SUM);
        Ok(sum == checksum(content))
    }

    fn read(&self, into: &mut [u8], offset: u64) -> Result<()> {
        let cannot = || format!("cannot read the prepared films in {}; delete it, and run again", self.path.display());
        self.file.read_exact_at(into, offset).with_context(cannot)
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

/// Names the file of a preparation.
fn name(preparation: &Preparation) -> String {
    files::fingerprint(format!("{preparation:?}").as_bytes())
}

/// Names a film by all that decides its pixels. A file of another size or day is another film.
fn key(film: &Film) -> [u8; KEY] {
    let version = env!("CARGO_PKG_VERSION");
    let pixels = match &film.origin {
        Origin::File(path) => {
            let facts = fs::metadata(path);
            let changed = facts.as_ref().ok().and_then(|facts| facts.modified().ok()?.duration_since(UNIX_EPOCH).ok());
            format!("{} {:?}", facts.map_or(0, |facts| facts.len()), changed)
        }
        Origin::Phantom { long_side_px, .. } => long_side_px.to_string(),
    };
    let mut key = [0; KEY];
    key.copy_from_slice(&Sha256::digest(format!("{version} {} {pixels}", film.id))[..KEY]);
    key
}

fn checksum(content: &[u8]) -> [u8; SUM] {
    let mut sum = [0; SUM];
    sum.copy_from_slice(&Sha256::digest(content)[..SUM]);
    sum
}

#[cfg(test)]
mod tests {
    use fieldray_common::{phantom, region::Region};

    use super::*;
    use crate::data::manifest::Label;

    const PREPARATION: Preparation = Preparation {
        ct_window_hu: None,
        side_px: 48,
        black_percentile: 0.5,
        white_percentile: 99.5,
        mean: 0.5,
        deviation: 0.25,
    };

    /// Films in files of their own.
    fn films(folder: &Path, seeds: std::ops::Range<u64>) -> Vec<Film> {
        seeds
            .map(|seed| {
                let path = folder.join(format!("{seed}.png"));
                if !path.exists() {
                    fs::write(&path, phantom::png(&phantom::random(seed, 64))).unwrap();
                }
                Film::new(format!("films/{seed}"), Origin::File(path), Region::Hand, Label::Normal)
            })
            .collect()
    }

    /// The grids, and how many films had to be prepared for them.
    fn open(folder: &Path, films: &[Film]) -> (Grids, u64) {
        let progress = ProgressBar::hidden();
        let films: Vec<&Film> = films.iter().collect();
        let grids = Grids::open(&folder.join("grids"), &films, &PREPARATION, &progress).unwrap();
        (grids, progress.length().unwrap())
    }

    fn grid_file(folder: &Path) -> PathBuf {
        fs::read_dir(folder.join("grids")).unwrap().next().unwrap().unwrap().path()
    }

    fn assert_right(grids: &Grids, films: &[Film]) {
        for film in films {
            let made = prepare(film, &PREPARATION).unwrap().into_raw_vec_and_offset().0;
            assert_eq!(Vec::<u8>::try_from(grids.batch(&[film]).unwrap().view([-1])).unwrap(), made, "{}", film.id);
        }
    }

    #[test]
    fn a_film_is_prepared_once_whatever_list_it_is_in() {
        let folder = tempfile::tempdir().unwrap();
        let all = films(folder.path(), 0..6);
        let (grids, made) = open(folder.path(), &all[..4]);
        assert_eq!(made, 4);
        assert_right(&grids, &all[..4]);
        let (grids, made) = open(folder.path(), &[all[5].clone(), all[0].clone(), all[3].clone()]);
        assert_eq!(made, 1);
        assert_right(&grids, &[all[0].clone(), all[3].clone(), all[5].clone()]);
        assert!(grids.batch(&[&all[1]]).is_err());
    }

    #[test]
    fn what_was_not_finished_and_what_has_changed_is_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let all = films(folder.path(), 0..4);
        drop(open(folder.path(), &all));
        // The last record was cut off, and the first one never reached the disk.
        let file = File::options().write(true).open(grid_file(folder.path())).unwrap();
        file.set_len(file.metadata().unwrap().len() - 100).unwrap();
        file.write_all_at(&[7; 50], 100).unwrap();
        let (grids, made) = open(folder.path(), &all);
        assert_eq!(made, 2);
        assert_right(&grids, &all);

        fs::write(folder.path().join("2.png"), phantom::png(&phantom::random(99, 64))).unwrap();
        let (grids, made) = open(folder.path(), &all);
        assert_eq!(made, 1);
        assert_right(&grids, &all);
    }

    #[test]
    fn a_film_that_is_blank_or_cut_short_is_left_out_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let all = films(folder.path(), 0..3);
        image::GrayImage::from_pixel(64, 64, image::Luma([90])).save(folder.path().join("0.png")).unwrap();
        let whole = fs::read(folder.path().join("1.png")).unwrap();
        fs::write(folder.path().join("1.png"), &whole[..whole.len() / 2]).unwrap();
        let (grids, _) = open(folder.path(), &all);
        let reasons: Vec<&str> = grids.unusable().iter().map(|(_, reason)| reason.as_str()).collect();
        assert_eq!(reasons.len(), 2);
        assert!(reasons[0].contains("the film is blank"), "{}", reasons[0]);
        assert!(reasons[1].contains("the PNG file ends early"), "{}", reasons[1]);
        assert!(!grids.has(&all[0]) && grids.has(&all[2]));
    }
}
