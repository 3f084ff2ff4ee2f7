//! Which files are screened, and what their pictures are called.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Result, anyhow, bail};

use crate::cli::plain;

/// A file to screen.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Input {
    /// Where it is.
    pub path: PathBuf,
    /// Its path inside the folder it was found in, or its bare name.
    pub name: PathBuf,
}

/// The films that `paths` name: files as they are, folders searched through and sorted by name.
///
/// Left out in folders: hidden files, `DICOMDIR` (an index, not an image), links to folders (they could go round in circles), and
/// `out`, so that the pictures of one run are not the films of the next.
///
/// # Errors
/// Where a path does not exist or a folder has nothing to screen: most likely it is mistyped.
pub(crate) fn gather(paths: &[PathBuf], out: Option<&Path>) -> Result<Vec<Input>> {
    let out = out.and_then(|out| fs::canonicalize(out).ok());
    let mut inputs = Vec::new();
    for path in paths {
        let facts = fs::metadata(path)
            .map_err(|error| anyhow!("'{}' cannot be opened ({}); check the path", path.display(), plain(&error)))?;
        if !facts.is_dir() {
            let name = path.file_name().unwrap_or(path.as_os_str());
            inputs.push(Input { path: path.clone(), name: name.into() });
            continue;
        }
        let before = inputs.len();
        search(path, Path::new(""), out.as_deref(), &mut inputs)?;
        if inputs.len() == before {
            bail!("there is no film in the folder '{}'; give a folder with DICOM, JPEG or PNG files", path.display());
        }
    }
    Ok(inputs)
}

fn search(folder: &Path, name: &Path, out: Option<&Path>, inputs: &mut Vec<Input>) -> Result<()> {
    if out.is_some_and(|out| fs::canonicalize(folder).is_ok_and(|folder| folder == out)) {
        return Ok(());
    }
    let closed = |error: io::Error| {
        anyhow!("the folder '{}' cannot be read ({}); check who may read it", folder.display(), plain(&error))
    };
    let mut entries = fs::read_dir(folder).map_err(closed)?.collect::<Result<Vec<_>, _>>().map_err(closed)?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let (own, path) = (entry.file_name(), entry.path());
        if is_left_out(&own) {
            continue;
        }
        let name = name.join(&own);
        let kind = entry.file_type().map_err(closed)?;
        if kind.is_dir() {
            search(&path, &name, out, inputs)?;
        } else if !(kind.is_symlink() && path.is_dir()) {
            inputs.push(Input { path, name });
        }
    }
    Ok(())
}

/// Whether nothing of this name is a film: hidden files, and `DICOMDIR`, which is an index.
pub(crate) fn is_left_out(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".") || name.eq_ignore_ascii_case("DICOMDIR")
}

/// Gives every film's pictures a name of their own below the folder of results.
#[derive(Debug)]
pub(super) struct PictureNames {
    folder: PathBuf,
    taken: HashSet<String>,
}

impl PictureNames {
    /// Names below `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), taken: HashSet::new() }
    }

    /// The start of the next film's names: the film's own name with its folders, and a number where that is taken.
    ///
    /// Names that differ only in upper and lower case count as the same: on a USB stick they are.
    pub fn next(&mut self, name: &Path) -> PathBuf {
        let mut number = 1;
        loop {
            let mut start = name.as_os_str().to_owned();
            if number > 1 {
                start.push(format!("-{number}"));
            }
            if self.taken.insert(start.to_string_lossy().to_lowercase()) {
                return self.folder.join(start);
            }
            number += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_names_get_numbers() {
        let mut names = PictureNames::new(Path::new("out"));
        let given = ["a.dcm", "b/a.dcm", "A.DCM", "a.dcm-2", "a.dcm"].map(|name| names.next(Path::new(name)));
        let wanted = ["out/a.dcm", "out/b/a.dcm", "out/A.DCM-2", "out/a.dcm-2-2", "out/a.dcm-3"].map(PathBuf::from);
        assert_eq!(given, wanted);
    }
}
