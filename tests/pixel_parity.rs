//! The tensor a backbone is trained on is, byte for byte, the tensor the box gives it for the same file.

use std::{fs, path::PathBuf};

use fieldray_common::{phantom, prepare::Preparation, read, region::Region};
use fieldray_tests::real_data;
use fieldray_trainer::data::{
    batch::Batcher,
    cache::Grids,
    ledger::Ledger,
    manifest::{Film, Label, Origin},
};
use indicatif::ProgressBar;
use tch::{Device, Tensor};

const PREPARATION: Preparation = Preparation {
    ct_window_hu: None,
    side_px: 192,
    black_percentile: 0.5,
    white_percentile: 99.5,
    mean: 0.5,
    deviation: 0.25,
};

fn film(path: PathBuf) -> Film {
    Film::new(path.display().to_string(), Origin::File(path), Region::Hand, Label::Normal)
}

#[test]
fn training_and_box_see_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for seed in 0..3 {
        let drawn = phantom::random(seed, 500);
        for (suffix, content) in [("png", phantom::png(&drawn)), ("dcm", phantom::dicom(&drawn))] {
            let path = folder.path().join(format!("{seed}.{suffix}"));
            fs::write(&path, content).unwrap();
            files.push(path);
        }
    }
    if let Some(real) = real_data("fracatlas") {
        let mut films: Vec<PathBuf> =
            fs::read_dir(real.join("images")).unwrap().map(|entry| entry.unwrap().path()).collect();
        films.sort();
        files.extend(films.into_iter().step_by(300));
    }
    if let Some(real) = real_data("dicom") {
        files.push(real.join("RG3_RLE.dcm"));
    }

    let films: Vec<Film> = files.iter().cloned().map(film).collect();
    let listed: Vec<&Film> = films.iter().collect();
    let grids = Grids::open(folder.path(), &listed, &PREPARATION, &ProgressBar::hidden()).unwrap();
    assert!(grids.unusable().is_empty(), "{:?}", grids.unusable());
    let regions = [Region::Hand];
    let batcher = Batcher {
        films: listed,
        grids: &grids,
        ledger: &Ledger::default(),
        regions: &regions,
        preparation: &PREPARATION,
        device: Device::Cpu,
    };
    for (place, file) in files.iter().enumerate() {
        let trained: Tensor = batcher.batch(&[place], 0.0).unwrap().films;
        let trained = Vec::<f32>::try_from(trained.view([-1])).unwrap();
        let radiograph = read::read(&fs::read(file).unwrap()).unwrap();
        let prepared = PREPARATION.apply(&radiograph).unwrap();
        let screened = PREPARATION.tensor(&prepared.grid);
        let same = trained.iter().zip(&screened).all(|(one, other)| one.to_bits() == other.to_bits());
        assert!(trained.len() == screened.len() && same, "{}", file.display());
    }
}
