//! Files that a power cut cannot halve: written under another name, synced, and renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// Makes `folder`, if it is not there, so that it stays; the folder above it must be there.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        Ok(()) => folder.parent().map_or(Ok(()), sync_folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Gives the file at `from`, whose content is already synced, the name `to`, so that it stays.
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    if let Some(folder) = to.parent() {
        make_folder(folder)?;
    }
    fs::rename(from, to)?;
    to.parent().map_or(Ok(()), sync_folder)
}

/// Writes a file by way of `unfinished`, on the same disk.
pub(crate) fn write(path: &Path, unfinished: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    rename(unfinished, path)
}

/// What stands in a folder is part of the folder, and synced with it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    // Above a bare name is the folder that the program runs in.
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}
