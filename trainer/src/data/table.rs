//! Films that a CSV table names.

use std::{collections::HashMap, path::Path};

use anyhow::{Context, Result, bail, ensure};
use fieldray_common::region::Region;
use serde::Deserialize;

use super::{
    files,
    manifest::{Film, Hardware, Origin, OwnPart},
};
use crate::recipe::Table;

/// A row. A column that is not known is refused: passed over, a misspelt `split` would mix what the table keeps apart.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    file: String,
    label: String,
    region: Option<String>,
    patient: Option<String>,
    study: Option<String>,
    group: Option<String>,
    hardware: Option<u8>,
    split: Option<String>,
}

/// Every film of the table, in its order.
pub(super) fn films(source: &Table, data: &Path) -> Result<Vec<Film>> {
    let table = data.join(&source.table);
    let mut rows = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(&table)
        .with_context(|| format!("source {}: cannot read the table {}", source.name, table.display()))?;
    let mut row_of: HashMap<String, usize> = HashMap::new();
    let mut films = Vec::new();
    for (at, row) in rows.deserialize().enumerate() {
        let context = || format!("source {}: row {} of {}", source.name, at + 2, table.display());
        let row: Row = row.with_context(context)?;
        if let Some(before) = row_of.insert(row.file.clone(), at + 2) {
            bail!("{}: it names {} once more, after row {before}", context(), row.file);
        }
        films.push(film(source, &table, row).with_context(context)?);
    }
    ensure!(!films.is_empty(), "source {}: the table {} names no film", source.name, table.display());
    Ok(films)
}

fn film(source: &Table, table: &Path, row: Row) -> Result<Film> {
    let region = match (row.region, source.region) {
        (Some(name), _) => name.parse::<Region>()?,
        (None, Some(region)) => region,
        (None, None) => bail!("it names no region; fill in the column `region`, or name one for the whole source"),
    };
    let own_part = row.split.as_deref().map(|name| {
        let parts = [OwnPart::Training, OwnPart::Validation, OwnPart::HoldOut, OwnPart::Learning];
        let known = parts.into_iter().find(|part| part.name() == name);
        known.with_context(|| format!("the split '{name}' is none of {}", parts.map(OwnPart::name).join(", ")))
    });
    let path = table.parent().unwrap_or(Path::new("")).join(&row.file);
    let id = format!("{}/{}", source.name, row.file);
    Ok(Film {
        hardware: match row.hardware {
            Some(0) => Hardware::Absent,
            Some(_) => Hardware::Present,
            None => Hardware::Unknown,
        },
        patient: row.patient,
        study: row.study,
        groups: row.group.map(|group| format!("group {group}")).into_iter().collect(),
        own_part: own_part.transpose()?,
        ..Film::new(id, Origin::File(path), region, files::label(&row.label)?)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::data::manifest::Label;

    fn read(text: &str, region: Option<Region>) -> Result<Vec<Film>> {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("films.csv"), text).unwrap();
        let source = Table {
            name: "clinic".to_owned(),
            table: "films.csv".into(),
            finding: "a fracture".to_owned(),
            attribution: None,
            region,
        };
        films(&source, data.path())
    }

    #[test]
    fn columns_that_are_there_are_read() {
        let text = "file,label,region,patient,study,group,hardware,split\n\
                    a/1.png, abnormal, hand, 7, s1, g, 1, hold-out\n\
                    a/2.png,0,hip,,,,,\n";
        let films = read(text, None).unwrap();
        assert_eq!(
            (films[0].id.as_str(), films[0].region, films[0].label),
            ("clinic/a/1.png", Region::Hand, Label::Abnormal)
        );
        assert_eq!((films[0].hardware, films[0].own_part), (Hardware::Present, Some(OwnPart::HoldOut)));
        let ties: Vec<String> = films[0].ties().collect();
        assert_eq!(ties, ["clinic patient 7", "clinic study s1", "clinic group g"]);
        assert_eq!((films[1].label, films[1].own_part, films[1].hardware), (Label::Normal, None, Hardware::Unknown));
        assert_eq!(films[1].ties().count(), 0);
        assert_eq!(read("file,label\n1.png,1\n", Some(Region::Knee)).unwrap()[0].region, Region::Knee);
    }

    #[test]
    fn a_mistake_is_named_with_its_row() {
        let refusal = |text: &str| format!("{:#}", read(text, None).unwrap_err());
        let cases = [
            ("file,label,region\n1.png,0,hand\n2.png,ill,hand\n", "row 3 of"),
            ("file,label,region\n1.png,0,hand\n2.png,ill,hand\n", "the label 'ill' is neither"),
            ("file,label,region\n1.png,0,tail\n", "unknown region 'tail'"),
            ("file,label\n1.png,0\n", "it names no region"),
            ("file,label,region\n1.png,0,hand\n1.png,1,hand\n", "names 1.png once more, after row 2"),
            (
                "file,label,region,split\n1.png,0,hand,test\n",
                "the split 'test' is none of training, validation, hold-out",
            ),
            ("file,label,region,spilt\n1.png,0,hand,training\n", "unknown field `spilt`"),
            ("file,label,region\n", "names no film"),
        ];
        for (text, wanted) in cases {
            assert!(refusal(text).contains(wanted), "{wanted}: {}", refusal(text));
        }
    }
}
