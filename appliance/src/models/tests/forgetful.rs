//! A disk that loses its power at a chosen operation, and then remembers only what it must, or by chance more.

use std::collections::BTreeMap;
use std::io;

use rand::{Rng, RngExt};

use super::super::Disk;
use crate::space::Space;

/// A file: what was written, and what of it was synced.
#[derive(Debug, Clone, Default)]
struct File {
    written: Vec<u8>,
    synced: Vec<u8>,
}

impl File {
    /// What a power cut leaves of it: as it was synced, as it was written, or something on the way.
    fn left(&self, random: &mut impl Rng) -> Vec<u8> {
        let length = match random.random_range(0..3) {
            0 => return self.synced.clone(),
            1 => self.written.len(),
            _ => random.random_range(0..=self.written.len()),
        };
        // What was synced stays, whatever was written behind it.
        let grown = self.written.starts_with(&self.synced);
        self.written[..if grown { length.max(self.synced.len()) } else { length }].to_vec()
    }
}

/// The disk. Names and files are kept apart, as on a real one: a synced name may stand for a file whose content was not.
#[derive(Debug, Clone, Default)]
pub struct Forgetful {
    files: Vec<File>,
    names: BTreeMap<String, usize>,
    synced_names: BTreeMap<String, usize>,
    /// The names after each change that was not synced yet.
    pending: Vec<BTreeMap<String, usize>>,
    /// Operations until the power goes; none where it stays.
    operations_left: Option<usize>,
    /// Operations so far.
    pub operations: usize,
    pub space: Space,
    /// Whether it gives back something else than was written.
    pub is_worn: bool,
}

impl Forgetful {
    pub fn new() -> Self {
        Self { space: Space { free_bytes: 1 << 40, reserve_bytes: 0 }, ..Self::default() }
    }

    /// The same disk, of which the power goes after so many operations.
    pub fn until(&self, operations: usize) -> Self {
        Self { operations_left: Some(operations), ..self.clone() }
    }

    /// What is there after the power comes back: of what was not synced, the names up to some change, and of each file the beginning.
    pub fn after_power_cut(&self, random: &mut impl Rng) -> Self {
        let names = match random.random_range(0..=self.pending.len()) {
            0 => self.synced_names.clone(),
            changes => self.pending[changes - 1].clone(),
        };
        let files = self.files.iter().map(|file| {
            let content = file.left(random);
            File { written: content.clone(), synced: content }
        });
        let files = files.collect();
        Self { files, synced_names: names.clone(), names, space: self.space, ..Self::default() }
    }

    fn operate(&mut self) -> io::Result<()> {
        match &mut self.operations_left {
            Some(0) => return Err(io::Error::other("the power is gone")),
            Some(left) => *left -= 1,
            None => {}
        }
        self.operations += 1;
        Ok(())
    }

    fn file(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn rename_to(&mut self, names: BTreeMap<String, usize>) {
        self.names = names.clone();
        self.pending.push(names);
    }
}

impl Disk for Forgetful {
    /// One program has it to itself.
    type Lock = ();

    fn lock(&self) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let mut content = self.files[self.file(name)?].written.clone();
        if let Some(last) = content.last_mut().filter(|_| self.is_worn) {
            *last ^= 1;
        }
        Ok(content)
    }

    fn create(&mut self, name: &str) -> io::Result<()> {
        self.operate()?;
        match self.names.get(name) {
            Some(file) => self.files[*file].written.clear(),
            None => {
                self.files.push(File::default());
                let mut names = self.names.clone();
                names.insert(name.to_owned(), self.files.len() - 1);
                self.rename_to(names);
            }
        }
        Ok(())
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let file = self.file(name)?;
        if let Err(gone) = self.operate() {
            // The power goes in the middle of it.
            self.files[file].written.extend_from_slice(&bytes[..bytes.len() / 2]);
            return Err(gone);
        }
        self.files[file].written.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, name: &str) -> io::Result<()> {
        self.operate()?;
        let file = self.file(name)?;
        self.files[file].synced = self.files[file].written.clone();
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> io::Result<()> {
        self.operate()?;
        let mut names = self.names.clone();
        let file = names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        names.insert(to.to_owned(), file);
        self.rename_to(names);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.operate()?;
        let mut names = self.names.clone();
        if names.remove(name).is_some() {
            self.rename_to(names);
        }
        Ok(())
    }

    fn sync_names(&mut self) -> io::Result<()> {
        self.operate()?;
        self.synced_names = self.names.clone();
        self.pending.clear();
        Ok(())
    }

    fn space(&self) -> io::Result<Space> {
        Ok(self.space)
    }
}
