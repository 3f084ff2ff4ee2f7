//! MURA 1.1 (Rajpurkar et al., "MURA: Large dataset for abnormality detection in musculoskeletal radiographs", 2018), in its own
//! layout: `{train,valid}/XR_HUMERUS/patient00001/study1_positive/image1.png`.
//!
//! The folder of a study gives the label. The lists beside the folders, where they are there, must say the same. What the set calls
//! `valid` is held out: its true test set was never published, and figures on MURA are figures on `valid`.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context, Result, bail, ensure};
use fieldray_common::region::Region;

use super::{
    check::more,
    files,
    manifest::{Film, Label, Origin, OwnPart},
};

/// Every film of the folder, in the order of the paths.
pub(super) fn films(folder: &Path) -> Result<Vec<Film>> {
    let mut films = Vec::new();
    for (part, own_part) in [("train", OwnPart::Learning), ("valid", OwnPart::HoldOut)] {
        let images = files::below(&folder.join(part)).with_context(|| {
            format!("no MURA in {}; name the folder that holds train/ and valid/", folder.display())
        })?;
        let images: Vec<Image> =
            images.iter().map(|path| Image::parse(part, path)).collect::<Result<_>>().context("MURA")?;
        check_images(folder, part, &images)?;
        check_studies(folder, part, &images)?;
        films.extend(images.into_iter().map(|image| image.film(folder, own_part)));
    }
    Ok(films)
}

/// What a path says, relative to the folder of the set.
struct Image {
    path: String,
    /// The path of the study, with its label.
    study: String,
    region: Region,
    patient: String,
    label: Label,
}

impl Image {
    fn parse(part: &str, path: &str) -> Result<Self> {
        let names: Vec<&str> = path.split('/').collect();
        let [region, patient, study, _] = names[..] else {
            bail!("{part}/{path} does not lie in a folder of region, patient and study");
        };
        let term = region.strip_prefix("XR_").unwrap_or(region);
        let label = match study.rsplit_once('_') {
            Some((_, "positive")) => Label::Abnormal,
            Some((_, "negative")) => Label::Normal,
            _ => bail!("the study of {part}/{path} is neither _positive nor _negative"),
        };
        Ok(Self {
            path: format!("{part}/{path}"),
            study: format!("{part}/{region}/{patient}/{study}"),
            region: Region::from_body_part_examined(term)
                .with_context(|| format!("{part}/{path} lies in the folder of no known region"))?,
            patient: patient.to_owned(),
            label,
        })
    }

    fn film(self, folder: &Path, own_part: OwnPart) -> Film {
        let origin = Origin::File(folder.join(&self.path));
        Film {
            patient: Some(self.patient),
            study: Some(self.study),
            own_part: Some(own_part),
            ..Film::new(format!("mura/{}", self.path), origin, self.region, self.label)
        }
    }
}

/// Holds the images that are there against `train_image_paths.csv`: one path a line.
fn check_images(folder: &Path, part: &str, images: &[Image]) -> Result<()> {
    let name = format!("{part}_image_paths.csv");
    let Some(listed) = list(folder, &name)? else { return Ok(()) };
    let listed: BTreeSet<&str> = listed.iter().map(|[path, _]| path.as_str()).collect();
    let there: BTreeSet<&str> = images.iter().map(|image| image.path.as_str()).collect();
    if let Some(path) = listed.difference(&there).next() {
        let more = more(listed.difference(&there).count());
        bail!("{name} of MURA names images that are not there: {path}{more}; unpack the set again");
    }
    if let Some(path) = there.difference(&listed).next() {
        let more = more(there.difference(&listed).count());
        bail!(
            "{name} of MURA does not name images that are there: {path}{more}; take them away or unpack the set again"
        );
    }
    Ok(())
}

/// Holds the labels of the folders against `train_labeled_studies.csv`: a study's path and 1 for abnormal.
fn check_studies(folder: &Path, part: &str, images: &[Image]) -> Result<()> {
    let name = format!("{part}_labeled_studies.csv");
    let Some(listed) = list(folder, &name)? else { return Ok(()) };
    let there: BTreeSet<&str> = images.iter().map(|image| image.study.as_str()).collect();
    for [study, label] in &listed {
        let study = study.trim_end_matches('/');
        ensure!(
            there.contains(study),
            "{name} names the study {study} of MURA, which is not there; unpack the set again"
        );
        let same = matches!(
            (study.rsplit_once('_'), label.as_str()),
            (Some((_, "positive")), "1") | (Some((_, "negative")), "0")
        );
        ensure!(same, "the study {study} of MURA is labelled {label} in {name}, which its folder's name contradicts");
    }
    ensure!(
        listed.len() == there.len(),
        "{name} names {} studies of MURA, but {} are there; unpack the set again",
        listed.len(),
        there.len()
    );
    Ok(())
}

/// The lines of a list, as path (below the set's folder) and what stands behind it; `None` where there is no such list.
fn list(folder: &Path, name: &str) -> Result<Option<Vec<[String; 2]>>> {
    let path = folder.join(name);
    if !path.exists() {
        return Ok(None);
    }
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let lines = rows.records().map(|row| {
        let row = row.with_context(|| format!("cannot read {}", path.display()))?;
        // Paths begin with the name that the set's folder had when it was made.
        let below = |path: &str| path.split_once('/').map_or(path, |(_, below)| below).to_owned();
        Ok([below(row.get(0).unwrap_or_default()), row.get(1).unwrap_or_default().to_owned()])
    });
    lines.collect::<Result<_>>().map(Some)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const TRAIN: [&str; 4] = [
        "train/XR_HUMERUS/patient00001/study1_positive/image1.png",
        "train/XR_HUMERUS/patient00001/study1_positive/image2.png",
        "train/XR_HUMERUS/patient00001/study2_negative/image1.png",
        "train/XR_FINGER/patient00002/study1_negative/image1.png",
    ];
    const VALID: &str = "valid/XR_WRIST/patient00003/study1_positive/image1.png";

    /// A small MURA; what the list of studies says of the second one.
    fn mura(second: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in TRAIN.iter().chain([&VALID, &"train/XR_HUMERUS/patient00001/study1_positive/._image1.png"]) {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let images: String = TRAIN.iter().map(|path| format!("MURA-v1.1/{path}\n")).collect();
        fs::write(folder.path().join("train_image_paths.csv"), images).unwrap();
        let studies = format!(
            "MURA-v1.1/train/XR_HUMERUS/patient00001/study1_positive/,1\n\
             MURA-v1.1/train/XR_HUMERUS/patient00001/study2_negative/,{second}\n\
             MURA-v1.1/train/XR_FINGER/patient00002/study1_negative/,0\n"
        );
        fs::write(folder.path().join("train_labeled_studies.csv"), studies).unwrap();
        folder
    }

    #[test]
    fn folders_give_region_patient_study_and_label() {
        let folder = mura("0");
        let films = films(folder.path()).unwrap();
        let ids: Vec<&str> = films.iter().map(|film| film.id.strip_prefix("mura/").unwrap()).collect();
        assert_eq!(ids, [TRAIN[3], TRAIN[0], TRAIN[1], TRAIN[2], VALID]);
        assert_eq!(films.iter().map(Film::is_abnormal).collect::<Vec<_>>(), [false, true, true, false, true]);
        assert_eq!((films[0].region, films[1].region), (Region::Hand, Region::Humerus));
        assert_eq!(films[1].study_id(), films[2].study_id());
        assert_ne!(films[2].study_id(), films[3].study_id());
        assert_eq!(films[2].patient, films[3].patient);
        assert_eq!((films[3].own_part, films[4].own_part), (Some(OwnPart::Learning), Some(OwnPart::HoldOut)));
    }

    #[test]
    fn lists_that_contradict_the_folders_are_named() {
        let refusal = |folder: &tempfile::TempDir| format!("{:#}", films(folder.path()).unwrap_err());
        let wrong = refusal(&mura("1"));
        assert!(wrong.contains("study2_negative of MURA is labelled 1 in train_labeled_studies.csv"), "{wrong}");

        let folder = mura("0");
        fs::remove_file(folder.path().join(TRAIN[3])).unwrap();
        let wrong = refusal(&folder);
        assert!(
            wrong.contains("train_image_paths.csv of MURA names images that are not there: train/XR_FINGER"),
            "{wrong}"
        );

        let folder = mura("0");
        fs::write(folder.path().join("train/XR_HUMERUS/patient00001/study2_negative/image9.png"), "").unwrap();
        let wrong = refusal(&folder);
        assert!(
            wrong.contains(
                "does not name images that are there: train/XR_HUMERUS/patient00001/study2_negative/image9.png;"
            ),
            "{wrong}"
        );

        let nothing = tempfile::tempdir().unwrap();
        assert!(refusal(&nothing).contains("name the folder that holds train/ and valid/"));
    }
}
