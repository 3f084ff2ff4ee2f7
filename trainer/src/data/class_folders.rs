//! Films in a folder for each class.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use fieldray_common::region::Region;

use super::{
    files,
    manifest::{Film, Label, Origin},
};
use crate::recipe::ClassFolders;

/// Every film below the source's class folders, in the order of the paths.
pub(super) fn films(source: &ClassFolders, data: &Path) -> Result<Vec<Film>> {
    let folder = data.join(&source.folder);
    let mut films = Vec::new();
    for path in files::below(&folder).with_context(|| format!("source {}", source.name))? {
        let names: Vec<&str> = path.split('/').collect();
        let Some((at, label)) = class(source, &names) else { continue };
        let above = || names[..at].iter().find_map(|name| name.parse::<Region>().ok());
        let region = source.region.or_else(above).with_context(|| {
            format!("source {}: {path} lies below no folder of a region; name one with `region`", source.name)
        })?;
        // What stands between the class and the film is the patient's folder.
        let patient = (at + 2 < names.len()).then(|| names[at + 1].to_owned());
        let origin = Origin::File(folder.join(&path));
        films.push(Film { patient, ..Film::new(format!("{}/{path}", source.name), origin, region, label) });
    }
    for (label, name) in [(Label::Normal, &source.normal), (Label::Abnormal, &source.abnormal)] {
        ensure!(
            films.iter().any(|film| film.label == label),
            "source {}: no film lies in a folder named '{name}' below {}; both classes need films",
            source.name,
            folder.display()
        );
    }
    Ok(films)
}

/// The class folder among the names of a path: which one it is, and the class.
fn class(source: &ClassFolders, names: &[&str]) -> Option<(usize, Label)> {
    names[..names.len() - 1].iter().enumerate().find_map(|(at, name)| {
        let label = if *name == source.normal {
            Label::Normal
        } else if *name == source.abnormal {
            Label::Abnormal
        } else {
            return None;
        };
        Some((at, label))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        for path in paths {
            let path = data.path().join("clinic").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        data
    }

    fn source(region: Option<Region>) -> ClassFolders {
        ClassFolders {
            name: "clinic".to_owned(),
            folder: "clinic".into(),
            finding: "a fracture".to_owned(),
            attribution: None,
            region,
            normal: "healthy".to_owned(),
            abnormal: "broken".to_owned(),
        }
    }

    #[test]
    fn folders_give_class_region_and_patient() {
        let data = tree(&["hand/broken/7/a.png", "hand/healthy/7/b.png", "hip/healthy/c.png", "notes.txt"]);
        let films = films(&source(None), data.path()).unwrap();
        let seen: Vec<_> = films.iter().map(|film| (film.id.as_str(), film.region, film.is_abnormal())).collect();
        assert_eq!(
            seen,
            [
                ("clinic/hand/broken/7/a.png", Region::Hand, true),
                ("clinic/hand/healthy/7/b.png", Region::Hand, false),
                ("clinic/hip/healthy/c.png", Region::Hip, false)
            ]
        );
        let patients: Vec<_> = films.iter().map(|film| film.patient.as_deref()).collect();
        assert_eq!(patients, [Some("7"), Some("7"), None]);
    }

    #[test]
    fn a_class_without_films_is_named() {
        let data = tree(&["healthy/a.png", "healthy/b.png", "broken.png"]);
        let refusal = films(&source(Some(Region::Hand)), data.path()).unwrap_err().to_string();
        assert!(refusal.starts_with("source clinic: no film lies in a folder named 'broken' below"), "{refusal}");
        let data = tree(&["healthy/a.png", "broken/b.png"]);
        assert!(films(&source(None), data.path()).unwrap_err().to_string().contains("name one with `region`"));
    }
}
