//! DICOM files in any folders, as they come from an archive.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::Read,
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use fieldray_common::{
    radiograph::Facts,
    read::{self, Accept},
    view::View,
};
use serde::Deserialize;

use super::{
    files,
    manifest::{Film, Label, Origin},
};
use crate::recipe::{DicomTree, Labels};

/// Bytes in which the attributes before the pixels nearly always end.
const HEADER_BYTES: u64 = 1 << 18;

/// Every labelled film of the tree, in the order of the paths.
pub(super) fn films(source: &DicomTree, data: &Path, accept: Accept) -> Result<Vec<Film>> {
    let folder = data.join(&source.folder);
    let context = || format!("source {}", source.name);
    let paths = files::below(&folder).with_context(context)?;
    let labels = labels(source, data, &paths).with_context(context)?;
    let mut films = Vec::new();
    for path in paths {
        if let Some(label) = labels.get(&path) {
            let film = film(source, &folder, &path, *label, accept);
            films.push(film.with_context(|| format!("source {}: {path}", source.name))?);
        }
    }
    ensure!(!films.is_empty(), "source {}: no file below {} is labelled", source.name, folder.display());
    Ok(films)
}

#[derive(Deserialize)]
struct Row {
    file: String,
    label: String,
}

/// The labels of files, by their paths.
fn labels(source: &DicomTree, data: &Path, paths: &[String]) -> Result<HashMap<String, Label>> {
    match &source.labels {
        Labels::Names { normal, abnormal } => {
            let named = |path: &&String| {
                let name = path.rsplit('/').next().unwrap_or(path);
                match (name.contains(normal), name.contains(abnormal)) {
                    (true, true) => Some(Err(anyhow::anyhow!("the name of {path} says both {normal} and {abnormal}"))),
                    (true, false) => Some(Ok(((*path).clone(), Label::Normal))),
                    (false, true) => Some(Ok(((*path).clone(), Label::Abnormal))),
                    (false, false) => None,
                }
            };
            paths.iter().by_ref().filter_map(|path| named(&path)).collect()
        }
        Labels::Table(table) => {
            let table = data.join(table);
            let cannot = || format!("cannot read the table {}", table.display());
            let mut rows = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(&table).with_context(cannot)?;
            let mut labels = HashMap::new();
            for row in rows.deserialize() {
                let Row { file, label } = row.with_context(cannot)?;
                let label = files::label(&label).with_context(|| format!("{file} in {}", table.display()))?;
                if paths.binary_search(&file).is_err() && !paths.contains(&file) {
                    bail!("{} labels {file}, which is not there; put it back or take its row out", table.display());
                }
                ensure!(labels.insert(file.clone(), label).is_none(), "{} labels {file} twice", table.display());
            }
            Ok(labels)
        }
    }
}

fn film(source: &DicomTree, folder: &Path, path: &str, label: Label, accept: Accept) -> Result<Film> {
    let file = folder.join(path);
    let facts = facts(&file, accept)?;
    let region = source.region.or(facts.region).with_context(|| {
        let said = facts.body_part_examined.as_deref().unwrap_or("empty");
        format!("its BodyPartExamined ({said}) names no region; name one with `region`")
    })?;
    Ok(Film {
        views: facts.view_position.as_deref().and_then(View::from_view_position).into_iter().collect(),
        patient: facts.patient_id,
        study: facts.study_instance_uid,
        ..Film::new(format!("{}/{path}", source.name), Origin::File(file), region, label)
    })
}

/// What the file says of itself; only where its beginning does not tell, all of it is read.
fn facts(file: &Path, accept: Accept) -> Result<Facts> {
    let mut start = Vec::new();
    File::open(file)?.take(HEADER_BYTES).read_to_end(&mut start)?;
    match read::dicom_facts(&start, accept) {
        Err(_) if start.len() as u64 == HEADER_BYTES => Ok(read::dicom_facts(&fs::read(file)?, accept)?),
        facts => Ok(facts?),
    }
}

#[cfg(test)]
mod tests {
    use fieldray_common::{
        phantom::{self, Metal, Request, State},
        region::Region,
    };

    use super::*;

    fn tree() -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        fs::create_dir_all(data.path().join("pacs/deep")).unwrap();
        for (name, region, seed) in
            [("deep/N_1.dcm", Region::Hand, 1), ("A_2", Region::Leg, 2), ("x_3.dcm", Region::Leg, 2)]
        {
            let request = Request { region, state: State::Intact, metal: Metal::Absent, long_side_px: 64, seed };
            let film = phantom::dicom(&phantom::simulate(&request));
            fs::write(data.path().join("pacs").join(name), film).unwrap();
        }
        data
    }

    fn source(labels: Labels) -> DicomTree {
        DicomTree {
            name: "pacs".to_owned(),
            folder: "pacs".into(),
            finding: "a fracture".to_owned(),
            attribution: None,
            region: None,
            labels,
        }
    }

    #[test]
    fn headers_give_region_patient_study_and_view() {
        let data = tree();
        let names = Labels::Names { normal: "N_".to_owned(), abnormal: "A_".to_owned() };
        let films = films(&source(names), data.path(), Accept::Projections).unwrap();
        let ids: Vec<_> = films.iter().map(|film| (film.id.as_str(), film.region, film.is_abnormal())).collect();
        assert_eq!(ids, [("pacs/A_2", Region::Leg, true), ("pacs/deep/N_1.dcm", Region::Hand, false)]);
        assert_eq!(films[0].patient.as_deref(), Some("PHANTOM-0000000000000002"));
        assert!(films[0].study.as_deref().unwrap().starts_with("2.25."));
        assert_eq!(films[0].views, [View::Frontal]);
    }

    #[test]
    fn a_table_labels_what_it_names_and_its_mistakes_are_said() {
        let data = tree();
        let read = |rows: &str| {
            fs::write(data.path().join("labels.csv"), format!("file,label\n{rows}")).unwrap();
            films(&source(Labels::Table("labels.csv".into())), data.path(), Accept::Projections)
        };
        let films = read("x_3.dcm,abnormal\ndeep/N_1.dcm,normal\n").unwrap();
        assert_eq!(films.iter().map(Film::is_abnormal).collect::<Vec<_>>(), [false, true]);
        let refusal = |rows: &str| format!("{:#}", read(rows).unwrap_err());
        assert!(refusal("gone.dcm,0\n").contains("labels gone.dcm, which is not there"));
        assert!(refusal("A_2,0\nA_2,1\n").contains("labels A_2 twice"));
    }
}
