//! A recipe made whole: what it leaves out because another recipe, or another of its tables, says it.
//!
//! - `extends = "other.toml"` (relative to the file itself) takes over all of another recipe. What the file says itself comes
//!   before that: tables are merged key by key; lists and single values are replaced whole.
//! - `[every_stage]` says what holds for every `[[stage]]` that does not say otherwise.
//! - `[transfer]` gives the regions to stages that name none: its source to pretraining, its target to fine-tuning.

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

/// Recipes in a row that extend one another; more is a circle.
const MOST_EXTENDED: usize = 8;

/// The text of the recipe in `path`, whole.
pub(super) fn read(path: &Path) -> Result<String> {
    let (text, table) = open(path)?;
    if !table.contains_key(EXTENDS) {
        return fill(&text);
    }
    fill(&toml::to_string(&extended(path, table, MOST_EXTENDED)?)?)
}

/// `text` with its stages filled in; as it is where there is nothing to fill in, so that a mistake is shown where it was made.
pub(super) fn fill(text: &str) -> Result<String> {
    let mut table: Table = toml::from_str(text)?;
    let (shared, transfer) = (table.remove("every_stage"), table.get("transfer").cloned());
    if shared.is_none() && transfer.is_none() {
        return Ok(text.to_owned());
    }
    let stages = table.get_mut("stage").and_then(Value::as_array_mut).into_iter().flatten();
    for stage in stages.filter_map(Value::as_table_mut) {
        let role = if stage.get("purpose").and_then(Value::as_str) == Some("pretrain") { "source" } else { "target" };
        if let Some(regions) = transfer.as_ref().and_then(|transfer| transfer.get(role)) {
            stage.entry("regions").or_insert_with(|| regions.clone());
        }
        if let Some(Value::Table(shared)) = &shared {
            *stage = merged(shared.clone(), std::mem::take(stage));
        }
    }
    Ok(toml::to_string(&table)?)
}

const EXTENDS: &str = "extends";

fn extended(path: &Path, mut table: Table, left: usize) -> Result<Table> {
    let Some(base) = table.remove(EXTENDS) else { return Ok(table) };
    let base = base.as_str().context("extends: it must be the name of a file")?;
    ensure!(left > 0, "extends: the recipes extend one another in a circle");
    let base = path.parent().unwrap_or(Path::new("")).join(base);
    let (_, beneath) = open(&base).with_context(|| format!("{} extends it", path.display()))?;
    Ok(merged(extended(&base, beneath, left - 1)?, table))
}

fn open(path: &Path) -> Result<(String, Table)> {
    let text = fs::read_to_string(path)
        .with_context(|| format!("cannot read the recipe {}; the project's are in trainer/recipes", path.display()))?;
    let table = toml::from_str(&text).with_context(|| format!("the recipe {} is not usable", path.display()))?;
    Ok((text, table))
}

fn merged(mut base: Table, own: Table) -> Table {
    for (key, value) in own {
        let value = match (base.remove(&key), value) {
            (Some(Value::Table(base)), Value::Table(own)) => Value::Table(merged(base, own)),
            (_, own) => own,
        };
        base.insert(key, value);
    }
    base
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(files: &[(&str, &str)]) -> Result<Table> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Ok(toml::from_str(&read(&folder.path().join(files[0].0))?)?)
    }

    #[test]
    fn what_a_recipe_says_itself_comes_before_what_it_extends() {
        let own = "extends = 'b.toml'\nname = 'a'\nlist = [3]\n[table]\ninner = { x = 1 }";
        let base = "name = 'b'\nseed = 2\nlist = [1, 2]\n[table]\ninner = { x = 0, y = 5 }\nz = 7";
        let expected = "name = 'a'\nseed = 2\nlist = [3]\n[table]\ninner = { x = 1, y = 5 }\nz = 7";
        assert_eq!(whole(&[("a.toml", own), ("b.toml", base)]).unwrap(), toml::from_str(expected).unwrap());
    }

    #[test]
    fn stages_are_filled_in_unless_they_speak_for_themselves() {
        let text = "
            transfer = { source = ['leg'], target = ['hip'] }
            every_stage = { batch = 16, epochs = 3 }
            [[stage]]
            purpose = 'pretrain'
            [[stage]]
            purpose = 'finetune'
            epochs = 5
            [[stage]]
            purpose = 'finetune'
            regions = []";
        let expected = "
            transfer = { source = ['leg'], target = ['hip'] }
            stage = [
                { purpose = 'pretrain', regions = ['leg'], batch = 16, epochs = 3 },
                { purpose = 'finetune', regions = ['hip'], batch = 16, epochs = 5 },
                { purpose = 'finetune', regions = [], batch = 16, epochs = 3 },
            ]";
        let filled: Table = toml::from_str(&fill(text).unwrap()).unwrap();
        assert_eq!(filled, toml::from_str(expected).unwrap());
    }

    #[test]
    fn a_circle_and_a_missing_base_are_named() {
        let circle = whole(&[("a.toml", "extends = 'b.toml'"), ("b.toml", "extends = 'a.toml'")]).unwrap_err();
        assert!(format!("{circle:#}").contains("in a circle"), "{circle:#}");
        let missing = whole(&[("a.toml", "extends = 'gone.toml'")]).unwrap_err();
        assert!(format!("{missing:#}").contains("gone.toml"), "{missing:#}");
    }
}
