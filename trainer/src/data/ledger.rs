//! What a run has learned from, film by film, written down as it happens: proof, beside the types of the parts, that the hold-out
//! stayed unseen, also where a run goes on after its data have changed.

use std::{
    collections::HashSet,
    fs::{self, File},
    io::{ErrorKind, Write},
    path::Path,
    sync::{Mutex, PoisonError},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{manifest::Film, split::Split};
use crate::folder::{RunFolder, write_whole};

/// The ids of all films that were ever handed out to what learns, one a line in a file that is only added to.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Entries>);

#[derive(Debug, Default)]
struct Entries {
    known: HashSet<String>,
    /// None where nothing is kept: outside of a run.
    file: Option<File>,
}

impl Ledger {
    /// Goes on with the ledger in a file; several processes may add to one.
    pub fn open(path: &Path) -> Result<Self> {
        let text = text(path)?;
        let whole = whole_lines(&text);
        let file = File::options().create(true).append(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        if whole.len() < text.len() {
            // The last note was cut off, with the step it was for: the step comes again.
            file.set_len(whole.len() as u64).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(Self(Mutex::new(Entries { known: whole.lines().map(str::to_owned).collect(), file: Some(file) })))
    }

    /// Notes that these films are handed out.
    pub fn note(&self, films: &[&Film]) -> Result<()> {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Entries { known, file } = &mut *entries;
        let fresh: String =
            films.iter().filter(|film| known.insert(film.id.clone())).map(|film| format!("{}\n", film.id)).collect();
        match file {
            Some(file) if !fresh.is_empty() => {
                file.write_all(fresh.as_bytes()).context("cannot note which films were learned from; is the disk full?")
            }
            _ => Ok(()),
        }
    }
}

/// Takes over what another run learned from, because its weights are gone on with: whatever it saw, this run has seen.
///
/// # Errors
/// Where that run has learned nothing yet.
pub fn inherit(from: &RunFolder, folder: &RunFolder) -> Result<()> {
    let (theirs, ours) = (entries(&from.ledger())?, entries(&folder.ledger())?);
    ensure!(!theirs.is_empty(), "{} does not say what that run learned from; learn it first", from.ledger().display());
    let mut fresh: Vec<String> = theirs.difference(&ours).map(|id| format!("{id}\n")).collect();
    fresh.sort_unstable();
    let file = File::options().create(true).append(true).open(folder.ledger());
    (file.and_then(|mut file| file.write_all(fresh.concat().as_bytes())))
        .with_context(|| format!("cannot write {}", folder.ledger().display()))
}

/// Holds a run to its split: writes `split.json` where the run is new; otherwise the films must be parted as they were when it
/// began, and every film it ever learned from must lie in the training or validation part, tied to none of the hold-out.
pub fn hold_to_split(folder: &RunFolder, split: &Split) -> Result<()> {
    let listing = split.listing();
    let path = folder.split();
    if path.exists() {
        let text = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let before: Value = serde_json::from_slice(&text).with_context(|| format!("{} is damaged", path.display()))?;
        ensure!(
            before == listing,
            "the films, or the parts they are in, have changed since {} was written; put them back, or start a new run with --out",
            path.display()
        );
    } else {
        let text = serde_json::to_vec_pretty(&listing)?;
        write_whole(&path, &text)?;
    }
    unseen(split, &entries(&folder.ledger())?)
}

/// Whether what another run made may teach this one: that run, whose `split.json` this is, must not have learned from a film that is
/// held out here.
pub fn may_teach(listing: &Path, split: &Split) -> Result<()> {
    let text = fs::read(listing)
        .with_context(|| format!("cannot read {}, which says what the teacher learned from", listing.display()))?;
    let listed: Value = serde_json::from_slice(&text).with_context(|| format!("{} is damaged", listing.display()))?;
    let parts = [&listed["training"], &listed["validation"]].map(Value::as_array);
    let learned_from: HashSet<&str> = parts.into_iter().flatten().flatten().filter_map(Value::as_str).collect();
    match split.hold_out.films().iter().find(|film| learned_from.contains(film.id.as_str())) {
        Some(film) => anyhow::bail!(
            "the teacher has learned from {}, which is held out here; take a teacher that was parted by the same seed",
            film.id
        ),
        None => Ok(()),
    }
}

/// Whether the hold-out stayed unseen by a run that was handed these films.
fn unseen(split: &Split, handed_out: &HashSet<String>) -> Result<()> {
    let learning = || split.training.films().iter().chain(split.validation.films());
    let ids: HashSet<&str> = learning().map(|film| film.id.as_str()).collect();
    if let Some(film) = handed_out.iter().find(|id| !ids.contains(id.as_str())) {
        anyhow::bail!(
            "the run has learned from {film}, which is not for learning; its figures would flatter: start a new run"
        );
    }
    let ties: HashSet<String> = learning().flat_map(Film::ties).collect();
    if let Some((film, tie)) =
        split.hold_out.films().iter().find_map(|film| Some((film, film.ties().find(|tie| ties.contains(tie))?)))
    {
        anyhow::bail!("{} is held out, but {tie} is learned from, too", film.id);
    }
    Ok(())
}

fn entries(path: &Path) -> Result<HashSet<String>> {
    Ok(whole_lines(&text(path)?).lines().map(str::to_owned).collect())
}

fn text(path: &Path) -> Result<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        text => text.with_context(|| format!("cannot read {}", path.display())),
    }
}

fn whole_lines(text: &str) -> &str {
    &text[..text.rfind('\n').map_or(0, |end| end + 1)]
}

#[cfg(test)]
mod tests {
    use fieldray_common::region::Region;

    use super::*;
    use crate::{
        data::{
            manifest::{Label, Origin},
            split::split,
        },
        recipe::Fractions,
    };

    fn films() -> Vec<Film> {
        let film = |number: usize| Film {
            patient: Some((number / 3).to_string()),
            ..Film::new(format!("a/{number}"), Origin::File("".into()), Region::Hip, Label::Normal)
        };
        (0..60).map(film).collect()
    }

    fn parted() -> Split {
        split(films(), &Fractions { training: 0.6, validation: 0.2, hold_out: 0.2 }, 1).unwrap()
    }

    #[test]
    fn a_run_that_was_handed_a_held_out_film_is_refused() {
        let split = parted();
        let ids = |films: &[Film]| films.iter().map(|film| film.id.clone()).collect::<HashSet<_>>();
        let mut handed_out = ids(split.training.films());
        handed_out.extend(ids(split.validation.films()));
        unseen(&split, &handed_out).unwrap();
        let cheat = split.hold_out.films()[0].id.clone();
        handed_out.insert(cheat.clone());
        let refusal = unseen(&split, &handed_out).unwrap_err().to_string();
        assert!(refusal.starts_with(&format!("the run has learned from {cheat},")), "{refusal}");
    }

    #[test]
    fn a_teacher_that_knows_a_held_out_film_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let listing = folder.path().join("split.json");
        let split = parted();
        fs::write(&listing, split.listing().to_string()).unwrap();
        may_teach(&listing, &split).unwrap();
        let other =
            super::super::split::split(films(), &Fractions { training: 0.6, validation: 0.2, hold_out: 0.2 }, 2);
        let refusal = may_teach(&listing, &other.unwrap()).unwrap_err().to_string();
        assert!(refusal.contains("which is held out here"), "{refusal}");
        assert!(may_teach(&folder.path().join("none.json"), &split).is_err());
    }

    #[test]
    fn what_another_run_saw_is_seen_by_the_one_that_goes_on_with_its_weights() {
        let folder = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| {
            fs::create_dir(folder.path().join(name)).unwrap();
            RunFolder::of(&folder.path().join(name))
        });
        assert!(inherit(&one, &other).unwrap_err().to_string().contains("learn it first"));
        let (split, films) = (parted(), films());
        Ledger::open(&one.ledger()).unwrap().note(&[&split.training.films()[0]]).unwrap();
        inherit(&one, &other).unwrap();
        inherit(&one, &other).unwrap();
        hold_to_split(&other, &split).unwrap();
        assert_eq!(fs::read_to_string(other.ledger()).unwrap().lines().count(), 1);
        Ledger::open(&one.ledger()).unwrap().note(&films.iter().collect::<Vec<_>>()).unwrap();
        inherit(&one, &other).unwrap();
        assert!(hold_to_split(&other, &split).is_err());
    }

    #[test]
    fn notes_are_kept_and_a_torn_one_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("learned-from.txt");
        let films = films();
        Ledger::open(&path).unwrap().note(&[&films[0], &films[1], &films[0]]).unwrap();
        File::options().append(true).open(&path).unwrap().write_all(b"a/1").unwrap();
        let again = Ledger::open(&path).unwrap();
        again.note(&[&films[1], &films[2]]).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a/0\na/1\na/2\n");
    }
}
